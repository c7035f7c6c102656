#include "lang/diag/fix.h"

#include <algorithm>

namespace gpuspec::diag {

namespace {

bool isInsertion(const source::Range& range) {
  return range.begin == range.end;
}

// Two insertions at one point have no order, so they clash too; an insertion at the edge of a
// replacement does not.
bool clash(const source::Range& a, const source::Range& b) {
  if (a.file_id != b.file_id) return false;
  if (isInsertion(a) && isInsertion(b)) return a.begin == b.begin;
  return a.begin < b.end && b.begin < a.end;
}

bool sameReplacement(const Edit& a, const Edit& b) {
  return a.range == b.range && !isInsertion(a.range) && a.text == b.text;
}

class Editor {
 public:
  explicit Editor(const source::SourceMap& sources) : sources_(sources) {}

  bool take(const Fix& fix);
  std::vector<FixedFile> files() const;

 private:
  bool fits(const Edit& edit) const;
  std::string edited(source::FileId file_id, const std::vector<Edit>& edits) const;

  const source::SourceMap& sources_;
  std::vector<Edit> accepted_;
};

bool Editor::fits(const Edit& edit) const {
  const source::Range& range = edit.range;
  return range.valid() && range.begin <= range.end &&
         range.end <= sources_.file(range.file_id).text().size();
}

bool Editor::take(const Fix& fix) {
  if (fix.edits.empty()) return false;
  std::vector<Edit> added;
  for (const Edit& edit : fix.edits) {
    if (!fits(edit)) return false;
    const auto clashes = [&](const Edit& other) { return clash(edit.range, other.range); };
    const bool done = std::any_of(accepted_.begin(), accepted_.end(),
                                  [&](const Edit& other) { return sameReplacement(edit, other); });
    if (done) continue;
    if (std::any_of(accepted_.begin(), accepted_.end(), clashes)) return false;
    if (std::any_of(added.begin(), added.end(), clashes)) return false;
    added.push_back(edit);
  }
  accepted_.insert(accepted_.end(), added.begin(), added.end());
  return true;
}

std::string Editor::edited(source::FileId file_id, const std::vector<Edit>& edits) const {
  const std::string_view text = sources_.file(file_id).text();
  const std::size_t line_end = text.find('\n');
  const bool crlf =
      line_end != std::string_view::npos && line_end > 0 && text[line_end - 1] == '\r';
  std::string result;
  std::size_t at = 0;
  for (const Edit& edit : edits) {
    result += text.substr(at, edit.range.begin - at);
    for (const char c : edit.text) {
      if (c == '\n' && crlf && !result.ends_with('\r')) result += '\r';
      result += c;
    }
    at = edit.range.end;
  }
  return result + std::string(text.substr(at));
}

std::vector<FixedFile> Editor::files() const {
  std::map<std::pair<std::string_view, source::FileId>, std::vector<Edit>> by_path;
  for (const Edit& edit : accepted_) {
    by_path[{sources_.file(edit.range.file_id).path(), edit.range.file_id}].push_back(edit);
  }
  std::vector<FixedFile> files;
  for (auto& [key, edits] : by_path) {
    std::sort(edits.begin(), edits.end(),
              [](const Edit& a, const Edit& b) { return a.range < b.range; });
    files.push_back({key.second, edited(key.second, edits)});
  }
  return files;
}

}  // namespace

FixResult applyFixes(const source::SourceMap& sources, const std::vector<Diagnostic>& findings) {
  Editor editor(sources);
  FixResult result;
  for (std::size_t i = 0; i < findings.size(); ++i) {
    if (findings[i].suppressed) continue;
    for (std::size_t j = 0; j < findings[i].fixes.size(); ++j) {
      const Fix& fix = findings[i].fixes[j];
      if (fix.certain) (editor.take(fix) ? result.applied : result.left).push_back({i, j});
    }
  }
  result.files = editor.files();
  return result;
}

}  // namespace gpuspec::diag
