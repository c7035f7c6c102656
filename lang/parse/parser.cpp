#include "lang/parse/parser.h"

#include <memory>
#include <utility>

#include "lang/diag/catalogue.h"
#include "lang/parse/failure.h"
#include "lang/parse/generated/GpuspecParser.h"
#include "lang/parse/recovery.h"

namespace gpuspec::parse {

namespace {

static_assert(static_cast<int>(TokenKind::Attr) == GpuspecParser::ATTR &&
              static_cast<int>(TokenKind::Literal) == GpuspecParser::LITERAL &&
              static_cast<int>(TokenKind::Project) == GpuspecParser::PROJECT &&
              static_cast<int>(TokenKind::Expect) == GpuspecParser::EXPECT &&
              static_cast<int>(TokenKind::Annotation) == GpuspecParser::ANNOTATION &&
              static_cast<int>(TokenKind::Arrow) == GpuspecParser::ARROW &&
              static_cast<int>(TokenKind::Or) == GpuspecParser::OR);

constexpr std::int64_t kMaxSyntaxErrors = 20;  // of one file
constexpr unsigned kMaxStrays = 5000;          // passed over without a word of their own

// What only makes sense inside a block, at the top of a file.
bool needsBlock(NodeKind kind) {
  return kind == NodeKind::Attribute || kind == NodeKind::Labelled ||
         kind == NodeKind::CallAttribute || kind == NodeKind::Allow || kind == NodeKind::ScaleOn ||
         kind == NodeKind::Expect;
}

class FileParser {
 public:
  FileParser(const source::SourceMap& sources, source::FileId file_id, diag::Sink& sink,
             syntax::Tree& tree)
      : file_(sources.file(file_id)), file_id_(file_id), sink_(sink), tree_(tree), writer_(tree) {}

  void run();

 private:
  void parseItems();
  bool parseUnit(GpuspecParser& parser, FailureStrategy& failures);
  void acceptItems(std::vector<NodeId> items);
  // What cannot begin a declaration is passed over; returns where parsing goes on.
  std::uint32_t skipStray(Lexer& lexer, Lexeme token);
  std::uint32_t strayEnd(Lexer& lexer, Lexeme token) const;
  void startStrayRun(std::uint32_t offset);
  // Reads the item that starts at `offset` again, with messages; returns where parsing goes on.
  std::uint32_t recover(std::uint32_t offset);
  bool parseRegion(Region& region, std::size_t tree_size);
  void markBroken(std::size_t tree_size, const Region& region);
  void reportDepth(std::uint32_t at);

  const source::File& file_;
  source::FileId file_id_;
  diag::Sink& sink_;
  syntax::Tree& tree_;
  syntax::TreeWriter writer_;
  std::vector<NodeId> items_;
  std::int64_t errors_ = 0;
  StrayRun stray_;
  unsigned strays_ = 0;
  bool stop_ = false;
};

void FileParser::run() {
  if (checkBytes(file_, file_id_, sink_)) parseItems();
  tree_.has_lost_items = stray_.lost;
  const auto size = static_cast<std::uint32_t>(file_.text().size());
  const NodeId root = writer_.add(NodeKind::File, 0, size);
  writer_.adopt(root, items_, 0);
  writer_.setRoot(root);
}

void FileParser::reportDepth(std::uint32_t at) {
  sink_.report({{file_id_, at, at + 1}, {}}, diag::NestingTooDeep, kMaxReportedDepth)
      .help("give inner parts a name with `let`");
  stray_.lost = true;
  stop_ = true;
}

bool FileParser::parseUnit(GpuspecParser& parser, FailureStrategy& failures) {
  try {
    parser.unit();
    return true;
  } catch (const antlr4::ParseCancellationException&) {
    return false;
  } catch (const NestingLimit& limit) {
    failures.failure = {};
    reportDepth(limit.at);
    return false;
  }
}

void FileParser::acceptItems(std::vector<NodeId> items) {
  for (NodeId id : items) {
    const syntax::Node node = tree_[id];
    const bool orphan = node.begin < stray_.orphans_end;
    if (!orphan && !needsBlock(node.kind)) {
      stray_.on = false;
      items_.push_back(id);
      continue;
    }
    if (!stray_.covers(node.begin)) {
      const std::string name =
          node.kind == NodeKind::Allow ? "allow" : std::string(tree_.text(tree_.child(id, 0)));
      sink_
          .report({{file_id_, node.begin, node.end}, {}}, diag::AttributeAtTopLevel,
                  name.substr(0, 40))
          .help(
              "attributes stand inside a block, `kind name { ... }`; a value of its own is `let "
              "name = value`");
      ++errors_;
    }
    startStrayRun(node.begin);
  }
}

// Looks ahead for the bracket that closes a block whose head is missing: then everything up to it
// is its content.
void FileParser::startStrayRun(std::uint32_t offset) {
  stray_.lost = true;
  if (std::exchange(stray_.on, true) || offset < stray_.orphans_end) return;
  diag::Sink unused;
  Lexer lexer(file_, file_id_, offset, 0xFFFFFFFFu, unused);
  if (const auto end = orphanedContentEnd(lexer, file_.text())) stray_.orphans_end = *end;
}

std::uint32_t FileParser::strayEnd(Lexer& lexer, Lexeme token) const {
  int depth = 0;
  for (token = lexer.next(); token.kind != TokenKind::EndOfFile; token = lexer.next()) {
    const bool opener = token.kind == TokenKind::LBrack || token.kind == TokenKind::LParen ||
                        token.kind == TokenKind::Head;
    const bool closer = token.kind == TokenKind::RBrack || token.kind == TokenKind::RParen ||
                        token.kind == TokenKind::Tail;
    const bool brace = token.kind == TokenKind::LBrace || token.kind == TokenKind::RBrace;
    if (brace || (closer && depth == 0) ||
        (token.first_on_line && (depth == 0 || beginsUnit(token.kind))))
      break;
    depth += opener ? 1 : closer ? -1 : 0;
  }
  return token.begin;
}

std::uint32_t FileParser::skipStray(Lexer& lexer, Lexeme token) {
  const bool closer = token.kind == TokenKind::RBrace || token.kind == TokenKind::RBrack ||
                      token.kind == TokenKind::RParen;
  const source::Location at = {{file_id_, token.begin, token.end}, {}};
  const bool brace_known = token.kind == TokenKind::RBrace && stray_.braces > 0;
  const bool silent = stray_.covers(token.begin) || brace_known;
  if (brace_known) --stray_.braces;
  if (++strays_ > kMaxStrays) errors_ = kMaxSyntaxErrors;
  if (!silent) {
    ++errors_;
    reportStray(token, at, file_.text(), sink_);
  }
  if (closer) {
    stray_.lost = true;
    const Lexeme next = lexer.next();
    if (!next.first_on_line && !beginsUnit(next.kind))
      stray_.on = true;  // the rest of the line says nothing new
    return next.begin;
  }
  startStrayRun(token.begin);
  if (token.kind == TokenKind::LBrace) {
    ++stray_.braces;
    return lexer.next().begin;
  }
  return token.kind == TokenKind::Comma ? lexer.next().begin : strayEnd(lexer, token);
}

void FileParser::parseItems() {
  std::uint32_t offset = 0;
  while (!stop_) {
    Lexer lexer(file_, file_id_, offset, offset, sink_);
    SpecTokenStream tokens(&lexer);
    GpuspecParser parser(&tokens);
    parser.setBuildParseTree(false);
    parser.removeErrorListeners();
    const auto failures = std::make_shared<FailureStrategy>();
    parser.setErrorHandler(failures);
    parser.attach(&tokens, &writer_, &sink_, file_id_);
    bool good = true;
    while (good && tokens.current().kind != TokenKind::EndOfFile) {
      tokens.startItem();
      offset = tokens.current().begin;
      const std::size_t tree_size = writer_.size();
      good = parseUnit(parser, *failures);
      parser.freeContexts();
      if (good) {
        acceptItems(parser.take());
      } else {
        parser.discard();
        writer_.truncate(tree_size);
      }
    }
    if (good || stop_) return;
    offset = recover(offset);
  }
}

bool FileParser::parseRegion(Region& region, std::size_t tree_size) {
  SpecTokenStream tokens(region.lexemes);
  GpuspecParser parser(&tokens);
  parser.setBuildParseTree(false);
  parser.removeErrorListeners();
  const auto failures = std::make_shared<FailureStrategy>();
  parser.setErrorHandler(failures);
  diag::Sink unused;  // what the actions find is reported once the region is good
  parser.attach(&tokens, &writer_, &unused, file_id_);
  std::vector<NodeId> nodes;
  while (tokens.current().kind != TokenKind::EndOfFile) {
    const std::size_t unit_start = tokens.position();
    if (!parseUnit(parser, *failures)) {
      if (stop_) return true;
      failures->failure.unit_start = unit_start;
      writer_.truncate(tree_size);
      ++errors_;
      repair(region, failures->failure, file_, file_id_, stray_, sink_);
      return false;
    }
    for (NodeId id : parser.take()) nodes.push_back(id);
  }
  markBroken(tree_size, region);
  acceptItems(std::move(nodes));
  return true;
}

void FileParser::markBroken(std::size_t tree_size, const Region& region) {
  for (std::size_t i = tree_size; i < writer_.size(); ++i) {
    const NodeId id{static_cast<std::uint32_t>(i)};
    const syntax::Node node = writer_.at(id);
    for (std::uint32_t at : region.removed_at) {
      if (node.begin <= at && at <= node.end &&
          (node.kind == NodeKind::Block || node.kind == NodeKind::Body ||
           node.kind == NodeKind::Module)) {
        writer_.mark(id, syntax::kBroken);
      }
    }
  }
}

std::uint32_t FileParser::recover(std::uint32_t offset) {
  diag::Sink unused;  // the lexer said its part on the first reading
  Lexer lexer(file_, file_id_, offset, 0xFFFFFFFFu, unused);
  Lexer ahead = lexer;
  if (const Lexeme first = ahead.next(); !beginsUnit(first.kind) && errors_ < kMaxSyntaxErrors)
    return skipStray(ahead, first);
  Region region = readRegion(lexer, file_.text());
  const std::size_t tree_size = writer_.size();
  bool done = false;
  while (!done && errors_ < kMaxSyntaxErrors) done = parseRegion(region, tree_size);
  if (errors_ >= kMaxSyntaxErrors && !stop_) {
    sink_
        .report({{file_id_, region.end, region.end}, {}}, diag::TooManySyntaxErrors, file_.path(),
                kMaxSyntaxErrors)
        .help("mend the first ones and try again");
    stray_.lost = true;
    if (!done) writer_.truncate(tree_size);
    stop_ = true;
  }
  return region.end;
}

}  // namespace

syntax::Tree parse(const source::SourceMap& sources, source::FileId file_id, diag::Sink& sink) {
  syntax::Tree tree(file_id, sources.file(file_id).text());
  FileParser(sources, file_id, sink, tree).run();
  return tree;
}

}  // namespace gpuspec::parse
