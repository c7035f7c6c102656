#include "tests/corpus/case.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

namespace gpuspec::corpus {

namespace {

using driver::Phase;

constexpr std::string_view kFileMark = "// --- file: ";
constexpr std::string_view kOptionsMark = "// with: ";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r'))
    text.remove_suffix(1);
  return text;
}

std::optional<Phase> phaseNamed(std::string_view name) {
  if (name == "parse") return Phase::Parse;
  if (name == "eval") return Phase::Evaluate;
  if (name == "sema") return Phase::Analyze;
  if (name == "place") return Phase::Place;
  return std::nullopt;
}

class Reader {
 public:
  Reader(Case& out, const std::string& text) : out_(out), text_(text) {}

  void read() {
    std::istringstream lines(text_);
    for (std::string line; std::getline(lines, line);) readLine(line);
    closeFile();
  }

 private:
  void problem(const std::string& text) {
    out_.problems.push_back(file_ + ":" + std::to_string(number_) + ": " + text);
  }

  void closeFile() {
    if (file_ != "main.gpuspec" || has_code_ || out_.request.files.empty()) {
      if (has_code_ || explicit_) out_.request.files.push_back({file_, body_});
    }
    body_.clear();
    number_ = 0;
    subject_ = 0;
    has_code_ = false;
  }

  void readLine(const std::string& line) {
    if (line.starts_with(kFileMark)) {
      closeFile();
      file_ = std::string(trimmed(std::string_view(line).substr(kFileMark.size())));
      explicit_ = true;
      return;
    }
    ++number_;
    body_ += line + "\n";
    if (line.starts_with(kOptionsMark)) return readOptions(line.substr(kOptionsMark.size()));
    if (isAnnotation(line)) return readAnnotation(line);
    subject_ = number_;
    const std::string_view code = trimmed(line);
    has_code_ = has_code_ || (!code.empty() && !code.starts_with("//"));
  }

  static bool isAnnotation(std::string_view line) {
    const std::string_view text = trimmed(line);
    if (!text.starts_with("//") && !text.starts_with("#")) return false;
    return line.find("expect-") != std::string_view::npos ||
           line.find("and-help:") != std::string_view::npos ||
           line.find("and-note:") != std::string_view::npos;
  }

  void readOptions(const std::string& text) {
    std::istringstream words(text);
    for (std::string option, value; words >> option;) {
      if (!(words >> value)) return problem("`" + option + "` has no value");
      const std::size_t equals = value.find('=');
      if (option == "--env") {
        out_.request.environment = value;
      } else if (option == "--as-of") {
        out_.request.as_of = value;
      } else if (option == "--entry") {
        out_.request.entry = value;
      } else if (option == "--until" && phaseNamed(value)) {
        out_.request.until = *phaseNamed(value);
      } else if (option == "--param" && equals != std::string::npos) {
        out_.request.parameters.push_back(
            {value.substr(0, equals), value.substr(equals + 1), "--param", true});
      } else {
        problem("`" + option + " " + value + "` is no option of a corpus file");
      }
    }
  }

  void readAnnotation(const std::string& line) {
    for (const char* word : {"and-help:", "and-note:"}) {
      const std::size_t at = line.find(word);
      if (at == std::string::npos) continue;
      if (out_.expectations.empty())
        return problem(std::string(word) + " without a finding above it");
      Expectation& last = out_.expectations.back();
      (word[4] == 'h' ? last.helps : last.notes)
          .emplace_back(trimmed(std::string_view(line).substr(at + 9)));
      return;
    }
    readExpectation(line, line.find("expect-"));
  }

  void readExpectation(const std::string& line, std::size_t at) {
    Expectation out;
    const std::size_t colon = line.find(": ", at);
    if (colon == std::string::npos) return problem("no `: ` after `expect-...`");
    out.level = line.substr(at + 7, colon - at - 7);
    const std::string rest(trimmed(std::string_view(line).substr(colon + 2)));
    out.code = rest.substr(0, rest.find(' '));
    out.text = rest.find(' ') == std::string::npos ? "" : rest.substr(rest.find(' ') + 1);
    if (out.level != "error" && out.level != "warning" && out.level != "note" &&
        out.level != "allowed")
      return problem("`" + out.level + "` is no level");
    if (out.code.size() != 6 || !out.code.starts_with("GS"))
      return problem("`" + out.code + "` is no code");
    if (out.text.empty()) return problem("no text after " + out.code);
    if (!readMark(line.substr(0, at), out)) return;
    out_.expectations.push_back(std::move(out));
  }

  bool readMark(const std::string& before, Expectation& out) {
    const std::size_t first = before.find_first_of("^|");
    if (first == std::string::npos) return true;
    if (subject_ == 0) {
      problem("no line above that the mark could be about");
      return false;
    }
    out.file = file_;
    out.line = subject_;
    out.begin = static_cast<std::uint32_t>(first) + 1;
    std::size_t last = first;
    while (before[first] == '^' && last < before.size() && before[last] == '^') ++last;
    out.end = static_cast<std::uint32_t>(last) + 1;
    out.extent = before[first] == '|'  ? Extent::Empty
                 : before[last] == '>' ? Extent::PastLine
                                       : Extent::InLine;
    return true;
  }

  Case& out_;
  const std::string& text_;
  std::string file_ = "main.gpuspec";
  std::string body_;
  std::uint32_t number_ = 0;
  std::uint32_t subject_ = 0;  // the last line that is no annotation
  bool has_code_ = false;
  bool explicit_ = false;  // a file mark was seen
};

bool somewhereIn(const std::vector<std::string>& texts, const std::string& part) {
  return std::any_of(texts.begin(), texts.end(),
                     [&](const std::string& text) { return text.find(part) != std::string::npos; });
}

bool standsThere(const Expectation& expected, const test::Finding& found) {
  if (expected.file != found.file) return false;
  if (expected.extent == Extent::Project) return true;
  if (found.begin != source::Position{expected.line, expected.begin}) return false;
  switch (expected.extent) {
    case Extent::Empty:
      return found.end == found.begin;
    case Extent::PastLine:
      return found.end.line > found.begin.line;
    default:
      return found.end == source::Position{expected.line, expected.end};
  }
}

bool meets(const Expectation& expected, const test::Finding& found) {
  if (expected.level != found.level || expected.code != found.code || !standsThere(expected, found))
    return false;
  if (found.message.find(expected.text) == std::string::npos) return false;
  const auto said = [](const std::vector<std::string>& texts) {
    return [&texts](const std::string& part) { return somewhereIn(texts, part); };
  };
  return std::all_of(expected.helps.begin(), expected.helps.end(), said(found.help)) &&
         std::all_of(expected.notes.begin(), expected.notes.end(), said(found.notes));
}

// With the end, so that a wrong mark can be mended from the message.
std::string placed(const test::Finding& found) {
  std::string out = found.str();
  if (!found.file.empty())
    out +=
        " (up to " + std::to_string(found.end.line) + ":" + std::to_string(found.end.column) + ")";
  for (const std::string& note : found.notes) out += "\n    note: " + note;
  for (const std::string& help : found.help) out += "\n    help: " + help;
  return out;
}

std::string joinedYaml(const test::Outcome& outcome, const std::string& folder,
                       const std::string& without) {
  std::string out;
  for (const artifact::File& file : outcome.files) {
    if (file.path.find(folder) == std::string::npos || !file.path.ends_with(".yaml") ||
        file.path.ends_with(without))
      continue;
    out += "---\n# file: " + file.path + "\n" + file.bytes;
  }
  return out;
}

std::string armTemplate(const test::Outcome& outcome) {
  const std::vector<const artifact::File*> files = outcome.filesNamed("azuredeploy.json");
  if (files.size() == 1) return files.front()->bytes;
  return "this case makes " + std::to_string(files.size()) +
         " ARM templates; a golden one is for exactly one\n";
}

}  // namespace

std::string Expectation::str() const {
  const std::string place =
      file.empty() ? "" : " at " + file + ":" + std::to_string(line) + ":" + std::to_string(begin);
  std::string out = level + " " + code + place + ": " + text;
  if (!file.empty())
    out += extent == Extent::PastLine
               ? " (past the line's end)"
               : " (up to " + std::to_string(line) + ":" +
                     std::to_string(extent == Extent::Empty ? begin : end) + ")";
  for (const std::string& note : notes) out += "\n    note: " + note;
  for (const std::string& help : helps) out += "\n    help: " + help;
  return out;
}

Case readCase(const std::string& name, const std::string& folder, const std::string& text) {
  Case out;
  out.name = name;
  out.request.until = phaseNamed(folder).value_or(Phase::Place);
  Reader(out, text).read();
  return out;
}

std::vector<std::string> differences(const Case& expected, const test::Outcome& found) {
  std::vector<std::string> out = expected.problems;
  if (!found.world_error.empty()) out.push_back("not read: " + found.world_error);
  std::vector<const Expectation*> missing;
  for (const Expectation& expectation : expected.expectations) missing.push_back(&expectation);
  bool failed = false;
  for (const test::Finding& finding : found.findings) {
    failed = failed || finding.level == "error";
    const auto met = std::find_if(missing.begin(), missing.end(),
                                  [&](const Expectation* e) { return meets(*e, finding); });
    if (met == missing.end()) {
      out.push_back("unexpected " + placed(finding));
    } else {
      missing.erase(met);
    }
  }
  for (const Expectation* expectation : missing) out.push_back("missing " + expectation->str());
  if (failed && !expected.mustFail())
    out.push_back("it errs, so its name has to begin with `fail_`");
  if (!failed && expected.mustFail())
    out.push_back("its name begins with `fail_`, and nothing fails");
  return out;
}

const std::vector<std::string>& goldenEndings() {
  static const std::vector<std::string> endings = {".txt", ".arm.json", ".k8s.yaml",
                                                   ".values.yaml"};
  return endings;
}

std::string printed(const test::Outcome& outcome, const std::string& ending) {
  if (ending == ".arm.json") return armTemplate(outcome);
  if (ending == ".k8s.yaml") return joinedYaml(outcome, "/kubernetes/", "kustomization.yaml");
  if (ending == ".values.yaml") return joinedYaml(outcome, "/helm/", "\n");
  return outcome.dump;
}

GoldenResult checkGolden(const std::string& path, const std::string& found, bool update) {
  std::ostringstream expected;
  expected << std::ifstream(path, std::ios::binary).rdbuf();
  if (expected.str() == found) return GoldenResult::Same;
  if (!update) return GoldenResult::Different;
  std::ofstream(path, std::ios::binary) << found;
  return GoldenResult::Rewritten;
}

}  // namespace gpuspec::corpus
