#pragma once

#include <string>
#include <vector>

#include "plugins/abi/gpuspec_plugin.h"
#include "plugins/amd/declared.h"
#include "plugins/amd/request.h"

namespace gpuspec::amd {

// The codes of gpuspec's vendor family whose sentence fits, and the one whose sentence is the
// plugin's own. The others are in declared.h.
enum class Code : int {
  VendorError = 3200,
  SlicesExceedPods = 3214,
  NoStack = 3230,
  OperatorOnWindows = 3236,
  OperatorScalesToZero = 3237,
  StackIgnores = 3242,
  DraLater = 3245,
  HealthNotWatched = 3246,
  NodeLabelsNeeded = 3247,
  VendorDeviceUnknown = 3248,
  DriverUnknown = 3249,
};

class Finding {
 public:
  explicit Finding(Json& json) : json_(json) {}
  Finding& mark(const std::string& text);
  Finding& note(Node at, const std::string& text);  // without a place: left out
  Finding& fact(const std::string& text);
  Finding& help(const std::string& text);
  Finding& fix(const std::string& message, Node at, const std::string& text, bool certain = true);

 private:
  Json& json_;
};

// Collects; `send` hands everything to the host in the order of reporting.
class Findings {
 public:
  template <class... Args>
  Finding report(Node at, Code code, const Args&... args) {
    return add(at, static_cast<int>(code), {Json(args)...});
  }
  template <class... Args>
  Finding report(Node at, OwnFinding finding, const Args&... args) {
    return add(at, finding.code, {Json(args)...});
  }
  void send(const gs_sink& sink) const;

 private:
  Finding add(Node at, const Json& code, const std::vector<Json>& args);

  std::vector<Json> all_;
};

}  // namespace gpuspec::amd
