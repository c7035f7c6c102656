#include <map>
#include <set>

#include "backends/deploy/sandbox/kube/decode.h"
#include "backends/deploy/sandbox/kube/protobuf.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "compiler/data/yaml_reader.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

// Walks JSON that is known to be well formed and notes the keys that a map has twice.
class DuplicateFinder {
 public:
  DuplicateFinder(std::string_view text, std::vector<std::string>& out) : text_(text), out_(out) {}
  void run() { value(""); }

 private:
  void skipSpace() {
    while (at_ < text_.size() &&
           std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos)
      ++at_;
  }

  std::string_view string() {
    const std::size_t begin = ++at_;
    while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
    return text_.substr(begin, at_++ - begin);
  }

  void value(const std::string& path) {
    skipSpace();
    if (text_[at_] == '{') return map(path);
    if (text_[at_] == '[') return list(path);
    if (text_[at_] == '"') {
      string();
      return;
    }
    at_ = std::min(text_.find_first_of(",]} \t\r\n", at_), text_.size());
  }

  void map(const std::string& path) {
    std::set<std::string, std::less<>> keys;
    ++at_;
    for (skipSpace(); text_[at_] != '}'; skipSpace()) {
      if (text_[at_] == ',') {
        ++at_;
        skipSpace();
      }
      const std::string key(string());
      const std::string below = path.empty() ? key : path + "." + key;
      if (!keys.insert(key).second) out_.push_back("duplicate field \"" + below + "\"");
      skipSpace();
      ++at_;  // the colon
      value(below);
    }
    ++at_;
  }

  void list(const std::string& path) {
    ++at_;
    std::size_t index = 0;
    for (skipSpace(); text_[at_] != ']'; skipSpace()) {
      if (text_[at_] == ',') ++at_;
      value(path + "[" + std::to_string(index++) + "]");
    }
    ++at_;
  }

  std::string_view text_;
  std::vector<std::string>& out_;
  std::size_t at_ = 0;
};

llvm::Expected<Tree> parseYaml(std::string_view body) {
  source::SourceMap sources;
  const source::FileId file_id = sources.add("body.yaml", std::string(body));
  diag::Sink sink;
  const auto documents = data::readYaml(sources, file_id, sink);
  if (!documents || documents->size() != 1) {
    return badRequest("error decoding YAML: error converting YAML to JSON");
  }
  return documents->front();
}

bool isYaml(std::string_view content_type) {
  return content_type.find("yaml") != std::string_view::npos;
}

}  // namespace

llvm::Expected<Tree> parseBody(std::string_view body, std::string_view content_type,
                               std::vector<std::string>* duplicates) {
  if (content_type.starts_with(kProtobufType)) return decodeProtobuf(body);
  const std::size_t first = body.find_first_not_of(" \t\r\n");
  const bool looks_like_json =
      first != std::string_view::npos && (body[first] == '{' || body[first] == '[');
  if (isYaml(content_type) && !looks_like_json) return parseYaml(body);
  llvm::Expected<Tree> tree = ir::parseJson(body);
  if (!tree) {
    const std::string why = llvm::toString(tree.takeError());
    // Flow style YAML also begins with a brace.
    if (isYaml(content_type)) return parseYaml(body);
    return badRequest("couldn't get version/kind; json parse error: " + why);
  }
  if (duplicates != nullptr) DuplicateFinder(body, *duplicates).run();
  return tree;
}

}  // namespace gpuspec::deploy::sandbox::api
