#include "lang/diag/render_json.h"

#include <nlohmann/json.hpp>

namespace gpuspec::diag {

namespace {

using Json = nlohmann::ordered_json;

void addPlace(Json& object, const source::SourceMap& sources, const source::Range& range) {
  if (!range.valid()) {
    for (const char* field : {"file", "line", "column", "end_line", "end_column"})
      object[field] = nullptr;
    return;
  }
  const source::Position begin = sources.begin(range);
  const source::Position end = sources.end(range);
  object["file"] = sources.file(range.file_id).path();
  object["line"] = begin.line;
  object["column"] = begin.column;
  object["end_line"] = end.line;
  object["end_column"] = end.column;
}

Json positionJson(const source::Position& position) {
  return {{"line", position.line}, {"column", position.column}};
}

Json fixJson(const source::SourceMap& sources, const Fix& fix) {
  Json edits = Json::array();
  for (const Edit& edit : fix.edits) {
    edits.push_back({{"file", sources.file(edit.range.file_id).path()},
                     {"start", positionJson(sources.begin(edit.range))},
                     {"end", positionJson(sources.end(edit.range))},
                     {"text", edit.text}});
  }
  return {{"message", fix.message}, {"certain", fix.certain}, {"edits", std::move(edits)}};
}

// From the innermost step outwards.
Json traceJson(const source::SourceMap& sources, source::TraceId trace_id) {
  Json steps = Json::array();
  for (; trace_id; trace_id = sources.frame(trace_id).parent_id) {
    const source::Frame& frame = sources.frame(trace_id);
    Json step = {{"kind", frame.kind == source::FrameKind::Loop ? "loop" : "module"},
                 {"binding", frame.binding}};
    addPlace(step, sources, frame.range);
    steps.push_back(std::move(step));
  }
  return steps;
}

Json findingJson(const source::SourceMap& sources, const Diagnostic& finding) {
  Json object;
  object["code"] = codeName(finding.info->code);
  object["level"] = levelName(finding.level);
  object["message"] = finding.message;
  addPlace(object, sources, finding.at.range);
  object["notes"] = Json::array();
  for (const Label& note : finding.notes) {
    Json entry = {{"message", note.text}};
    addPlace(entry, sources, note.at.range);
    object["notes"].push_back(std::move(entry));
  }
  object["help"] = finding.help;
  object["fixes"] = Json::array();
  for (const Fix& fix : finding.fixes) object["fixes"].push_back(fixJson(sources, fix));
  object["name"] = finding.info->name;
  object["mark"] = finding.mark;
  object["facts"] = finding.facts;
  object["trace"] = traceJson(sources, finding.at.trace_id);
  object["repeats"] = finding.repeats;
  return object;
}

Json listJson(const source::SourceMap& sources, const std::vector<Diagnostic>& findings,
              bool suppressed) {
  Json list = Json::array();
  for (const Diagnostic& finding : findings) {
    if (finding.suppressed != suppressed) continue;
    list.push_back(findingJson(sources, finding));
    if (suppressed) list.back()["reason"] = finding.suppression_reason;
  }
  return list;
}

Json summaryOf(const std::vector<Diagnostic>& findings) {
  const Summary summary = summarize(findings);
  return {{"errors", summary.errors},
          {"warnings", summary.warnings},
          {"suppressed", summary.suppressed}};
}

std::string text(const Json& json, int indent = -1) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string findingsJson(const source::SourceMap& sources,
                         const std::vector<Diagnostic>& findings) {
  return text(listJson(sources, findings, false));
}

std::string summaryJson(const std::vector<Diagnostic>& findings) {
  return text(summaryOf(findings));
}

std::string checkJson(const source::SourceMap& sources, const std::vector<Diagnostic>& findings) {
  const Json document = {{"schema", "gpuspec.check/1"},
                         {"findings", listJson(sources, findings, false)},
                         {"summary", summaryOf(findings)},
                         {"suppressed", listJson(sources, findings, true)}};
  return text(document, 2) + "\n";
}

}  // namespace gpuspec::diag
