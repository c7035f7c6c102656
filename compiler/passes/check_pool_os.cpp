#include <algorithm>

#include "compiler/passes/checks.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

using ir::Cluster;
using ir::Pool;

// How AKS's list of GPU sizes calls the system; "" = the list does not speak of it.
std::string listedName(const std::string& os) {
  if (os.starts_with("ubuntu")) return "Ubuntu";
  if (os.starts_with("azurelinux")) return "AzureLinux";
  return os.starts_with("windows") ? "Windows" : "";
}

void checkListed(const Pool& pool, diag::Sink& sink) {
  if (!pool.size || !hasGpu(pool)) return;
  const ir::VmSize& size = *pool.size;
  if (size.os.empty()) {
    if (*pool.driver == "none" || !size.retired_on.empty()) return;
    auto report = sink.report(pool.vm.at, diag::SizeNotListed, size.name);
    report.help(
        "AKS puts no driver on it: bring your own with `driver = none`, or take a listed size");
    if (!size.instead.empty()) report.help("take `" + size.instead + "` instead");
    return;
  }
  const std::string name = listedName(*pool.os);
  const auto same = [&](const std::string& listed) { return listed.starts_with(name); };
  if (std::any_of(size.os.begin(), size.os.end(), same)) return;
  sink.report(pool.os.at, diag::OsNotForSize, *pool.os, size.name, quoted(size.os))
      .note(pool.vm.at, size.gpu_title.empty() ? "this size" : "has " + size.gpu_title)
      .help("write `os = ubuntu`, which every GPU size takes");
}

// The channel by which node images change; "" = not known.
std::string imageChannel(const Cluster& cluster) {
  const ir::Tree* channel =
      settingOf(cluster.settings, "properties.autoUpgradeProfile.nodeOSUpgradeChannel");
  if (channel && channel->isString()) return channel->asString();
  return cluster.existing ? "" : "NodeImage";
}

void checkAzureLinux(const Cluster& cluster, const Pool& pool, diag::Sink& sink) {
  if (!hasGpu(pool) || !pool.os->starts_with("azurelinux") || imageChannel(cluster) == "NodeImage")
    return;
  auto report = sink.report(pool.os.at, diag::AzureLinuxPatches, pool.address.name);
  if (cluster.existing) {
    report.note(cluster.at, "made elsewhere: its channel for node images is not known")
        .help(
            "where that is NodeImage, patches come with whole images: allow the finding; or write "
            "`os = ubuntu`");
  } else {
    report.note(cluster.at, "its channel for node images patches running nodes")
        .help(
            "let whole images come every week, `upgrades { node_image = weekly }`, or write `os = "
            "ubuntu`");
  }
}

bool hasWindowsProfile(const Cluster& cluster) {
  const ir::Tree* properties = cluster.arm.find("properties");
  return properties && properties->find("windowsProfile");
}

void checkWindows(const Cluster& cluster, const Pool& pool, diag::Sink& sink) {
  if (!isWindows(pool)) return;
  const std::string name = cluster.address.shortName();
  if (*cluster.network_dataplane == "cilium") {
    sink.report(pool.os.at, diag::WindowsOnCilium, pool.address.name, name)
        .note(cluster.network_dataplane.at, "Linux only")
        .help("a cluster with Windows nodes takes `dataplane = azure` and `policy = calico`");
  }
  if (isNewAks(cluster) && !hasWindowsProfile(cluster)) {
    sink.report(pool.os.at, diag::WindowsProfileMissing, pool.address.name, name)
        .note(cluster.at,
              "Windows pools need a `windowsProfile` from the day that the cluster is made")
        .help(
            "add it by `arm { properties = { windowsProfile = { ... } } }`, with the password from "
            "a parameter");
  }
  const bool second_only = pool.size && pool.size->generations == std::vector<std::int64_t>{2};
  if (second_only && *pool.os == "windows2022") {
    sink.report(pool.os.at, diag::WindowsGeneration, pool.size->name, *pool.os)
        .note(pool.vm.at, "generation 2 only")
        .help("write `os = windows2025`, which is of generation 2");
  }
}

}  // namespace

void checkPoolOs(const ir::Spec& spec, diag::Sink& sink) {
  for (const Pool& pool : spec.pools) {
    if (!onAks(spec, pool)) continue;
    const Cluster& cluster = spec[pool.cluster_id];
    checkListed(pool, sink);
    checkAzureLinux(cluster, pool, sink);
    checkWindows(cluster, pool, sink);
  }
}

}  // namespace gpuspec::passes
