#include "backends/deploy/sandbox/faults/faults.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "backends/deploy/sandbox/faults/answers.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;
using Stream = decltype(HttpResponse::stream);

std::string lower(std::string text) {
  for (char& letter : text)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return text;
}

// As the API itself compares them: Azure does not look at upper and lower case.
bool matchesPathOf(FaultApi api, const std::string& pattern, const std::string& path) {
  if (api == FaultApi::Kubernetes) return matchesPath(pattern, path);
  return matchesPath(lower(pattern), lower(path));
}

bool matches(const FaultRule& rule, const HttpRequest& request, const FaultTarget& target) {
  const FaultMatch& match = rule.match;
  if (match.api != FaultApi::Any && match.api != target.api) return false;
  if (!match.cluster.empty() && match.cluster != target.cluster) return false;
  if (rule.effect.watch != WatchEnd::None && request.parameter("watch") != "true" &&
      request.parameter("watch") != "1")
    return false;
  const bool any_method = match.methods.empty();
  if (!any_method && std::ranges::find(match.methods, request.method) == match.methods.end())
    return false;
  return matchesPathOf(target.api, match.path, target.path);
}

// FNV-1a, then splitmix64's last step: the same on every machine.
std::uint64_t mixed(std::uint64_t state, std::string_view text) {
  for (const char letter : text) {
    state ^= static_cast<unsigned char>(letter);
    state *= 0x100000001b3;
  }
  state ^= state >> 30;
  state *= 0xbf58476d1ce4e5b9;
  state ^= state >> 27;
  state *= 0x94d049bb133111eb;
  return state ^ (state >> 31);
}

std::string tokenOf(const HttpRequest& request) {
  return std::string(request.header("authorization"));
}

HttpResponse dropped() {
  HttpResponse response;
  response.ending = HttpResponse::Ending::Dropped;
  return response;
}

Stream endingStream(Stream stream, WatchEnd end, milliseconds after) {
  const Clock::time_point until = Clock::now() + after;
  return [stream = std::move(stream), end, until](const auto& write) {
    if (Clock::now() < until) return stream(write);
    if (end == WatchEnd::Gone) write(goneEvent());
    return false;
  };
}

}  // namespace

bool matchesPath(std::string_view pattern, std::string_view path) {
  while (!pattern.empty() && pattern.front() != '*') {
    if (path.empty() || path.front() != pattern.front()) return false;
    pattern.remove_prefix(1);
    path.remove_prefix(1);
  }
  if (pattern.empty()) return path.empty();
  const bool deep = pattern.starts_with("**");
  pattern.remove_prefix(deep ? 2 : 1);
  const std::size_t most = deep ? path.size() : std::min(path.find('/'), path.size());
  for (std::size_t taken = 0; taken <= most; ++taken) {
    if (matchesPath(pattern, path.substr(taken))) return true;
  }
  return false;
}

void Faults::set(FaultScript script) {
  const std::lock_guard lock(mutex_);
  script_ = std::move(script);
  counts_.assign(script_.rules.size(), Count());
  ended_tokens_.clear();
  ++generation_;
  changed_.notify_all();
}

void Faults::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

std::uint64_t Faults::dice(std::size_t rule, const std::string& request_name,
                           std::int64_t turn) const {
  const std::string text = std::to_string(rule) + " " + request_name + " " + std::to_string(turn);
  return mixed(0xcbf29ce484222325 ^ (script_.seed * 0x9e3779b97f4a7c15), text);
}

// Chance goes by the request and by how often it has come, so that the order in which a client's
// threads come does not matter.
bool Faults::fires(std::size_t rule, const HttpRequest& request, const FaultTarget& target) {
  const FaultWhen& when = script_.rules[rule].when;
  Count& count = counts_[rule];
  ++count.matched;
  const bool is_nth =
      when.nth.empty() || std::ranges::find(when.nth, count.matched) != when.nth.end();
  const bool is_every = when.every == 0 || count.matched % when.every == 0;
  if (!is_nth || !is_every || (when.times > 0 && count.fired >= when.times)) return false;
  if (when.probability < 1) {
    const std::string name = request.method + " " + target.cluster + target.path;
    const std::uint64_t thrown = dice(rule, name, ++count.seen[name]);
    if (static_cast<double>(thrown >> 11) * 0x1.0p-53 >= when.probability) return false;
  }
  ++count.fired;
  return true;
}

Faults::Decision Faults::decide(const HttpRequest& request, const FaultTarget& target) {
  Decision decision;
  const std::lock_guard lock(mutex_);
  for (std::size_t rule = 0; rule < script_.rules.size(); ++rule) {
    const FaultEffect& effect = script_.rules[rule].effect;
    if (!matches(script_.rules[rule], request, target)) continue;
    if ((decision.effect && effect.ends()) || !fires(rule, request, target)) continue;
    const auto span = static_cast<std::uint64_t>((effect.latency_to - effect.latency).count());
    decision.wait += effect.latency;
    if (span > 0)
      decision.wait += milliseconds(dice(rule, "latency", counts_[rule].fired) % (span + 1));
    if (!effect.ends()) continue;
    decision.effect = effect;
    if (effect.expire_token && !tokenOf(request).empty()) ended_tokens_.insert(tokenOf(request));
  }
  decision.generation = generation_;
  decision.token_ended = ended_tokens_.contains(tokenOf(request));
  return decision;
}

void Faults::wait(const Decision& decision) {
  if (decision.wait.count() == 0) return;
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, decision.wait,
                    [&] { return stopped_ || generation_ != decision.generation; });
}

HttpResponse Faults::handle(const HttpRequest& request, const FaultTarget& target,
                            const std::function<HttpResponse()>& next) {
  const Decision decision = decide(request, target);
  wait(decision);
  if (decision.token_ended) return expiredTokenAnswer(target.api);
  if (!decision.effect) return next();
  const FaultEffect& effect = *decision.effect;
  if (effect.status != 0) return faultAnswer(target.api, effect);
  if (effect.kill_client == Moment::Before) kill_(request);
  if (effect.drop == Moment::Before || effect.kill_client == Moment::Before) return dropped();
  return carriedOut(request, effect, next);
}

HttpResponse Faults::carriedOut(const HttpRequest& request, const FaultEffect& effect,
                                const std::function<HttpResponse()>& next) const {
  HttpResponse response = next();
  if (effect.kill_client == Moment::After) kill_(request);
  if (effect.drop == Moment::After || effect.kill_client == Moment::After) return dropped();
  if (effect.cut == CutIn::Header) response.ending = HttpResponse::Ending::CutInHeader;
  if (effect.cut == CutIn::Body) response.ending = HttpResponse::Ending::CutInBody;
  if (effect.watch == WatchEnd::None || !response.stream) return response;
  if (effect.watch == WatchEnd::Cut) response.ending = HttpResponse::Ending::CutInBody;
  response.stream = endingStream(std::move(response.stream), effect.watch, effect.watch_after);
  return response;
}

Tree Faults::status() const {
  const std::lock_guard lock(mutex_);
  Tree rules = Tree::list();
  for (std::size_t i = 0; i < script_.rules.size(); ++i)
    rules.push(ir::mapOf("name", script_.rules[i].name, "matched", counts_[i].matched, "fired",
                         counts_[i].fired));
  return ir::mapOf("schema", "gpuspec.sandbox-faults/1", "seed",
                   static_cast<std::int64_t>(script_.seed), "rules", std::move(rules));
}

}  // namespace gpuspec::deploy::sandbox
