#pragma once

// A fault script at work. Rules are asked in their order: what they wait adds up, and the first one
// that fires and does more than wait ends the request. Thread-safe.

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "backends/deploy/sandbox/faults/script.h"
#include "backends/deploy/sandbox/server/handler.h"

namespace gpuspec::deploy::sandbox {

// Where a request goes, as rules see it.
struct FaultTarget {
  FaultApi api = FaultApi::Arm;
  std::string cluster;  // "" = Azure
  std::string path;     // below the cluster's address
};

class Faults {
 public:
  // Ends the process at the other end of a request's connection. False: it could not.
  using KillClient = std::function<bool(const HttpRequest&)>;
  explicit Faults(KillClient kill) : kill_(std::move(kill)) {}

  // What was counted before is forgotten, and what waits goes on.
  void set(FaultScript script);
  void clear() { set({}); }
  // Nothing waits any more.
  void stop();

  // `next` carries the request out.
  HttpResponse handle(const HttpRequest& request, const FaultTarget& target,
                      const std::function<HttpResponse()>& next);
  // {schema, seed, rules: [{name, matched, fired}]}
  Tree status() const;

 private:
  struct Count {
    std::int64_t matched = 0, fired = 0;
    std::map<std::string, std::int64_t> seen;  // by method and path, for chance
  };
  struct Decision {
    std::chrono::milliseconds wait{0};
    std::int64_t generation = 0;  // of the rules that said so
    std::optional<FaultEffect> effect;
    bool token_ended = false;
  };

  Decision decide(const HttpRequest& request, const FaultTarget& target);
  bool fires(std::size_t rule, const HttpRequest& request, const FaultTarget& target);
  std::uint64_t dice(std::size_t rule, const std::string& request_name, std::int64_t turn) const;
  void wait(const Decision& decision);
  HttpResponse carriedOut(const HttpRequest& request, const FaultEffect& effect,
                          const std::function<HttpResponse()>& next) const;

  const KillClient kill_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  FaultScript script_;
  std::vector<Count> counts_;
  std::set<std::string> ended_tokens_;
  std::int64_t generation_ = 0;
  bool stopped_ = false;
};

// `*` stands for anything within a segment of a path, `**` for anything.
bool matchesPath(std::string_view pattern, std::string_view path);

}  // namespace gpuspec::deploy::sandbox
