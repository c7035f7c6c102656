#pragma once

// Why an output folder was not written. "Refused" (exit 4) means that gpuspec could have and must
// not; a system error (exit 3) means that the disk said no.

#include <cstdint>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <llvm/Support/Error.h>

#include "lang/diag/diagnostic.h"

namespace gpuspec::artifact {

enum class Reason : std::uint8_t {
  Edited,       // a generated file that was changed since
  Foreign,      // something that gpuspec did not make stands where it has to write
  Link,         // a symbolic link stands on the way
  Locked,       // another process is writing into the folder
  BadManifest,  // the folder's manifest cannot be read
  BadStaging,   // what an interrupted run left behind was changed
  System,
};

// One thing that stands against it.
struct Obstacle {
  Reason reason;
  std::string path;    // as the user would write it
  std::string detail;  // BadManifest: what is wrong; System: what the system said
  std::string action;  // System: "write", "rename" ...
};

class WriteError : public llvm::ErrorInfo<WriteError> {
 public:
  static char ID;

  explicit WriteError(std::vector<Obstacle> obstacles) : obstacles_(std::move(obstacles)) {}
  const std::vector<Obstacle>& obstacles() const { return obstacles_; }  // at least one
  bool refused() const { return obstacles_.front().reason != Reason::System; }

  void log(llvm::raw_ostream& out) const override;
  std::error_code convertToErrorCode() const override { return llvm::inconvertibleErrorCode(); }

 private:
  std::vector<Obstacle> obstacles_;
};

llvm::Error refusal(Reason reason, std::string path, std::string detail = "");
llvm::Error systemError(std::string action, std::string path, std::error_code code);

// Reports every obstacle as a 60xx finding. True when it was refused (exit 4), false when the world
// said no (exit 3).
bool reportWriteError(llvm::Error error, diag::Sink& sink);

}  // namespace gpuspec::artifact
