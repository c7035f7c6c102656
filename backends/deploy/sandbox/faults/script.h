#pragma once

// Faults by script: which requests to a sandbox go wrong, and how. docs/sandbox.md has the form.
//
//   seed: 7
//   rules:
//     - match: { api: kubernetes, method: PATCH, path: "/apis/**" }
//       when: { probability: 0.1, times: 5 }
//       do: { status: 429, retry_after: 2s }

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox {

using ir::Tree;

enum class FaultApi : std::uint8_t { Any, Arm, Kubernetes, Login };
// Relative to carrying the request out.
enum class Moment : std::uint8_t { Never, Before, After };
enum class CutIn : std::uint8_t { Nothing, Header, Body };
enum class WatchEnd : std::uint8_t { None, Close, Cut, Gone };

struct FaultMatch {
  FaultApi api = FaultApi::Any;
  std::vector<std::string> methods;  // upper case; none: all
  std::string path = "**";           // as the API sees it: without "/clusters/NAME"
  std::string cluster;               // "": all
};

// All that are given must hold.
struct FaultWhen {
  std::vector<std::int64_t> nth;  // of the requests that match, from 1
  std::int64_t every = 0;
  double probability = 1;
  std::int64_t times = 0;  // 0: no bound
};

struct FaultEffect {
  std::chrono::milliseconds latency{0}, latency_to{0};
  int status = 0;
  std::string code, message;  // "": what the API says with that status
  std::optional<std::chrono::milliseconds> retry_after;
  bool retry_as_date = false;
  Moment drop = Moment::Never, kill_client = Moment::Never;
  CutIn cut = CutIn::Nothing;
  bool expire_token = false;
  WatchEnd watch = WatchEnd::None;
  std::chrono::milliseconds watch_after{0};

  // Whether it does more than wait.
  bool ends() const;
};

struct FaultRule {
  std::string name;  // "rule 2" where none is given
  FaultMatch match;
  FaultWhen when;
  FaultEffect effect;
};

struct FaultScript {
  std::uint64_t seed = 1;
  std::vector<FaultRule> rules;
};

struct ScriptProblem {
  source::Location at;  // where the document has places
  std::string text;
};

// nullopt: `problems` says why.
std::optional<FaultScript> readFaultScript(const Tree& document,
                                           std::vector<ScriptProblem>& problems);

}  // namespace gpuspec::deploy::sandbox
