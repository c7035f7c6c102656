#include "backends/deploy/sandbox/kube/tables.h"

#include <algorithm>
#include <ctime>
#include <functional>
#include <map>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/request.h"
#include "backends/deploy/sandbox/kube/selectors.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

using Cell = std::function<Tree(const Tree&)>;
struct Column {
  std::string name, type;
  std::int64_t priority;
  Cell cell;
};
using Columns = std::vector<Column>;

Cell text(std::vector<std::string_view> path, std::string_view otherwise = "") {
  return [path, otherwise](const Tree& object) -> Tree {
    const Tree* at = &object;
    for (std::string_view key : path) {
      at = at->find(key);
      if (at == nullptr) return otherwise;
    }
    return at->isMap() || at->isList() ? Tree(ir::toJson(*at)) : *at;
  };
}

Cell number(std::vector<std::string_view> path) {
  return [path](const Tree& object) -> Tree {
    const Tree* at = &object;
    for (std::string_view key : path) {
      at = at->find(key);
      if (at == nullptr) return 0;
    }
    return *at;
  };
}

Cell ratio(std::vector<std::string_view> some, std::vector<std::string_view> all) {
  return
      [some = number(std::move(some)), all = number(std::move(all))](const Tree& object) -> Tree {
        return std::to_string(some(object).asInt()) + "/" + std::to_string(all(object).asInt());
      };
}

Cell countOf(std::string_view field) {
  return [field](const Tree& object) -> Tree {
    return static_cast<std::int64_t>(mapAt(object, {field}).size());
  };
}

Tree age(const Tree& object) {
  return ageText(textAt(object, {"metadata", "creationTimestamp"}));
}

Tree podReady(const Tree& pod) {
  const Tree::List& statuses = listAt(pod, {"status", "containerStatuses"});
  const auto ready = std::count_if(statuses.begin(), statuses.end(),
                                   [](const Tree& each) { return flagAt(each, {"ready"}); });
  return std::to_string(ready) + "/" + std::to_string(listAt(pod, {"spec", "containers"}).size());
}

Tree podStatus(const Tree& pod) {
  if (isDeleting(pod)) return "Terminating";
  for (const Tree& status : listAt(pod, {"status", "containerStatuses"})) {
    const std::string& waiting = textAt(status, {"state", "waiting", "reason"});
    if (!waiting.empty()) return waiting;
    const std::string& ended = textAt(status, {"state", "terminated", "reason"});
    if (!ended.empty()) return ended;
  }
  const std::string& reason = textAt(pod, {"status", "reason"});
  return reason.empty() ? textAt(pod, {"status", "phase"}) : reason;
}

Tree podRestarts(const Tree& pod) {
  std::int64_t sum = 0;
  for (const Tree& status : listAt(pod, {"status", "containerStatuses"}))
    sum += intAt(status, {"restartCount"});
  return std::to_string(sum);
}

Tree nodeStatus(const Tree& node) {
  std::string out = "Unknown";
  for (const Tree& condition : listAt(node, {"status", "conditions"})) {
    if (textAt(condition, {"type"}) == "Ready")
      out = textAt(condition, {"status"}) == "True" ? "Ready" : "NotReady";
  }
  return flagAt(node, {"spec", "unschedulable"}) ? out + ",SchedulingDisabled" : out;
}

Tree nodeRoles(const Tree& node) {
  constexpr std::string_view kPrefix = "node-role.kubernetes.io/";
  std::string out;
  for (const auto& [key, value] : mapAt(node, {"metadata", "labels"})) {
    if (key.starts_with(kPrefix)) out += (out.empty() ? "" : ",") + key.substr(kPrefix.size());
  }
  return out.empty() ? "<none>" : out;
}

Tree nodeAddress(const Tree& node) {
  for (const Tree& address : listAt(node, {"status", "addresses"})) {
    if (textAt(address, {"type"}) == "InternalIP") return textAt(address, {"address"});
  }
  return "<none>";
}

Tree servicePorts(const Tree& service) {
  std::string out;
  for (const Tree& port : listAt(service, {"spec", "ports"})) {
    out += (out.empty() ? "" : ",") + std::to_string(intAt(port, {"port"}));
    if (const std::int64_t node_port = intAt(port, {"nodePort"}); node_port != 0)
      out += ":" + std::to_string(node_port);
    out += "/" + textAt(port, {"protocol"});
  }
  return out.empty() ? "<none>" : out;
}

Tree jobStatus(const Tree& job) {
  for (const Tree& condition : listAt(job, {"status", "conditions"})) {
    const std::string& type = textAt(condition, {"type"});
    if (textAt(condition, {"status"}) == "True" &&
        (type == "Complete" || type == "Failed" || type == "Suspended"))
      return type;
  }
  return isDeleting(job) ? "Terminating" : "Running";
}

Tree jobCompletions(const Tree& job) {
  const std::string done = std::to_string(intAt(job, {"status", "succeeded"}));
  const Tree* wanted = findAt(job, {"spec", "completions"});
  if (wanted != nullptr && wanted->isInt()) return done + "/" + std::to_string(wanted->asInt());
  return done + "/1 of " + std::to_string(intAt(job, {"spec", "parallelism"}, 1));
}

Tree quotaText(const Tree& quota) {
  std::string out;
  for (const auto& [name, hard] : mapAt(quota, {"status", "hard"})) {
    const std::string& used = textAt(quota, {"status", "used", name});
    out += (out.empty() ? "" : ", ") + name + ": " + (used.empty() ? "0" : used) + "/" +
           (hard.isString() ? hard.asString() : "");
  }
  return out;
}

Tree selectorCell(const Tree& object) {
  const Tree* selector = findAt(object, {"spec", "selector"});
  const std::string out = selector == nullptr ? "" : selectorText(*selector);
  return out.empty() ? "<none>" : out;
}

using ColumnsByKind = std::map<std::string, Columns, std::less<>>;

ColumnsByKind clusterColumns() {
  return {
      {"pods",
       {{"Ready", "string", 0, podReady},
        {"Status", "string", 0, podStatus},
        {"Restarts", "string", 0, podRestarts},
        {"Age", "string", 0, age},
        {"IP", "string", 1, text({"status", "podIP"}, "<none>")},
        {"Node", "string", 1, text({"spec", "nodeName"}, "<none>")},
        {"Nominated Node", "string", 1, text({"status", "nominatedNodeName"}, "<none>")},
        {"Readiness Gates", "string", 1, text({"spec", "readinessGates"}, "<none>")}}},
      {"nodes",
       {{"Status", "string", 0, nodeStatus},
        {"Roles", "string", 0, nodeRoles},
        {"Age", "string", 0, age},
        {"Version", "string", 0, text({"status", "nodeInfo", "kubeletVersion"})},
        {"Internal-IP", "string", 1, nodeAddress},
        {"OS-Image", "string", 1, text({"status", "nodeInfo", "osImage"})},
        {"Kernel-Version", "string", 1, text({"status", "nodeInfo", "kernelVersion"})},
        {"Container-Runtime", "string", 1,
         text({"status", "nodeInfo", "containerRuntimeVersion"})}}},
      {"namespaces",
       {{"Status", "string", 0, text({"status", "phase"})}, {"Age", "string", 0, age}}},
      {"services",
       {{"Type", "string", 0, text({"spec", "type"})},
        {"Cluster-IP", "string", 0, text({"spec", "clusterIP"}, "<none>")},
        {"External-IP", "string", 0, text({"spec", "externalName"}, "<none>")},
        {"Port(s)", "string", 0, servicePorts},
        {"Age", "string", 0, age}}},
  };
}

ColumnsByKind workloadColumns() {
  return {
      {"deployments.apps",
       {{"Ready", "string", 0, ratio({"status", "readyReplicas"}, {"spec", "replicas"})},
        {"Up-to-date", "integer", 0, number({"status", "updatedReplicas"})},
        {"Available", "integer", 0, number({"status", "availableReplicas"})},
        {"Age", "string", 0, age},
        {"Selector", "string", 1, selectorCell}}},
      {"replicasets.apps",
       {{"Desired", "integer", 0, number({"spec", "replicas"})},
        {"Current", "integer", 0, number({"status", "replicas"})},
        {"Ready", "integer", 0, number({"status", "readyReplicas"})},
        {"Age", "string", 0, age}}},
      {"statefulsets.apps",
       {{"Ready", "string", 0, ratio({"status", "readyReplicas"}, {"spec", "replicas"})},
        {"Age", "string", 0, age}}},
      {"daemonsets.apps",
       {{"Desired", "integer", 0, number({"status", "desiredNumberScheduled"})},
        {"Current", "integer", 0, number({"status", "currentNumberScheduled"})},
        {"Ready", "integer", 0, number({"status", "numberReady"})},
        {"Up-to-date", "integer", 0, number({"status", "updatedNumberScheduled"})},
        {"Available", "integer", 0, number({"status", "numberAvailable"})},
        {"Age", "string", 0, age}}},
      {"jobs.batch",
       {{"Status", "string", 0, jobStatus},
        {"Completions", "string", 0, jobCompletions},
        {"Age", "string", 0, age},
        {"Selector", "string", 1, selectorCell}}},
      {"cronjobs.batch",
       {{"Schedule", "string", 0, text({"spec", "schedule"})},
        {"Timezone", "string", 0, text({"spec", "timeZone"}, "<none>")},
        {"Suspend", "boolean", 0, text({"spec", "suspend"}, "False")},
        {"Last Schedule", "string", 0, text({"status", "lastScheduleTime"}, "<none>")},
        {"Age", "string", 0, age}}},
  };
}

ColumnsByKind otherColumns() {
  return {
      {"configmaps", {{"Data", "integer", 0, countOf("data")}, {"Age", "string", 0, age}}},
      {"secrets",
       {{"Type", "string", 0, text({"type"})},
        {"Data", "integer", 0, countOf("data")},
        {"Age", "string", 0, age}}},
      {"resourcequotas", {{"Request", "string", 0, quotaText}, {"Age", "string", 0, age}}},
      {"events",
       {{"Last Seen", "string", 0,
         [](const Tree& event) -> Tree { return ageText(textAt(event, {"lastTimestamp"})); }},
        {"Type", "string", 0, text({"type"})},
        {"Reason", "string", 0, text({"reason"})},
        {"Object", "string", 0,
         [](const Tree& event) -> Tree {
           std::string kind = textAt(event, {"involvedObject", "kind"});
           for (char& c : kind) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
           return kind + "/" + textAt(event, {"involvedObject", "name"});
         }},
        {"Message", "string", 0, text({"message"})}}},
      {"persistentvolumeclaims",
       {{"Status", "string", 0, text({"status", "phase"})},
        {"Volume", "string", 0, text({"spec", "volumeName"})},
        {"Age", "string", 0, age}}},
      {"leases.coordination.k8s.io",
       {{"Holder", "string", 0, text({"spec", "holderIdentity"})}, {"Age", "string", 0, age}}},
      {"priorityclasses.scheduling.k8s.io",
       {{"Value", "integer", 0, number({"value"})},
        {"Global-Default", "boolean", 0, text({"globalDefault"}, "false")},
        {"Age", "string", 0, age}}},
      {"poddisruptionbudgets.policy",
       {{"Min Available", "string", 0, text({"spec", "minAvailable"}, "N/A")},
        {"Max Unavailable", "string", 0, text({"spec", "maxUnavailable"}, "N/A")},
        {"Allowed Disruptions", "integer", 0, number({"status", "disruptionsAllowed"})},
        {"Age", "string", 0, age}}},
      {"networkpolicies.networking.k8s.io",
       {{"Pod-Selector", "string", 0,
         [](const Tree& policy) -> Tree {
           const Tree* selector = findAt(policy, {"spec", "podSelector"});
           const std::string out = selector == nullptr ? "" : selectorText(*selector);
           return out.empty() ? "<none>" : out;
         }},
        {"Age", "string", 0, age}}},
      {"customresourcedefinitions.apiextensions.k8s.io",
       {{"Created At", "date", 0, text({"metadata", "creationTimestamp"})}}},
      {"rolebindings.rbac.authorization.k8s.io",
       {{"Role", "string", 0,
         [](const Tree& binding) -> Tree {
           return textAt(binding, {"roleRef", "kind"}) + "/" + textAt(binding, {"roleRef", "name"});
         }},
        {"Age", "string", 0, age}}},
  };
}

const ColumnsByKind& builtInColumns() {
  static const ColumnsByKind kColumns = [] {
    ColumnsByKind all = clusterColumns();
    all.merge(workloadColumns());
    all.merge(otherColumns());
    return all;
  }();
  return kColumns;
}

// ".spec.a.b" or ".status.conditions[?(@.type=='Ready')].status"
Tree customCell(const Tree& object, std::string_view path) {
  const Tree* at = &object;
  while (!path.empty()) {
    if (path.starts_with("[?(@.")) {
      const std::size_t equals = path.find("==");
      const std::size_t end = path.find(")]");
      if (equals == std::string_view::npos || end == std::string_view::npos || end < equals + 4)
        return Tree();
      const std::string_view key = path.substr(5, equals - 5);
      const std::string_view value = path.substr(equals + 3, end - equals - 4);
      const Tree* found = nullptr;
      for (const Tree& item : listAt(*at, {})) {
        if (textAt(item, {key}) == value) found = &item;
      }
      at = found;
      path.remove_prefix(end + 2);
    } else {
      if (path[0] == '.') path.remove_prefix(1);
      std::size_t end = 0;
      std::string key;
      while (end < path.size() && path[end] != '.' && path[end] != '[') {
        if (path[end] == '\\' && end + 1 < path.size()) ++end;
        key += path[end++];
      }
      if (end == 0) return Tree();
      at = at->find(key);
      path.remove_prefix(end);
    }
    if (at == nullptr) return Tree();
  }
  return *at;
}

const Columns& columnsFor(const ResourceInfo& resource) {
  static const Columns kUsual = {{"Age", "string", 0, age}};
  const auto found = builtInColumns().find(resource.qualified());
  return found == builtInColumns().end() ? kUsual : found->second;
}

Tree columnTree(std::string_view name, std::string_view type, std::string_view format,
                std::int64_t priority) {
  return ir::mapOf("name", name, "type", type, "format", format, "description", "", "priority",
                   priority);
}

}  // namespace

std::string ageText(const std::string& since) {
  std::tm parts{};
  if (since.empty() || strptime(since.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr)
    return "<unknown>";
  const std::int64_t seconds = std::max<std::int64_t>(0, std::time(nullptr) - timegm(&parts));
  const auto two = [](std::int64_t big, const char* big_unit, std::int64_t small,
                      const char* small_unit) {
    return std::to_string(big) + big_unit + (small == 0 ? "" : std::to_string(small) + small_unit);
  };
  const std::int64_t minutes = seconds / 60, hours = minutes / 60, days = hours / 24;
  if (seconds < 120) return std::to_string(seconds) + "s";
  if (minutes < 10) return two(minutes, "m", seconds % 60, "s");
  if (hours < 3) return std::to_string(minutes) + "m";
  if (hours < 8) return two(hours, "h", minutes % 60, "m");
  if (hours < 48) return std::to_string(hours) + "h";
  if (days < 8) return two(days, "d", hours % 24, "h");
  return days < 730 ? std::to_string(days) + "d" : two(days / 365, "y", days % 365, "d");
}

Tree tableColumns(const ResourceInfo& resource) {
  Tree out = Tree::list();
  if (resource.resource != "events") out.push(columnTree("Name", "string", "name", 0));
  if (resource.custom) {
    for (const PrinterColumn& column : resource.columns) {
      out.push(columnTree(column.name, column.type, column.format, column.priority));
    }
    return out;
  }
  for (const Column& column : columnsFor(resource))
    out.push(columnTree(column.name, column.type, "", column.priority));
  return out;
}

Tree tableRow(const ResourceInfo& resource, const Tree& object, RowObject with) {
  Tree cells = Tree::list();
  if (resource.resource != "events") cells.push(nameOf(object));
  if (resource.custom) {
    for (const PrinterColumn& column : resource.columns) {
      Tree cell = customCell(object, column.path);
      if (column.type == "date" && cell.isString()) cell = ageText(cell.asString());
      if (cell.isMap() || cell.isList()) cell = ir::toJson(cell);
      cells.push(std::move(cell));
    }
  } else {
    for (const Column& column : columnsFor(resource)) cells.push(column.cell(object));
  }
  Tree row = ir::mapOf("cells", std::move(cells));
  if (with == RowObject::Metadata) row.set("object", metadataOf(object));
  if (with == RowObject::Whole) row.set("object", object);
  return row;
}

Tree tableOf(const ResourceInfo& resource, const Tree& object, RowObject with, bool columns) {
  Tree metadata = ir::mapOf("resourceVersion", textAt(object, {"metadata", "resourceVersion"}));
  return ir::mapOf("kind", "Table", "apiVersion", "meta.k8s.io/v1", "metadata", std::move(metadata),
                   "columnDefinitions", columns ? tableColumns(resource) : Tree::list(), "rows",
                   Tree(Tree::List{tableRow(resource, object, with)}));
}

}  // namespace gpuspec::deploy::sandbox::api
