#pragma once

#include <string>
#include <vector>

#include "plugins/abi/gpuspec_plugin.h"
#include "plugins/nvidia/request.h"

namespace gpuspec::nvidia {

// The codes of gpuspec's catalogue (family 3200-3299) that this plugin reports.
enum class Code : int {
  MigProfileUnknown = 3202,
  MigUnsupported = 3203,
  MigLayoutImpossible = 3204,
  MigSingleDiffers = 3205,
  MigLayoutNeedsOperator = 3207,
  MigOnWindows = 3208,
  MigCutTwice = 3209,
  MigNotCut = 3210,
  MigNoStrategy = 3211,
  MigMixedAutoscaled = 3212,
  MigLayoutAuto = 3213,
  MigSlicesExceedPods = 3214,
  MigProfileWasteful = 3215,
  MigLayoutNotFull = 3216,
  MigManySlicesInPod = 3217,
  MigNotOnPlatform = 3218,
  MigGpuIndex = 3220,
  MigGpuTwice = 3221,
  MigStrategiesDiffer = 3222,
  NoStack = 3230,
  DriverByNobody = 3231,
  DriverTwice = 3232,
  DriverNoneIgnored = 3233,
  DriverWrongKind = 3234,
  ManagedAutoscaled = 3235,
  OperatorOnWindows = 3236,
  OperatorScalesToZero = 3237,
  OperatorMixedOs = 3238,
  PreviewStack = 3239,
  PreviewWindowsGpu = 3240,
  StackNeedsAks = 3241,
  StackIgnores = 3242,
  OperatorGuestDriver = 3243,
  DeviceIsolationOpen = 3244,
  DraLater = 3245,
  HealthNotWatched = 3246,
  NodeLabelsNeeded = 3247,
  VendorDeviceUnknown = 3248,
  DriverUnknown = 3249,
  SharingTwice = 3250,
  MpsWithMig = 3251,
  SharedAcrossTeams = 3252,
  MpsExperimental = 3253,
  SharedRequestTooLarge = 3254,
  SharingOnWindows = 3255,
  SharingNotInStack = 3256,
  SharingEmpty = 3257,
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

}  // namespace gpuspec::nvidia
