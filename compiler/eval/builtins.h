#pragma once

// The built-in functions. All pure; file() is the only one that looks outside, inside the project
// root.

#include <string>
#include <vector>

#include "compiler/eval/evaluator.h"

namespace gpuspec::eval {

struct Argument {
  std::string name;  // "" = by position
  Value value;
};

class Builtins {
 public:
  Builtins(Evaluator& evaluator, const Code& call, std::string name, Location name_at)
      : e_(evaluator), call_(call), name_(std::move(name)), name_at_(name_at) {}

  static bool exists(const std::string& name);
  static std::vector<std::string> names();
  // For the reference, by name.
  struct Documentation {
    std::string_view name, usage, doc;
  };
  static std::vector<Documentation> documentation();
  Value call(const std::vector<Argument>& args);

 private:
  static constexpr std::size_t kAny = static_cast<std::size_t>(-1);  // no upper limit
  struct Entry {
    const char* name;
    std::size_t least, most;  // arguments
    const char* usage;
    const char* doc;
    Value (Builtins::*function)(const std::vector<Value>&);
  };
  static const Entry* find(const std::string& name);
  static const std::vector<Entry>& table();

  using Args = std::vector<Value>;
  Value fail(const Location& at, const std::string& message);
  std::string usage() const;  // "it is written join(list, separator)"
  Value wrongArgument(const Value& value, const std::string& wanted);
  bool want(const Value& value, ValueKind kind);
  bool wantText(const Value& value);
  Value bytes(std::string text);
  Value elements(List list);

  Value len(const Args& args);
  Value keys(const Args& args);
  Value values(const Args& args);
  Value merge(const Args& args);
  Value concat(const Args& args);
  Value flatten(const Args& args);
  Value distinct(const Args& args);
  Value sort(const Args& args);
  Value reverse(const Args& args);
  Value contains(const Args& args);
  Value range(const Args& args);
  Value slice(const Args& args);
  Value lookup(const Args& args);
  Value coalesce(const Args& args);
  Value sum(const Args& args);
  Value minimum(const Args& args);
  Value maximum(const Args& args);
  Value extreme(const Args& args, int wanted_sign);
  Value absolute(const Args& args);
  Value floorOf(const Args& args);
  Value ceilOf(const Args& args);
  Value roundOf(const Args& args);
  Value rounded(const Value& value, double (*how)(double));
  Value upper(const Args& args);
  Value lower(const Args& args);
  Value trim(const Args& args);
  Value replace(const Args& args);
  Value split(const Args& args);
  Value join(const Args& args);
  Value startsWith(const Args& args);
  Value endsWith(const Args& args);
  Value substring(const Args& args);
  Value toString(const Args& args);
  Value toInt(const Args& args);
  Value base64(const Args& args);
  Value sha256(const Args& args);
  Value cidrSubnet(const Args& args);
  Value cidrHost(const Args& args);
  Value cidrContains(const Args& args);
  Value fileText(const Args& args);
  Value keyvault(const Args& args);
  Value fit(const Args& args);
  Value all(const Args& args);
  Value any(const Args& args);

  Evaluator& e_;
  const Code& call_;
  std::string name_;
  Location name_at_;
};

}  // namespace gpuspec::eval
