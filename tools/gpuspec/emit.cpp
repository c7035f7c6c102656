#include "tools/gpuspec/emit.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>

#include "backends/arm/arm.h"
#include "backends/artifact/digest.h"
#include "backends/helm/helm.h"
#include "backends/kubernetes/kubernetes.h"

namespace gpuspec::cli {

namespace {

std::size_t countDocuments(const std::string& yaml) {
  std::size_t count = 0;
  for (std::size_t at = yaml.find("\nkind: "); at != std::string::npos;
       at = yaml.find("\nkind: ", at + 1))
    ++count;
  return count;
}

struct Emitted {
  ClusterOutput cluster;
  artifact::Set files;
};

void take(Emitted& emitted, std::vector<artifact::File> files) {
  for (artifact::File& file : files) {
    file.path = emitted.cluster.folder + "/" + file.path;
    file.digest = artifact::sha256(file.bytes);  // here, where clusters are emitted side by side
    emitted.cluster.files.push_back(file.path);
    emitted.files.push_back(std::move(file));
  }
}

Emitted emitOne(const ir::Placement& placement, ir::ClusterId cluster_id,
                const source::SourceMap& sources, diag::Sink& sink) {
  Emitted emitted;
  ClusterOutput& cluster = emitted.cluster;
  cluster.cluster_id = cluster_id;
  cluster.folder = (*placement.spec)[cluster_id].address.shortName();
  cluster.arm_resources = arm::resources(placement, cluster_id).size();
  cluster.releases = helm::releases(placement, cluster_id).size();
  take(emitted, arm::emit(placement, cluster_id, sources, sink));
  std::vector<artifact::File> objects = kubernetes::emit(placement, cluster_id, sources, sink);
  for (const artifact::File& file : objects) {
    if (file.path.ends_with("kustomization.yaml")) continue;
    ++cluster.kubernetes_files;
    cluster.kubernetes_objects += countDocuments(file.bytes);
  }
  take(emitted, std::move(objects));
  take(emitted, helm::emit(placement, cluster_id, sources));
  std::sort(cluster.files.begin(), cluster.files.end());
  return emitted;
}

// Clusters side by side. Findings are rare: a cluster that has some is emitted once more, so that
// they come in the order of the clusters.
std::vector<Emitted> emitClusters(const ir::Placement& placement, const source::SourceMap& sources,
                                  diag::Sink& sink) {
  const std::size_t count = placement.spec->clusters.size();
  std::vector<Emitted> emitted(count);
  std::vector<char> again(count, 0);
  std::atomic<std::size_t> next{0};
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) {
      diag::Sink found;
      emitted[i] = emitOne(placement, ir::ClusterId{static_cast<std::uint32_t>(i)}, sources, found);
      again[i] = found.size() > 0;
    }
  };
  std::vector<std::thread> helpers;
  const std::size_t threads = std::min<std::size_t>(count, std::thread::hardware_concurrency());
  try {
    for (std::size_t i = 1; i < threads; ++i) helpers.emplace_back(work);
  } catch (const std::system_error&) {
    // No more threads to be had: those that are there do it all.
  }
  work();
  for (std::thread& helper : helpers) helper.join();
  for (std::size_t i = 0; i < count; ++i) {
    if (again[i] != 0)
      emitted[i] = emitOne(placement, ir::ClusterId{static_cast<std::uint32_t>(i)}, sources, sink);
  }
  return emitted;
}

}  // namespace

Output emitAll(const ir::Placement& placement, const source::SourceMap& sources, diag::Sink& sink) {
  Output output;
  arm::checkLimits(placement, sink);
  kubernetes::checkLimits(placement, sink);
  helm::checkLimits(placement, sink);
  for (Emitted& emitted : emitClusters(placement, sources, sink)) {
    for (artifact::File& file : emitted.files) output.files.push_back(std::move(file));
    output.clusters.push_back(std::move(emitted.cluster));
  }
  std::sort(output.files.begin(), output.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return output;
}

}  // namespace gpuspec::cli
