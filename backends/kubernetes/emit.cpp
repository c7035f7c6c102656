#include <algorithm>
#include <set>
#include <unordered_map>

#include "backends/kubernetes/kubernetes.h"
#include "backends/kubernetes/names.h"
#include "compiler/ir/make_tree.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::kubernetes {

namespace {

using ir::mapOf;
using ir::Tree;

std::string_view textAt(const Tree* tree) {
  return tree && tree->isString() ? std::string_view(tree->asString()) : "";
}

struct Identity {
  std::string_view group, kind, object_namespace, name;

  std::string str() const {
    std::string text = std::string(kind) + " `";
    if (!object_namespace.empty()) text += std::string(object_namespace) + "/";
    return text + std::string(name) + "`";
  }
  std::string key() const {
    std::string text;
    for (std::string_view part : {group, kind, object_namespace, name}) (text += part) += '\n';
    return text;
  }
  // Of the key, without making it.
  std::uint64_t hash() const {
    std::uint64_t hash = hashOf("");
    for (std::string_view part : {group, kind, object_namespace, name})
      hash = hashOf("\n", hashOf(part, hash));
    return hash;
  }
};

Identity identityOf(const Tree& object) {
  const std::string_view api_version = textAt(object.find("apiVersion"));
  const std::size_t slash = api_version.find('/');
  const Tree* metadata = object.find("metadata");
  if (!metadata) return {};
  return {slash == std::string_view::npos ? "" : api_version.substr(0, slash),
          textAt(object.find("kind")), textAt(metadata->find("namespace")),
          textAt(metadata->find("name"))};
}

source::Location nameLocation(const Tree& object) {
  const Tree* metadata = object.find("metadata");
  const Tree* name = metadata ? metadata->find("name") : nullptr;
  return name && name->location().valid() ? name->location() : object.location();
}

// Kinds whose names become labels or host names; other names may have 253 characters.
std::size_t longestName(std::string_view kind) {
  if (kind == "Namespace" || kind == "Service" || kind == "Job") return 63;
  if (kind == "CronJob") return 52;  // its jobs' names end in eleven characters more
  return 253;
}

class ObjectChecks {
 public:
  explicit ObjectChecks(diag::Sink& sink) : sink_(sink) {}

  void check(const Tree& object) {
    const Identity identity = identityOf(object);
    hashes_.push_back(identity.hash());
    checkName(identity, nameLocation(object));
  }
  bool mayHaveTwins() {
    std::sort(hashes_.begin(), hashes_.end());
    return std::adjacent_find(hashes_.begin(), hashes_.end()) != hashes_.end();
  }

 private:
  void checkName(const Identity& identity, const source::Location& at) {
    const std::size_t longest = longestName(identity.kind);
    if (identity.name.size() > longest) {
      sink_.report(at, diag::ObjectNameTooLong, std::string(identity.name),
                   static_cast<std::int64_t>(identity.name.size()), std::string(identity.kind),
                   static_cast<std::int64_t>(longest));
    }
  }

  diag::Sink& sink_;
  std::vector<std::uint64_t> hashes_;
};

// Two objects of one kind, name and namespace: the second to be applied would overwrite the first.
void reportTwins(const ir::Placement& placement, ir::ClusterId cluster_id, diag::Sink& sink) {
  std::unordered_map<std::string, source::Location> seen;
  forEachComponent(placement, cluster_id, [&](Component component) {
    for (const Tree& object : component.objects) {
      const Identity identity = identityOf(object);
      const auto [other, is_new] = seen.emplace(identity.key(), object.location());
      if (is_new) continue;
      sink.report(object.location(), diag::ObjectTwice, identity.str())
          .note(other->second, "the first time");
    }
  });
}

// Writes and checks each object as it comes.
class FileMaker final : public ComponentVisitor {
 public:
  FileMaker(const source::SourceMap& sources, diag::Sink& sink) : checks(sink), sources_(sources) {}

  void begin(const Component& component) override {
    names.push_back(component.file);
    yaml_.begin(fileHeader(component.title, component.declared_at, sources_));
  }
  void take(Tree object) override {
    checks.check(object);
    yaml_.add(object);
  }
  void end() override { files.push_back(yaml_.take("kubernetes/" + names.back())); }

  std::vector<artifact::File> files;
  std::vector<std::string> names;
  ObjectChecks checks;

 private:
  const source::SourceMap& sources_;
  artifact::YamlFileWriter yaml_;
};

artifact::File kustomization(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  const Tree tree = mapOf("apiVersion", "kustomize.config.k8s.io/v1beta1", "kind", "Kustomization",
                          "resources", Tree::strings(names));
  return artifact::yamlFile("kubernetes/kustomization.yaml", "Made by gpuspec.", {tree});
}

}  // namespace

std::string fileHeader(const std::string& title, const std::vector<source::Location>& declared_at,
                       const source::SourceMap& sources) {
  constexpr std::size_t kShown = 3;
  std::set<source::FileId> ids;
  for (const source::Location& at : declared_at) {
    if (at.valid()) ids.insert(at.range.file_id);
  }
  std::set<std::string> paths;
  for (source::FileId id : ids) paths.insert(sources.file(id).path());
  std::string from;
  std::size_t shown = 0;
  for (const std::string& path : paths) {
    if (shown == kShown) {
      from += " and " + std::to_string(paths.size() - kShown) + " more";
      break;
    }
    from += (shown++ == 0 ? "" : ", ") + path;
  }
  return title + ". Made by gpuspec" + (from.empty() ? "" : " from " + from) +
         ".\nMake changes there: a file edited here is not overwritten.";
}

std::vector<artifact::File> emit(const ir::Placement& placement, ir::ClusterId cluster_id,
                                 const source::SourceMap& sources, diag::Sink& sink) {
  FileMaker maker(sources, sink);
  visitComponents(placement, cluster_id, maker);
  std::vector<artifact::File> files = std::move(maker.files);
  if (files.empty()) return files;
  if (maker.checks.mayHaveTwins()) reportTwins(placement, cluster_id, sink);
  files.push_back(kustomization(std::move(maker.names)));
  std::sort(files.begin(), files.end(),
            [](const auto& a, const auto& b) { return a.path < b.path; });
  return files;
}

}  // namespace gpuspec::kubernetes
