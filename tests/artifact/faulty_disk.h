#pragma once

#include <optional>
#include <string>
#include <system_error>

#include "backends/artifact/disk.h"
#include "backends/artifact/write_error.h"

namespace gpuspec::artifact {

// The real disk, until the chosen change: from then on it is switched off (nothing happens any
// more, as after a kill), or just that one change fails. A write that is hit leaves half of its
// bytes behind.
class FaultyDisk : public Disk {
 public:
  enum class Fault { None, SwitchedOff, OneFailure };

  FaultyDisk(Fault fault, int at_change) : fault_(fault), at_change_(at_change) {}
  explicit FaultyDisk() : FaultyDisk(Fault::None, 0) {}
  int changes() const { return changes_; }
  bool renamedIntoPlace() const { return renamed_into_place_; }

  llvm::Expected<NodeKind> kind(const std::string& path) override {
    if (off()) return failure("look at", path);
    return realDisk().kind(path);
  }
  llvm::Expected<std::string> read(const std::string& path) override {
    if (off()) return failure("read", path);
    return realDisk().read(path);
  }
  llvm::Expected<std::vector<std::string>> list(const std::string& folder) override {
    if (off()) return failure("list", folder);
    return realDisk().list(folder);
  }
  llvm::Expected<std::unique_ptr<FolderLock>> lock(const std::string& folder) override {
    if (off()) return failure("lock", folder);
    return realDisk().lock(folder);
  }
  llvm::Error makeFolder(const std::string& path) override {
    return hit() ? failure("make", path) : realDisk().makeFolder(path);
  }
  llvm::Error writeNew(const std::string& path, std::string_view bytes) override {
    if (off()) return failure("write", path);
    if (!hit()) return realDisk().writeNew(path, bytes);
    llvm::consumeError(realDisk().writeNew(path, bytes.substr(0, bytes.size() / 2)));
    return failure("write", path);
  }
  llvm::Error rename(const std::string& from, const std::string& to) override {
    if (hit()) return failure("write", to);
    if (to.find(".gpuspec-staging") == std::string::npos) renamed_into_place_ = true;
    return realDisk().rename(from, to);
  }
  llvm::Error remove(const std::string& path) override {
    if (hit()) return failure("remove", path);
    if (path.find(".gpuspec-staging") == std::string::npos) renamed_into_place_ = true;
    return realDisk().remove(path);
  }
  llvm::Error removeFolder(const std::string& path) override {
    return hit() ? failure("remove", path) : realDisk().removeFolder(path);
  }
  llvm::Error sync(
      const std::string& folder) override {  // without a flush: tests have no power cuts
    return hit() ? failure("flush", folder) : llvm::Error::success();
  }

 private:
  bool off() const { return fault_ == Fault::SwitchedOff && changes_ > at_change_; }
  bool hit() {
    const int change = changes_++;
    return fault_ == Fault::OneFailure ? change == at_change_
                                       : fault_ == Fault::SwitchedOff && change >= at_change_;
  }
  static llvm::Error failure(const char* action, const std::string& path) {
    return systemError(action, path, std::make_error_code(std::errc::no_space_on_device));
  }

  Fault fault_;
  int at_change_;
  int changes_ = 0;
  bool renamed_into_place_ = false;
};

}  // namespace gpuspec::artifact
