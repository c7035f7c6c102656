#include "backends/helm/helm.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "compiler/ir/make_tree.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::helm {

namespace {

using ir::mapOf;
using ir::Tree;

constexpr std::int64_t kOwnReleasesOrder = 1000;  // after every vendor's stack
constexpr std::size_t kLongestName = 53;

Tree valuesOrEmpty(const Tree& values) {
  return values.isMap() ? values : Tree::map();
}

Release fromStack(const ir::Accelerator& accelerator, const ir::ReleasePlan& plan) {
  return {plan.name,
          plan.chart,
          plan.repository,
          plan.version,
          plan.release_namespace,
          plan.order,
          valuesOrEmpty(plan.values),
          plan.name,
          "accelerator " + accelerator.address.shortName(),
          accelerator.at};
}

Release fromSpec(const ir::Release& release) {
  return {release.address.name,
          release.chart,
          release.repository,
          release.version,
          release.release_namespace,
          kOwnReleasesOrder,
          valuesOrEmpty(release.values),
          release.address.name,
          "release " + release.address.shortName(),
          release.at};
}

// One name in two namespaces makes two folders.
void chooseFolders(std::vector<Release>& all) {
  std::map<std::string, int> uses;
  for (const Release& release : all) ++uses[release.name];
  for (Release& release : all) {
    if (uses[release.name] > 1) release.folder = release.release_namespace + "." + release.name;
  }
}

bool isNameOfHelm(const std::string& name) {
  if (name.empty() || name.size() > kLongestName || name.front() == '-' || name.back() == '-')
    return false;
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  });
}

std::string fileName(const source::Location& at, const source::SourceMap& sources) {
  return at.valid() ? " from " + sources.file(at.range.file_id).path() : "";
}

Tree listEntry(const Release& release) {
  Tree entry = mapOf("name", release.name, "chart", release.chart);
  if (!release.repository.empty()) entry.set("repository", release.repository);
  if (!release.version.empty()) entry.set("version", release.version);
  entry.set("namespace", release.release_namespace);
  entry.set("order", release.order);
  entry.set("values", release.folder + "/values.yaml");
  return std::move(entry.from(release.at));
}

void checkCluster(const std::vector<Release>& all, diag::Sink& sink) {
  std::map<std::pair<std::string, std::string>, const Release*> seen;
  for (const Release& release : all) {
    if (!isNameOfHelm(release.name)) {
      sink.report(release.at, diag::ReleaseNameInvalid, release.name)
          .help(
              "Helm takes at most 53 lower-case letters, digits and `-`, with a letter or digit at "
              "both ends");
    }
    const auto [other, is_new] =
        seen.emplace(std::pair(release.release_namespace, release.name), &release);
    if (is_new) continue;
    sink.report(release.at, diag::ReleaseTwice, release.name, release.release_namespace)
        .note(other->second->at, "the first comes from `" + other->second->owner + "`");
  }
}

}  // namespace

std::vector<Release> releases(const ir::Placement& placement, ir::ClusterId cluster_id) {
  const ir::Spec& spec = *placement.spec;
  std::vector<Release> all;
  for (const ir::PlacedStack& stack : placement.stacks) {
    const ir::Accelerator& accelerator = spec[stack.accelerator_id];
    if (accelerator.cluster_id != cluster_id) continue;
    for (const ir::ReleasePlan& plan : stack.plan.releases)
      all.push_back(fromStack(accelerator, plan));
  }
  for (const ir::Release& release : spec.releases) {
    if (release.cluster_id == cluster_id) all.push_back(fromSpec(release));
  }
  chooseFolders(all);
  std::stable_sort(all.begin(), all.end(), [](const Release& a, const Release& b) {
    return std::tie(a.order, a.name, a.release_namespace) <
           std::tie(b.order, b.name, b.release_namespace);
  });
  return all;
}

void checkLimits(const ir::Placement& placement, diag::Sink& sink) {
  for (std::uint32_t i = 0; i < placement.spec->clusters.size(); ++i) {
    checkCluster(releases(placement, ir::ClusterId{i}), sink);
  }
}

std::vector<artifact::File> emit(const ir::Placement& placement, ir::ClusterId cluster_id,
                                 const source::SourceMap& sources) {
  std::vector<artifact::File> files;
  Tree list = Tree::list();
  for (const Release& release : releases(placement, cluster_id)) {
    list.push(listEntry(release));
    const std::string version = release.version.empty() ? "" : " " + release.version;
    files.push_back(
        artifact::yamlFile("helm/" + release.folder + "/values.yaml",
                           "Values of chart " + release.chart + version + ". Made by gpuspec" +
                               fileName(release.at, sources) +
                               ".\nMake changes there: a file edited here is not overwritten.",
                           {release.values}));
  }
  if (files.empty()) return files;
  files.push_back(artifact::yamlFile(
      "helm/releases.yaml", "Helm releases in the order of their installation. Made by gpuspec.",
      {mapOf("releases", std::move(list))}));
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

}  // namespace gpuspec::helm
