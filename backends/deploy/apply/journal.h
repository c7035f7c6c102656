#pragma once

// What a run leaves in each cluster about itself: who, what, how far. For people and for `status`;
// a run that was killed is continued by running again, not by reading this.

#include <string>

#include "backends/deploy/apply/executor.h"
#include "backends/deploy/model/ownership.h"

namespace gpuspec::deploy::apply {

struct Journal {
  std::string run_id, holder, started, finished;  // times in RFC 3339, UTC
  std::string state;                              // running, done, failed, interrupted
  std::string gpuspec_version, spec_digest;
  std::int64_t changes = 0, done = 0, failed = 0, skipped = 0;
};

// A ConfigMap.
Tree journalObject(const model::Scope& scope, const Journal& journal);
Journal readJournal(const Tree& object);
void countInto(const Result& result, Journal& journal);

}  // namespace gpuspec::deploy::apply
