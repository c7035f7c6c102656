#include "backends/deploy/sandbox/kube/usage.h"

#include <algorithm>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/managed_fields.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr int kTries = 50;

bool isFinishedPod(const Tree& pod) {
  const std::string& phase = textAt(pod, {"status", "phase"});
  return phase == "Succeeded" || phase == "Failed";
}

Amounts only(const Amounts& amounts, const Amounts& names) {
  Amounts out;
  for (const auto& [name, amount] : amounts) {
    if (names.contains(name)) out.emplace(name, amount);
  }
  return out;
}

std::string listed(const Amounts& amounts) {
  std::string out;
  for (const auto& [name, amount] : amounts)
    out += (out.empty() ? "" : ",") + name + "=" + amount.str();
  return out;
}

// Names of compute resources that a quota limits and the pod does not speak of.
std::vector<std::string> unspoken(const Amounts& hard, const Amounts& usage) {
  std::vector<std::string> out;
  for (const auto& [name, amount] : hard) {
    const bool compute = name == "cpu" || name == "memory" || name == "requests.cpu" ||
                         name == "requests.memory" || name == "limits.cpu" ||
                         name == "limits.memory";
    if (compute && !usage.contains(name)) out.push_back(name);
  }
  return out;
}

}  // namespace

std::vector<Object> Usage::quotasOf(const std::string& object_namespace) const {
  return object_namespace.empty() ? std::vector<Object>()
                                  : cluster_.list("", "resourcequotas", object_namespace);
}

bool Usage::hasQuota(const std::string& object_namespace) const {
  return cluster_.hasAny("", "resourcequotas", object_namespace);
}

Amounts Usage::count(const Tree& quota) const {
  Amounts out;
  const Amounts hard = amountsOf(findAt(quota, {"spec", "hard"}));
  for (const auto& [name, amount] : hard) out[name] = Quantity{amount.format, 0};
  for (const Resource& resource : registry_.all()) {
    if (!resource->namespaced || resource->review) continue;
    for (const Object& object :
         cluster_.list(resource->group, resource->resource, namespaceOf(quota))) {
      if (quotaCovers(quota, *resource, *object)) add(out, only(usageOf(*resource, *object), hard));
    }
  }
  return out;
}

Amounts& Usage::ledgerFor(const Object& quota) {
  // A quota whose limits were changed is counted afresh.
  const std::string key = uidOf(*quota) + "/" +
                          std::to_string(intAt(*quota, {"metadata", "generation"})) +
                          listed(amountsOf(findAt(*quota, {"spec", "hard"})));
  const auto found = used_.find(key);
  return found != used_.end() ? found->second : used_.emplace(key, count(*quota)).first->second;
}

llvm::Error Usage::reserve(const ResourceInfo& resource, const Tree& object, const Tree* live) {
  if (!resource.namespaced) return llvm::Error::success();
  const std::vector<Object> quotas = quotasOf(namespaceOf(object));
  if (quotas.empty()) return llvm::Error::success();
  const Amounts after = usageOf(resource, object);
  const Amounts before = live == nullptr ? Amounts() : usageOf(resource, *live);
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<Amounts*, Amounts>> changes;
  for (const Object& quota : quotas) {
    const Amounts hard = amountsOf(findAt(*quota, {"spec", "hard"}));
    Amounts delta;
    const bool covered = quotaCovers(*quota, resource, object);
    if (covered) delta = only(after, hard);
    if (live != nullptr && quotaCovers(*quota, resource, *live))
      subtract(delta, only(before, hard));
    Amounts& used = ledgerFor(quota);
    const std::string& name = nameOf(*quota);
    const bool new_pod = live == nullptr && resource.group.empty() && resource.resource == "pods";
    if (const auto missing = unspoken(hard, after); new_pod && covered && !missing.empty()) {
      std::string all;
      for (const std::string& each : missing) all += (all.empty() ? "" : ",") + each;
      return forbidden(resource, nameOf(object), "failed quota: " + name + ": must specify " + all);
    }
    Amounts asked, there, limit;
    for (const auto& [what, amount] : delta) {
      if (amount.nano <= 0 || used[what].nano + amount.nano <= hard.at(what).nano) continue;
      asked[what] = amount;
      there[what] = used[what];
      limit[what] = hard.at(what);
    }
    if (!asked.empty()) {
      return forbidden(resource, nameOf(object),
                       "exceeded quota: " + name + ", requested: " + listed(asked) +
                           ", used: " + listed(there) + ", limited: " + listed(limit));
    }
    changes.emplace_back(&used, std::move(delta));
  }
  for (auto& [used, delta] : changes) add(*used, delta);
  return llvm::Error::success();
}

void Usage::giveBack(const ResourceInfo& resource, const Tree& object, const Tree* live) {
  note(resource, &object, live);
}

void Usage::note(const ResourceInfo& resource, const Tree* before, const Tree* after) {
  if (!resource.namespaced) return;
  const Tree& some = before == nullptr ? *after : *before;
  const std::vector<Object> quotas = quotasOf(namespaceOf(some));
  const std::lock_guard lock(mutex_);
  for (const Object& quota : quotas) {
    const Amounts hard = amountsOf(findAt(*quota, {"spec", "hard"}));
    Amounts& used = ledgerFor(quota);
    if (after != nullptr && quotaCovers(*quota, resource, *after))
      add(used, only(usageOf(resource, *after), hard));
    if (before != nullptr && quotaCovers(*quota, resource, *before)) {
      subtract(used, only(usageOf(resource, *before), hard));
    }
  }
}

void Usage::refreshQuotas(const std::string& object_namespace) {
  for (const Object& listed_quota : quotasOf(object_namespace)) {
    const std::string key =
        cluster_.key("", "resourcequotas", object_namespace, nameOf(*listed_quota));
    for (int attempt = 0; attempt < kTries; ++attempt) {
      const auto entry = cluster_.store().get(key);
      if (!entry) break;
      Tree status;
      {
        const std::lock_guard lock(mutex_);
        const Tree* hard = findAt(*entry->value, {"spec", "hard"});
        status = ir::mapOf("hard", hard == nullptr ? Tree::map() : *hard, "used",
                           toTree(ledgerFor(entry->value)));
      }
      const Tree* now = entry->value->find("status");
      if (now != nullptr && same(*now, status)) break;
      Tree next = *entry->value;
      next.set("status", std::move(status));
      const Resource quotas = registry_.find("", "v1", "resourcequotas");
      next = trackUpdate(entry->value.get(), std::move(next), *quotas,
                         {"kube-apiserver", "v1", "status"});
      auto written = cluster_.store().put(key, withRevision(std::move(next)), entry->modified);
      if (written) break;
      llvm::consumeError(written.takeError());
    }
  }
}

Amounts podAmounts(const Tree& pod_spec, std::string_view which) {
  Amounts total;
  for (const Tree& container : listAt(pod_spec, {"containers"})) {
    add(total, amountsOf(findAt(container, {"resources", which})));
  }
  Amounts sidecars, start;
  for (const Tree& container : listAt(pod_spec, {"initContainers"})) {
    Amounts own = amountsOf(findAt(container, {"resources", which}));
    if (textAt(container, {"restartPolicy"}) == "Always") {
      add(sidecars, own);
      raiseTo(start, sidecars);
    } else {
      add(own, sidecars);
      raiseTo(start, own);
    }
  }
  add(total, sidecars);
  raiseTo(total, start);
  if (!total.empty()) add(total, amountsOf(findAt(pod_spec, {"overhead"})));
  return total;
}

Amounts usageOf(const ResourceInfo& resource, const Tree& object) {
  Amounts out;
  const Quantity one{Quantity::Format::Decimal, 1'000'000'000};
  out["count/" + resource.qualified()] = one;
  if (!resource.group.empty()) return out;
  if (resource.resource != "pods") out[resource.resource] = one;
  if (resource.resource == "services") {
    const std::string& type = textAt(object, {"spec", "type"});
    if (type == "LoadBalancer") out["services.loadbalancers"] = one;
    if (type == "NodePort" || type == "LoadBalancer") out["services.nodeports"] = one;
  }
  if (resource.resource == "persistentvolumeclaims") {
    const Tree* storage = findAt(object, {"spec", "resources", "requests", "storage"});
    if (const auto amount = storage == nullptr ? std::nullopt : parseQuantity(*storage)) {
      out["requests.storage"] = *amount;
    }
  }
  if (resource.resource != "pods" || isFinishedPod(object)) return out;
  out["pods"] = one;
  const Tree* spec = object.find("spec");
  if (spec == nullptr) return out;
  for (const auto& [name, amount] : podAmounts(*spec, "requests")) {
    out["requests." + name] = amount;
    if (name.find('/') == std::string::npos) out[name] = amount;
  }
  for (const auto& [name, amount] : podAmounts(*spec, "limits")) out["limits." + name] = amount;
  return out;
}

}  // namespace gpuspec::deploy::sandbox::api
