#pragma once

#include <string>
#include <vector>

#include "plugins/abi/gpuspec_plugin.h"
#include "plugins/amd/request.h"

namespace gpuspec::amd {

// The codes that this plugin reports: those of gpuspec's vendor family whose sentence fits, and the
// two whose sentence is the plugin's own.
enum class Code : int {
  VendorError = 3200,
  VendorWarning = 3201,
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
    all_.push_back(Json{{"code", static_cast<int>(code)}, {"at", at}, {"args", Json::array()}});
    (all_.back()["args"].push_back(args), ...);
    return Finding(all_.back());
  }
  void send(const gs_sink& sink) const;

 private:
  std::vector<Json> all_;
};

}  // namespace gpuspec::amd
