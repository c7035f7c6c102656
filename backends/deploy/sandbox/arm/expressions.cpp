#include "backends/deploy/sandbox/arm/expressions.h"

#include <cctype>
#include <charconv>
#include <optional>

#include "backends/deploy/sandbox/arm/error.h"
#include "backends/deploy/sandbox/arm/text.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

constexpr int kDeepest = 64;

// Recursive descent over one expression, without its brackets.
class Parser {
 public:
  Parser(std::string_view text, const Scope& scope) : text_(text), scope_(scope) {}

  llvm::Expected<Tree> whole() {
    llvm::Expected<Tree> value = expression();
    if (!value) return value;
    space();
    if (at_ < text_.size()) return wrong("what follows is not understood");
    return value;
  }

 private:
  llvm::Error wrong(const std::string& what) const {
    return invalidTemplate("Unable to parse language expression '" + std::string(text_) +
                           "': " + what + " at position " + std::to_string(at_) + ".");
  }

  void space() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
  }
  bool next(char letter) {
    space();
    if (at_ >= text_.size() || text_[at_] != letter) return false;
    ++at_;
    return true;
  }
  char peek() {
    space();
    return at_ < text_.size() ? text_[at_] : '\0';
  }

  llvm::Expected<Tree> expression() {
    if (++depth_ > kDeepest) return wrong("it is nested too deeply");
    const char first = peek();
    llvm::Expected<Tree> value =
        first == '\''                                                          ? quoted()
        : first == '-' || std::isdigit(static_cast<unsigned char>(first)) != 0 ? number()
                                                                               : call();
    --depth_;
    while (value && (peek() == '.' || peek() == '[')) value = member(*value);
    return value;
  }

  llvm::Expected<Tree> quoted() {
    std::string out;
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] != '\'') {
        out += text_[at_];
      } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '\'') {
        out += text_[at_++];
      } else {
        ++at_;
        return Tree(std::move(out));
      }
    }
    return wrong("text without its end");
  }

  llvm::Expected<Tree> number() {
    std::int64_t value = 0;
    const auto [end, error] =
        std::from_chars(text_.data() + at_, text_.data() + text_.size(), value);
    if (error != std::errc()) return wrong("no number");
    at_ = static_cast<std::size_t>(end - text_.data());
    return Tree(value);
  }

  std::string word() {
    space();
    const std::size_t begin = at_;
    while (at_ < text_.size() &&
           (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 || text_[at_] == '_'))
      ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  llvm::Expected<Tree> call() {
    const std::string name = word();
    if (name.empty()) return wrong("a function, a number or text is expected");
    if (!next('(')) return wrong("'(' is expected");
    std::vector<Tree> arguments;
    while (!next(')')) {
      if (!arguments.empty() && !next(',')) return wrong("',' or ')' is expected");
      llvm::Expected<Tree> argument = expression();
      if (!argument) return argument;
      arguments.push_back(std::move(*argument));
    }
    const Function function = findFunction(lower(name));
    if (function == nullptr)
      return invalidTemplate("The template function '" + name + "' is not known to the sandbox.");
    return function(arguments, scope_);
  }

  llvm::Expected<Tree> member(const Tree& value) {
    if (next('.')) {
      const std::string name = word();
      return property(value, name);
    }
    next('[');
    llvm::Expected<Tree> index = expression();
    if (!index) return index;
    if (!next(']')) return wrong("']' is expected");
    if (index->isString()) return property(value, index->asString());
    const bool inside = value.isList() && index->isInt() && index->asInt() >= 0 &&
                        index->asInt() < static_cast<std::int64_t>(value.asList().size());
    if (!inside)
      return invalidTemplate("The language expression '" + std::string(text_) +
                             "' has an index outside of its array.");
    return value.asList()[static_cast<std::size_t>(index->asInt())];
  }

  llvm::Expected<Tree> property(const Tree& value, const std::string& name) const {
    if (value.isMap()) {
      for (const auto& [key, child] : value.asMap()) {
        if (sameName(key, name)) return child;
      }
    }
    return invalidTemplate("The language expression property '" + name + "' doesn't exist.");
  }

  std::string_view text_;
  const Scope& scope_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

llvm::Error invalidTemplate(const std::string& text) {
  return fail(400, "InvalidTemplate", "Deployment template validation failed: '" + text + "'.");
}

bool isExpression(std::string_view text) {
  return text.size() >= 2 && text.front() == '[' && text.back() == ']' && text[1] != '[';
}

llvm::Expected<Tree> evaluate(std::string_view text, const Scope& scope) {
  return Parser(text.substr(1, text.size() - 2), scope).whole();
}

llvm::Expected<Tree> evaluateAll(const Tree& tree, const Scope& scope) {
  if (tree.isString()) {
    const std::string& text = tree.asString();
    if (isExpression(text)) return evaluate(text, scope);
    return text.starts_with("[[") && text.ends_with("]") ? Tree(text.substr(1)) : tree;
  }
  if (tree.isList()) {
    Tree out = Tree::list();
    for (const Tree& child : tree.asList()) {
      llvm::Expected<Tree> value = evaluateAll(child, scope);
      if (!value) return value;
      out.push(std::move(*value));
    }
    return out;
  }
  if (!tree.isMap()) return tree;
  Tree out = Tree::map();
  for (const auto& [key, child] : tree.asMap()) {
    llvm::Expected<Tree> value = evaluateAll(child, scope);
    if (!value) return value;
    out.set(key, std::move(*value));
  }
  return out;
}

llvm::Expected<std::string> resourceId(const std::string& subscription, const std::string& group,
                                       const std::string& type,
                                       const std::vector<std::string>& names) {
  const std::vector<std::string> parts = split(type, '/');
  if (parts.size() < 2 || parts.size() != names.size() + 1)
    return invalidTemplate(
        "Unable to evaluate template language function 'resourceId': the type '" + type +
        "' needs " + std::to_string(parts.size() - 1) + " resource name argument(s), it has " +
        std::to_string(names.size()));
  std::string id =
      "/subscriptions/" + subscription + "/resourceGroups/" + group + "/providers/" + parts[0];
  for (std::size_t i = 0; i < names.size(); ++i) id += "/" + parts[i + 1] + "/" + names[i];
  return id;
}

}  // namespace gpuspec::deploy::sandbox::arm
