#include "backends/deploy/kube/discovery.h"

#include <algorithm>
#include <array>

#include "backends/deploy/kube/parts.h"

namespace gpuspec::deploy::kube {

namespace {

constexpr const char* kAggregated =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json";

std::vector<std::string> verbsOf(const Tree& resource) {
  std::vector<std::string> verbs;
  for (const Tree& verb : itemsOf(resource.find("verbs"))) {
    if (verb.isString()) verbs.push_back(verb.asString());
  }
  return verbs;
}

class Discovering {
 public:
  explicit Discovering(Caller& caller) : caller_(caller) {}

  llvm::Expected<std::vector<ApiResource>> run() {
    constexpr std::array<const char*, 2> kRoots = {"/api", "/apis"};
    std::array<Tree, 2> trees;
    llvm::Error error =
        sideBySide(kRoots.size(), [&](std::size_t i) { return ask(kRoots[i], trees[i]); });
    if (error) return error;
    for (std::size_t i = 0; i < kRoots.size(); ++i) {
      if (textAt(trees[i], "kind") == "APIGroupDiscoveryList") {
        addAggregated(trees[i]);
      } else if (llvm::Error late = addPlain(kRoots[i], trees[i])) {
        return late;
      }
    }
    return std::move(found_);
  }

 private:
  llvm::Error ask(const char* root, Tree& answer) const {
    Call call;
    call.path = root;
    call.accept = kAggregated;
    llvm::Expected<Tree> tree = caller_.tree(call);
    if (!tree) return tree.takeError();
    answer = std::move(*tree);
    return llvm::Error::success();
  }

  // Versions come in the server's order of preference: the first of a kind stands.
  void add(ApiResource resource) {
    if (resource.kind.empty() || resource.plural.empty()) return;
    const auto [known, added] = index_.try_emplace({resource.group, resource.kind}, found_.size());
    if (added) {
      resource.versions = {resource.version};
      found_.push_back(std::move(resource));
    } else if (ApiResource& first = found_[known->second]; first.plural == resource.plural) {
      first.versions.push_back(std::move(resource.version));
    }
  }

  void addAggregated(const Tree& list) {
    for (const Tree& group : itemsOf(list.find("items"))) {
      const std::string name = metadataText(group, "name");
      for (const Tree& version : itemsOf(group.find("versions"))) {
        for (const Tree& resource : itemsOf(version.find("resources"))) {
          add({name, textAt(version, "version"), textAt(resource.find("responseKind"), "kind"),
               textAt(resource, "resource"), textAt(resource, "scope") == "Namespaced",
               verbsOf(resource)});
        }
      }
    }
  }

  llvm::Error addPlain(const std::string& root, const Tree& tree) {
    if (root == "/api") {
      for (const Tree& version : itemsOf(tree.find("versions"))) {
        if (!version.isString()) continue;
        if (llvm::Error error = addVersion("", version.asString())) return error;
      }
      return llvm::Error::success();
    }
    for (const Tree& group : itemsOf(tree.find("groups"))) {
      const std::string name = textAt(group, "name");
      const std::string preferred = textAt(group.find("preferredVersion"), "version");
      if (!preferred.empty()) {
        if (llvm::Error error = addVersion(name, preferred)) return error;
      }
      for (const Tree& version : itemsOf(group.find("versions"))) {
        const std::string text = textAt(version, "version");
        if (text == preferred) continue;
        if (llvm::Error error = addVersion(name, text)) return error;
      }
    }
    return llvm::Error::success();
  }

  llvm::Error addVersion(const std::string& group, const std::string& version) {
    Call call;
    call.path = group.empty() ? "/api/" + version : "/apis/" + group + "/" + version;
    llvm::Expected<Tree> list = caller_.tree(call);
    if (!list) {
      llvm::Error error = list.takeError();
      const bool refused = kindOf(error) == apply::ApiError::Kind::Unauthorized ||
                           kindOf(error) == apply::ApiError::Kind::Unreachable ||
                           kindOf(error) == apply::ApiError::Kind::Cancelled;
      if (refused) return error;
      // A group whose own server is down hides its kinds, and no others.
      llvm::consumeError(std::move(error));
      return llvm::Error::success();
    }
    for (const Tree& resource : itemsOf(list->find("resources"))) {
      const std::string plural = textAt(resource, "name");
      if (plural.find('/') != std::string::npos) continue;
      add({group, version, textAt(resource, "kind"), plural, flagAt(resource, "namespaced"),
           verbsOf(resource)});
    }
    return llvm::Error::success();
  }

  Caller& caller_;
  std::vector<ApiResource> found_;
  std::map<std::pair<std::string, std::string>, std::size_t> index_;
};

}  // namespace

llvm::Expected<std::vector<ApiResource>> discoverAll(Caller& caller) {
  return Discovering(caller).run();
}

llvm::Error Directory::ask() {
  llvm::Expected<std::vector<ApiResource>> found = discoverAll(caller_);
  if (!found) return found.takeError();
  asked_ = std::chrono::steady_clock::now();
  if (!generations_.empty()) {
    // Nothing new: what was handed out is still the newest.
    const std::vector<ApiResource>& known = generations_.back().resources;
    const auto same = [](const ApiResource& a, const ApiResource& b) {
      return a.group == b.group && a.kind == b.kind && a.versions == b.versions &&
             a.plural == b.plural && a.namespaced == b.namespaced && a.verbs == b.verbs;
    };
    if (std::equal(known.begin(), known.end(), found->begin(), found->end(), same))
      return llvm::Error::success();
  }
  Generation& next = generations_.emplace_back();
  next.resources = std::move(*found);
  for (const ApiResource& resource : next.resources)
    next.index[{resource.group, resource.kind}] = &resource;
  return llvm::Error::success();
}

llvm::Expected<const std::vector<ApiResource>*> Directory::all() {
  const std::lock_guard lock(mutex_);
  if (generations_.empty()) {
    if (llvm::Error error = ask()) return error;
  }
  return &generations_.back().resources;
}

const ApiResource* Directory::find(const std::string& group, const std::string& kind) {
  if (llvm::Expected<const std::vector<ApiResource>*> known = all(); !known) {
    llvm::consumeError(known.takeError());
    return nullptr;
  }
  const std::lock_guard lock(mutex_);
  const auto& index = generations_.back().index;
  const auto found = index.find({group, kind});
  return found == index.end() ? nullptr : found->second;
}

llvm::Error Directory::refresh(std::chrono::milliseconds age) {
  const std::lock_guard lock(mutex_);
  if (!generations_.empty() && std::chrono::steady_clock::now() - asked_ < age)
    return llvm::Error::success();
  return ask();
}

std::optional<ApiResource> inVersion(const ApiResource& resource, const std::string& api_version) {
  if (api_version.empty() || api_version == apiVersionOf(resource)) return resource;
  const std::string version = api_version.substr(api_version.find('/') + 1);
  ApiResource other = resource;
  other.version = version;
  const auto& served = resource.versions;
  const bool known = std::find(served.begin(), served.end(), version) != served.end();
  if (!known || apiVersionOf(other) != api_version) return std::nullopt;
  return other;
}

std::string pathOf(const ApiResource& resource, const std::string& object_namespace,
                   const std::string& name) {
  std::string path = resource.group.empty() ? "/api/" + resource.version
                                            : "/apis/" + resource.group + "/" + resource.version;
  const bool is_one = !name.empty();
  if (resource.namespaced && (is_one || !object_namespace.empty()))
    path += "/namespaces/" + (object_namespace.empty() ? "default" : urlEncoded(object_namespace));
  path += "/" + resource.plural;
  if (!name.empty()) path += "/" + urlEncoded(name);
  return path;
}

std::string apiVersionOf(const ApiResource& resource) {
  return resource.group.empty() ? resource.version : resource.group + "/" + resource.version;
}

}  // namespace gpuspec::deploy::kube
