#include <algorithm>

#include "lang/diag/cascades.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::diag {

namespace {

constexpr std::size_t kMaxKept = 20'000;  // bounds memory; far more than finish() hands out
constexpr std::size_t kMaxAgain = 3;
constexpr std::size_t kNoFinding = static_cast<std::size_t>(-1);

bool contains(const source::Range& outer, const source::Range& inner) {
  return outer.valid() && outer.file_id == inner.file_id && outer.begin <= inner.begin &&
         inner.end <= outer.end;
}

bool isAboutAllowance(const CodeInfo& info) {
  return &info == AllowanceUnused.info || &info == AllowanceExpired.info ||
         &info == AllowanceRefused.info;
}

std::string counted(std::size_t count, std::string_view noun) {
  return std::to_string(count) + " " + std::string(noun) + (count == 1 ? "" : "s");
}

// "300 errors, 12 warnings"
std::string countedByLevel(const std::map<Level, std::size_t>& counts) {
  std::string text;
  for (const Level level : {Level::Error, Level::Warning, Level::Note}) {
    const auto found = counts.find(level);
    if (found == counts.end() || found->second == 0) continue;
    text += (text.empty() ? "" : ", ") + counted(found->second, levelName(level));
  }
  return text;
}

// Project-wide findings come last.
auto sortKey(const Diagnostic& finding, const source::SourceMap& sources) {
  const source::Range& range = finding.at.range;
  const std::string_view path =
      range.valid() ? std::string_view(sources.file(range.file_id).path()) : std::string_view();
  return std::tuple(!range.valid(), path, range.begin, finding.info->code, range.end,
                    std::string_view(finding.message));
}

// The annotation with its line, when nothing else stands there.
source::Range removalOf(const source::Range& annotation, const source::SourceMap& sources) {
  const std::string_view text = sources.file(annotation.file_id).text();
  const auto isBlank = [&](std::uint32_t i) {
    return text[i] == ' ' || text[i] == '\t' || text[i] == '\r';
  };
  std::uint32_t begin = annotation.begin;
  std::uint32_t end = annotation.end;
  while (begin > 0 && isBlank(begin - 1)) --begin;
  while (end < text.size() && isBlank(end)) ++end;
  const bool alone =
      (begin == 0 || text[begin - 1] == '\n') && (end == text.size() || text[end] == '\n');
  if (!alone) return {annotation.file_id, annotation.begin, end};
  if (end < text.size()) ++end;
  return {annotation.file_id, begin, end};
}

}  // namespace

Diagnostic* Report::target() {
  return index_ == kNoFinding ? nullptr : &sink_->diagnostics_[index_];
}

Report& Report::mark(std::string text) {
  if (Diagnostic* finding = target()) finding->mark = std::move(text);
  return *this;
}

Report& Report::note(source::Location at, std::string text) {
  if (Diagnostic* finding = target()) finding->notes.push_back({at, std::move(text)});
  return *this;
}

Report& Report::fact(std::string text) {
  if (Diagnostic* finding = target()) finding->facts.push_back(std::move(text));
  return *this;
}

Report& Report::help(std::string text) {
  if (Diagnostic* finding = target()) finding->help.push_back(std::move(text));
  return *this;
}

Report& Report::fix(std::string message, std::vector<Edit> edits, bool certain) {
  if (Diagnostic* finding = target())
    finding->fixes.push_back({std::move(message), std::move(edits), certain});
  return *this;
}

Report Sink::add(const source::Location& at, const CodeInfo& info, std::vector<std::string> args) {
  std::string message = format(info.format, args);
  std::vector<std::size_t>& group = places_[{info.code, at.range}];
  if (merge(group, at, message)) return {this, kNoFinding};
  Diagnostic finding;
  finding.info = &info;
  finding.level = info.level;
  finding.message = std::move(message);
  finding.at = at;
  return {this, keep(std::move(finding), group)};
}

// Its index; kNoFinding when there are too many, and it is only counted.
std::size_t Sink::keep(Diagnostic finding, std::vector<std::size_t>& group) {
  const bool hard_error = finding.info->kind == Kind::Hard && finding.info->level == Level::Error;
  if (hard_error) ++hard_errors_;
  if (diagnostics_.size() == kMaxKept) {
    ++not_kept_[finding.info->level];
    return kNoFinding;
  }
  const std::size_t index = diagnostics_.size();
  group.push_back(index);
  merged_.emplace(index, finding.at.trace_id);
  if (!hard_error) changeable_.push_back(index);
  diagnostics_.push_back(std::move(finding));
  return index;
}

void Sink::absorb(const Sink& further) {
  std::set<Place> known;
  for (const auto& [place, group] : places_) known.insert(place);
  for (const Diagnostic* error : further.errors()) {
    const Place place{error->info->code, error->at.range};
    if (!known.contains(place)) keep(*error, places_[place]);
  }
}

// One place can have several findings of one code in one trace (two attributes missing); a later
// trace repeats the one with its text, or else the first that it did not repeat yet.
bool Sink::merge(std::vector<std::size_t>& group, const source::Location& at,
                 const std::string& message) {
  auto found = std::find_if(group.begin(), group.end(),
                            [&](std::size_t i) { return diagnostics_[i].message == message; });
  if (found == group.end()) {
    found = std::find_if(group.begin(), group.end(),
                         [&](std::size_t i) { return !merged_.contains({i, at.trace_id}); });
  }
  if (found == group.end()) return false;
  if (!merged_.emplace(*found, at.trace_id).second) return true;
  Diagnostic& finding = diagnostics_[*found];
  ++finding.repeats;
  if (finding.again.size() < kMaxAgain) finding.again.push_back({at.trace_id, message});
  return true;
}

Level Sink::levelOf(const CodeInfo& info) const {
  const auto found = overrides_.find(info.code);
  if (found == overrides_.end()) return info.level;
  if (found->second == Override::Deny) return Level::Error;
  return found->second == Override::Warn && info.kind == Kind::Lint ? Level::Warning : info.level;
}

bool Sink::isOff(const CodeInfo& info) const {
  const auto found = overrides_.find(info.code);
  return found != overrides_.end() && found->second == Override::Off && info.kind == Kind::Lint;
}

// The narrowest one wins, so that its reason is the one shown.
const Allowance* Sink::allowanceFor(const Diagnostic& finding) const {
  if (finding.info->kind == Kind::Hard || isAboutAllowance(*finding.info)) return nullptr;
  const Allowance* best = nullptr;
  for (const Allowance& allowance : allowances_) {
    if (allowance.code != finding.info->code || allowance.expired) continue;
    if (!contains(allowance.scope, finding.at.range)) continue;
    if (best == nullptr || contains(best->scope, allowance.scope)) best = &allowance;
  }
  return best;
}

std::size_t Sink::errorCount() const {
  if (final_errors_) return *final_errors_;
  return hard_errors_ + static_cast<std::size_t>(std::count_if(
                            changeable_.begin(), changeable_.end(),
                            [&](std::size_t index) { return isError(diagnostics_[index]); }));
}

bool Sink::isError(const Diagnostic& finding) const {
  return levelOf(*finding.info) == Level::Error && !isOff(*finding.info) &&
         allowanceFor(finding) == nullptr;
}

std::vector<const Diagnostic*> Sink::errors() const {
  std::vector<const Diagnostic*> found;
  for (const Diagnostic& finding : diagnostics_) {
    if (isError(finding)) found.push_back(&finding);
  }
  return found;
}

void Sink::applyAllowances() {
  for (Diagnostic& finding : diagnostics_) {
    const Allowance* allowance = allowanceFor(finding);
    if (allowance == nullptr) continue;
    allowance->used = true;
    finding.suppressed = true;
    finding.suppression_reason = allowance->reason;
  }
}

void Sink::reportAllowances(const source::SourceMap& sources) {
  // Loops and module instances meet one annotation many times; it is of use when one of them needs
  // it.
  std::map<Place, std::pair<const Allowance*, bool>> annotations;
  for (const Allowance& allowance : allowances_) {
    if (!allowance.at.valid()) continue;
    auto& entry = annotations.try_emplace({allowance.code, allowance.at.range}, &allowance, false)
                      .first->second;
    entry.second |= allowance.used;
  }
  const bool complete = !stopped_early_ && errorCount() == 0;
  for (const auto& [place, entry] : annotations) {
    const auto& [allowance, used] = entry;
    const CodeInfo* info = findCode(allowance->code);
    if (info == nullptr || used)
      continue;  // an unknown code is reported where the annotation is read
    const std::string code = codeName(allowance->code);
    const Edit removal{removalOf(allowance->at.range, sources), ""};
    if (info->kind == Kind::Hard) {
      report(allowance->at, AllowanceRefused, code).fix("remove the annotation", {removal}, false);
    } else if (allowance->expired) {
      report(allowance->at, AllowanceExpired, code, allowance->until)
          .help("settle what `" + code + "` finds, or give the allowance a later date");
    } else if (complete) {
      report(allowance->at, AllowanceUnused, code).fix("remove the annotation", {removal}, false);
    }
  }
}

std::vector<Diagnostic> Sink::takeLive() {
  std::vector<Diagnostic> findings;
  for (Diagnostic& finding : diagnostics_) {
    if (isOff(*finding.info)) continue;
    finding.level = levelOf(*finding.info);
    findings.push_back(std::move(finding));
  }
  return findings;
}

// Errors stay before warnings, those before notes; within a level the first ones stay.
void Sink::cutToLimit(std::vector<Diagnostic>& findings) {
  std::map<Level, std::size_t> left_out = not_kept_;
  std::map<Level, std::size_t> room;
  std::size_t free = kMaxFindings;
  for (const Level level : {Level::Error, Level::Warning, Level::Note}) {
    const auto count = static_cast<std::size_t>(
        std::count_if(findings.begin(), findings.end(),
                      [&](const Diagnostic& f) { return !f.suppressed && f.level == level; }));
    room[level] = std::min(free, count);
    left_out[level] += count - room[level];
    free -= room[level];
  }
  const std::string more = countedByLevel(left_out);
  if (more.empty()) return;
  std::erase_if(findings, [&](const Diagnostic& f) {
    if (f.suppressed) return false;
    if (room[f.level] == 0) return true;
    --room[f.level];
    return false;
  });
  Diagnostic& note = findings.emplace_back();
  note.info = FindingsLeftOut.info;
  note.level = Level::Note;
  note.message = format(note.info->format, {more, toText(static_cast<std::int64_t>(kMaxFindings))});
}

std::vector<Diagnostic> Sink::finish(const source::SourceMap& sources) {
  if (diagnostics_.empty() && allowances_.empty()) return {};
  applyAllowances();
  reportAllowances(sources);
  final_errors_ = errorCount();
  std::vector<Diagnostic> findings = takeLive();
  std::stable_sort(findings.begin(), findings.end(), [&](const Diagnostic& a, const Diagnostic& b) {
    return sortKey(a, sources) < sortKey(b, sources);
  });
  leaveOutConsequences(findings, sources);
  cutToLimit(findings);
  return findings;
}

Summary summarize(const std::vector<Diagnostic>& findings) {
  Summary summary;
  for (const Diagnostic& finding : findings) {
    if (finding.suppressed) {
      ++summary.suppressed;
    } else if (finding.level == Level::Error) {
      ++summary.errors;
    } else if (finding.level == Level::Warning) {
      ++summary.warnings;
    }
  }
  return summary;
}

}  // namespace gpuspec::diag
