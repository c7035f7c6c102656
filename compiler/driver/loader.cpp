#include "compiler/driver/loader.h"

#include "compiler/data/yaml_reader.h"
#include "lang/diag/catalogue.h"
#include "lang/parse/lexer.h"
#include "lang/parse/parser.h"

namespace gpuspec::driver {

namespace {

constexpr std::uint64_t kMaxDataBytes = 16u << 20;
constexpr std::string_view kExtension = ".gpuspec";

std::string withExtension(std::string path) {
  if (!path.ends_with(kExtension)) path += kExtension;
  return path;
}

}  // namespace

Loader::Loader(const FileSystem& files, source::SourceMap& sources, std::string root,
               std::string stdlib)
    : files_(files), sources_(sources), root_(std::move(root)), stdlib_(std::move(stdlib)) {}

std::string Loader::displayPath(const std::string& canonical) const {
  if (!stdlib_.empty() && isInside(stdlib_, canonical))
    return "std/" + relativeTo(stdlib_, canonical);
  return relativeTo(root_, canonical);
}

std::optional<std::string> Loader::resolve(std::string_view path, source::FileId from,
                                           const source::Location& at, diag::Sink& sink) const {
  const auto folder = folder_of_.find(from.index);
  const std::string base = folder != folder_of_.end() ? folder->second : root_;
  const bool in_library = !stdlib_.empty() && isInside(stdlib_, base);
  const std::string canonical = files_.canonical(joined(base, std::string(path)));
  if (path.empty() || path[0] == '/' || !isInside(in_library ? stdlib_ : root_, canonical)) {
    sink.report(at, diag::PathOutsideRoot, std::string(path))
        .help(
            "only files below the project root are read; the root is the nearest folder upwards "
            "with a `gpuspec.lock`, or `--root`");
    return std::nullopt;
  }
  return canonical;
}

const syntax::Tree* Loader::parsed(const std::string& key, const std::string& display,
                                   std::string text, diag::Sink& sink) {
  const source::FileId file_id = sources_.add(display, std::move(text));
  folder_of_[file_id.index] = folderOf(key);
  trees_.push_back(parse::parse(sources_, file_id, sink));
  by_path_[key] = &trees_.back();
  return &trees_.back();
}

const syntax::Tree* Loader::tree(std::string_view path, source::FileId from,
                                 const source::Location& at, diag::Sink& sink) {
  if (path.starts_with("std/")) {
    const syntax::Tree* found = library(std::string(path.substr(4)), sink);
    if (found == nullptr)
      sink.report(at, diag::ImportNotFound, std::string(path),
                  std::string("the standard library has no such file"));
    return found;
  }
  const std::optional<std::string> canonical = resolve(path, from, at, sink);
  if (!canonical) return nullptr;
  if (const auto found = by_path_.find(*canonical); found != by_path_.end()) return found->second;
  llvm::Expected<std::string> text = files_.read(*canonical, parse::kMaxFileBytes);
  if (!text) {
    const std::string reason = llvm::toString(text.takeError());
    auto report = sink.report(at, diag::ImportNotFound, std::string(path), reason);
    if (!path.ends_with(kExtension) &&
        files_.kind(withExtension(*canonical)) == FileKind::Regular) {
      report.help("did you mean `" + withExtension(std::string(path)) + "`?");
    } else {
      report.help("the path is seen from the file that names it");
    }
    return nullptr;
  }
  return parsed(*canonical, displayPath(*canonical), std::move(*text), sink);
}

std::optional<std::string> Loader::text(std::string_view path, source::FileId from,
                                        const source::Location& at, diag::Sink& sink) {
  const std::optional<std::string> canonical = resolve(path, from, at, sink);
  if (!canonical) return std::nullopt;
  llvm::Expected<std::string> text = files_.read(*canonical, kMaxDataBytes);
  if (text) return std::move(*text);
  sink.report(at, diag::ImportNotFound, std::string(path), llvm::toString(text.takeError()));
  return std::nullopt;
}

std::vector<ir::Tree> Loader::objects(std::string_view path, const source::Location& at,
                                      diag::Sink& sink) {
  const source::FileId from = at.range.file_id;
  const std::optional<std::string> canonical = resolve(path, from, at, sink);
  if (!canonical) return {};
  llvm::Expected<std::string> text = files_.read(*canonical, kMaxDataBytes);
  if (!text) {
    sink.report(at, diag::ImportNotFound, std::string(path), llvm::toString(text.takeError()));
    return {};
  }
  const source::FileId file_id = sources_.add(displayPath(*canonical), std::move(*text));
  return data::readYaml(sources_, file_id, sink).value_or(std::vector<ir::Tree>{});
}

const syntax::Tree* Loader::snippet(const std::string& name, const std::string& text,
                                    diag::Sink& sink) {
  const source::FileId file_id = sources_.add(name, "let value = " + text);
  trees_.push_back(parse::parse(sources_, file_id, sink));
  return &trees_.back();
}

llvm::Expected<const syntax::Tree*> Loader::entry(const std::string& path, diag::Sink& sink) {
  const std::string canonical = files_.canonical(path);
  if (const auto found = by_path_.find(canonical); found != by_path_.end()) return found->second;
  llvm::Expected<std::string> text = files_.read(canonical, parse::kMaxFileBytes);
  if (!text)
    return llvm::createStringError(llvm::inconvertibleErrorCode(), "cannot read `%s`: %s",
                                   path.c_str(), llvm::toString(text.takeError()).c_str());
  return parsed(canonical, displayPath(canonical), std::move(*text), sink);
}

const syntax::Tree* Loader::entryText(std::string name, std::string text, diag::Sink& sink) {
  return parsed(joined(root_, name), name, std::move(text), sink);
}

const syntax::Tree* Loader::library(const std::string& name, diag::Sink& sink) {
  if (stdlib_.empty()) return nullptr;
  const std::string canonical = files_.canonical(joined(stdlib_, withExtension(name)));
  if (!isInside(stdlib_, canonical)) return nullptr;
  if (const auto found = by_path_.find(canonical); found != by_path_.end()) return found->second;
  llvm::Expected<std::string> text = files_.read(canonical, parse::kMaxFileBytes);
  if (!text) {
    llvm::consumeError(text.takeError());
    return nullptr;
  }
  return parsed(canonical, displayPath(canonical), std::move(*text), sink);
}

}  // namespace gpuspec::driver
