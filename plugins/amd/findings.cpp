#include "plugins/amd/findings.h"

#include "plugins/abi/gpuspec_plugin.hpp"

namespace gpuspec::amd {

Finding& Finding::mark(const std::string& text) {
  json_["mark"] = text;
  return *this;
}

Finding& Finding::note(Node at, const std::string& text) {
  if (at != 0) json_["notes"].push_back(Json{{"at", at}, {"text", text}});
  return *this;
}

Finding& Finding::fact(const std::string& text) {
  json_["facts"].push_back(Json{{"text", text}});
  return *this;
}

Finding& Finding::help(const std::string& text) {
  json_["help"].push_back(Json{{"text", text}});
  return *this;
}

Finding& Finding::fix(const std::string& message, Node at, const std::string& text, bool certain) {
  if (at == 0) return *this;
  Json edits = Json::array();
  edits.push_back(Json{{"at", at}, {"text", text}});
  json_["fixes"].push_back(
      Json{{"message", message}, {"certain", certain}, {"edits", std::move(edits)}});
  return *this;
}

Finding Findings::add(Node at, const Json& code, const std::vector<Json>& args) {
  all_.push_back(Json{{"code", code}, {"at", at}, {"args", Json::array()}});
  for (const Json& arg : args) all_.back()["args"].push_back(arg);
  return Finding(all_.back());
}

void Findings::send(const gs_sink& sink) const {
  for (const Json& finding : all_) plugin::diagnose(sink, finding.dump());
}

}  // namespace gpuspec::amd
