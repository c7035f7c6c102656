#include "backends/deploy/sandbox/kube/admission.h"
#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/quantity.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "backends/deploy/sandbox/kube/usage.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

template <class Visit>
void eachLimit(const std::vector<Object>& ranges, std::string_view type, Visit visit) {
  for (const Object& range : ranges) {
    for (const Tree& item : listAt(*range, {"spec", "limits"})) {
      if (textAt(item, {"type"}) == type) visit(item);
    }
  }
}

// Defaults for limits count for requests too, unless the range says otherwise.
void fillContainer(const Tree& item, Tree& container) {
  for (const auto& [field, from] :
       {std::pair{"limits", "default"}, std::pair{"requests", "defaultRequest"}}) {
    for (const auto& [name, amount] : mapAt(item, {from})) {
      if (findAt(container, {"resources", field, name}) == nullptr) {
        // A request that was given stands above a default limit below it.
        setAt(container, {"resources", field, name}, amount);
      }
    }
  }
}

void fillDefaults(const std::vector<Object>& ranges, Tree& pod) {
  for (std::string_view field : {"containers", "initContainers"}) {
    Tree* containers = findAt(pod, {"spec", field});
    if (containers == nullptr || !containers->isList()) continue;
    for (Tree& container : containers->asList()) {
      eachLimit(ranges, "Container",
                [&container](const Tree& item) { fillContainer(item, container); });
    }
  }
}

class Bounds {
 public:
  Bounds(std::string type, std::vector<std::string>& problems)
      : type_(std::move(type)), problems_(problems) {}

  void check(const Tree& item, const Amounts& requests, const Amounts& limits) {
    for (const auto& [name, least] : amountsOf(item.find("min"))) {
      const auto request = requests.find(name);
      const auto limit = limits.find(name);
      if (request == requests.end()) {
        say("minimum " + name + " usage per " + type_ + " is " + least.str() +
            ".  No request is specified");
      } else if (request->second.nano < least.nano) {
        say("minimum " + name + " usage per " + type_ + " is " + least.str() + ", but request is " +
            request->second.str());
      } else if (limit != limits.end() && limit->second.nano < least.nano) {
        say("minimum " + name + " usage per " + type_ + " is " + least.str() + ", but limit is " +
            limit->second.str());
      }
    }
    for (const auto& [name, most] : amountsOf(item.find("max"))) {
      const auto request = requests.find(name);
      const auto limit = limits.find(name);
      if (limit == limits.end()) {
        say("maximum " + name + " usage per " + type_ + " is " + most.str() +
            ".  No limit is specified");
      } else if (limit->second.nano > most.nano) {
        say("maximum " + name + " usage per " + type_ + " is " + most.str() + ", but limit is " +
            limit->second.str());
      } else if (request != requests.end() && request->second.nano > most.nano) {
        say("maximum " + name + " usage per " + type_ + " is " + most.str() + ", but request is " +
            request->second.str());
      }
    }
    checkRatio(item, requests, limits);
  }

 private:
  void say(const std::string& problem) { problems_.push_back(problem); }

  void checkRatio(const Tree& item, const Amounts& requests, const Amounts& limits) {
    for (const auto& [name, ratio] : amountsOf(item.find("maxLimitRequestRatio"))) {
      const auto request = requests.find(name);
      const auto limit = limits.find(name);
      if (request == requests.end() || limit == limits.end() || request->second.nano == 0) {
        say(name + " max limit to request ratio per " + type_ + " is " + ratio.str() +
            ", but no request is specified or request is 0");
        continue;
      }
      const double found =
          static_cast<double>(limit->second.nano) / static_cast<double>(request->second.nano);
      if (found > static_cast<double>(ratio.nano) / 1e9) {
        say(name + " max limit to request ratio per " + type_ + " is " + ratio.str() +
            ", but provided ratio is " + std::to_string(found));
      }
    }
  }

  std::string type_;
  std::vector<std::string>& problems_;
};

std::vector<std::string> podProblems(const std::vector<Object>& ranges, const Tree& pod) {
  std::vector<std::string> problems;
  for (std::string_view field : {"containers", "initContainers"}) {
    for (const Tree& container : listAt(pod, {"spec", field})) {
      eachLimit(ranges, "Container", [&](const Tree& item) {
        Bounds("Container", problems)
            .check(item, amountsOf(findAt(container, {"resources", "requests"})),
                   amountsOf(findAt(container, {"resources", "limits"})));
      });
    }
  }
  const Tree* spec = pod.find("spec");
  eachLimit(ranges, "Pod", [&](const Tree& item) {
    if (spec != nullptr)
      Bounds("Pod", problems)
          .check(item, podAmounts(*spec, "requests"), podAmounts(*spec, "limits"));
  });
  return problems;
}

}  // namespace

llvm::Error applyLimitRanges(const ClusterStore& cluster, const ResourceInfo& resource,
                             Tree& object) {
  const bool pod = resource.group.empty() && resource.resource == "pods";
  const bool claim = resource.group.empty() && resource.resource == "persistentvolumeclaims";
  if (!pod && !claim) return llvm::Error::success();
  const std::vector<Object> ranges = cluster.list("", "limitranges", namespaceOf(object));
  if (ranges.empty()) return llvm::Error::success();
  std::vector<std::string> problems;
  if (pod) {
    fillDefaults(ranges, object);
    problems = podProblems(ranges, object);
  } else {
    eachLimit(ranges, "PersistentVolumeClaim", [&](const Tree& item) {
      const Amounts asked = amountsOf(findAt(object, {"spec", "resources", "requests"}));
      Bounds("PersistentVolumeClaim", problems).check(item, asked, asked);
    });
  }
  if (problems.empty()) return llvm::Error::success();
  std::string all;
  for (const std::string& each : problems) all += (all.empty() ? "" : ", ") + each;
  return forbidden(resource, nameOf(object), problems.size() > 1 ? "[" + all + "]" : all);
}

}  // namespace gpuspec::deploy::sandbox::api
