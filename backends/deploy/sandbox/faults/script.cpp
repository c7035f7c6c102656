#include "backends/deploy/sandbox/faults/script.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <utility>

namespace gpuspec::deploy::sandbox {

namespace {

using std::chrono::milliseconds;

constexpr std::int64_t kLongest = 3'600'000;  // of any time in a script, in ms
constexpr std::size_t kMostRules = 1000;
constexpr std::ptrdiff_t kMostStars = 6;  // what they cost multiplies

template <class Value>
struct Word {
  std::string_view name;
  Value value;
};

constexpr std::array<Word<FaultApi>, 3> kApis = {
    {{"arm", FaultApi::Arm}, {"kubernetes", FaultApi::Kubernetes}, {"login", FaultApi::Login}}};
constexpr std::array<Word<Moment>, 2> kMoments = {
    {{"before", Moment::Before}, {"after", Moment::After}}};
constexpr std::array<Word<CutIn>, 2> kCuts = {{{"header", CutIn::Header}, {"body", CutIn::Body}}};
constexpr std::array<Word<WatchEnd>, 3> kWatchEnds = {
    {{"close", WatchEnd::Close}, {"cut", WatchEnd::Cut}, {"gone", WatchEnd::Gone}}};
constexpr std::array<Word<bool>, 2> kRetryForms = {{{"seconds", false}, {"date", true}}};

// "200ms", "2s", "1m"
std::optional<milliseconds> durationOf(const std::string& text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  const std::int64_t scale = unit == "ms"  ? 1
                             : unit == "s" ? 1000
                             : unit == "m" ? 60'000
                             : unit == "h" ? kLongest
                                           : 0;
  if (error != std::errc() || scale == 0 || number < 0 || number > kLongest / scale)
    return std::nullopt;
  return milliseconds(number * scale);
}

class Reader {
 public:
  explicit Reader(std::vector<ScriptProblem>& problems) : problems_(problems) {}

  FaultScript script(const Tree& document) {
    FaultScript script;
    if (!isMap(document, "a fault script", {"seed", "rules"})) return script;
    if (const Tree* seed = document.find("seed"))
      script.seed = static_cast<std::uint64_t>(whole(*seed, "seed", 0, INT64_MAX));
    const Tree* rules = document.find("rules");
    if (rules == nullptr || !rules->isList()) {
      problem(rules != nullptr ? *rules : document, "a fault script has a list of `rules`");
      return script;
    }
    if (rules->asList().size() > kMostRules)
      problem(*rules, "a fault script has at most " + std::to_string(kMostRules) + " rules");
    for (const Tree& one : rules->asList()) {
      script.rules.push_back(rule(one));
      if (script.rules.back().name.empty())
        script.rules.back().name = "rule " + std::to_string(script.rules.size());
    }
    return script;
  }

 private:
  void problem(const Tree& at, std::string text) {
    problems_.push_back({at.location(), std::move(text)});
  }

  bool isMap(const Tree& tree, const std::string& what, const std::vector<std::string_view>& keys) {
    std::string known;
    for (const std::string_view key : keys)
      known += (known.empty() ? "`" : ", `") + std::string(key) + "`";
    if (!tree.isMap()) {
      problem(tree, what + " is a map with " + known);
      return false;
    }
    for (const auto& [key, value] : tree.asMap()) {
      if (std::find(keys.begin(), keys.end(), key) == keys.end())
        problem(value, what + " has no `" + key + "`; it has " + known);
    }
    return true;
  }

  std::int64_t whole(const Tree& tree, const std::string& name, std::int64_t least,
                     std::int64_t most) {
    if (tree.isInt() && tree.asInt() >= least && tree.asInt() <= most) return tree.asInt();
    problem(tree, "`" + name + "` is a whole number from " + std::to_string(least) +
                      (most == INT64_MAX ? "" : " to " + std::to_string(most)));
    return least;
  }

  std::string text(const Tree& tree, const std::string& name) {
    if (tree.isString() && !tree.asString().empty()) return tree.asString();
    problem(tree, "`" + name + "` is a text");
    return "";
  }

  milliseconds duration(const Tree& tree, const std::string& name) {
    const auto time = tree.isString() ? durationOf(tree.asString()) : std::nullopt;
    if (!time) problem(tree, "`" + name + "` is a time up to an hour: `200ms`, `2s`, `1m`");
    return time.value_or(milliseconds(0));
  }

  template <class Value, std::size_t size>
  Value word(const Tree& tree, const std::string& name,
             const std::array<Word<Value>, size>& words) {
    std::string known;
    for (const Word<Value>& one : words) {
      if (tree.isString() && tree.asString() == one.name) return one.value;
      known += (known.empty() ? "`" : " or `") + std::string(one.name) + "`";
    }
    problem(tree, "`" + name + "` is " + known);
    return words.front().value;
  }

  FaultRule rule(const Tree& tree) {
    FaultRule rule;
    if (!isMap(tree, "a rule", {"name", "match", "when", "do"})) return rule;
    if (const Tree* name = tree.find("name")) rule.name = text(*name, "name");
    if (const Tree* match = tree.find("match")) rule.match = matchOf(*match);
    if (const Tree* when = tree.find("when")) rule.when = whenOf(*when);
    const Tree* effect = tree.find("do");
    if (effect == nullptr) {
      problem(tree, "a rule says what it does: `do`");
    } else {
      rule.effect = effectOf(*effect);
    }
    return rule;
  }

  FaultMatch matchOf(const Tree& tree) {
    FaultMatch match;
    if (!isMap(tree, "`match`", {"api", "method", "path", "cluster"})) return match;
    if (const Tree* api = tree.find("api")) match.api = word(*api, "api", kApis);
    if (const Tree* path = tree.find("path")) match.path = pathOf(*path);
    if (const Tree* cluster = tree.find("cluster")) match.cluster = text(*cluster, "cluster");
    if (const Tree* method = tree.find("method")) {
      const Tree::List one = {*method};
      for (const Tree& item : method->isList() ? method->asList() : one)
        match.methods.push_back(methodOf(item));
    }
    return match;
  }

  std::string pathOf(const Tree& tree) {
    std::string path = text(tree, "path");
    if (!path.starts_with("/") && !path.starts_with("*"))
      problem(tree, "`path` begins with `/`, `*` or `**`");
    if (std::count(path.begin(), path.end(), '*') > kMostStars)
      problem(tree, "`path` has at most " + std::to_string(kMostStars) + " `*`");
    return path;
  }

  std::string methodOf(const Tree& tree) {
    std::string method = text(tree, "method");
    for (char& letter : method)
      letter = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
    static constexpr std::array<std::string_view, 6> kKnown = {"GET",   "POST",   "PUT",
                                                               "PATCH", "DELETE", "OPTIONS"};
    if (std::find(kKnown.begin(), kKnown.end(), method) == kKnown.end())
      problem(tree, "`method` is GET, POST, PUT, PATCH, DELETE or OPTIONS, or a list of them");
    return method;
  }

  FaultWhen whenOf(const Tree& tree) {
    FaultWhen when;
    if (!isMap(tree, "`when`", {"nth", "every", "probability", "times"})) return when;
    if (const Tree* nth = tree.find("nth")) {
      const Tree::List one = {*nth};
      for (const Tree& item : nth->isList() ? nth->asList() : one)
        when.nth.push_back(whole(item, "nth", 1, INT64_MAX));
    }
    if (const Tree* every = tree.find("every")) when.every = whole(*every, "every", 1, INT64_MAX);
    if (const Tree* times = tree.find("times")) when.times = whole(*times, "times", 1, INT64_MAX);
    if (const Tree* chance = tree.find("probability")) {
      when.probability = chance->isDouble() ? chance->asDouble()
                         : chance->isInt()  ? static_cast<double>(chance->asInt())
                                            : -1;
      if (!(when.probability >= 0 && when.probability <= 1))
        problem(*chance, "`probability` is a number from 0 to 1");
    }
    return when;
  }

  FaultEffect effectOf(const Tree& tree) {
    FaultEffect effect;
    if (!isMap(tree, "`do`",
               {"latency", "status", "code", "message", "retry_after", "retry_after_form", "drop",
                "cut", "kill_client", "expire_token", "watch", "after"}))
      return effect;
    readLatency(tree, effect);
    readStatus(tree, effect);
    if (const Tree* drop = tree.find("drop")) effect.drop = word(*drop, "drop", kMoments);
    if (const Tree* cut = tree.find("cut")) effect.cut = word(*cut, "cut", kCuts);
    if (const Tree* kill = tree.find("kill_client"))
      effect.kill_client = word(*kill, "kill_client", kMoments);
    if (const Tree* watch = tree.find("watch")) effect.watch = word(*watch, "watch", kWatchEnds);
    if (const Tree* after = tree.find("after")) {
      effect.watch_after = duration(*after, "after");
      if (effect.watch == WatchEnd::None) problem(*after, "`after` goes with `watch`");
    }
    if (const Tree* expire = tree.find("expire_token")) {
      effect.expire_token = true;
      if (!expire->isBool() || !expire->asBool()) problem(*expire, "`expire_token` is `true`");
    }
    checkEffect(tree);
    return effect;
  }

  // One time, or two between which it lies.
  void readLatency(const Tree& tree, FaultEffect& effect) {
    const Tree* latency = tree.find("latency");
    if (latency == nullptr) return;
    if (latency->isList() && latency->asList().size() == 2) {
      effect.latency = duration(latency->asList()[0], "latency");
      effect.latency_to = duration(latency->asList()[1], "latency");
      if (effect.latency_to < effect.latency)
        problem(*latency, "`latency` goes from the shorter time to the longer one");
    } else {
      effect.latency = effect.latency_to = duration(*latency, "latency");
    }
  }

  void readStatus(const Tree& tree, FaultEffect& effect) {
    if (const Tree* status = tree.find("status"))
      effect.status = static_cast<int>(whole(*status, "status", 400, 599));
    if (const Tree* code = tree.find("code")) effect.code = text(*code, "code");
    if (const Tree* message = tree.find("message")) effect.message = text(*message, "message");
    if (const Tree* after = tree.find("retry_after"))
      effect.retry_after = duration(*after, "retry_after");
    if (const Tree* form = tree.find("retry_after_form"))
      effect.retry_as_date = word(*form, "retry_after_form", kRetryForms);
    for (const char* key : {"code", "message", "retry_after", "retry_after_form"}) {
      const Tree* value = tree.find(key);
      if (value != nullptr && tree.find("status") == nullptr)
        problem(*value, "`" + std::string(key) + "` goes with `status`");
    }
  }

  void checkEffect(const Tree& tree) {
    int endings = 0;
    for (const char* key : {"status", "drop", "cut", "kill_client", "expire_token", "watch"})
      endings += tree.find(key) != nullptr ? 1 : 0;
    if (endings > 1)
      problem(tree,
              "`do` has one of `status`, `drop`, `cut`, `kill_client`, `expire_token` and `watch`");
    if (endings == 0 && tree.find("latency") == nullptr)
      problem(tree,
              "`do` does nothing; it wants `latency`, `status`, `drop`, `cut`, "
              "`kill_client`, `expire_token` or `watch`");
  }

  std::vector<ScriptProblem>& problems_;
};

}  // namespace

bool FaultEffect::ends() const {
  return status != 0 || drop != Moment::Never || kill_client != Moment::Never ||
         cut != CutIn::Nothing || expire_token || watch != WatchEnd::None;
}

std::optional<FaultScript> readFaultScript(const Tree& document,
                                           std::vector<ScriptProblem>& problems) {
  const std::size_t before = problems.size();
  FaultScript script = Reader(problems).script(document);
  if (problems.size() > before) return std::nullopt;
  return script;
}

}  // namespace gpuspec::deploy::sandbox
