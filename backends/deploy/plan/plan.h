#pragma once

// Desired and live to changes: pure, deterministic, the same for human, JSON and Markdown.
//
// Compared are only fields that gpuspec sets or used to set. A field that someone else added
// stands, except in objects whose extra content opens a door (NetworkPolicy, RBAC, quota, admission
// policy).

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/model/resource.h"

namespace gpuspec::deploy::plan {

using model::Tree;

enum class Action : std::uint8_t {
  Create,
  Update,
  Replace,
  Delete,
  Adopt,
  Move,
  Release,  // marks taken off, resource left
  Wait,     // Azure is at it already, and it will be what the spec says
  NoOp
};
// "create" ... as JSON spells it.
std::string_view str(Action action);

struct GpuTotals {
  std::int64_t min_before = 0, max_before = 0, min_after = 0, max_after = 0;
  bool before_known = true;  // false: of some live pool nobody knows how many it has
};

struct FieldChange {
  std::string path;  // "spec.hard.requests.example.com/gpu", keys with dots as written
  std::optional<Tree> before, after;  // absent: not there
  bool forces_replacement = false;
  bool sensitive = false;  // shown as (sensitive) everywhere, also in JSON
};

struct Change {
  std::size_t id = 0;  // index in Plan::changes
  Action action = Action::NoOp;
  model::ResourceKey key;
  std::string api_version;
  std::string address, file;  // of the spec; "" when it no longer has it
  std::uint32_t line = 0;
  std::string reason;  // "new in the spec", "no longer in the spec", "`vm` cannot change on a pool"
  std::vector<FieldChange> fields;
  std::vector<std::string> effects;  // on running work, one sentence each
  std::vector<std::size_t> after;    // ids of changes that are carried out before
  std::vector<std::size_t> gates;    // indices in Plan::gates that have to be open before
  model::SharedTree body;            // what is sent; null for Delete, Release and Wait
  std::string uid, revision;         // of the live resource that the plan saw; "" = must not exist
  std::string moved_from;            // address or id
  std::optional<GpuTotals> gpus;     // of a pool that has some, before or after
  bool forced = false;               // Adopt: takes conflicting fields over
  std::int64_t drain_timeout_s = 0;
};

// Many changes that many others wait for: open once all of them are done. Spares an edge for each
// pair.
struct Gate {
  std::vector<std::size_t> after;  // ids
};

// What stops an apply (exit 4) until somebody decides.
struct Conflict {
  enum class Kind : std::uint8_t {
    Foreign,
    PreventDestroy,
    NeedsReplace,
    NamespaceShared,
    ClusterShared,
    NotReachable
  };
  Kind kind = Kind::Foreign;
  model::ResourceKey key;
  std::string address, file;
  std::uint32_t line = 0;
  std::string text;     // "exists and belongs to argocd"
  std::string way_out;  // "gpuspec apply --adopt takes it over"
  std::vector<std::string> details;
};

struct Plan {
  std::string project, environment, subscription;
  bool of_specs = false;  // from one spec to another, no API was asked: `gpuspec diff`
  std::vector<model::Target> targets;
  std::vector<Change> changes;  // without no-ops; ordered so that each comes after what it needs
  std::vector<Gate> gates;
  std::vector<Conflict> conflicts;
  std::vector<std::string> left_out;     // --only, --skip-helm
  std::vector<std::string> not_checked;  // sentences
  std::vector<std::string> strays;       // owned clusters that the spec does not name
  GpuTotals gpus;
  std::int64_t unchanged = 0;
  std::int64_t azure_requests = 0, kubernetes_requests = 0;
  // What the inventory must hold before the first create: all group kinds and namespaces, old and
  // new, for each cluster.
  std::vector<std::pair<std::string, std::vector<model::ResourceKey>>> members;

  bool empty() const { return changes.empty() && conflicts.empty(); }
};

struct PlanOptions {
  bool adopt = false;
  bool allow_replace = false;
  bool destroy = false;           // everything owned goes
  std::vector<std::string> only;  // patterns on addresses, `*` and `?`; empty = all
};

// "Job ml/train", "pool h100", "cluster shared".
std::string titleOf(const model::ResourceKey& key);

Plan makePlan(const model::DesiredSet& desired, const model::LiveSet& live,
              const PlanOptions& options);

// What a plan takes away together with whatever stands in it, by cluster: what others have there
// has to be read (model::LiveCluster::others and on) before the plan is worth anything.
struct Emptied {
  bool cluster = false;
  std::set<std::string> namespaces;
};
std::map<std::string, Emptied> emptiedBy(const Plan& plan);

// What `only` can choose from: of the spec, and of what is live and ours. Sorted.
std::vector<std::string> addressesOf(const model::DesiredSet& desired, const model::LiveSet& live);

// Takes from a live object of Kubernetes that is as desired everything that no plan asks for any
// more: of many objects nearly all are, and what they hold is most of a plan's memory.
void settle(const model::Desired& desired, model::Live& live);

// Two desired sets, no API: `gpuspec diff`.
Plan diffDesired(const model::DesiredSet& before, const model::DesiredSet& after);

}  // namespace gpuspec::deploy::plan
