#pragma once

// The Lease that stands for a lock, as a tree; internal to the library. All times are the API
// server's, so that the clocks of two machines need not agree.

#include <chrono>
#include <string>

#include "backends/deploy/kube/kube_client.h"

namespace gpuspec::deploy::kube {

using TimePoint = std::chrono::system_clock::time_point;

Tree newLease(const model::Scope& scope);

// Writes down who holds it from `now` on; `run` tells this run from all others.
void hold(Tree& lease, const LockOptions& options, const std::string& run, TimePoint now);
void renew(Tree& lease, TimePoint now);

bool isHeldBy(const Tree& lease, const std::string& run);
// Nobody holds it, or whoever did has not renewed it in time.
bool isFree(const Tree& lease, TimePoint now);
// Whoever holds it was a process of this machine, and is no more.
bool isAbandoned(const Tree& lease);
// "alice@host, pid 4711, since 2026-11-21T06:00:00Z"
std::string holderText(const Tree& lease);
std::chrono::seconds durationOf(const Tree& lease);

}  // namespace gpuspec::deploy::kube
