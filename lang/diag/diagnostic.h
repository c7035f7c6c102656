#pragma once

// Findings. The catalogue (catalogue/*.def) is the only place where a code, its level and its
// message are written; `Sink` collects findings, merges the ones that a loop repeats, applies
// `@allow` and the project's lint levels, and hands them out in a stable order: file, position,
// code.

#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "lang/source/source_map.h"

namespace gpuspec::diag {

enum class Level : std::uint8_t { Note, Warning, Error };

// May a project change the level (policy) or silence the finding (@allow)? What makes the output
// wrong may not.
enum class Kind : std::uint8_t { Hard, Lint };

struct CodeInfo {
  std::uint16_t code = 0;  // 3004 is shown as GS3004; declared.h has those from 10000 on
  const char* name = "";   // MigProfileUnknown
  Level level = Level::Error;
  Kind kind = Kind::Hard;
  const char* format = "";  // "{0}" style
};

// A catalogue entry whose arguments are checked where it is reported.
template <class... Args>
struct Code {
  const CodeInfo* info;
};

struct Label {
  source::Location at;
  std::string text;
};

struct Edit {
  source::Range range;  // an empty range inserts
  std::string text;
};

struct Fix {
  std::string message;
  std::vector<Edit> edits;
  bool certain = true;  // only certain fixes are applied by `check --fix`
};

// One of the further iterations or instances that a finding was made in.
struct Again {
  source::TraceId trace_id;
  std::string message;
};

struct Diagnostic {
  const CodeInfo* info = nullptr;
  Level level = Level::Error;
  std::string message;
  source::Location at;       // an invalid range: about the project as a whole
  std::string mark;          // text beside the caret; may be empty
  std::vector<Label> notes;  // other places involved; shown in the same snippet where they are near
  std::vector<std::string> facts;  // "= it has: 1g.10gb ..."
  std::vector<std::string> help;
  std::vector<Fix> fixes;
  std::uint32_t repeats =
      0;  // further loop iterations or instances with the same finding at the same place
  bool suppressed = false;
  std::string suppression_reason;
  std::vector<Again> again;  // the first few of the repeats
};

class Sink;

// Adds to the finding just reported. Ignores everything when the finding was merged into an earlier
// one.
class Report {
 public:
  Report(Sink* sink, std::size_t index) : sink_(sink), index_(index) {}
  Report& mark(std::string text);
  Report& note(source::Location at, std::string text);
  Report& fact(std::string text);
  Report& help(std::string text);
  Report& fix(std::string message, std::vector<Edit> edits, bool certain = true);

 private:
  Diagnostic* target();
  Sink* sink_;
  std::size_t index_;
};

struct Allowance {
  std::uint16_t code = 0;
  source::Range scope;  // the declaration or attribute that the annotation stands before
  source::Location at;  // the annotation
  std::string reason;
  std::string until;     // ISO date or empty
  bool expired = false;  // by --as-of
  mutable bool used = false;
};

class Sink {
 public:
  static constexpr std::size_t kMaxFindings =
      200;  // handed out by finish(); what is left out is counted

  template <class... Params, class... Args>
  Report report(const source::Location& at, Code<Params...> code, const Args&... args) {
    static_assert(sizeof...(Params) == sizeof...(Args),
                  "the catalogue says how many arguments this code takes");
    return add(at, *code.info, {toText(static_cast<const Params&>(args))...});
  }
  Report add(const source::Location& at, const CodeInfo& info, std::vector<std::string> args);

  void allow(Allowance allowance) { allowances_.push_back(std::move(allowance)); }
  const std::vector<Allowance>& allowances() const { return allowances_; }
  // nullopt-like: absent codes keep the catalogue's level. `Off` removes the finding.
  enum class Override : std::uint8_t { Off, Warn, Deny };
  void setLevel(std::uint16_t code, Override level) { overrides_[code] = level; }
  // Not every phase ran: that an allowance met no finding says nothing.
  void stoppedEarly() { stopped_early_ = true; }

  // True while no error was reported (suppressed ones and warnings do not count).
  bool ok() const { return hard_errors_ == 0 && errorCount() == 0; }
  std::size_t errorCount() const;
  std::size_t size() const { return diagnostics_.size(); }
  // What is an error as things stand; valid until the next finding is reported.
  std::vector<const Diagnostic*> errors() const;
  // Takes over the errors of a further look at a part of the same project, but those for whose code
  // and place there is a finding already.
  void absorb(const Sink& further);

  // Applies allowances and levels, drops what is off, sorts. Call once, at the end.
  std::vector<Diagnostic> finish(const source::SourceMap& sources);

 private:
  friend class Report;
  static std::string toText(const std::string& text) { return text; }
  static std::string toText(std::int64_t number) { return std::to_string(number); }

  using Place = std::tuple<std::uint16_t, source::Range>;

  bool merge(std::vector<std::size_t>& group, const source::Location& at,
             const std::string& message);
  Level levelOf(const CodeInfo& info) const;
  bool isError(const Diagnostic& finding) const;
  std::size_t keep(Diagnostic finding, std::vector<std::size_t>& group);
  bool isOff(const CodeInfo& info) const;
  const Allowance* allowanceFor(const Diagnostic& finding) const;
  void applyAllowances();
  void reportAllowances(const source::SourceMap& sources);
  std::vector<Diagnostic> takeLive();
  void cutToLimit(std::vector<Diagnostic>& findings);

  std::vector<Diagnostic> diagnostics_;
  std::map<Place, std::vector<std::size_t>> places_;  // findings by code and range
  std::set<std::pair<std::size_t, source::TraceId>>
      merged_;                           // which finding was made in which trace
  std::vector<std::size_t> changeable_;  // findings that may become or stop being errors
  std::size_t hard_errors_ = 0;
  std::map<Level, std::size_t> not_kept_;
  std::optional<std::size_t> final_errors_;
  std::vector<Allowance> allowances_;
  std::map<std::uint16_t, Override> overrides_;
  bool stopped_early_ = false;
};

// "GS3004"
std::string codeName(std::uint16_t code);
// "GS3004" or "3004" to 3004, "ACME0001" to its number; 0 when it is no code.
std::uint16_t parseCode(std::string_view text);
// "2027-01-31": a day of some year.
bool isDate(std::string_view text);
const std::vector<const CodeInfo*>& allCodes();
const CodeInfo* findCode(std::uint16_t code);
// What `check` counts: findings that are shown, and those that `@allow` silences.
struct Summary {
  std::size_t errors = 0;
  std::size_t warnings = 0;
  std::size_t suppressed = 0;
};
Summary summarize(const std::vector<Diagnostic>& findings);
std::string_view levelName(Level level);  // "error"
// "a pool", "an accelerator"
std::string withArticle(std::string_view noun);
// Replaces {0}, {1} ... ; a brace pair without a digit stays. "a {0}" becomes "an ..." where the
// word asks for it.
std::string format(std::string_view pattern, const std::vector<std::string>& args);
// The candidates within edit distance 1 + length/4 of `name`, nearest first, at most `limit`.
std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates,
                                 std::size_t limit = 1);

}  // namespace gpuspec::diag
