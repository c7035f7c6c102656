#include "plugins/host/reader.h"

#include <algorithm>

#include "compiler/ir/json.h"

namespace gpuspec::host {

namespace {

constexpr int kDeepest = 100;

std::string_view kindOf(const ir::Tree& tree) {
  if (tree.isNull()) return "null";
  if (tree.isBool()) return "true or false";
  if (tree.isInt() || tree.isDouble()) return "a number";
  if (tree.isString()) return "a string";
  return tree.isList() ? "a list" : "an object";
}

bool isAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool isLowerAlnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Letters and digits at both ends, `inner` as well between them.
bool isName(std::string_view text, std::size_t longest, bool (*end)(char), std::string_view inner) {
  if (text.empty() || text.size() > longest || !end(text.front()) || !end(text.back()))
    return false;
  return std::all_of(text.begin(), text.end(),
                     [&](char c) { return end(c) || inner.find(c) != std::string_view::npos; });
}

bool isTooDeep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '\\') ++i;
      if (c == '"') quoted = false;
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kDeepest) return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

}  // namespace

Field Field::operator[](std::string_view key) const {
  std::string path = path_.empty() ? std::string(key) : path_ + "." + std::string(key);
  if (tree_ != nullptr && !tree_->isMap() && !tree_->isNull()) {
    fail("is " + std::string(kindOf(*tree_)) + ", not an object");
    return Field(nullptr, std::move(path), problem_);
  }
  return Field(tree_ == nullptr ? nullptr : tree_->find(key), std::move(path), problem_);
}

void Field::fail(std::string_view what) const {
  if (!problem_->what.empty()) return;
  problem_->field = path_.empty() ? "document" : path_;
  problem_->what = what;
}

std::string Field::text() const {
  if (!present()) {
    fail("is missing");
    return {};
  }
  if (!tree_->isString()) {
    fail("is " + std::string(kindOf(*tree_)) + ", not a string");
    return {};
  }
  return tree_->asString();
}

std::string Field::textOr(std::string_view fallback) const {
  return present() ? text() : std::string(fallback);
}

std::string Field::textLike(bool (*accepts)(std::string_view), std::string_view form) const {
  std::string value = text();
  if (present() && tree_->isString() && !accepts(value))
    fail("is `" + value + "`, not " + std::string(form));
  return value;
}

std::int64_t Field::number(std::int64_t least, std::int64_t most) const {
  if (!present()) {
    fail("is missing");
    return least;
  }
  if (!tree_->isInt()) {
    fail("is " + std::string(kindOf(*tree_)) + ", not a whole number");
    return least;
  }
  const std::int64_t value = tree_->asInt();
  if (value >= least && value <= most) return value;
  fail("is " + std::to_string(value) + ", not within " + std::to_string(least) + ".." +
       std::to_string(most));
  return least;
}

std::int64_t Field::numberOr(std::int64_t fallback, std::int64_t least, std::int64_t most) const {
  return present() ? number(least, most) : fallback;
}

bool Field::flagOr(bool fallback) const {
  if (!present()) return fallback;
  if (tree_->isBool()) return tree_->asBool();
  fail("is " + std::string(kindOf(*tree_)) + ", not true or false");
  return fallback;
}

bool Field::isMap() const {
  if (!present()) return false;
  if (!tree_->isMap()) fail("is " + std::string(kindOf(*tree_)) + ", not an object");
  return tree_->isMap();
}

void Field::eachItem(const std::function<void(const Field&)>& visit) const {
  if (!present()) return;
  if (!tree_->isList()) return fail("is " + std::string(kindOf(*tree_)) + ", not a list");
  std::size_t index = 0;
  for (const ir::Tree& item : tree_->asList()) {
    visit(Field(&item, path_ + "[" + std::to_string(index++) + "]", problem_));
  }
}

void Field::eachEntry(const std::function<void(const std::string&, const Field&)>& visit) const {
  if (!isMap()) return;
  for (const auto& [key, value] : tree_->asMap())
    visit(key, Field(&value, path_ + "." + key, problem_));
}

llvm::Expected<ir::Tree> parseDocument(std::string_view text) {
  if (isTooDeep(text)) {
    return llvm::createStringError(llvm::inconvertibleErrorCode(), "nested deeper than %d levels",
                                   kDeepest);
  }
  return ir::parseJson(text);
}

bool isDnsLabel(std::string_view text) {
  return isName(text, 63, isLowerAlnum, "-");
}

bool isLabelKey(std::string_view text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return isName(text, 63, isAlnum, "-_.");
  return isName(text.substr(0, slash), 253, isLowerAlnum, "-.") &&
         isName(text.substr(slash + 1), 63, isAlnum, "-_.");
}

bool isResourceName(std::string_view text) {
  return text.find('/') != std::string_view::npos && isLabelKey(text);
}

bool isLabelValue(std::string_view text) {
  return text.empty() || isName(text, 63, isAlnum, "-_.");
}

bool isOneLine(std::string_view text) {
  return text.size() <= 200 && std::none_of(text.begin(), text.end(), [](char c) {
           return static_cast<unsigned char>(c) < 0x20;
         });
}

bool isPluginName(std::string_view text) {
  if (text.empty() || text.size() > 31 || text[0] < 'a' || text[0] > 'z') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return isLowerAlnum(c) || c == '_'; });
}

bool isVersion(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return isAlnum(c) || std::string_view("-_.+~").find(c) != std::string_view::npos;
  });
}

}  // namespace gpuspec::host
