#include "lang/format/soundness.h"

#include <vector>

#include "lang/format/parts.h"

namespace gpuspec::format {

namespace {

using syntax::NodeId;
using syntax::NodeKind;
using Tokens = std::vector<std::string_view>;

bool isLeaf(NodeKind kind) {
  return kind == NodeKind::Literal || kind == NodeKind::StringPart;
}

// A string that ends with its quote. `text` begins with the quote or with what follows an
// interpolation.
bool isClosed(std::string_view text, std::string_view quote, bool escapes) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (escapes && text[i] == '\\') {
      ++i;
    } else if (text.substr(i, quote.size()) == quote) {
      return i + quote.size() == text.size();
    }
  }
  return false;
}

bool isClosedString(const syntax::Tree& tree, NodeId id) {
  std::uint32_t content = tree[id].begin;
  for (NodeId part : tree.children(id)) content = tree[part].begin;  // of the last text
  const std::string_view rest = tree.fileText().substr(content, tree[id].end - content);
  switch (static_cast<syntax::StringKind>(tree[id].op)) {
    case syntax::StringKind::Plain:
      return isClosed(rest, "\"", true);
    case syntax::StringKind::Raw:
      return isClosed(rest, "'", false);
    default:
      return isClosed(rest, "\"\"\"", true);
  }
}

// A name may be quoted.
bool isWholeName(std::string_view name) {
  if (name[0] != '"' && name[0] != '\'') return true;
  return isClosed(name.substr(1), name.substr(0, 1), name[0] == '"');
}

void addIf(Tokens& tokens, bool condition, std::string_view token) {
  if (condition) tokens.push_back(token);
}

// Opening bracket, a comma between children and perhaps after the last, closing bracket.
Tokens listTokens(std::string_view open, std::string_view close, std::size_t children,
                  const Tokens& found) {
  Tokens tokens{open};
  for (std::size_t i = 1; i < children; ++i) tokens.push_back(",");
  addIf(tokens, children > 0 && found.size() == children + 2, ",");
  tokens.push_back(close);
  return tokens;
}

// `.name["x"].other`
Tokens pathTokens(const Tokens& found) {
  Tokens tokens;
  for (std::string_view token : found) {
    if (token == ".") tokens.push_back(".");
    if (token != "[") continue;
    tokens.push_back("[");
    tokens.push_back("]");
  }
  return tokens;
}

Tokens comprehensionTokens(const syntax::Node& node) {
  const bool map = node.kind == NodeKind::MapFor;
  Tokens tokens{map ? "{" : "[", "for"};
  addIf(tokens, (node.flags & syntax::kHasSecond) != 0, ",");
  tokens.push_back("in");
  tokens.push_back(":");
  addIf(tokens, map, "=>");
  addIf(tokens, (node.flags & syntax::kHasCondition) != 0, "if");
  tokens.push_back(map ? "}" : "]");
  return tokens;
}

Tokens paramTokens(std::uint16_t flags) {
  Tokens tokens{"param", ":"};
  addIf(tokens, (flags & syntax::kSecret) != 0, "secret");
  addIf(tokens, (flags & syntax::kHasDefault) != 0, "=");
  return tokens;
}

Tokens forTokens(std::uint16_t flags) {
  Tokens tokens{"for"};
  addIf(tokens, (flags & syntax::kHasSecond) != 0, ",");
  tokens.push_back("in");
  return tokens;
}

Tokens allowTokens(std::uint16_t flags, const Tokens& found) {
  Tokens tokens{"allow"};
  if (found.size() > 1) tokens.push_back(found[1]);  // any direction word
  addIf(tokens, (flags & syntax::kHasExcept) != 0, "except");
  addIf(tokens, (flags & syntax::kHasPort) != 0, "port");
  return tokens;
}

Tokens itemTokens(const syntax::Node& node, std::size_t children, const Tokens& found) {
  switch (node.kind) {
    case NodeKind::Project:
      return {"project"};
    case NodeKind::Import:
      return children > 1 ? Tokens{"import", "as"} : Tokens{"import"};
    case NodeKind::Param:
      return paramTokens(node.flags);
    case NodeKind::Let:
      return {"let", "="};
    case NodeKind::Output:
      return {"output", "="};
    case NodeKind::Module:
      return {"module", "from"};
    case NodeKind::Assert:
      return {"assert", ","};
    case NodeKind::For:
      return forTokens(node.flags);
    case NodeKind::If:
      return children > 2 ? Tokens{"if", "else"} : Tokens{"if"};
    case NodeKind::Allow:
      return allowTokens(node.flags, found);
    case NodeKind::ScaleOn:
      return {"scale_on"};
    case NodeKind::Expect:
      return {"expect"};
    case NodeKind::Annotation:
      return {"@"};
    case NodeKind::Body:
      return {"{", "}"};
    case NodeKind::Attribute:
    case NodeKind::Labelled:
    case NodeKind::CallAttribute:
      return {"="};
    default:
      return {};  // Block, Target
  }
}

Tokens expectedTokens(const syntax::Node& node, std::size_t children, const Tokens& found) {
  switch (node.kind) {
    case NodeKind::Arguments:
      if (!found.empty() && found[0] != "(") return pathTokens(found);
      return listTokens("(", ")", children, found);
    case NodeKind::List:
      return listTokens("[", "]", children, found);
    case NodeKind::Map:
      return listTokens("{", "}", children, found);
    case NodeKind::Member:
      return {"."};
    case NodeKind::Index:
      return {"[", "]"};
    case NodeKind::Unary:
    case NodeKind::Binary:
      return {syntax::operatorText(static_cast<syntax::Operator>(node.op))};
    case NodeKind::Conditional:
      return {"?", ":"};
    case NodeKind::Paren:
      return {"(", ")"};
    case NodeKind::MapEntry:
    case NodeKind::NamedArgument:
      return {"="};
    case NodeKind::FieldType:
      return (node.flags & syntax::kOptional) != 0 ? Tokens{"?", ":"} : Tokens{":"};
    case NodeKind::Spread:
      return {"..."};
    case NodeKind::ListFor:
    case NodeKind::MapFor:
      return comprehensionTokens(node);
    default:
      return itemTokens(node, children, found);
  }
}

std::string_view tokenOf(const Part& part, std::string_view text) {
  return part.kind == PartKind::Token ? text.substr(part.begin, part.end - part.begin)
                                      : std::string_view();
}

// `-`, `[` or `(` at the start of a line was reported as a continuation: it may have been meant as
// something else.
bool continuesWrongly(const syntax::Node& node, const std::vector<Part>& parts,
                      std::string_view text) {
  const bool suspect =
      node.kind == NodeKind::Index || node.kind == NodeKind::Call || node.kind == NodeKind::Binary;
  bool line_broken = false;
  for (std::size_t i = 1; suspect && i < parts.size(); ++i) {
    line_broken = line_broken || parts[i].newlines > 0;
    if (parts[i].kind == PartKind::Comment) continue;
    const std::string_view token = tokenOf(parts[i], text);
    return line_broken && (node.kind == NodeKind::Call || token == "[" || token == "-");
  }
  return false;
}

// `[1, , 2]`
bool hasEmptyItem(const std::vector<Part>& parts, std::string_view text) {
  std::string_view previous;
  for (const Part& part : parts) {
    if (part.kind == PartKind::Comment) continue;
    const std::string_view token = tokenOf(part, text);
    if (token == "," && !previous.empty()) return true;
    previous = token;
  }
  return false;
}

}  // namespace

bool isSound(const syntax::Tree& tree, std::string_view text, NodeId id) {
  const syntax::Node node = tree[id];
  if ((node.flags & syntax::kBroken) != 0) return false;
  if (node.kind == NodeKind::Name) return node.end > node.begin && isWholeName(tree.text(id));
  if (isLeaf(node.kind)) return true;
  if (node.kind == NodeKind::String && !isClosedString(tree, id)) return false;
  const std::vector<Part> parts = partsOf(tree, text, id);
  Tokens found;
  std::size_t children = 0;
  for (const Part& part : parts) {
    if (part.kind == PartKind::Token) found.push_back(tokenOf(part, text));
    if (part.kind != PartKind::Child) continue;
    ++children;
    if (!isSound(tree, text, part.id)) return false;
  }
  if (node.kind == NodeKind::String) return true;
  return found == expectedTokens(node, children, found) && !hasEmptyItem(parts, text) &&
         !continuesWrongly(node, parts, text);
}

}  // namespace gpuspec::format
