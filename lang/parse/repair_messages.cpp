#include <algorithm>

#include "lang/diag/catalogue.h"
#include "lang/parse/generated/GpuspecParser.h"
#include "lang/parse/repair.h"

namespace gpuspec::parse {

// What is missing is marked where it belongs, not at whatever the next line begins with.
source::Location Repair::badPlace() const {
  const bool next_line = bad().first_on_line && before() != nullptr;
  return next_line ? source::Location{gap(), {}} : at(bad());
}

bool Repair::reportMissingValue() {
  const Lexeme *equals = before(), *name = before(2);
  if (equals == nullptr || name == nullptr || equals->kind != TokenKind::Eq) return false;
  auto report =
      sink_.report({{file_id_, name->begin, equals->end}, {}}, diag::MissingValue, textOf(*name));
  if (bad().kind != TokenKind::Attr && bad().kind != TokenKind::RBrace && !bad().first_on_line) {
    report.note(at(bad()), describe(bad(), text_) + " cannot begin a value");
  }
  if (bad().kind == TokenKind::If) report.help("a choice is `condition ? value : other`");
  return true;
}

bool Repair::reportTopLevelOnly() {
  const TokenKind kind = bad().kind;
  if (!in(GpuspecParser::RuleBody) ||
      (kind != TokenKind::Project && kind != TokenKind::Import && kind != TokenKind::Param))
    return false;
  sink_.report(at(bad()), diag::TopLevelOnly, textOf(bad())).help("move it out of the braces");
  return true;
}

// `[` or `(` at the start of a line was reported as a continuation already; what it holds says
// nothing new.
bool Repair::inStrayBracket() const {
  const auto opener = innermostOpener();
  if (!opener || *opener == failure_.unit_start) return false;
  const Lexeme& bracket = tokens_[*opener];
  const bool list = bracket.kind == TokenKind::LBrack || bracket.kind == TokenKind::LParen;
  if (!list || !bracket.first_on_line) return false;
  const TokenKind previous = tokens_[*opener - 1].kind;
  return previous == TokenKind::Literal || previous == TokenKind::String ||
         previous == TokenKind::Ident || closes(previous);
}

std::string Repair::expectedText() const {
  if (within(GpuspecParser::RuleArgumentList) && !expects(TokenKind::Literal)) {
    const auto opener = innermostOpener();
    return opener && tokens_[*opener].kind == TokenKind::LBrack ? "`,` or `]`" : "`,` or `)`";
  }
  if (in(GpuspecParser::RuleList)) return "`,` or `]`";
  if (in(GpuspecParser::RuleMap)) return "`,` or `}`";
  if (in(GpuspecParser::RuleArguments)) return "`,` or `)`";
  if (in(GpuspecParser::RuleBody) && expects(TokenKind::RBrace))
    return "an attribute, a block or `}`";
  if (in(GpuspecParser::RuleNamed)) {
    return expects(TokenKind::LBrace) && !expects(TokenKind::Ident) ? "`{` or `=`"
                                                                    : "`=`, a name or `{`";
  }
  if (expects(TokenKind::Literal) && expects(TokenKind::LParen)) return "a value";
  if (failure_.token == failure_.unit_start) return "a declaration such as `pool name { ... }`";
  std::vector<std::string> names;
  for (std::size_t expected : failure_.expected) {
    const auto kind = static_cast<TokenKind>(expected);
    const bool is_name_too = kind == TokenKind::Port || kind == TokenKind::Except ||
                             kind == TokenKind::As || kind == TokenKind::From;
    if (is_name_too && expects(TokenKind::Ident)) continue;
    const std::string text = spelling(kind);
    if (std::find(names.begin(), names.end(), text) == names.end()) names.push_back(text);
  }
  if (names.empty() || names.size() > 6) return "something else";
  std::string out;
  for (std::size_t i = 0; i < names.size(); ++i)
    out += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return out;
}

void Repair::reportUnexpected() {
  auto report =
      sink_.report(badPlace(), diag::UnexpectedToken, expectedText(), describe(bad(), text_));
  const bool elsewhere =
      bad().first_on_line && before() != nullptr && bad().kind != TokenKind::EndOfFile;
  if (elsewhere) report.note(at(bad()), describe(bad(), text_) + " stands here");
  const bool in_brackets =
      in(GpuspecParser::RuleList) || in(GpuspecParser::RuleMap) || in(GpuspecParser::RuleArguments);
  if (in_brackets) {
    if (const auto opener = innermostOpener()) report.note(at(tokens_[*opener]), "opened here");
  }
  const bool keyword = bad().kind >= TokenKind::Project && bad().kind <= TokenKind::From;
  if (keyword && expects(TokenKind::Ident) && !bad().first_on_line) {
    report.help("a keyword can be a name only in quotes: `\"" + textOf(bad()) + "\"`");
  }
  helpWithForm(report);
}

void Repair::helpWithForm(diag::Report& report) const {
  static constexpr struct {
    std::size_t rule;
    const char* help;
  } kForms[] = {
      {GpuspecParser::RuleParam, "a parameter is `param name: type = default \"doc\"`"},
      {GpuspecParser::RuleImportFile,
       "an import is `import \"./file.gpuspec\"`, a library `import \"std/name\" as name`"},
      {GpuspecParser::RuleModule,
       "a module is `module name from \"./file.gpuspec\" { parameter = value }`"},
      {GpuspecParser::RuleForItem, "a loop is `for t in list { ... }`"},
      {GpuspecParser::RuleAllow,
       "a rule is `allow egress to dns` or `allow ingress from namespace \"x\" port 9400`"},
      {GpuspecParser::RuleAssertion, "an assertion is `assert condition, \"message\"`"},
      {GpuspecParser::RuleAnnotation, "an annotation is `@allow(GS3101, \"reason\")`"},
  };
  for (const auto& form : kForms) {
    const bool here = in(form.rule) ||
                      (failure_.rules.size() > 1 && failure_.rules[1] == form.rule) ||
                      (failure_.rules.size() > 2 && failure_.rules[2] == form.rule);
    if (here) report.help(form.help);
  }
  if (in(GpuspecParser::RuleNamed) && before() != nullptr && before()->kind == TokenKind::Ident) {
    report.help("an attribute is `" + textOf(*before()) + " = value`, a block is `" +
                textOf(*before()) + " name { ... }`");
  }
}

}  // namespace gpuspec::parse
