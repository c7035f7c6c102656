#include <algorithm>

#include "backends/deploy/plan/chart_version.h"
#include "backends/deploy/plan/diff.h"

namespace gpuspec::deploy::plan {

namespace {

std::string textOf(const Tree* tree) {
  return tree != nullptr && tree->isString() ? tree->asString() : "";
}

class ReleaseDiffer {
 public:
  ReleaseDiffer(const model::Desired& desired, const model::Live& live)
      : wanted_(desired.body), found_(live.body) {}

  std::vector<FieldChange> run() {
    diffText("chart", [this](const std::string& wanted, const std::string& found) {
      // A folder's name is not the name of the chart in it.
      const std::string own = textOf(wanted_.find("chart_name"));
      return found == (own.empty() ? chartName(wanted) : own);
    });
    diffText("version", isVersion);
    // A release whose last upgrade failed, or never ended, is not what the spec says.
    const std::string status = textOf(found_.find("status"));
    static const Tree kDeployed("deployed");
    if (!status.empty() && status != "deployed") add("status", found_.find("status"), &kDeployed);
    static const Tree kNone = Tree::map();
    const Tree* wanted = wanted_.find("values");
    const Tree* found = found_.find("values");
    diffValues(wanted != nullptr ? *wanted : kNone, found != nullptr ? found : &kNone, "values");
    return std::move(changes_);
  }

 private:
  template <class Same>
  void diffText(const char* key, Same same) {
    const Tree* wanted = wanted_.find(key);
    const Tree* found = found_.find(key);
    if (!textOf(wanted).empty() && !same(textOf(wanted), textOf(found))) add(key, found, wanted);
  }

  // Values are the user's own whole: what is there and not wanted goes, too.
  void diffValues(const Tree& wanted, const Tree* found, const std::string& path) {
    if (wanted.isMap() && (found == nullptr || found->isMap())) {
      for (const auto& [key, value] : wanted.asMap())
        diffValues(value, found != nullptr ? found->find(key) : nullptr, path + "." + key);
      if (found != nullptr) {
        for (const auto& [key, value] : found->asMap()) {
          if (wanted.find(key) == nullptr) add(path + "." + key, &value, nullptr);
        }
      }
      if (found == nullptr && wanted.asMap().empty()) add(path, nullptr, &wanted);
      return;
    }
    if (found == nullptr ? !wanted.isNull() : !isSame(wanted, *found)) add(path, found, &wanted);
  }

  // Helm keeps values as JSON, all of whose numbers are floating-point ones.
  static bool isSame(const Tree& wanted, const Tree& found) {
    const auto isNumber = [](const Tree& value) { return value.isInt() || value.isDouble(); };
    if (isNumber(wanted) && isNumber(found)) return asDouble(wanted) == asDouble(found);
    if (wanted.isList() && found.isList()) {
      return std::equal(wanted.asList().begin(), wanted.asList().end(), found.asList().begin(),
                        found.asList().end(), isSame);
    }
    if (!wanted.isMap() || !found.isMap()) return wanted == found;
    return wanted.asMap().size() == found.asMap().size() &&
           std::all_of(wanted.asMap().begin(), wanted.asMap().end(), [&](const auto& entry) {
             const Tree* other = found.find(entry.first);
             return other != nullptr && isSame(entry.second, *other);
           });
  }

  static double asDouble(const Tree& value) {
    return value.isInt() ? static_cast<double>(value.asInt()) : value.asDouble();
  }

  void add(const std::string& path, const Tree* before, const Tree* after) {
    FieldChange change;
    change.path = path;
    if (before != nullptr) change.before = *before;
    if (after != nullptr) change.after = *after;
    changes_.push_back(std::move(change));
  }

  const Tree& wanted_;
  const Tree& found_;
  std::vector<FieldChange> changes_;
};

}  // namespace

std::string releaseState(const model::Live& live) {
  struct State {
    std::string_view status;
    const char* text;
  };
  // https://pkg.go.dev/helm.sh/helm/v3/pkg/release#Status
  static constexpr State kStates[] = {
      {"failed", "its last install or upgrade failed"},
      {"pending-install", "its install never ended: uninstalled, then installed anew"},
      {"pending-upgrade", "its last upgrade never ended: rolled back, then upgraded"},
      {"pending-rollback", "its last rollback never ended: rolled back, then upgraded"},
      {"uninstalling", "is being uninstalled: removed to the end, then installed anew"},
      {"uninstalled", "was uninstalled, and its history kept"},
  };
  const std::string status = textOf(live.body.find("status"));
  if (status.empty() || status == "deployed") return {};
  for (const State& state : kStates) {
    if (state.status == status) return state.text;
  }
  return "Helm says that it is `" + status + "`";
}

bool isHalfDone(const model::Live& live) {
  const std::string status = textOf(live.body.find("status"));
  return status == "pending-install" || status == "uninstalling";
}

std::vector<FieldChange> diffRelease(const model::Desired& desired, const model::Live& live) {
  return ReleaseDiffer(desired, live).run();
}

}  // namespace gpuspec::deploy::plan
