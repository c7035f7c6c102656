#pragma once

// Proof that what was applied works: nodes are there and offer what the spec implies, a pod really
// gets a device, the vendors' DaemonSets are healthy, teams are kept apart. Whatever the target
// cannot run is reported as not run, never as holding.

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "backends/deploy/apply/executor.h"
#include "backends/deploy/kube/kube_client.h"

namespace gpuspec::deploy::verify {

using model::Tree;

// How a vendor's devices are tried: a container that lists them, and what its log says before the
// driver's version.
struct SmokeTest {
  std::string image;
  std::vector<std::string> command;
  std::string driver_mark;  // "Driver Version: "
};

struct PoolCheck {
  model::PoolFacts facts;
  std::vector<std::pair<std::string, std::string>> labels;  // that its nodes must have
  std::vector<Tree> tolerations;
  SmokeTest smoke;             // an empty image: nothing to try
  std::string driver_version;  // "580" also accepts "580.95.05"; "" = any
  // That bring its resources. Where they are left out, what is missing of these proves nothing.
  std::vector<std::string> releases = {};
};

struct StackCheck {
  std::string release, release_namespace;
  std::vector<std::string> daemon_sets;  // that must be there; empty: those that are
};

// A member of a team: a group or a user.
struct Subject {
  bool group = true;
  std::string name;
};

struct TeamPath {
  std::string from, to;                  // teams
  std::string from_group, to_namespace;  // a subject of the one, a namespace of the other
  bool open = false;                     // the network lets `from` reach `to`
  std::string from_namespace;            // "" = no packet can be sent from there
  std::vector<Subject> subjects;         // of `from`, beyond from_group
  std::string reason;                    // why the path is open or closed, in the compiler's words
};

// How a connection is tried between pods. `listen` accepts connections on `port` until it is
// stopped; `connect` is a shell command that ends with 0 when $host accepts one on $port.
struct ProbeTest {
  std::string image;  // "" = none is tried
  std::vector<std::string> listen;
  std::string connect;
  std::int64_t port = 8080;
};

// The objects of one declaration, held against what is live by whoever made a plan of them.
struct ObjectCheck {
  std::string of;                       // "team vision"
  std::size_t count = 0;                // objects that the spec declares
  std::vector<std::string> deviations;  // sentences; empty: all are as the spec says
};

struct Wanted {
  std::string cluster;
  std::vector<PoolCheck> pools;
  std::vector<StackCheck> stacks;
  std::vector<TeamPath> paths;
  std::vector<ObjectCheck> objects;
  model::Scope scope;
  bool skip_helm = false;
  std::chrono::seconds timeout{300};  // of one smoke job or probe
  ProbeTest probe;
  std::chrono::seconds settle{10};    // for what was applied just now to show
  std::chrono::seconds schedule{15};  // how long a pod may find no node before that is the answer
  std::size_t parallel = 16;          // requests side by side
  std::size_t nodes_per_pool = 16;    // on so many of a pool's nodes a smoke job runs
  std::string run;  // tells verifications of the same spec apart that run at the same time
};

enum class Verdict : std::uint8_t { Holds, Fails, NotRun };

// Without a text: there is nothing to check.
struct Finding {
  Verdict verdict = Verdict::NotRun;
  std::string text;  // a table's cell: "example.com/gpu 8, as planned"
  std::string why;   // a sentence, where it fails or was not run
};

struct SmokeResult {
  std::string resource;
  Finding finding;
  std::string driver;  // "" = the log did not say
  std::string node;    // "" = any of the pool
  std::chrono::milliseconds took{0};
};

struct PoolResult {
  std::string pool, address;
  Finding nodes, allocatable, labels, driver;
  std::vector<SmokeResult> smokes;
};

struct StackResult {
  std::string release;
  Finding finding;
};

struct ObjectResult {
  std::string of;
  Finding finding;
  std::vector<std::string> deviations;
};

struct PathResult {
  std::string from, to;
  Finding network, access;
};

struct Result {
  std::string cluster, server_version;
  std::vector<PoolResult> pools;
  std::vector<StackResult> stacks;
  std::vector<ObjectResult> objects;
  std::vector<PathResult> paths;
  std::vector<std::string> left_behind;  // sentences: what could not be removed again
  bool interrupted = false;

  // Nothing that ran fails, and something ran.
  bool holds() const;
  std::size_t count(Verdict verdict) const;
};

// Makes one namespace of its own, and probes in the teams', and removes all of it again, also when
// cancelled. An error: nothing could be asked at all.
[[nodiscard]] llvm::Expected<Result> verify(kube::KubeClient& client, const Wanted& wanted,
                                            const std::function<void(const std::string&)>& progress,
                                            const http::CancelToken& cancel,
                                            apply::Clock& clock = apply::systemClock());

struct Look {
  bool color = false, unicode = true;
  std::uint32_t width = 80;
};
std::string renderHuman(const std::vector<Result>& results, const Look& look);
Tree renderJson(const std::vector<Result>& results);  // "gpuspec.verify/1"

}  // namespace gpuspec::deploy::verify
