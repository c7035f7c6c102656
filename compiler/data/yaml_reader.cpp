#include "compiler/data/yaml_reader.h"

#include <charconv>
#include <cmath>
#include <map>

#include <llvm/ADT/SmallString.h>
#include <llvm/Support/SourceMgr.h>
#include <llvm/Support/YAMLParser.h>

#include "compiler/data/block_scalars.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::data {

namespace {

using ir::Tree;
using source::Location;

constexpr std::int64_t kMaxValues = 1'000'000;
constexpr unsigned kMaxDepth = 200;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return out;
}

bool parseInteger(std::string_view text, std::int64_t& out) {
  std::string digits;
  for (char c : text) {
    if (c != '_') digits += c;
  }
  const bool negative = !digits.empty() && digits[0] == '-';
  if (!digits.empty() && (digits[0] == '-' || digits[0] == '+')) digits.erase(0, 1);
  int base = 10;
  if (digits.size() > 2 && digits[0] == '0' &&
      (digits[1] == 'x' || digits[1] == 'o' || digits[1] == 'b')) {
    base = digits[1] == 'x' ? 16 : digits[1] == 'o' ? 8 : 2;
    digits.erase(0, 2);
  } else if (digits.size() > 1 && digits[0] == '0') {
    base = 8;
    digits.erase(0, 1);
  }
  if (digits.empty() || text[0] == '_') return false;
  std::uint64_t size = 0;
  const auto [stop, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), size, base);
  if (error != std::errc() || stop != digits.data() + digits.size()) return false;
  if (size > static_cast<std::uint64_t>(INT64_MAX) + (negative ? 1 : 0)) return false;
  out = static_cast<std::int64_t>(negative ? -size : size);
  return true;
}

bool parseFloat(std::string_view text, double& out) {
  if (text.find_first_not_of("0123456789+-.eE_") != std::string_view::npos) return false;
  if (text.find_first_of("0123456789") == std::string_view::npos) return false;
  std::string plain;
  for (char c : text) {
    if (c != '_' && !(c == '+' && plain.empty())) plain += c;
  }
  const auto [stop, error] = std::from_chars(plain.data(), plain.data() + plain.size(), out);
  return error == std::errc() && stop == plain.data() + plain.size();
}

class Reader {
 public:
  Reader(const source::File& file, source::FileId file_id, diag::Sink& sink)
      : file_(file), file_id_(file_id), sink_(sink), blocks_(findBlockScalars(file.text())) {}
  std::optional<std::vector<Tree>> run();

 private:
  Tree convert(llvm::yaml::Node* node, unsigned depth);
  Tree scalar(llvm::yaml::ScalarNode& node) const;
  Tree blockScalar(llvm::yaml::BlockScalarNode& node);
  void checkRewritten();
  Tree mapping(llvm::yaml::MappingNode& node, unsigned depth);
  Location at(const llvm::yaml::Node& node) const;
  void fail(const Location& where, const std::string& message);
  static void onError(const llvm::SMDiagnostic& error, void* context);

  const source::File& file_;
  source::FileId file_id_;
  diag::Sink& sink_;
  const BlockScalars blocks_;
  std::size_t rewritten_read_ = 0;
  std::map<std::string, Tree> anchors_;
  std::map<std::string, std::int64_t> anchor_sizes_;
  std::int64_t values_ = 0;
  bool failed_ = false;
};

Location Reader::at(const llvm::yaml::Node& node) const {
  const llvm::SMRange range = node.getSourceRange();
  const char* base = blocks_.text.data();
  const auto begin = static_cast<std::uint32_t>(range.Start.getPointer() - base);
  const auto end = static_cast<std::uint32_t>(range.End.getPointer() - base);
  return {{file_id_, begin, std::max(begin, end)}, {}};
}

void Reader::fail(const Location& where, const std::string& message) {
  if (!failed_) sink_.report(where, diag::DataInvalid, file_.path(), message);
  failed_ = true;
}

void Reader::onError(const llvm::SMDiagnostic& error, void* context) {
  auto& reader = *static_cast<Reader*>(context);
  const char* base = reader.blocks_.text.data();
  const auto offset =
      static_cast<std::uint32_t>(error.getLoc().isValid() ? error.getLoc().getPointer() - base : 0);
  const auto size = static_cast<std::uint32_t>(reader.file_.text().size());
  const std::uint32_t begin = std::min(offset, size);
  reader.fail(
      {{reader.file_id_, begin, std::min(begin + 1, size)}, {}},
      lower(error.getMessage().str().substr(0, 1)) +
          error.getMessage().str().substr(std::min<std::size_t>(1, error.getMessage().size())));
}

Tree Reader::scalar(llvm::yaml::ScalarNode& node) const {
  const llvm::StringRef raw = node.getRawValue();
  llvm::SmallString<64> storage;
  const std::string text = node.getValue(storage).str();
  const bool quoted = raw.starts_with("\"") || raw.starts_with("'");
  const std::string tag = node.getRawTag().str();
  if (quoted || tag == "!!str" || tag == "!") return Tree(text);
  return plainScalar(text);
}

Tree Reader::blockScalar(llvm::yaml::BlockScalarNode& node) {
  const BlockScalar* known = blocks_.find(at(node).range.begin);
  if (known == nullptr) return Tree(node.getValue().str());
  if (known->rewritten) ++rewritten_read_;
  return Tree(known->value);
}

// The text for the reader was changed only where the reader found such a scalar.
void Reader::checkRewritten() {
  std::size_t rewritten = 0;
  const BlockScalar* first = nullptr;
  for (const BlockScalar& scalar : blocks_.scalars) {
    if (scalar.rewritten && rewritten++ == 0) first = &scalar;
  }
  if (rewritten == rewritten_read_) return;
  fail({{file_id_, first->begin, first->begin + 1}, {}},
       "a text with an indentation number cannot be told from what is around it; quote it");
}

Tree Reader::mapping(llvm::yaml::MappingNode& node, unsigned depth) {
  Tree map = Tree::map();
  std::vector<Tree> merged;
  for (llvm::yaml::KeyValueNode& entry : node) {
    auto* key_node = llvm::dyn_cast_or_null<llvm::yaml::ScalarNode>(entry.getKey());
    if (key_node == nullptr) {
      fail(at(node), "a key is no plain text");
      break;
    }
    llvm::SmallString<64> storage;
    const std::string key = key_node->getValue(storage).str();
    const Location key_at = at(*key_node);
    if (const llvm::StringRef raw = key_node->getRawValue();
        raw.contains('\n') && !raw.starts_with("\"") && !raw.starts_with("'")) {
      fail(key_at, "a key goes over several lines");
      break;
    }
    Tree value = convert(entry.getValue(), depth + 1);
    if (failed_) break;
    if (key == "<<" && value.isMap()) {
      merged.push_back(std::move(value));
    } else if (map.find(key) != nullptr) {
      fail(key_at, "the key `" + key + "` is given twice");
    } else {
      map.asMap().emplace_back(key, std::move(value));
    }
  }
  for (Tree& from : merged) {
    for (auto& [key, value] : from.asMap()) {
      if (map.find(key) == nullptr) map.asMap().emplace_back(key, std::move(value));
    }
  }
  return map;
}

Tree Reader::convert(llvm::yaml::Node* node, unsigned depth) {
  if (node == nullptr || failed_) return nullptr;
  const Location here = at(*node);
  if (depth > kMaxDepth) fail(here, "nested too deep");
  if (++values_ > kMaxValues && !failed_) {
    sink_.report(here, diag::DataTooLarge, file_.path(), kMaxValues);
    failed_ = true;
  }
  if (failed_) return nullptr;
  const std::int64_t before = values_;
  Tree tree;
  if (auto* alias = llvm::dyn_cast<llvm::yaml::AliasNode>(node)) {
    const auto found = anchors_.find(alias->getName().str());
    if (found == anchors_.end()) {
      fail(here, "there is no anchor `" + alias->getName().str() + "`");
      return nullptr;
    }
    values_ += anchor_sizes_[found->first];
    tree = values_ > kMaxValues ? Tree() : found->second;
  } else if (auto* text = llvm::dyn_cast<llvm::yaml::ScalarNode>(node)) {
    tree = scalar(*text);
  } else if (auto* block = llvm::dyn_cast<llvm::yaml::BlockScalarNode>(node)) {
    tree = blockScalar(*block);
  } else if (auto* map = llvm::dyn_cast<llvm::yaml::MappingNode>(node)) {
    tree = mapping(*map, depth);
  } else if (auto* sequence = llvm::dyn_cast<llvm::yaml::SequenceNode>(node)) {
    tree = Tree::list();
    for (llvm::yaml::Node& item : *sequence) tree.push(convert(&item, depth + 1));
  }
  tree.from(here);
  if (!node->getAnchor().empty()) {
    anchor_sizes_[node->getAnchor().str()] = values_ - before;
    anchors_[node->getAnchor().str()] = tree;
  }
  return tree;
}

std::optional<std::vector<Tree>> Reader::run() {
  llvm::SourceMgr manager;
  manager.setDiagHandler(&Reader::onError, this);
  llvm::yaml::Stream stream(llvm::MemoryBufferRef(blocks_.text, "data"), manager, false);
  std::vector<Tree> documents;
  for (llvm::yaml::Document& document : stream) {
    llvm::yaml::Node* root = document.getRoot();
    if (root == nullptr || failed_) break;
    Tree tree = convert(root, 0);
    anchors_.clear();
    if (!tree.isNull()) documents.push_back(std::move(tree));
  }
  if (stream.failed()) fail({{file_id_, 0, 0}, {}}, "it cannot be read");
  if (!failed_) checkRewritten();
  if (failed_) return std::nullopt;
  return documents;
}

}  // namespace

Tree plainScalar(std::string_view text) {
  const std::string low = lower(text);
  const bool one_case =
      text == low || (text.size() > 1 && lower(text.substr(1)) == text.substr(1)) || [&] {
        for (char c : text) {
          if (c >= 'a' && c <= 'z') return false;
        }
        return true;
      }();
  if (text.empty() || text == "~" || (low == "null" && one_case)) return nullptr;
  if (one_case && (low == "true" || low == "yes" || low == "on" || low == "y")) return true;
  if (one_case && (low == "false" || low == "no" || low == "off" || low == "n")) return false;
  std::int64_t integer = 0;
  if (text.find_first_of("0123456789") != std::string_view::npos && parseInteger(text, integer))
    return integer;
  double number = 0;
  if (parseFloat(text, number) && std::isfinite(number)) return number;
  return Tree(text);
}

std::optional<std::vector<Tree>> readYaml(const source::SourceMap& sources, source::FileId file_id,
                                          diag::Sink& sink) {
  return Reader(sources.file(file_id), file_id, sink).run();
}

}  // namespace gpuspec::data
