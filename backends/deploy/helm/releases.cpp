#include <algorithm>
#include <cstdlib>
#include <map>

#include <zlib.h>

#include "backends/deploy/helm/helm_client.h"
#include "backends/deploy/kube/base64.h"
#include "backends/deploy/kube/tree_text.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::helm {

namespace {

using kube::below;
using kube::metadataText;
using kube::textAt;

constexpr std::size_t kMostBytes = 64u << 20;  // of a release once it is unpacked
// The revisions that stand; the last one also when it failed or never ended.
constexpr const char* kCurrent = "owner=helm,status notin (superseded,uninstalled)";

std::optional<std::string> unzipped(const std::string& bytes) {
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  if (::inflateInit2(&stream, kGzip) != Z_OK) return std::nullopt;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string out;
  int state = Z_OK;
  while (state == Z_OK && out.size() < kMostBytes) {
    char buffer[16384];
    stream.next_out = reinterpret_cast<Bytef*>(buffer);
    stream.avail_out = sizeof buffer;
    state = ::inflate(&stream, Z_NO_FLUSH);
    out.append(buffer, sizeof buffer - stream.avail_out);
  }
  ::inflateEnd(&stream);
  if (state != Z_STREAM_END) return std::nullopt;
  return out;
}

model::Owner ownerOf(const Tree* labels, const model::Scope& scope) {
  const std::string project = textAt(labels, model::kProject);
  const std::string environment = textAt(labels, model::kEnvironment);
  if (project.empty()) return {model::OwnerKind::Other, "somebody's helm"};
  const bool ours = project == scope.project && environment == scope.environment;
  return {ours ? model::OwnerKind::Us : model::OwnerKind::Project,
          "project " + project + (environment.empty() ? "" : ", environment " + environment)};
}

Tree bodyOf(const Tree& release) {
  const Tree* chart = below(release, {"chart", "metadata"});
  const Tree* config = release.find("config");
  return ir::mapOf("chart", textAt(chart, "name"), "version", textAt(chart, "version"), "values",
                   config != nullptr && config->isMap() ? *config : Tree::map(), "status",
                   textAt(release.find("info"), "status"));
}

using Name = std::pair<std::string, std::string>;  // namespace, release

struct Revision {
  std::int64_t number = -1;
  const Tree* secret = nullptr;
};

std::map<Name, Revision> latest(const std::vector<Tree>& secrets) {
  std::map<Name, Revision> found;
  for (const Tree& secret : secrets) {
    const Tree* labels = below(secret, {"metadata", "labels"});
    const std::int64_t number = std::atoll(textAt(labels, "version").c_str());
    Revision& known = found[{metadataText(secret, "namespace"), textAt(labels, "name")}];
    if (number > known.number) known = {number, &secret};
  }
  return found;
}

// What the revision's Secret holds; empty when it was not read or is not to be understood.
Tree contentOf(const std::map<Name, Revision>& owned, const Name& name, const Tree& metadata_only) {
  const auto found = owned.find(name);
  if (found == owned.end() ||
      metadataText(*found->second.secret, "uid") != metadataText(metadata_only, "uid"))
    return {};
  const std::optional<Tree> release =
      decodeRelease(textAt(found->second.secret->find("data"), "release"));
  return release ? bodyOf(*release) : Tree();
}

}  // namespace

std::optional<Tree> decodeRelease(const std::string& data) {
  // Kubernetes' own base64 around Helm's.
  const std::optional<std::string> outer = kube::decodeBase64(data);
  if (!outer) return std::nullopt;
  std::optional<std::string> bytes = kube::decodeBase64(*outer);
  if (!bytes) return std::nullopt;
  if (bytes->starts_with("\x1F\x8B")) bytes = unzipped(*bytes);
  if (!bytes) return std::nullopt;
  llvm::Expected<Tree> release = ir::parseJson(*bytes);
  if (release && release->isMap()) return std::move(*release);
  if (!release) llvm::consumeError(release.takeError());
  return std::nullopt;
}

llvm::Error readReleases(kube::KubeClient& client, const std::string& cluster,
                         const model::Scope& scope, model::LiveSet& live) {
  const kube::ApiResource* secrets = client.find("", "Secret");
  if (secrets == nullptr) return llvm::Error::success();
  const std::int64_t before = client.requestCount();
  llvm::Expected<std::vector<Tree>> all = client.list(*secrets, "", kCurrent, true);
  if (!all) return all.takeError();
  // What is in those of others is not ours to know.
  llvm::Expected<std::vector<Tree>> owned = std::vector<Tree>();
  const bool any_of_ours = std::any_of(all->begin(), all->end(), [&](const Tree& secret) {
    const Tree* labels = below(secret, {"metadata", "labels"});
    return ownerOf(labels, scope).kind == model::OwnerKind::Us;
  });
  if (any_of_ours)
    owned = client.list(*secrets, "", model::labelSelector(scope) + "," + kCurrent, false);
  if (!owned) return owned.takeError();
  live.kubernetes_requests += client.requestCount() - before;
  const std::map<Name, Revision> contents = latest(*owned);
  model::LiveSet part;
  for (const auto& [name, revision] : latest(*all)) {
    model::Live release;
    release.key = {model::System::Helm, cluster, "", "Release", name.first, name.second};
    release.uid = metadataText(*revision.secret, "uid");
    release.revision = metadataText(*revision.secret, "resourceVersion");
    const Tree* labels = below(*revision.secret, {"metadata", "labels"});
    release.owner = ownerOf(labels, scope);
    release.address = textAt(labels, model::kAddress);
    release.body = contentOf(contents, name, *revision.secret);
    release.metadata_only = release.body.isNull();
    if (release.metadata_only) release.body = Tree::map();
    part.resources.push_back(std::move(release));
  }
  model::merge(std::move(part), live);
  return llvm::Error::success();
}

llvm::Expected<std::string> lastGoodRevision(kube::KubeClient& client,
                                             const std::string& release_namespace,
                                             const std::string& name) {
  const kube::ApiResource* secrets = client.find("", "Secret");
  if (secrets == nullptr) return std::string();
  llvm::Expected<std::vector<Tree>> revisions =
      client.list(*secrets, release_namespace,
                  "owner=helm,name=" + name + ",status in (deployed,superseded)", true);
  if (!revisions) return revisions.takeError();
  std::pair<bool, std::int64_t> best{false, 0};
  for (const Tree& secret : *revisions) {
    const Tree* labels = below(secret, {"metadata", "labels"});
    best = std::max(best, {textAt(labels, "status") == "deployed",
                           std::atoll(textAt(labels, "version").c_str())});
  }
  return best.second > 0 ? std::to_string(best.second) : std::string();
}

llvm::Error releaseMarks(kube::KubeClient& client, const std::string& release_namespace,
                         const std::string& name) {
  const kube::ApiResource* secrets = client.find("", "Secret");
  if (secrets == nullptr) return llvm::Error::success();
  llvm::Expected<std::vector<Tree>> revisions =
      client.list(*secrets, release_namespace, "owner=helm,name=" + name, false);
  if (!revisions) return revisions.takeError();
  for (Tree& secret : *revisions) {
    Tree& labels = secret.at("metadata").at("labels");
    if (labels.find(model::kProject) == nullptr && labels.find(model::kEnvironment) == nullptr)
      continue;
    labels.erase(model::kProject);
    labels.erase(model::kEnvironment);
    labels.erase(model::kAddress);
    if (llvm::Expected<Tree> written = client.update(*secrets, secret); !written)
      return written.takeError();
  }
  return llvm::Error::success();
}

}  // namespace gpuspec::deploy::helm
