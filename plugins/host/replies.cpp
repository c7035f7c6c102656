#include "plugins/host/replies.h"

#include <algorithm>
#include <cctype>
#include <set>

namespace gpuspec::host {

namespace {

using ir::Tree;

constexpr std::int64_t kMostDevices = 1'000'000;
constexpr std::size_t kMostPageBytes = std::size_t{64} << 10;
constexpr std::size_t kMostFindings = 1000;

void checkSchema(const Field& document, std::string_view expected) {
  const std::string found = document["schema"].text();
  if (!found.empty() && found != expected) {
    document["schema"].fail("is `" + found + "`, not `" + std::string(expected) + "`");
  }
}

bool isModelKey(std::string_view text) {
  return isDnsLabel(text);
}

bool isRowPath(std::string_view text) {
  const auto inner = [](char c) { return (c >= 'a' && c <= 'z') || c == '_' || c == '.'; };
  return text.find('.') != std::string_view::npos && text.front() != '.' && text.back() != '.' &&
         std::all_of(text.begin(), text.end(), inner);
}

bool isForm(std::string_view text) {
  return text == "attribute" || text == "block" || text == "call";
}

bool isRepository(std::string_view text) {
  return isOneLine(text) && (text.substr(0, 8) == "https://" || text.substr(0, 6) == "oci://");
}

bool isReleaseName(std::string_view text) {
  return text.size() <= 53 && isDnsLabel(text);
}

bool isWord(std::string_view text) {
  return !text.empty() && isOneLine(text);
}

ir::DeviceModel readModel(const Field& item) {
  ir::DeviceModel model;
  model.key = item["key"].textLike(isModelKey, "a device key");
  model.title = item["title"].textLike(isWord, "one line");
  model.memory_gib = item["memory_gib"].number(0, 1 << 20);
  item["profiles"].eachItem([&](const Field& profile) {
    model.profiles.push_back(profile["name"].textLike(isWord, "one line"));
  });
  return model;
}

ir::SchemaRow readRow(const Field& item) {
  ir::SchemaRow row;
  row.path = item["path"].textLike(isRowPath, "a path of the schema table");
  row.form = item["form"].textLike(isForm, "attribute, block or call");
  row.type = item["type"].textOr("");
  row.args = item["args"].textOr("");
  row.default_text = item["default"].textOr("");
  row.doc = item["doc"].textLike(isWord, "one line");
  row.since = item["since"].textOr("");
  row.target = item["target"].textOr("");
  return row;
}

std::map<std::string, std::string> readLabels(const Field& field) {
  std::map<std::string, std::string> labels;
  field.eachEntry([&](const std::string& key, const Field& entry) {
    if (!isLabelKey(key)) entry.fail("is no label key");
    labels[key] = entry["value"].textLike(isLabelValue, "a label value");
  });
  return labels;
}

ir::TaintEffect readEffect(const Field& field) {
  const std::string name = field.text();
  if (name == "NoExecute") return ir::TaintEffect::NoExecute;
  if (name == "PreferNoSchedule") return ir::TaintEffect::PreferNoSchedule;
  if (!name.empty() && name != "NoSchedule")
    field.fail("is `" + name + "`, not the effect of a taint");
  return ir::TaintEffect::NoSchedule;
}

const source::Location* placeOf(const Field& field, const NodeIds& ids) {
  const source::Location* place = ids.find(field.numberOr(0, 0, INT32_MAX));
  if (place == nullptr) field.fail("is no node id of the request");
  return place;
}

// "/a/b~1c/0" inside `tree`; nullptr when there is no such node.
Tree* nodeAt(Tree& tree, std::string_view pointer) {
  Tree* node = &tree;
  while (!pointer.empty() && node != nullptr) {
    if (pointer.front() != '/') return nullptr;
    const std::size_t end = std::min(pointer.find('/', 1), pointer.size());
    std::string key;
    for (std::size_t i = 1; i < end; ++i) {
      const bool escaped = pointer[i] == '~' && i + 1 < end;
      key += escaped ? (pointer[++i] == '1' ? '/' : '~') : pointer[i];
    }
    pointer.remove_prefix(end);
    if (!node->isList()) {
      node = node->find(key);
      continue;
    }
    const bool digits =
        !key.empty() && key.size() < 7 &&
        std::all_of(key.begin(), key.end(), [](char c) { return c >= '0' && c <= '9'; });
    const std::size_t index = digits ? std::stoul(key) : node->asList().size();
    node = index < node->asList().size() ? &node->asList()[index] : nullptr;
  }
  return node;
}

// Comments and places of single nodes, told beside the document they belong to.
void applyNotes(const Field& notes, Tree& tree, const NodeIds& ids) {
  notes.eachItem([&](const Field& note) {
    Tree* node = nodeAt(tree, note["path"].text());
    if (node == nullptr) return note["path"].fail("points at nothing");
    const std::string text =
        note["text"].present() ? note["text"].textLike(isOneLine, "one line") : std::string();
    if (!text.empty()) node->note(text);
    const source::Location* place = placeOf(note["at"], ids);
    if (place != nullptr && place->valid()) node->from(*place);
  });
}

std::map<std::string, std::int64_t> readAmounts(const Field& field) {
  std::map<std::string, std::int64_t> amounts;
  if (!field.present()) field.fail("is missing");
  field.eachEntry([&](const std::string& resource, const Field& entry) {
    if (!isResourceName(resource)) entry.fail("is no resource name of Kubernetes");
    amounts[resource] = entry["amount"].number(0, kMostDevices);
  });
  return amounts;
}

ir::PoolPlan readPoolPlan(const Field& item, const source::Location& pool_place,
                          const NodeIds& ids) {
  ir::PoolPlan plan;
  plan.allocatable = readAmounts(item["allocatable"]);
  const auto resource = [&](const Field& field) {
    std::string name = field.text();
    if (!name.empty() && plan.allocatable.count(name) == 0)
      field.fail("is `" + name + "`, which is not in `allocatable`");
    return name;
  };
  if (item["device_resource"].present()) plan.device_resource = resource(item["device_resource"]);
  item["slices"].eachItem([&](const Field& slice) {
    plan.slices.push_back({slice["profile"].textLike(isWord, "one line"),
                           resource(slice["resource"]), slice["per_node"].number(0, kMostDevices)});
  });
  item["default_taints"].eachItem([&](const Field& taint) {
    plan.default_taints.push_back({taint["key"].textLike(isLabelKey, "the key of a taint"),
                                   taint["value"].textLike(isLabelValue, "the value of a taint"),
                                   readEffect(taint["effect"]), pool_place});
  });
  plan.node_labels = readLabels(item["node_labels"]);
  if (item["properties"].isMap()) {
    plan.properties = *item["properties"].tree();
    plan.properties.from(pool_place);
    applyNotes(item["property_notes"], plan.properties, ids);
  }
  plan.preview_api = item["preview_api"].flagOr(false);
  item["preview_features"].eachItem([&](const Field& feature) {
    plan.preview_features.push_back(feature["name"].textLike(isWord, "one line"));
  });
  plan.shared = item["shared"].flagOr(false);
  plan.summary =
      item["summary"].present() ? item["summary"].textLike(isOneLine, "one line") : std::string();
  return plan;
}

ir::ReleasePlan readRelease(const Field& item, const Tree& user_values,
                            const source::Location& place, const NodeIds& ids) {
  ir::ReleasePlan release;
  release.name = item["name"].textLike(isReleaseName, "a release name");
  release.chart = item["chart"].textLike(isWord, "one line");
  release.repository = item["repository"].textLike(isRepository, "an https:// or oci:// address");
  release.version = item["version"].textLike(isWord, "one line");
  release.release_namespace = item["namespace"].textLike(isDnsLabel, "a namespace");
  release.order = item["order"].numberOr(0, -1000, 1000);
  release.namespace_labels = readLabels(item["namespace_labels"]);
  if (!item["values"].present()) item["values"].fail("is missing");
  if (!item["values"].isMap()) return release;
  release.values = *item["values"].tree();
  release.values.from(place);
  applyNotes(item["value_notes"], release.values, ids);
  if (item["takes_user_values"].flagOr(false) && !user_values.isNull())
    release.values.merge(user_values);
  return release;
}

Tree readManifest(const Field& item, const source::Location& place) {
  const Field object = item["object"];
  object["apiVersion"].text();
  object["kind"].text();
  object["metadata"]["name"].text();
  if (!object.isMap()) return {};
  return Tree(*object.tree()).from(place);
}

bool isFindingName(std::string_view text) {
  return !text.empty() && text.size() <= 64 && text[0] >= 'A' && text[0] <= 'Z' &&
         std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) != 0; });
}

bool isLevel(std::string_view text) {
  return text == "error" || text == "warning";
}

// "AMD0001" of the plugin `amd`; nobody but gpuspec has GS.
bool isCodeOf(const std::string& plugin, std::string_view code) {
  std::string prefix = plugin;
  for (char& c : prefix) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  if (prefix == "GS" || code.size() != prefix.size() + 4 || !code.starts_with(prefix)) return false;
  code.remove_prefix(prefix.size());
  return std::all_of(code.begin(), code.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isPageOf(const std::string& code, const std::string& page) {
  return page.size() <= kMostPageBytes && page.starts_with("# " + code + ": ") &&
         std::none_of(page.begin(), page.end(), [](char c) {
           return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7f;
         });
}

diag::Declaration readDeclaration(const Field& item, const std::string& plugin) {
  diag::Declaration finding;
  finding.code = item["code"].text();
  if (!isCodeOf(plugin, finding.code))
    item["code"].fail("is no code of this plugin: its name in upper case and four digits");
  finding.name = item["name"].textLike(isFindingName, "a name such as ClockTooHigh");
  finding.format = item["message"].textLike(isWord, "one line");
  const std::string level = item["level"].textLike(isLevel, "error or warning");
  finding.level = level == "warning" ? diag::Level::Warning : diag::Level::Error;
  const bool lint = item["lint"].flagOr(finding.level == diag::Level::Warning);
  finding.kind = lint ? diag::Kind::Lint : diag::Kind::Hard;
  finding.page = item["page"].text();
  if (!isPageOf(finding.code, finding.page))
    item["page"].fail("is no page: it begins with `# CODE: `, has plain text and at most 64 KiB");
  return finding;
}

void readFindings(const Field& list, Description& description) {
  std::set<std::string> codes;
  list.eachItem([&](const Field& item) {
    if (codes.size() == kMostFindings) return item.fail("is one of too many findings");
    description.findings.push_back(readDeclaration(item, description.name));
    if (!codes.insert(description.findings.back().code).second)
      item["code"].fail("is declared twice");
  });
}

}  // namespace

std::optional<Description> readDescription(const Tree& document, Problem& problem) {
  const Field root(&document, "", &problem);
  checkSchema(root, "gpuspec.describe/1");
  Description description;
  description.name = root["name"].text();
  description.version = root["version"].textLike(isVersion, "a version such as 1.2.0");
  root["stacks"].eachItem([&](const Field& item) {
    description.stacks.push_back(item["name"].textLike(isWord, "one line"));
  });
  if (description.stacks.empty()) root["stacks"].fail("names no stack");
  root["models"].eachItem(
      [&](const Field& item) { description.models.push_back(readModel(item)); });
  root["rows"].eachItem([&](const Field& item) { description.rows.push_back(readRow(item)); });
  root["features"].eachItem(
      [&](const Field& item) { description.observes |= item["name"].text() == "observe"; });
  readFindings(root["findings"], description);
  if (document.find("smoke") != nullptr) {
    const Field smoke = root["smoke"];
    description.smoke.image = smoke["image"].textLike(isWord, "one line");
    smoke["command"].eachItem(
        [&](const Field& item) { description.smoke.command.push_back(item.text()); });
    description.smoke.driver_mark = smoke["driver_mark"].textOr("");
  }
  if (!problem.what.empty()) return std::nullopt;
  return description;
}

std::optional<std::vector<ir::PoolPlan>> readPoolPlans(
    const Tree& document, const std::vector<source::Location>& pool_places, const NodeIds& ids,
    Problem& problem) {
  const Field root(&document, "", &problem);
  checkSchema(root, "gpuspec.partition-reply/1");
  std::vector<ir::PoolPlan> plans;
  root["pools"].eachItem([&](const Field& item) {
    if (plans.size() < pool_places.size())
      plans.push_back(readPoolPlan(item, pool_places[plans.size()], ids));
    else
      root["pools"].fail("has more items than pools were asked about");
  });
  if (plans.size() < pool_places.size())
    root["pools"].fail("has fewer items than pools were asked about");
  if (!problem.what.empty()) return std::nullopt;
  return plans;
}

std::optional<ir::StackPlan> readStackPlan(const Tree& document, const Tree& user_values,
                                           const source::Location& accelerator_place,
                                           const NodeIds& ids, Problem& problem) {
  const Field root(&document, "", &problem);
  checkSchema(root, "gpuspec.emit-reply/1");
  ir::StackPlan plan;
  root["releases"].eachItem([&](const Field& item) {
    plan.releases.push_back(readRelease(item, user_values, accelerator_place, ids));
  });
  root["manifests"].eachItem(
      [&](const Field& item) { plan.manifests.push_back(readManifest(item, accelerator_place)); });
  root["metrics"].eachEntry([&](const std::string& name, const Field& entry) {
    plan.metrics[name] = entry["promql"].text();
  });
  if (!problem.what.empty()) return std::nullopt;
  return plan;
}

std::optional<ir::NodeReport> readNodeReport(const Tree& document, Problem& problem) {
  const Field root(&document, "", &problem);
  checkSchema(root, "gpuspec.observe-reply/1");
  ir::NodeReport report;
  report.allocatable = readAmounts(root["allocatable"]);
  report.labels = readLabels(root["node_labels"]);
  report.driver_version = root["driver_version"].text();
  if (!isOneLine(report.driver_version)) root["driver_version"].fail("is no single line");
  if (!problem.what.empty()) return std::nullopt;
  return report;
}

}  // namespace gpuspec::host
