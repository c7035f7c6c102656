#include "compiler/passes/checks.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

// "" when the image is pinned by tag or digest.
std::string floatingBecause(const std::string& image) {
  if (image.find('@') != std::string::npos) return "";
  const std::size_t slash = image.rfind('/');
  const std::string last = slash == std::string::npos ? image : image.substr(slash + 1);
  const std::size_t colon = last.find(':');  // a colon before the slash is the registry's port
  if (colon == std::string::npos) return "has no tag";
  return last.substr(colon + 1) == "latest" ? "has the tag `latest`" : "";
}

}  // namespace

void checkImages(const ir::Spec& spec, diag::Sink& sink) {
  for (const ir::Workload& workload : spec.workloads) {
    if (workload.image->empty()) continue;
    const std::string why = floatingBecause(*workload.image);
    if (why.empty()) continue;
    sink.report(workload.image.at, diag::ImageTagFloating, *workload.image, why)
        .help("name a version, `NAME:1.4.2`, or the image itself, `NAME@sha256:...`");
  }
}

}  // namespace gpuspec::passes
