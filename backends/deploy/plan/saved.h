#pragma once

// A plan in a file: bound to the spec, the plugins and what was live. It holds no body of any
// resource, and so no secret: apply compiles the spec again, plans again, and goes on only when
// that gives the same changes.

#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/plan/plan.h"

namespace gpuspec::deploy::plan {

struct Fingerprints {
  std::string tool_version;
  std::string spec;  // sha256 over every file read, parameters and options
  std::vector<std::pair<std::string, std::string>> plugins;  // name, version
  std::string live;  // sha256 over keys, uids and revisions of what the plan looked at
  // Cluster, and what tells it from any other (the uid of its namespace kube-system). Those that
  // are not there yet, or do not tell, are not in it.
  std::vector<std::pair<std::string, std::string>> clusters = {};
};

// One change of a saved plan: what it was about, and a digest of what it would do.
struct SavedChange {
  std::string cluster, id, title, digest;
  std::string action;
  std::vector<FieldChange> fields;  // as the plan showed them
};

struct SavedPlan {
  Fingerprints fingerprints;
  std::vector<std::string> arguments;  // of the command that made it, key=value
  Plan plan;                           // when written
  std::vector<SavedChange> changes;    // when read
};

// One JSON document, "gpuspec.saved-plan/1".
std::string writeSaved(const SavedPlan& saved);
[[nodiscard]] llvm::Expected<SavedPlan> readSaved(const std::string& text);

// What a change would do, as one word; of secrets it says only which revision was seen.
std::string digestOf(const Change& change);
std::string liveFingerprint(const model::LiveSet& live);
// How a plan made now differs, one sentence for each resource that names the fields; empty = the
// saved plan still holds.
std::vector<std::string> whatMoved(const SavedPlan& saved, const Plan& now);

}  // namespace gpuspec::deploy::plan
