#include "lang/diag/cascades.h"

#include <algorithm>

#include "lang/diag/catalogue.h"

namespace gpuspec::diag {

namespace {

constexpr std::size_t kMaxPlaces = 3;  // where else a name is used
constexpr std::uint16_t kFirstOfMeaning = 2000;

bool isSyntax(const Diagnostic& finding) {
  return finding.info->code < kFirstOfMeaning;
}

bool isAny(const Diagnostic& finding, std::initializer_list<const CodeInfo*> infos) {
  return std::find(infos.begin(), infos.end(), finding.info) != infos.end();
}

// Equal texts in a file are one mistake, however many places show it.
bool isAboutOneName(const Diagnostic& finding) {
  return isAny(finding, {UnknownName.info, UnknownBlock.info, UnknownFunction.info,
                         UnknownParameter.info, BadAnnotation.info});
}

// A quote too many or too few turns text into code and code into text, up to the end of its line.
void afterOpenString(std::vector<Diagnostic>& findings, const source::SourceMap& sources) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> lines;  // file and line
  const auto lineOf = [&](const Diagnostic& finding) {
    const source::Range& range = finding.at.range;
    return std::pair(range.file_id.index, sources.begin(range).line);
  };
  for (const Diagnostic& finding : findings) {
    if (finding.info == UnterminatedString.info) lines.insert(lineOf(finding));
  }
  if (lines.empty()) return;
  std::erase_if(findings, [&](const Diagnostic& finding) {
    return finding.info != UnterminatedString.info && finding.at.valid() &&
           lines.contains(lineOf(finding));
  });
}

// By file, where the last finding of this code begins.
std::map<std::uint32_t, std::uint32_t> lastOf(const std::vector<Diagnostic>& findings,
                                              const CodeInfo* info) {
  std::map<std::uint32_t, std::uint32_t> out;
  for (const Diagnostic& finding : findings) {
    if (finding.info != info) continue;
    std::uint32_t& begin = out[finding.at.range.file_id.index];
    begin = std::max(begin, finding.at.range.begin);
  }
  return out;
}

bool isBefore(const Diagnostic& finding, const std::map<std::uint32_t, std::uint32_t>& places) {
  if (!finding.at.valid()) return false;
  const auto place = places.find(finding.at.range.file_id.index);
  return place != places.end() && finding.at.range.begin < place->second;
}

// Up to a closing bracket too many, everything may belong to another block than it seems to; up to
// an attribute that is in no block, what a block may not hold may be what is missing there.
void beforeStray(std::vector<Diagnostic>& findings) {
  const auto brackets = lastOf(findings, UnmatchedBracket.info);
  const auto attributes = lastOf(findings, AttributeAtTopLevel.info);
  if (brackets.empty() && attributes.empty()) return;
  std::erase_if(findings, [&](const Diagnostic& finding) {
    if (isSyntax(finding)) return false;
    const bool misplaced =
        isAny(finding, {UnknownAttribute.info, UnknownKind.info, WrongForm.info});
    return isBefore(finding, brackets) || (misplaced && isBefore(finding, attributes));
  });
}

void absorb(Diagnostic& into, Diagnostic&& other, std::size_t places) {
  if (places <= kMaxPlaces && other.at.range != into.at.range)
    into.notes.push_back({other.at, other.message == into.message ? "here, too" : other.message});
  // The same mending in all places is one.
  for (Fix& fix : other.fixes) {
    for (Fix& own : into.fixes) {
      if (own.message == fix.message && own.certain == fix.certain)
        own.edits.insert(own.edits.end(), fix.edits.begin(), fix.edits.end());
    }
  }
}

void gatherNames(std::vector<Diagnostic>& findings) {
  using Key = std::tuple<const CodeInfo*, std::uint32_t, std::string>;
  std::map<Key, std::pair<std::size_t, std::size_t>> first;  // its place in `kept`, how many more
  std::vector<Diagnostic> kept;
  for (Diagnostic& finding : findings) {
    if (isAboutOneName(finding) && finding.at.valid() && !finding.suppressed) {
      const Key key(finding.info, finding.at.range.file_id.index, finding.message);
      const auto [known, fresh] = first.try_emplace(key, kept.size(), 0);
      if (!fresh) {
        absorb(kept[known->second.first], std::move(finding), ++known->second.second);
        continue;
      }
    }
    kept.push_back(std::move(finding));
  }
  for (const auto& [key, entry] : first) {
    if (entry.second <= kMaxPlaces) continue;
    kept[entry.first].facts.push_back("and in " + std::to_string(entry.second - kMaxPlaces) +
                                      " more places of this file");
  }
  findings = std::move(kept);
}

// One place that names several things, turn by turn of a loop inside it.
void gatherPlaces(std::vector<Diagnostic>& findings) {
  std::vector<Diagnostic> kept;
  for (Diagnostic& finding : findings) {
    const bool computed = isAny(finding, {UnknownBlock.info, UnknownMember.info});
    const bool same = !kept.empty() && computed && finding.at.valid() &&
                      kept.back().info == finding.info && kept.back().at.range == finding.at.range;
    if (!same) {
      kept.push_back(std::move(finding));
      continue;
    }
    Diagnostic& first = kept.back();
    if (first.again.size() < kMaxPlaces)
      first.again.push_back({finding.at.trace_id, finding.message});
    first.repeats += 1 + finding.repeats;
  }
  findings = std::move(kept);
}

}  // namespace

void leaveOutConsequences(std::vector<Diagnostic>& findings, const source::SourceMap& sources) {
  afterOpenString(findings, sources);
  beforeStray(findings);
  gatherNames(findings);
  gatherPlaces(findings);
}

}  // namespace gpuspec::diag
