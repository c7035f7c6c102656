#pragma once

// What `expect` can ask: allocatable(pool.x, "resource"), quota(team.x, "resource"), yaml("path"),
// arm("cluster"), path(team.a, team.b).

#include "compiler/driver/compilation.h"
#include "compiler/eval/evaluate.h"
#include "tools/gpuspec/emit.h"

namespace gpuspec::cli {

class TestQueries final : public eval::ModelQueries {
 public:
  TestQueries(const driver::Compilation& compilation, const Output& output)
      : compilation_(compilation), output_(output) {}
  bool call(std::string_view function, const std::vector<eval::Value>& args, eval::Value& result,
            std::string& error) override;

 private:
  using Args = std::vector<eval::Value>;
  eval::Value allocatable(const Args& args, std::string& error) const;
  eval::Value quota(const Args& args, std::string& error) const;
  eval::Value yaml(const Args& args, std::string& error) const;
  eval::Value arm(const Args& args, std::string& error) const;
  eval::Value reachable(const Args& args, std::string& error) const;
  const artifact::File* file(const std::string& path, std::string& error) const;
  // The address of the block that a Ref means.
  ir::Address address(const eval::Value& ref) const;

  const driver::Compilation& compilation_;
  const Output& output_;
};

}  // namespace gpuspec::cli
