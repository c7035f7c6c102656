#pragma once

// The gpuspec.lock that holds for a command.

#include <string>

#include "lang/diag/diagnostic.h"
#include "plugins/host/lock.h"
#include "tools/gpuspec/terminal.h"

namespace gpuspec::cli {

// Which project a command is about, and how it shows findings.
struct ProjectPlace {
  std::string path = ".";
  std::string root = {};  // --root, "" = found
  std::string format = "human";
};

class ProjectLock {
 public:
  explicit ProjectLock(const ProjectPlace& place);

  bool good() const { return file_.good; }  // false: the sink knows why
  const host::Lock* lock() const { return file_.lock ? &*file_.lock : nullptr; }
  const std::string& path() const { return path_; }
  std::string_view text() const;  // "" where there is no file
  diag::Sink& sink() { return sink_; }
  // What is wrong with the file does not matter, as it is written anew.
  void forget() { sink_ = diag::Sink(); }
  // Shows what the sink knows; the exit code that goes with it.
  int show(const std::string& format, Terminal& terminal);

 private:
  std::string path_;
  source::SourceMap sources_;
  diag::Sink sink_;
  host::LockFile file_;
};

}  // namespace gpuspec::cli
