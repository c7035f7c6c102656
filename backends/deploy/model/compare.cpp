#include "backends/deploy/model/compare.h"

#include <algorithm>
#include <array>
#include <utility>

#include "compiler/ir/json.h"

namespace gpuspec::deploy::model {

namespace {

constexpr std::string_view kDefaultProtocol = "TCP";

std::string_view lastOf(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  return dot == std::string_view::npos ? path : path.substr(dot + 1);
}

bool holds(std::string_view path, std::string_view part) {
  return path.find(part) != std::string_view::npos;
}

// Maps whose values are quantities, and single fields that are. Labels, annotations and the content
// of a ConfigMap are text, whatever they are called.
bool isQuantity(std::string_view kind, std::string_view path) {
  static constexpr std::array<std::string_view, 11> kMaps = {
      ".hard.",
      ".requests.",
      ".limits.",
      ".max.",
      ".min.",
      ".default.",
      ".defaultRequest.",
      ".capacity.",
      ".maxLimitRequestRatio.",
      ".podFixed.",
      ".allocatable.",
  };
  static constexpr std::array<std::string_view, 7> kFields = {
      "sizeLimit",    "averageValue",   "storage",      "divisor",
      "nominalQuota", "borrowingLimit", "lendingLimit",
  };
  if (holds(path, "metadata.") || kind == "ConfigMap" || kind == "Secret") return false;
  if (kind == "HorizontalPodAutoscaler" && path.ends_with(".target.value")) return true;
  return std::any_of(kMaps.begin(), kMaps.end(), [&](auto part) { return holds(path, part); }) ||
         std::any_of(kFields.begin(), kFields.end(),
                     [&](auto field) { return lastOf(path) == field; });
}

std::string textOf(const Tree& value) {
  return value.isString() ? value.asString() : ir::toJson(value);
}

// Maps from names to texts of a user: an empty text there is one.
bool isText(std::string_view kind, std::string_view path) {
  static constexpr std::array<std::string_view, 7> kMaps = {
      "labels.",       "annotations.", "nodeLabels.", "tags.",
      "nodeSelector.", "matchLabels.", "parameters.",
  };
  if ((kind == "ConfigMap" || kind == "Secret") && !path.starts_with("metadata.")) return true;
  return std::any_of(kMaps.begin(), kMaps.end(), [&](std::string_view map) {
    const std::size_t at = path.find(map);
    return at != std::string_view::npos && (at == 0 || path[at - 1] == '.');
  });
}

// Fields that are on, unlimited or set by the server where they are absent, so that a zero says
// something.
bool zeroSaysSomething(std::string_view path) {
  static constexpr std::array<std::string_view, 17> kFields = {
      "automountServiceAccountToken",
      "allowPrivilegeEscalation",
      "hostUsers",
      "enableServiceLinks",
      "runAsUser",
      "runAsGroup",
      "fsGroup",
      "replicas",
      "minReplicas",
      "parallelism",
      "completions",
      "backoffLimit",
      "backoffLimitPerIndex",
      "ttlSecondsAfterFinished",
      "terminationGracePeriodSeconds",
      "minAvailable",
      "maxUnavailable",
  };
  return std::find(kFields.begin(), kFields.end(), lastOf(path)) != kFields.end();
}

bool isScalar(const Tree& value) {
  return !value.isMap() && !value.isList();
}

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool sameIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// "South Central US" = "southcentralus".
bool sameLocation(std::string_view a, std::string_view b) {
  const auto plain = [](std::string_view text) {
    std::string out;
    for (const char c : text) {
      if (c != ' ') out += lower(c);
    }
    return out;
  };
  return plain(a) == plain(b);
}

bool isVersion(std::string_view path) {
  return lastOf(path) == "kubernetesVersion" || lastOf(path) == "orchestratorVersion";
}

// Written by a user and given back as it is; everything else of ARM's is an enumeration, a size or
// an id, none of which minds the case.
bool keepsCase(std::string_view path) {
  return path.starts_with("tags.") || holds(path, ".tags.") || holds(path, "nodeLabels") ||
         holds(path, "nodeTaints") || holds(path, "messageOfTheDay") || path.ends_with("keyData") ||
         path.ends_with("Certificates");
}

bool sameInAzure(std::string_view path, const Tree& a, const Tree& b) {
  if (!a.isString() || !b.isString()) {
    const bool numbers =
        (a.isInt() || a.isDouble() || a.isString()) && (b.isInt() || b.isDouble() || b.isString());
    return a == b || (numbers && isScalar(a) && isScalar(b) && sameQuantity(textOf(a), textOf(b)));
  }
  const std::string& wanted = a.asString();
  const std::string& found = b.asString();
  if (wanted == found) return true;
  if (path == "location") return sameLocation(wanted, found);
  // A minor version stands for any patch of it.
  if (isVersion(path))
    return found.starts_with(wanted + ".") && std::count(wanted.begin(), wanted.end(), '.') == 1;
  return !keepsCase(path) && sameIgnoringCase(wanted, found);
}

// Digits with at most one dot in `unit` nanoseconds; what is finer than one is dropped.
std::optional<std::int64_t> scaled(std::string_view number, std::int64_t unit) {
  std::int64_t sum = 0, part = unit;
  bool dot = false;
  for (const char c : number) {
    if (c == '.') {
      if (std::exchange(dot, true)) return std::nullopt;
      continue;
    }
    std::int64_t digit = c - '0';
    if (dot) {
      part /= 10;
    } else if (__builtin_mul_overflow(sum, 10, &sum)) {
      return std::nullopt;
    }
    if (__builtin_mul_overflow(digit, part, &digit) || __builtin_add_overflow(sum, digit, &sum))
      return std::nullopt;
  }
  return sum;
}

// "60s", "1m0s" and "1.5h", as Go writes them.
std::optional<std::int64_t> nanoseconds(std::string_view text) {
  struct Unit {
    std::string_view text;
    std::int64_t nano;
  };
  static constexpr std::array kUnits = {Unit{"ns", 1},
                                        Unit{"us", 1'000},
                                        Unit{"ms", 1'000'000},
                                        Unit{"s", 1'000'000'000},
                                        Unit{"m", 60'000'000'000},
                                        Unit{"h", 3'600'000'000'000}};
  std::int64_t sum = 0;
  if (text.empty()) return std::nullopt;
  while (!text.empty()) {
    const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
    const std::size_t end = std::min(text.find_first_of("0123456789.", digits), text.size());
    const std::string_view unit = text.substr(digits, end - digits);
    const auto found = std::find_if(kUnits.begin(), kUnits.end(),
                                    [&](const Unit& known) { return known.text == unit; });
    if (digits == 0 || found == kUnits.end()) return std::nullopt;
    const std::optional<std::int64_t> part = scaled(text.substr(0, digits), found->nano);
    if (!part || __builtin_add_overflow(sum, *part, &sum)) return std::nullopt;
    text.remove_prefix(end);
  }
  return sum;
}

bool isDuration(std::string_view path) {
  const std::string_view last = lastOf(path);
  return last.ends_with("imeout") || last.ends_with("nterval") || last.ends_with("uration");
}

bool sameInKubernetes(std::string_view kind, std::string_view path, const Tree& a, const Tree& b) {
  if (a == b) return true;
  if (!isScalar(a) || !isScalar(b)) return false;
  if (isQuantity(kind, path)) return sameQuantity(textOf(a), textOf(b));
  if (isDuration(path) && a.isString() && b.isString()) {
    const auto x = nanoseconds(a.asString()), y = nanoseconds(b.asString());
    return x && y && *x == *y;
  }
  const bool numbers = (a.isInt() || a.isDouble()) && (b.isInt() || b.isDouble());
  return numbers && sameQuantity(textOf(a), textOf(b));
}

bool sameSet(System system, std::string_view kind, std::string_view path, const Tree& a,
             const Tree& b) {
  if (a.asList().size() != b.asList().size()) return false;
  std::vector<bool> used(b.asList().size());
  return std::all_of(a.asList().begin(), a.asList().end(), [&](const Tree& wanted) {
    for (std::size_t i = 0; i < used.size(); ++i) {
      if (used[i] || !sameValue(system, kind, path, wanted, b.asList()[i])) continue;
      used[i] = true;
      return true;
    }
    return false;
  });
}

}  // namespace

bool isSet(System system, std::string_view path) {
  static constexpr std::array<std::string_view, 14> kSets = {"finalizers",
                                                             "policyTypes",
                                                             "scopes",
                                                             "accessModes",
                                                             "add",
                                                             "drop",
                                                             "verbs",
                                                             "apiGroups",
                                                             "resources",
                                                             "nodeTaints",
                                                             "availabilityZones",
                                                             "adminGroupObjectIDs",
                                                             "authorizedIPRanges",
                                                             "resourceNames"};
  const std::string_view last = lastOf(path);
  return (system == System::Azure || last != "nodeTaints") &&
         std::find(kSets.begin(), kSets.end(), last) != kSets.end();
}

bool isZero(const Tree& value) {
  return value.empty() || (value.isBool() && !value.asBool()) ||
         (value.isInt() && value.asInt() == 0);
}

bool isSameAsAbsent(System system, std::string_view kind, std::string_view path,
                    const Tree& value) {
  if (value.isString() && isText(kind, path)) return false;
  if (system != System::Kubernetes) return isZero(value);
  const bool selects = lastOf(path).ends_with("Selector") && isGuarded(kind, path);
  if (selects || kind.starts_with("Cilium") || isQuantity(kind, path) || zeroSaysSomething(path))
    return value.isNull();
  return isZero(value);
}

bool sameValue(System system, std::string_view kind, std::string_view path, const Tree& a,
               const Tree& b) {
  if (a.isList() && b.isList() && isSet(system, path)) return sameSet(system, kind, path, a, b);
  switch (system) {
    case System::Azure:
      return sameInAzure(path, a, b);
    case System::Kubernetes:
      return sameInKubernetes(kind, path, a, b);
    case System::Helm:
      return a == b;
  }
  return false;
}

std::vector<std::string> listKeys(System system, std::string_view kind, std::string_view path) {
  const std::string_view last = lastOf(path);
  if (system == System::Azure)
    return last == "agentPoolProfiles" ? std::vector<std::string>{"name"}
                                       : std::vector<std::string>{};
  static constexpr std::array<std::string_view, 8> kByName = {
      "containers", "initContainers",   "ephemeralContainers", "env",
      "volumes",    "imagePullSecrets", "replicatedJobs",      "resourceClaims"};
  if (std::find(kByName.begin(), kByName.end(), last) != kByName.end()) return {"name"};
  if (kind == "ValidatingAdmissionPolicy" && (last == "variables" || last == "matchConditions"))
    return {"name"};
  if (kind == "ServiceAccount" && last == "secrets") return {"name"};
  if (last == "volumeMounts") return {"mountPath"};
  if (last == "volumeDevices") return {"devicePath"};
  if (last == "hostAliases") return {"ip"};
  if (last == "claims" && holds(path, ".resources.")) return {"name"};
  if (last == "conditions") return {"type"};
  if (last == "topologySpreadConstraints") return {"topologyKey", "whenUnsatisfiable"};
  if (last == "ports" && kind == "Service") return {"port", "protocol"};
  if (last == "ports" && holds(path, "ontainers.")) return {"containerPort", "protocol"};
  return {};
}

Tree listKeysOf(const Tree& item, const std::vector<std::string>& keys) {
  Tree found = Tree::map();
  for (const std::string& key : keys) {
    if (const Tree* value = item.find(key)) {
      found.set(key, *value);
    } else if (key == "protocol") {
      found.set(key, kDefaultProtocol);
    }
  }
  return found;
}

bool hasListKeys(const Tree& item, const Tree& keys) {
  return std::all_of(keys.asMap().begin(), keys.asMap().end(), [&](const Tree::Entry& entry) {
    const Tree* value = item.find(entry.first);
    if (value != nullptr) return *value == entry.second;
    return entry.first == "protocol" && entry.second == Tree(kDefaultProtocol);
  });
}

}  // namespace gpuspec::deploy::model
