#include "lang/diag/render_sarif.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "lang/diag/declared.h"

namespace gpuspec::diag {

namespace {

using Json = nlohmann::ordered_json;

bool isUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~' || c == '/';
}

std::string hex(std::uint64_t value, int digits) {
  char buffer[24];
  std::snprintf(buffer, sizeof buffer, "%0*llx", digits, static_cast<unsigned long long>(value));
  return buffer;
}

std::string uriOf(std::string_view path) {
  std::string uri;
  for (const char c : path) {
    if (isUnreserved(c)) {
      uri += c;
    } else {
      uri += "%" + hex(static_cast<unsigned char>(c), 2);
    }
  }
  return uri;
}

// FNV-1a: the same on every machine and in every version.
std::uint64_t hashOf(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  return hash;
}

std::string withoutNumbers(std::string_view message) {
  std::string shape;
  for (const char c : message) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) {
      shape += c;
    } else if (shape.empty() || shape.back() != '#') {
      shape += '#';
    }
  }
  return shape;
}

// The catalogue's text with an ellipsis for each argument.
std::string describe(const CodeInfo& info) {
  const std::string text = format(info.format, std::vector<std::string>(10, "…"));
  return text == "…" ? std::string(info.name) : text;
}

class SarifRun {
 public:
  SarifRun(const source::SourceMap& sources, const std::vector<Diagnostic>& findings,
           const SarifOptions& options)
      : sources_(sources), findings_(findings), options_(options) {
    for (const Diagnostic& finding : findings) rules_.emplace(finding.info->code, finding.info);
  }

  Json json() {
    Json results = Json::array();
    for (const Diagnostic& finding : findings_) results.push_back(resultJson(finding));
    return {{"tool", {{"driver", driverJson()}}},
            {"columnKind", "unicodeCodePoints"},
            {"results", std::move(results)}};
  }

 private:
  Json driverJson() const {
    Json driver = {{"name", "gpuspec"}};
    if (!options_.tool_version.empty()) driver["version"] = options_.tool_version;
    driver["rules"] = Json::array();
    for (const auto& [code, info] : rules_) driver["rules"].push_back(ruleJson(*info));
    return driver;
  }

  Json ruleJson(const CodeInfo& info) const {
    const std::string code = codeName(info.code);
    Json help = {{"text", "gpuspec explain " + code}};
    const Declaration* declared = declarationOf(info);
    const std::string page = declared != nullptr ? declared->page
                             : options_.page     ? options_.page(info.code)
                                                 : std::string();
    if (!page.empty()) help["markdown"] = page;
    return {{"id", code},
            {"name", info.name},
            {"shortDescription", {{"text", describe(info)}}},
            {"help", std::move(help)},
            {"defaultConfiguration", {{"level", levelName(info.level)}}}};
  }

  Json regionJson(const source::Range& range) const {
    const source::Position begin = sources_.begin(range);
    const source::Position end = sources_.end(range);
    return {{"startLine", begin.line},
            {"startColumn", begin.column},
            {"endLine", end.line},
            {"endColumn", end.column}};
  }

  Json artifactJson(source::FileId file_id) const {
    return {{"uri", uriOf(sources_.file(file_id).path())}};
  }

  Json placeJson(const source::Range& range) const {
    return {{"artifactLocation", artifactJson(range.file_id)}, {"region", regionJson(range)}};
  }

  Json relatedJson(const Diagnostic& finding) const {
    Json related = Json::array();
    for (const Label& note : finding.notes) {
      if (!note.at.valid()) continue;
      related.push_back({{"id", related.size() + 1},
                         {"physicalLocation", placeJson(note.at.range)},
                         {"message", {{"text", note.text}}}});
    }
    return related;
  }

  Json fixJson(const Fix& fix) const {
    std::map<std::string_view, std::pair<source::FileId, Json>> by_file;
    for (const Edit& edit : fix.edits) {
      const source::FileId file_id = edit.range.file_id;
      auto& [id, replacements] = by_file[sources_.file(file_id).path()];
      id = file_id;
      replacements.push_back(
          {{"deletedRegion", regionJson(edit.range)}, {"insertedContent", {{"text", edit.text}}}});
    }
    Json changes = Json::array();
    for (const auto& [path, change] : by_file) {
      changes.push_back(
          {{"artifactLocation", artifactJson(change.first)}, {"replacements", change.second}});
    }
    return {{"description", {{"text", fix.message}}}, {"artifactChanges", std::move(changes)}};
  }

  // Equal findings of one file are told apart by their order.
  std::string fingerprint(const Diagnostic& finding) {
    std::string key = codeName(finding.info->code) + "\n" + withoutNumbers(finding.message) + "\n";
    if (finding.at.valid()) key += sources_.file(finding.at.range.file_id).path();
    const std::string hash = hex(hashOf(key), 16);
    return hash + ":" + std::to_string(++seen_[hash]);
  }

  static std::string messageText(const Diagnostic& finding) {
    std::string text = finding.message;
    for (const std::string& fact : finding.facts) text += "\n" + fact;
    for (const std::string& help : finding.help) text += "\nhelp: " + help;
    return text;
  }

  Json resultJson(const Diagnostic& finding) {
    const auto rule = std::distance(rules_.begin(), rules_.find(finding.info->code));
    Json result = {{"ruleId", codeName(finding.info->code)},
                   {"ruleIndex", rule},
                   {"level", levelName(finding.level)},
                   {"message", {{"text", messageText(finding)}}}};
    result["locations"] = Json::array();
    if (finding.at.valid())
      result["locations"].push_back({{"physicalLocation", placeJson(finding.at.range)}});
    if (Json related = relatedJson(finding); !related.empty())
      result["relatedLocations"] = std::move(related);
    result["partialFingerprints"] = {{"gpuspec/v1", fingerprint(finding)}};
    for (const Fix& fix : finding.fixes) {
      if (!fix.edits.empty()) result["fixes"].push_back(fixJson(fix));
    }
    result["suppressions"] = Json::array();
    if (finding.suppressed) {
      result["suppressions"].push_back(
          {{"kind", "inSource"}, {"justification", finding.suppression_reason}});
    }
    return result;
  }

  const source::SourceMap& sources_;
  const std::vector<Diagnostic>& findings_;
  const SarifOptions& options_;
  std::map<std::uint16_t, const CodeInfo*> rules_;  // those that occur
  std::map<std::string, std::size_t> seen_;
};

}  // namespace

std::string renderSarif(const source::SourceMap& sources, const std::vector<Diagnostic>& findings,
                        const SarifOptions& options) {
  const Json document = {{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
                         {"version", "2.1.0"},
                         {"runs", Json::array({SarifRun(sources, findings, options).json()})}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gpuspec::diag
