#include <cctype>
#include <charconv>

#include "backends/deploy/sandbox/kube/cel.h"

namespace gpuspec::deploy::sandbox::api::cel {
namespace {

using NodePtr = std::unique_ptr<Node>;
constexpr int kDeepest = 200;

struct Token {
  enum class Kind : std::uint8_t { End, Name, Number, Text, Sign } kind = Kind::End;
  std::string text;
};

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  // False: something that is no token.
  bool run(std::vector<Token>& out) {
    for (;;) {
      while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
      if (at_ == text_.size()) break;
      const char c = text_[at_];
      if (isNameStart(c)) {
        out.push_back(
            {Token::Kind::Name, takeWhile([](char x) { return isNameStart(x) || isDigit(x); })});
      } else if (isDigit(c)) {
        out.push_back(
            {Token::Kind::Number, takeWhile([](char x) { return isDigit(x) || x == '.'; })});
      } else if (c == '"' || c == '\'') {
        out.push_back({Token::Kind::Text, ""});
        if (!takeText(c, out.back().text)) return false;
      } else {
        std::string sign = takeSign();
        if (sign.empty()) return false;
        out.push_back({Token::Kind::Sign, std::move(sign)});
      }
    }
    out.push_back({});
    return true;
  }

 private:
  static bool isDigit(char c) { return c >= '0' && c <= '9'; }
  static bool isNameStart(char c) {
    return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
  }

  template <class Test>
  std::string takeWhile(Test test) {
    const std::size_t begin = at_;
    while (at_ < text_.size() && test(text_[at_])) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  bool takeText(char quote, std::string& out) {
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] != '\\' || at_ + 1 == text_.size()) {
        out += text_[at_];
        continue;
      }
      const char escaped = text_[++at_];
      out += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
    }
    return at_ < text_.size() && text_[at_++] == quote;
  }

  std::string takeSign() {
    for (std::string_view sign :
         {"&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/",
          "%",  "!",  "?",  ":",  ".",  ",",  "(", ")", "[", "]", "{", "}"}) {
      if (!text_.substr(at_).starts_with(sign)) continue;
      at_ += sign.size();
      return std::string(sign);
    }
    return "";
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  NodePtr run() {
    NodePtr out = conditional();
    return out != nullptr && peek().kind == Token::Kind::End ? std::move(out) : nullptr;
  }
  const std::string& found() const { return peek().text; }

 private:
  const Token& peek() const { return tokens_[at_]; }

  bool take(std::string_view sign) {
    if (peek().kind != Token::Kind::Sign || peek().text != sign) return false;
    ++at_;
    return true;
  }

  static NodePtr call(std::string name, NodePtr first, NodePtr second = nullptr,
                      NodePtr third = nullptr) {
    auto out = std::make_unique<Node>();
    out->kind = Node::Kind::Call;
    out->name = std::move(name);
    for (NodePtr* each : {&first, &second, &third}) {
      if (*each != nullptr) out->children.push_back(std::move(*each));
    }
    return out;
  }

  NodePtr conditional() {
    if (++depth_ > kDeepest) return nullptr;
    NodePtr condition = binary(0);
    --depth_;
    if (condition == nullptr || !take("?")) return condition;
    NodePtr yes = conditional();
    if (yes == nullptr || !take(":")) return nullptr;
    NodePtr no = conditional();
    return no == nullptr ? nullptr
                         : call("?:", std::move(condition), std::move(yes), std::move(no));
  }

  // From the loosest operators to the tightest.
  NodePtr binary(std::size_t level) {
    static const std::vector<std::vector<std::string_view>> kLevels = {
        {"||"}, {"&&"}, {"==", "!=", "<=", ">=", "<", ">", "in"}, {"+", "-"}, {"*", "/", "%"}};
    if (level == kLevels.size()) return unary();
    NodePtr left = binary(level + 1);
    while (left != nullptr) {
      std::string_view found;
      for (std::string_view sign : kLevels[level]) {
        const bool word = sign == "in" && peek().kind == Token::Kind::Name && peek().text == "in";
        if (found.empty() && (word || (peek().kind == Token::Kind::Sign && peek().text == sign)))
          found = sign;
      }
      if (found.empty()) return left;
      ++at_;
      NodePtr right = binary(level + 1);
      if (right == nullptr) return nullptr;
      left = call(std::string(found), std::move(left), std::move(right));
    }
    return nullptr;
  }

  NodePtr unary() {
    for (std::string_view sign : {"!", "-"}) {
      if (!take(sign)) continue;
      if (++depth_ > kDeepest) return nullptr;
      NodePtr of = unary();
      --depth_;
      return of == nullptr ? nullptr : call(sign == "-" ? "negate" : "!", std::move(of));
    }
    return postfix(primary());
  }

  NodePtr postfix(NodePtr node) {
    while (node != nullptr) {
      if (take(".")) {
        if (peek().kind != Token::Kind::Name) return nullptr;
        node = member(std::move(node), tokens_[at_++].text);
      } else if (take("[")) {
        NodePtr index = conditional();
        if (index == nullptr || !take("]")) return nullptr;
        auto out = std::make_unique<Node>();
        out->kind = Node::Kind::Index;
        out->children.push_back(std::move(node));
        out->children.push_back(std::move(index));
        node = std::move(out);
      } else {
        return node;
      }
    }
    return nullptr;
  }

  NodePtr member(NodePtr of, std::string name) {
    auto out = std::make_unique<Node>();
    out->name = std::move(name);
    out->children.push_back(std::move(of));
    out->kind = Node::Kind::Member;
    if (!take("(")) return out;
    out->kind = Node::Kind::Call;
    out->method = true;
    return arguments(*out, ")") ? std::move(out) : nullptr;
  }

  bool arguments(Node& node, std::string_view end) {
    if (take(end)) return true;
    do {
      NodePtr each = conditional();
      if (each == nullptr) return false;
      node.children.push_back(std::move(each));
    } while (take(","));
    return take(end);
  }

  NodePtr primary() {
    const Token token = peek();
    auto out = std::make_unique<Node>();
    if (take("(")) {
      NodePtr inner = conditional();
      return inner != nullptr && take(")") ? std::move(inner) : nullptr;
    }
    if (take("[")) {
      out->kind = Node::Kind::List;
      return arguments(*out, "]") ? std::move(out) : nullptr;
    }
    if (take("{")) return mapLiteral(std::move(out));
    ++at_;
    if (token.kind == Token::Kind::Text) {
      out->literal = token.text;
      return out;
    }
    if (token.kind == Token::Kind::Number) return numberLiteral(std::move(out), token.text);
    if (token.kind != Token::Kind::Name) return nullptr;
    if (token.text == "true" || token.text == "false") {
      out->literal = token.text == "true";
    } else if (token.text != "null") {
      out->name = token.text;
      out->kind = take("(") ? Node::Kind::Call : Node::Kind::Name;
      if (out->kind == Node::Kind::Call && !arguments(*out, ")")) return nullptr;
    }
    return out;
  }

  NodePtr mapLiteral(NodePtr out) {
    out->kind = Node::Kind::Map;
    if (take("}")) return out;
    do {
      NodePtr key = conditional();
      if (key == nullptr || !take(":")) return nullptr;
      NodePtr value = conditional();
      if (value == nullptr) return nullptr;
      out->children.push_back(std::move(key));
      out->children.push_back(std::move(value));
    } while (take(","));
    return take("}") ? std::move(out) : nullptr;
  }

  static NodePtr numberLiteral(NodePtr out, const std::string& text) {
    const char* end = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto [stop, error] = std::from_chars(text.data(), end, whole);
        error == std::errc() && stop == end) {
      out->literal = whole;
      return out;
    }
    double number = 0;
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) return nullptr;
    out->literal = number;
    return out;
  }

  std::vector<Token> tokens_;
  std::size_t at_ = 0;
  int depth_ = 0;
};

}  // namespace

llvm::Expected<std::unique_ptr<Node>> parse(std::string_view text) {
  std::vector<Token> tokens;
  if (!Lexer(text).run(tokens)) {
    return llvm::createStringError("the expression holds something that is no token: " +
                                   std::string(text));
  }
  Parser parser(std::move(tokens));
  NodePtr out = parser.run();
  if (out == nullptr) {
    return llvm::createStringError("syntax error near '" + parser.found() +
                                   "' in: " + std::string(text));
  }
  return out;
}

}  // namespace gpuspec::deploy::sandbox::api::cel
