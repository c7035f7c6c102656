#include "lang/parse/recovery.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "lang/diag/catalogue.h"
#include "lang/parse/generated/GpuspecParser.h"

namespace gpuspec::parse {

namespace {

bool opens(TokenKind kind) { return kind == TokenKind::LBrace || kind == TokenKind::LParen || kind == TokenKind::LBrack || kind == TokenKind::Head; }
bool closes(TokenKind kind) { return kind == TokenKind::RBrace || kind == TokenKind::RParen || kind == TokenKind::RBrack || kind == TokenKind::Tail; }
bool isName(TokenKind kind) { return kind == TokenKind::Ident || kind == TokenKind::String; }

std::uint32_t lineBegin(std::string_view text, std::uint32_t offset) {
  const std::size_t found = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  return found == std::string_view::npos ? 0 : static_cast<std::uint32_t>(found + 1);
}

// Blanks before the first character of the line that holds `offset`.
std::uint32_t indentOf(std::string_view text, std::uint32_t offset) {
  const std::uint32_t begin = lineBegin(text, offset);
  std::uint32_t at = begin;
  while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
  return at - begin;
}

bool startsDeclaration(const std::vector<Lexeme>& tokens, std::size_t i) {
  const TokenKind kind = tokens[i].kind;
  if (kind == TokenKind::Project || kind == TokenKind::Import || kind == TokenKind::Param || kind == TokenKind::Let ||
      kind == TokenKind::Output || kind == TokenKind::Module || kind == TokenKind::Assert) return true;
  if (kind != TokenKind::Ident || i + 1 >= tokens.size()) return false;
  if (tokens[i + 1].kind == TokenKind::LBrace) return true;
  return isName(tokens[i + 1].kind) && i + 2 < tokens.size() && tokens[i + 2].kind == TokenKind::LBrace;
}

class Repair {
 public:
  Repair(Region& region, const Failure& failure, const source::File& file, source::FileId file_id, diag::Sink& sink)
      : region_(region), tokens_(region.lexemes), failure_(failure), text_(file.text()), file_id_(file_id), sink_(sink) {}

  void run(bool stray_run, bool& lost);

 private:
  const Lexeme& bad() const { return tokens_[failure_.token]; }
  // What people see there: behind the last token of the item comes the next item, not the end of the file.
  const Lexeme& found() const { return bad().kind == TokenKind::EndOfFile ? region_.next : bad(); }
  const Lexeme* before() const { return failure_.token > 0 ? &tokens_[failure_.token - 1] : nullptr; }
  bool in(std::size_t rule) const { return !failure_.rules.empty() && failure_.rules[0] == rule; }
  bool within(std::size_t rule) const { return std::find(failure_.rules.begin(), failure_.rules.end(), rule) != failure_.rules.end(); }
  bool expects(TokenKind kind) const {
    return std::find(failure_.expected.begin(), failure_.expected.end(), static_cast<std::size_t>(kind)) != failure_.expected.end();
  }
  std::string textOf(const Lexeme& lexeme) const { return std::string(text_.substr(lexeme.begin, std::min<std::uint32_t>(lexeme.end - lexeme.begin, 40))); }
  source::Range rangeOf(const Lexeme& lexeme) const { return {file_id_, lexeme.begin, lexeme.end}; }
  source::Location at(const Lexeme& lexeme) const { return {rangeOf(lexeme), {}}; }
  // Just behind the token before the wrong one: where the missing thing belongs.
  source::Range gap() const;

  bool closeUnclosed();
  bool closeAtLineStart();
  void closeBefore(std::size_t index, std::size_t opener);
  bool dropStrayCloser(bool stray_run);
  bool mendCommaBetweenItems();
  bool mendMissingEquals();
  bool mendColon();
  bool reportMissingValue();
  bool reportTopLevelOnly();
  void reportUnexpected();
  std::string expectedText() const;
  std::size_t syncPoint() const;
  void cut(bool& lost);
  std::optional<std::size_t> innermostOpener() const;

  Region& region_;
  std::vector<Lexeme>& tokens_;
  const Failure& failure_;
  std::string_view text_;
  source::FileId file_id_;
  diag::Sink& sink_;
};

source::Range Repair::gap() const {
  const Lexeme* previous = before();
  return previous != nullptr ? source::Range{file_id_, previous->end, previous->end} : source::Range{file_id_, bad().begin, bad().begin};
}

// The bracket that the wrong token stands in.
std::optional<std::size_t> Repair::innermostOpener() const {
  int depth = 0;
  for (std::size_t i = failure_.token; i-- > failure_.unit_start;) {
    if (closes(tokens_[i].kind)) ++depth;
    if (opens(tokens_[i].kind) && depth-- == 0) return i;
  }
  return std::nullopt;
}

// At the end of the region with brackets open: the one whose content is left by indentation is to blame.
bool Repair::closeUnclosed() {
  if (bad().kind != TokenKind::EndOfFile) return false;
  std::vector<std::size_t> open;
  std::optional<std::size_t> blamed, leaves_at;
  for (std::size_t i = failure_.unit_start; i < failure_.token && !blamed; ++i) {
    const Lexeme& token = tokens_[i];
    if (token.first_on_line && !open.empty() && !closes(token.kind) &&
        indentOf(text_, token.begin) <= indentOf(text_, tokens_[open.back()].begin)) {
      blamed = open.back();
      leaves_at = i;
      break;
    }
    if (opens(token.kind)) open.push_back(i);
    if (closes(token.kind) && !open.empty()) {
      // A brace that stands further left than the line that opened the innermost block closes an outer one.
      const bool outer = token.first_on_line && open.size() > 1 &&
                         indentOf(text_, token.begin) < indentOf(text_, tokens_[open.back()].begin);
      if (outer) {
        blamed = open.back();
        leaves_at = i;
        break;
      }
      open.pop_back();
    }
  }
  if (open.empty()) return false;
  if (!blamed) {
    blamed = open.back();
    leaves_at = failure_.token;
  }
  if (tokens_[*blamed].kind == TokenKind::Head) return false;
  closeBefore(*leaves_at, *blamed);
  return true;
}

// Reports the opener and puts its counterpart in before the token `index`.
void Repair::closeBefore(std::size_t index, std::size_t opener_index) {
  const Lexeme opener = tokens_[opener_index];
  const TokenKind closer = opener.kind == TokenKind::LBrace   ? TokenKind::RBrace
                           : opener.kind == TokenKind::LParen ? TokenKind::RParen
                                                              : TokenKind::RBrack;
  auto report = sink_.report(at(opener), diag::UnclosedBracket, textOf(opener));
  const std::uint32_t end = tokens_[index - 1].end;
  if (tokens_[index].kind != TokenKind::EndOfFile) {
    report.note({{file_id_, end, end}, {}}, std::string(spelling(closer)) + " is expected before this line's end or below");
  }
  const Lexeme inserted{closer, 0, false, end, end};
  tokens_.insert(tokens_.begin() + static_cast<std::ptrdiff_t>(index), inserted);
  region_.removed_at.push_back(opener.begin);
}

// A line that begins with an attribute or with another bracket's counterpart: the list above it was not closed.
bool Repair::closeAtLineStart() {
  const bool fits = bad().first_on_line && (bad().kind == TokenKind::Attr || bad().kind == TokenKind::RBrace);
  const auto opener = innermostOpener();
  if (!fits || !opener) return false;
  const TokenKind open = tokens_[*opener].kind;
  if (open != TokenKind::LBrack && open != TokenKind::LParen) return false;
  std::size_t index = failure_.token;
  int depth = 0;
  for (std::size_t i = *opener + 1; i < failure_.token; ++i) {  // an attribute above reads as a named argument
    if (depth == 0 && tokens_[i].kind == TokenKind::Attr && tokens_[i].first_on_line) {
      index = i;
      break;
    }
    if (opens(tokens_[i].kind)) ++depth;
    if (closes(tokens_[i].kind)) --depth;
  }
  closeBefore(index, *opener);
  return true;
}

bool Repair::dropStrayCloser(bool stray_run) {
  if (!closes(bad().kind) || failure_.token != failure_.unit_start) return false;
  if (!stray_run) {
    sink_.report(at(bad()), diag::UnmatchedBracket, textOf(bad())).help("remove it, or look above for the opening bracket that is missing");
  }
  tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(failure_.token));
  return true;
}

// `{ a = 1, b = 2 }`: one finding for all commas of the block.
bool Repair::mendCommaBetweenItems() {
  if (bad().kind != TokenKind::Comma || !(in(GpuspecParser::RuleBody) || failure_.token == failure_.unit_start)) return false;
  std::vector<diag::Edit> edits;
  const Lexeme first = bad();
  int depth = 0;
  bool own = false;  // the next comma belongs to a `for` or an `assert`
  for (std::size_t i = failure_.token; i < tokens_.size() && depth >= 0; ++i) {
    const Lexeme token = tokens_[i];
    if (opens(token.kind)) ++depth;
    if (closes(token.kind)) --depth;
    if (token.kind == TokenKind::For || token.kind == TokenKind::Assert) own = true;
    if (token.kind == TokenKind::In) own = false;
    if (depth != 0 || token.kind != TokenKind::Comma || std::exchange(own, false)) continue;
    if (i != failure_.token && !in(GpuspecParser::RuleBody)) continue;
    edits.push_back({rangeOf(token), ""});
    tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(i--));
  }
  const bool several = edits.size() > 1;
  sink_.report(at(first), diag::CommaBetweenItems).fix(several ? "remove the commas of this block" : "remove it", std::move(edits));
  return true;
}

// `nodes 3`
bool Repair::mendMissingEquals() {
  const Lexeme* name = before();
  if (name == nullptr || name->kind != TokenKind::Ident || !in(GpuspecParser::RuleNamed)) return false;
  const TokenKind kind = bad().kind;
  if (kind != TokenKind::Literal && kind != TokenKind::LBrack && kind != TokenKind::Minus) return false;
  if (bad().first_on_line) return false;
  sink_.report(at(*name), diag::MissingEquals, textOf(*name)).fix("write `" + textOf(*name) + " = " + textOf(bad()) + "`", {{gap(), " ="}});
  const Lexeme equals{TokenKind::Eq, 0, false, name->end, name->end};
  tokens_[failure_.token - 1].kind = TokenKind::Attr;
  tokens_.insert(tokens_.begin() + static_cast<std::ptrdiff_t>(failure_.token), equals);
  return true;
}

// `nodes: 3` and `{ "a": 1 }`
bool Repair::mendColon() {
  if (bad().kind != TokenKind::Colon || before() == nullptr) return false;
  const Lexeme name = *before();
  if (name.kind != TokenKind::Ident && name.kind != TokenKind::String) return false;
  if (!in(GpuspecParser::RuleNamed) && !in(GpuspecParser::RuleEntry)) return false;
  sink_.report(at(bad()), diag::ColonInMap, textOf(name)).fix("write `=`", {{rangeOf(bad()), " ="}});
  tokens_[failure_.token - 1].kind = TokenKind::Attr;
  tokens_[failure_.token].kind = TokenKind::Eq;
  return true;
}

bool Repair::reportMissingValue() {
  const Lexeme* equals = before();
  if (equals == nullptr || equals->kind != TokenKind::Eq || failure_.token < 2) return false;
  const Lexeme& name = tokens_[failure_.token - 2];
  auto report = sink_.report({{file_id_, name.begin, equals->end}, {}}, diag::MissingValue, textOf(name));
  if (bad().kind != TokenKind::Attr && bad().kind != TokenKind::RBrace && bad().kind != TokenKind::EndOfFile) {
    report.note(at(bad()), describe(bad(), text_) + " cannot begin a value");
  }
  return true;
}

bool Repair::reportTopLevelOnly() {
  const TokenKind kind = bad().kind;
  if (!in(GpuspecParser::RuleBody) || (kind != TokenKind::Project && kind != TokenKind::Import && kind != TokenKind::Param)) return false;
  sink_.report(at(bad()), diag::TopLevelOnly, textOf(bad()));
  return true;
}

std::string Repair::expectedText() const {
  if (within(GpuspecParser::RuleArgumentList) && !expects(TokenKind::Literal)) {
    return within(GpuspecParser::RuleList) && in(GpuspecParser::RuleList) ? "`,` or `]`" : "`,` or `)`";
  }
  if (in(GpuspecParser::RuleList)) return "`,` or `]`";
  if (in(GpuspecParser::RuleMap)) return "`,` or `}`";
  if (in(GpuspecParser::RuleArguments)) return "`,` or `)`";
  if (in(GpuspecParser::RuleBody) && expects(TokenKind::RBrace)) return "an attribute, a block or `}`";
  if (in(GpuspecParser::RuleNamed)) {
    return expects(TokenKind::LBrace) && !expects(TokenKind::Ident) ? "`{` or `=`" : "`=`, a name or `{`";
  }
  if (expects(TokenKind::Literal) && expects(TokenKind::LParen)) return "a value";
  if (failure_.token == failure_.unit_start) return "a declaration such as `pool name { ... }`";
  std::vector<std::string> names;
  for (std::size_t kind : failure_.expected) {
    const std::string text = spelling(static_cast<TokenKind>(kind));
    if (std::find(names.begin(), names.end(), text) == names.end()) names.push_back(text);
  }
  if (names.empty() || names.size() > 6) return "something else";
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i) out += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return out;
}

void Repair::reportUnexpected() {
  auto report = sink_.report(at(found()), diag::UnexpectedToken, expectedText(), describe(found(), text_));
  const bool in_brackets = in(GpuspecParser::RuleList) || in(GpuspecParser::RuleMap) || in(GpuspecParser::RuleArguments);
  if (in_brackets) {
    if (const auto opener = innermostOpener()) report.note(at(tokens_[*opener]), "opened here");
  }
  const bool keyword = bad().kind >= TokenKind::Project && bad().kind <= TokenKind::From;
  if (keyword && expects(TokenKind::Ident)) report.help("a keyword can be a name only in quotes: `\"" + textOf(bad()) + "\"`");
  if (in(GpuspecParser::RuleParam) || within(GpuspecParser::RuleType)) report.help("a parameter is `param name: type = default \"doc\"`");
  if (in(GpuspecParser::RuleImportFile)) report.help("an import is `import \"./file.gpuspec\"`, a library `import \"std/name\" as name`");
  if (in(GpuspecParser::RuleModule)) report.help("a module is `module name from \"./file.gpuspec\" { parameter = value }`");
  if (in(GpuspecParser::RuleForItem)) report.help("a loop is `for t in list { ... }`");
  if (in(GpuspecParser::RuleAllow) || in(GpuspecParser::RuleTarget)) report.help("a rule is `allow egress to dns` or `allow ingress from namespace \"x\" port 9400`");
  if (in(GpuspecParser::RuleAssertion)) report.help("an assertion is `assert condition, \"message\"`");
  if (in(GpuspecParser::RuleNamed) && before() != nullptr && before()->kind == TokenKind::Ident) {
    report.help("an attribute is `" + textOf(*before()) + " = value`, a block is `" + textOf(*before()) + " name { ... }`");
  }
}

// The token where parsing can go on when everything from the innermost item on is cut out.
std::size_t Repair::syncPoint() const {
  const std::size_t start = failure_.item_start;
  const std::uint32_t indent = indentOf(text_, tokens_[start].begin);
  int depth = 0;
  for (std::size_t i = start; i < tokens_.size(); ++i) {
    const Lexeme& token = tokens_[i];
    if (token.kind == TokenKind::EndOfFile) return i;
    if (i > start && i >= failure_.token) {
      const bool new_line = token.first_on_line && !closes(token.kind);
      if (new_line && indentOf(text_, token.begin) <= indent) return i;
      if (depth == 0 && (token.kind == TokenKind::Attr || startsDeclaration(tokens_, i))) return i;
    }
    if (closes(token.kind)) {
      if (depth == 0) return i;
      if (--depth == 0 && token.kind == TokenKind::RBrace && i >= failure_.token) return i + 1;
    }
    if (opens(token.kind)) ++depth;
  }
  return tokens_.size() - 1;
}

void Repair::cut(bool& lost) {
  const std::size_t from = failure_.item_start;
  const std::size_t to = std::max(syncPoint(), from + (bad().kind == TokenKind::EndOfFile ? 0 : 1));
  if (from == failure_.unit_start) lost = true;
  region_.removed_at.push_back(tokens_[from].begin);
  const std::size_t last = std::min(to, tokens_.size() - 1);  // EndOfFile stays
  tokens_.erase(tokens_.begin() + static_cast<std::ptrdiff_t>(from), tokens_.begin() + static_cast<std::ptrdiff_t>(last));
}

void Repair::run(bool stray_run, bool& lost) {
  if (closeUnclosed() || closeAtLineStart() || dropStrayCloser(stray_run) || mendCommaBetweenItems() || mendMissingEquals() || mendColon()) return;
  if (!reportMissingValue() && !reportTopLevelOnly()) reportUnexpected();
  cut(lost);
}

}  // namespace

Region readRegion(Lexer& lexer, std::string_view text) {
  Region region;
  std::vector<Lexeme>& tokens = region.lexemes;
  tokens.push_back(lexer.next());
  const std::uint32_t indent = indentOf(text, tokens[0].begin);
  int depth = opens(tokens[0].kind) ? 1 : 0;
  bool indented = false;  // the item's content stands further right than the item
  Lexeme token = lexer.next();
  while (token.kind != TokenKind::EndOfFile) {
    if (token.first_on_line) {
      const bool left = indentOf(text, token.begin) <= indent;
      if (!left) indented = true;
      if (left && !closes(token.kind) && (depth <= 0 || indented)) break;
    }
    if (opens(token.kind)) ++depth;
    if (closes(token.kind)) --depth;
    tokens.push_back(token);
    token = lexer.next();
  }
  region.end = token.begin;
  region.next = token;
  tokens.push_back({TokenKind::EndOfFile, 0, true, token.begin, token.begin});
  return region;
}

std::optional<std::uint32_t> orphanedContentEnd(Lexer& lexer, std::string_view text) {
  Lexeme token = lexer.next();
  const std::uint32_t indent = indentOf(text, token.begin);
  if (indent == 0) return std::nullopt;
  for (int depth = 0; token.kind != TokenKind::EndOfFile; token = lexer.next()) {
    if (closes(token.kind) && depth-- == 0) return token.end;
    if (token.first_on_line && !closes(token.kind) && indentOf(text, token.begin) < indent) return std::nullopt;
    if (opens(token.kind)) ++depth;
  }
  return std::nullopt;
}

void reportStray(const Lexeme& token, const source::Location& at, std::string_view text, diag::Sink& sink) {
  if (closes(token.kind)) {
    sink.report(at, diag::UnmatchedBracket, std::string(text.substr(token.begin, token.end - token.begin)))
        .help("remove it, or look above for the opening bracket that is missing");
  } else if (token.kind == TokenKind::Comma) {
    sink.report(at, diag::CommaBetweenItems).fix("remove it", {{at.range, ""}});
  } else {
    sink.report(at, diag::UnexpectedToken, "a declaration such as `pool name { ... }`", describe(token, text));
  }
}

void repair(Region& region, const Failure& failure, const source::File& file, source::FileId file_id, bool stray_run,
            diag::Sink& sink, bool& lost) {
  Repair(region, failure, file, file_id, sink).run(stray_run, lost);
}

}  // namespace gpuspec::parse
