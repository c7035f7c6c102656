#include "tools/gpuspec/emit.h"

#include <algorithm>

#include "backends/arm/arm.h"
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

void take(Output& output, ClusterOutput& cluster, std::vector<artifact::File> files) {
  for (artifact::File& file : files) {
    file.path = cluster.folder + "/" + file.path;
    cluster.files.push_back(file.path);
    output.files.push_back(std::move(file));
  }
}

}  // namespace

Output emitAll(const ir::Placement& placement, const source::SourceMap& sources, diag::Sink& sink) {
  Output output;
  arm::checkLimits(placement, sink);
  kubernetes::checkLimits(placement, sink);
  helm::checkLimits(placement, sink);
  for (std::uint32_t i = 0; i < placement.spec->clusters.size(); ++i) {
    const ir::ClusterId cluster_id{i};
    ClusterOutput cluster;
    cluster.cluster_id = cluster_id;
    cluster.folder = (*placement.spec)[cluster_id].address.shortName();
    cluster.arm_resources = arm::resources(placement, cluster_id).size();
    cluster.releases = helm::releases(placement, cluster_id).size();
    take(output, cluster, arm::emit(placement, cluster_id, sources, sink));
    std::vector<artifact::File> objects = kubernetes::emit(placement, cluster_id, sources, sink);
    for (const artifact::File& file : objects) {
      if (file.path.ends_with("kustomization.yaml")) continue;
      ++cluster.kubernetes_files;
      cluster.kubernetes_objects += countDocuments(file.bytes);
    }
    take(output, cluster, std::move(objects));
    take(output, cluster, helm::emit(placement, cluster_id, sources));
    std::sort(cluster.files.begin(), cluster.files.end());
    output.clusters.push_back(std::move(cluster));
  }
  std::sort(output.files.begin(), output.files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return output;
}

}  // namespace gpuspec::cli
