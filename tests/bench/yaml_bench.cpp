// How fast trees become YAML and JSON: 5,000 pools of 12 Kubernetes objects, one file for each 50
// pools.

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <string>
#include <vector>

#include "backends/artifact/artifact.h"
#include "backends/artifact/manifest.h"

namespace {

using Clock = std::chrono::steady_clock;
using gpuspec::ir::Tree;
using gpuspec::source::Location;

Tree deployment(int pool, int object, const Location& at) {
  const std::string name = "worker-" + std::to_string(pool) + "-" + std::to_string(object);
  Tree labels = Tree::map();
  labels.set("app.kubernetes.io/name", name).set("app.kubernetes.io/managed-by", "gpuspec");
  Tree container = Tree::map();
  container.set("name", "main").set("image", "registry.example.com/team/trainer:1.4.2");
  container.set("args", Tree::strings({"--shards=8", "--mode", "train"}));
  container.set(
      "resources",
      Tree::map().set("limits", Tree::map().set("example.com/gpu", 8).set("memory", "64Gi")));
  Tree pod = Tree::map();
  pod.set("nodeSelector", Tree::map().set("pool", "train-" + std::to_string(pool)));
  pod.set("containers", Tree::list().push(container));
  Tree tree = Tree::map();
  tree.set("apiVersion", "apps/v1").set("kind", "Deployment");
  tree.set("metadata", Tree::map().set("name", name).set("namespace", "ml").set("labels", labels));
  tree.set("spec", Tree::map().set("replicas", 2).set("template", Tree::map().set("spec", pod)));
  return std::move(tree).from(at);
}

template <class Work>
double medianMilliseconds(Work work) {
  std::vector<double> times;
  for (int repeat = 0; repeat < 7; ++repeat) {
    const auto begin = Clock::now();
    work();
    times.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begin).count());
  }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}

void report(const char* name, std::size_t bytes, double milliseconds) {
  std::printf("%-10s %6.1f MB %7.1f ms %6.0f MB/s\n", name, static_cast<double>(bytes) / 1e6,
              milliseconds, static_cast<double>(bytes) / 1e3 / milliseconds);
}

}  // namespace

int main() {
  gpuspec::source::SourceMap sources;
  const auto file_id = sources.add("main.gpuspec", std::string(4000, '\n'));
  std::vector<std::vector<Tree>> groups(100);
  for (int pool = 0; pool < 5000; ++pool) {
    for (int object = 0; object < 12; ++object) {
      const auto at = static_cast<std::uint32_t>(pool % 4000);
      groups[pool / 50].push_back(deployment(pool, object, Location{{file_id, at, at + 1}, {}}));
    }
  }
  std::size_t bytes = 0;
  const double yaml = medianMilliseconds([&] {
    bytes = 0;
    for (const auto& group : groups)
      bytes += gpuspec::artifact::yamlFile("x", "", group).bytes.size();
  });
  report("yaml", bytes, yaml);
  const double json = medianMilliseconds([&] {
    bytes = 0;
    for (const auto& group : groups) {
      for (const Tree& tree : group) bytes += gpuspec::artifact::jsonFile("x", tree).bytes.size();
    }
  });
  report("json", bytes, json);
  gpuspec::artifact::Set set;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    set.push_back(gpuspec::artifact::yamlFile("group-" + std::to_string(1000 + i), "", groups[i]));
  }
  const double manifest = medianMilliseconds(
      [&] { bytes = manifestText(gpuspec::artifact::makeManifest(set, {}, sources)).size(); });
  report("manifest", bytes, manifest);
  return 0;
}
