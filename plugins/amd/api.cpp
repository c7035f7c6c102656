#include "plugins/amd/api.h"

#include "plugins/abi/gpuspec_plugin.hpp"
#include "plugins/amd/documents.h"

namespace gpuspec::amd {

namespace {

gs_status reply(const gs_sink& sink, const Json& document) {
  plugin::write(sink, document.dump());
  return GS_OK;
}

gs_status describe(const gs_sink& sink) {
  return reply(sink, description());
}

gs_status partition(std::string_view text, const gs_sink& sink) {
  const std::optional<Request> request = parseRequest(text, "gpuspec.partition/1");
  if (!request) return GS_UNSUPPORTED;
  Findings findings;
  const Analysis analysis = analyse(*request, findings);
  findings.send(sink);
  return analysis.understood() ? reply(sink, poolPlans(*request, analysis)) : GS_REJECTED;
}

gs_status emit(std::string_view text, const gs_sink& sink) {
  const std::optional<Request> request = parseRequest(text, "gpuspec.emit/1");
  if (!request) return GS_UNSUPPORTED;
  Findings findings;  // `partition` reported them
  const Analysis analysis = analyse(*request, findings);
  if (analysis.understood()) return reply(sink, stackPlan(*request, analysis));
  findings.send(sink);
  return GS_REJECTED;
}

gs_status observe(std::string_view text, const gs_sink& sink) {
  const Json request = Json::parse(text);
  if (request.at("schema") != "gpuspec.observe/1") return GS_UNSUPPORTED;
  return reply(sink, nodeReport(request));
}

}  // namespace

const gs_vendor_v1& vendorApi() {
  static const gs_vendor_v1 api = {
      sizeof(gs_vendor_v1),        GPUSPEC_ABI_MAJOR,      GPUSPEC_ABI_MINOR,
      plugin::str(kName),          plugin::str(kVersion),  &plugin::guarded<describe>,
      &plugin::guarded<partition>, &plugin::guarded<emit>, &plugin::guarded<observe>};
  return api;
}

}  // namespace gpuspec::amd
