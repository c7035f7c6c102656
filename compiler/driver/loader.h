#pragma once

// Files of a project and of the standard library as the evaluator asks for them: parsed once, never
// from outside of the project root.

#include <deque>
#include <map>
#include <string>
#include <vector>

#include "compiler/driver/file_system.h"
#include "compiler/eval/files.h"
#include "compiler/ir/tree.h"

namespace gpuspec::driver {

class Loader final : public eval::Files {
 public:
  // `root` is canonical. `stdlib`: folder of the standard library, "" when there is none.
  Loader(const FileSystem& files, source::SourceMap& sources, std::string root, std::string stdlib);

  const syntax::Tree* tree(std::string_view path, source::FileId from, const source::Location& at,
                           diag::Sink& sink) override;
  std::optional<std::string> text(std::string_view path, source::FileId from,
                                  const source::Location& at, diag::Sink& sink) override;
  const syntax::Tree* snippet(const std::string& name, const std::string& text,
                              diag::Sink& sink) override;

  // A file of the entry module, by its path; fails when it cannot be read.
  llvm::Expected<const syntax::Tree*> entry(const std::string& path, diag::Sink& sink);
  const syntax::Tree* entryText(std::string name, std::string text, diag::Sink& sink);
  // "azure/vm_sizes"; nullptr when the library has no such file.
  const syntax::Tree* library(const std::string& name, diag::Sink& sink);
  // The objects of a YAML or JSON file that a spec names.
  std::vector<ir::Tree> objects(std::string_view path, const source::Location& at,
                                diag::Sink& sink);
  const std::string& root() const { return root_; }
  const std::deque<syntax::Tree>& trees() const { return trees_; }

 private:
  // The canonical path of what `from` calls `path`; nullopt: reported.
  std::optional<std::string> resolve(std::string_view path, source::FileId from,
                                     const source::Location& at, diag::Sink& sink) const;
  const syntax::Tree* parsed(const std::string& key, const std::string& display, std::string text,
                             diag::Sink& sink);
  std::string displayPath(const std::string& canonical) const;

  const FileSystem& files_;
  source::SourceMap& sources_;
  std::string root_;
  std::string stdlib_;
  std::map<std::string, const syntax::Tree*> by_path_;
  std::map<std::uint32_t, std::string> folder_of_;  // FileId index -> folder, for relative paths
  std::deque<syntax::Tree> trees_;
};

}  // namespace gpuspec::driver
