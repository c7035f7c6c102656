#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/selectors.h"
#include "backends/deploy/sandbox/kube/validate.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

bool is(const ResourceInfo& resource, std::string_view group, std::string_view name) {
  return resource.group == group && resource.resource == name;
}

void notNegative(const Tree& spec, std::string_view field, const std::string& path,
                 Causes& causes) {
  const Tree* value = spec.find(field);
  if (value != nullptr && value->isInt() && value->asInt() < 0) {
    causes.push_back(invalidValue(path + "." + std::string(field), *value,
                                  "must be greater than or equal to 0"));
  }
}

void checkSelectorAndTemplate(const Tree& spec, Causes& causes) {
  const Tree* selector = spec.find("selector");
  const Tree* labels = findAt(spec, {"template", "metadata", "labels"});
  if (selector == nullptr) {
    causes.push_back(required("spec.selector"));
    return;
  }
  checkLabelSelector(*selector, "spec.selector", causes);
  if (selector->empty()) {
    causes.push_back(
        invalidValue("spec.selector", *selector, "empty selector is invalid for deployment"));
  } else if (!selects(selector, labels)) {
    causes.push_back(invalidValue("spec.template.metadata.labels",
                                  labels == nullptr ? Tree::map() : *labels,
                                  "`selector` does not match template `labels`"));
  }
}

void checkApps(const Tree& object, Causes& causes) {
  const Tree* spec = object.find("spec");
  if (spec == nullptr) return;
  notNegative(*spec, "replicas", "spec", causes);
  notNegative(*spec, "minReadySeconds", "spec", causes);
  checkSelectorAndTemplate(*spec, causes);
  if (const Tree* pod = findAt(*spec, {"template", "spec"})) {
    checkPodSpec(*pod, "spec.template.spec", true, causes);
  } else {
    causes.push_back(required("spec.template.spec.containers"));
  }
}

void checkDeploymentStrategy(const Tree& object, Causes& causes) {
  const Tree* strategy = findAt(object, {"spec", "strategy"});
  if (strategy == nullptr) return;
  const std::string& type = textAt(*strategy, {"type"});
  if (type == "Recreate" && strategy->find("rollingUpdate") != nullptr) {
    causes.push_back(forbiddenField("spec.strategy.rollingUpdate",
                                    "may not be specified when strategy `type` is 'Recreate'"));
  } else if (type != "Recreate" && type != "RollingUpdate") {
    causes.push_back(notSupported("spec.strategy.type", type, {"Recreate", "RollingUpdate"}));
  }
  const auto zero = [](const Tree* value) {
    return value != nullptr && (*value == Tree(0) || *value == Tree("0%"));
  };
  if (zero(findAt(*strategy, {"rollingUpdate", "maxUnavailable"})) &&
      zero(findAt(*strategy, {"rollingUpdate", "maxSurge"}))) {
    causes.push_back(invalidValue("spec.strategy.rollingUpdate.maxUnavailable", 0,
                                  "may not be 0 when `maxSurge` is 0"));
  }
}

void checkJobSpec(const Tree& spec, const std::string& path, Causes& causes) {
  for (std::string_view field :
       {"parallelism", "completions", "backoffLimit", "activeDeadlineSeconds",
        "ttlSecondsAfterFinished", "backoffLimitPerIndex"}) {
    notNegative(spec, field, path, causes);
  }
  const std::string& mode = textAt(spec, {"completionMode"});
  if (!mode.empty() && mode != "Indexed" && mode != "NonIndexed") {
    causes.push_back(notSupported(path + ".completionMode", mode, {"Indexed", "NonIndexed"}));
  }
  if (mode == "Indexed" && spec.find("completions") == nullptr) {
    causes.push_back(required(path + ".completions", "when completion mode is Indexed"));
  }
  const Tree* pod = findAt(spec, {"template", "spec"});
  if (pod == nullptr) {
    causes.push_back(required(path + ".template.spec.containers"));
    return;
  }
  const std::string& policy = textAt(*pod, {"restartPolicy"});
  if (policy != "OnFailure" && policy != "Never") {
    const std::string field = path + ".template.spec.restartPolicy";
    causes.push_back(policy == "Always" || policy.empty()
                         ? required(field, "valid values: \"OnFailure\", \"Never\"")
                         : notSupported(field, policy, {"OnFailure", "Never"}));
  }
  if (policy == "OnFailure" && spec.find("podFailurePolicy") != nullptr) {
    causes.push_back(
        invalidValue(path + ".template.spec.restartPolicy", policy,
                     "only \"Never\" is supported when podFailurePolicy is specified"));
  }
  checkPodSpec(*pod, path + ".template.spec", false, causes);
}

void checkJob(const Tree& object, Causes& causes) {
  const Tree* spec = object.find("spec");
  if (spec == nullptr) return;
  if (nameOf(object).size() > 63 && textAt(*spec, {"completionMode"}) == "Indexed") {
    causes.push_back(
        invalidValue("metadata.name", nameOf(object), "must be no more than 63 characters"));
  }
  if (const Tree* selector = spec->find("selector")) {
    checkLabelSelector(*selector, "spec.selector", causes);
    if (!selects(selector, findAt(*spec, {"template", "metadata", "labels"}))) {
      causes.push_back(invalidValue("spec.template.metadata.labels", Tree::map(),
                                    "`selector` does not match template `labels`"));
    }
  }
  checkJobSpec(*spec, "spec", causes);
}

// Five fields of the crontab's characters, or one of the names.
bool isSchedule(const std::string& text) {
  if (text.starts_with("@")) {
    for (std::string_view known :
         {"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"}) {
      if (text == known) return true;
    }
    return text.starts_with("@every ");
  }
  std::size_t fields = 0;
  bool inside = false;
  for (char c : text) {
    const bool letter = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                        (c >= 'a' && c <= 'z') ||
                        std::string_view("*/,-?").find(c) != std::string_view::npos;
    if (c == ' ') {
      inside = false;
    } else if (!letter) {
      return false;
    } else if (!inside) {
      inside = true;
      ++fields;
    }
  }
  return fields == 5;
}

void checkCronJob(const Tree& object, Causes& causes) {
  if (nameOf(object).size() > 52) {
    causes.push_back(
        invalidValue("metadata.name", nameOf(object), "must be no more than 52 characters"));
  }
  const std::string& schedule = textAt(object, {"spec", "schedule"});
  if (schedule.empty()) {
    causes.push_back(required("spec.schedule"));
  } else if (!isSchedule(schedule)) {
    causes.push_back(invalidValue(
        "spec.schedule", schedule,
        "expected exactly 5 fields, found " + std::string("another form: ") + schedule));
  }
  const std::string& policy = textAt(object, {"spec", "concurrencyPolicy"});
  if (policy != "Allow" && policy != "Forbid" && policy != "Replace") {
    causes.push_back(
        notSupported("spec.concurrencyPolicy", policy, {"Allow", "Forbid", "Replace"}));
  }
  if (const Tree* job = findAt(object, {"spec", "jobTemplate", "spec"})) {
    checkJobSpec(*job, "spec.jobTemplate.spec", causes);
  }
}

}  // namespace

void checkWorkload(const ResourceInfo& resource, const Tree& object, Causes& causes) {
  if (is(resource, "", "pods")) {
    const Tree* spec = object.find("spec");
    if (spec == nullptr) {
      causes.push_back(required("spec.containers"));
    } else {
      checkPodSpec(*spec, "spec", false, causes);
    }
  }
  if (is(resource, "apps", "deployments")) checkDeploymentStrategy(object, causes);
  if (resource.group == "apps" && resource.resource != "controllerrevisions")
    checkApps(object, causes);
  if (is(resource, "batch", "jobs")) checkJob(object, causes);
  if (is(resource, "batch", "cronjobs")) checkCronJob(object, causes);
}

}  // namespace gpuspec::deploy::sandbox::api
