#include <algorithm>
#include <map>

#include "backends/deploy/verify/fields.h"
#include "backends/deploy/verify/table.h"
#include "backends/deploy/verify/verify.h"

namespace gpuspec::deploy::verify {

namespace {

constexpr std::size_t kMostPaths = 20;  // more: only those that fail

bool failed(const Finding& finding) {
  return finding.verdict == Verdict::Fails;
}
bool held(const Finding& finding) {
  return finding.verdict == Verdict::Holds && !finding.text.empty();
}
bool left(const Finding& finding) {
  return finding.verdict == Verdict::NotRun && !finding.text.empty();
}

std::string cell(const Finding& finding) {
  return finding.text.empty() ? "-" : finding.text;
}

std::string titleOf(const SmokeResult& smoke) {
  return "smoke job for " + smoke.resource + (smoke.node.empty() ? "" : " on " + smoke.node);
}

std::string smokeCell(const PoolResult& pool) {
  if (pool.smokes.empty()) return "-";
  if (pool.smokes.size() == 1) return pool.smokes.front().finding.text;
  std::size_t passed = 0, not_run = 0;
  std::chrono::milliseconds longest{0};
  for (const SmokeResult& smoke : pool.smokes) {
    passed += held(smoke.finding);
    not_run += left(smoke.finding);
    longest = std::max(longest, smoke.took);
  }
  const std::string all = std::to_string(pool.smokes.size());
  if (not_run == pool.smokes.size()) return "not run";
  if (passed == pool.smokes.size()) return all + " passed, " + secondsText(longest.count());
  return std::to_string(passed) + " of " + all + " passed";
}

std::vector<std::string> remarksOf(const PoolResult& pool) {
  std::vector<std::string> remarks;
  for (const Finding* finding : {&pool.nodes, &pool.allocatable, &pool.labels, &pool.driver}) {
    if (failed(*finding)) remarks.push_back(finding->why);
  }
  for (const SmokeResult& smoke : pool.smokes) {
    if (failed(smoke.finding)) remarks.push_back(titleOf(smoke) + ": " + smoke.finding.why);
  }
  return remarks;
}

bool asPlanned(const PoolResult& pool) {
  return remarksOf(pool).empty() && held(pool.nodes);
}

Table poolTable(const Result& result) {
  Table table{{"pool", "nodes", "driver", "allocatable", "smoke job"}, {}};
  for (const PoolResult& pool : result.pools)
    table.rows.push_back(
        {{pool.pool, cell(pool.nodes), cell(pool.driver), cell(pool.allocatable), smokeCell(pool)},
         remarksOf(pool)});
  return table;
}

Table stackTable(const Result& result) {
  Table table{{"stack", "DaemonSets"}, {}};
  for (const StackResult& stack : result.stacks) {
    TableRow row{{stack.release, cell(stack.finding)}, {}};
    if (failed(stack.finding)) row.remarks = {stack.finding.why};
    table.rows.push_back(std::move(row));
  }
  return table;
}

Table objectTable(const Result& result) {
  constexpr std::size_t kMost = 5;
  Table table{{"declared by", "objects"}, {}};
  for (const ObjectResult& objects : result.objects) {
    const std::vector<std::string>& all = objects.deviations;
    TableRow row{{objects.of, cell(objects.finding)}, {}};
    row.remarks.assign(all.begin(), all.begin() + std::min(all.size(), kMost));
    if (all.size() > kMost)
      row.remarks.push_back("and " + std::to_string(all.size() - kMost) + " more: gpuspec plan");
    table.rows.push_back(std::move(row));
  }
  return table;
}

// A renderer for one look.
class Page {
 public:
  explicit Page(const Look& look) : look_(look) {}

  void add(const Result& result, bool named) {
    if (named) out_ += (out_.empty() ? "" : "\n") + result.cluster + "\n";
    begun_ = false;
    if (!result.pools.empty()) add(poolTable(result));
    if (!result.stacks.empty()) add(stackTable(result));
    if (!result.objects.empty()) add(objectTable(result));
    if (!result.paths.empty()) addPaths(result);
    count(result);
    for (const std::string& sentence : result.left_behind) left_behind_.push_back(sentence);
    interrupted_ = interrupted_ || result.interrupted;
  }

  std::string finish(bool all_holds) {
    out_ += "\n";
    for (const auto& [why, what] : not_run_) addNotRun(why, what);
    for (const std::string& sentence : left_behind_)
      out_ += wrapped("left behind  ", sentence, look_.width);
    std::string sum = wrapped("", summary(), look_.width);
    sum.pop_back();
    const char* color = all_holds ? "32" : "31";
    out_ += look_.color ? "\x1B[" + std::string(color) + "m" + sum + "\x1B[0m" : sum;
    return out_ + "\n";
  }

 private:
  void add(const Table& table) {
    if (begun_) out_ += "\n";
    begun_ = true;
    out_ += table.text(look_.width, look_.unicode);
  }

  std::string nameOf(const PathResult& path) const {
    return path.from + (look_.unicode ? " → " : " -> ") + path.to;
  }

  void addPaths(const Result& result) {
    Table table{{"teams", "network", "namespace access"}, {}};
    for (const PathResult& path : result.paths) {
      TableRow row{{nameOf(path), cell(path.network), cell(path.access)}, {}};
      for (const Finding* finding : {&path.network, &path.access}) {
        if (failed(*finding)) row.remarks.push_back(finding->why);
      }
      if (result.paths.size() <= kMostPaths || !row.remarks.empty())
        table.rows.push_back(std::move(row));
    }
    const std::size_t hidden = result.paths.size() - table.rows.size();
    if (!table.rows.empty()) add(table);
    if (hidden > 0) out_ += countText(hidden, "path") + " between teams: nothing fails\n";
  }

  void note(const Finding& finding, const std::string& what) {
    if (left(finding)) not_run_[finding.why].push_back(what);
  }

  void probe(const Finding& finding, const std::string& what) {
    probes_run_ += held(finding) || failed(finding);
    probes_held_ += held(finding);
    note(finding, what);
  }

  void count(const Result& result) {
    for (const PoolResult& pool : result.pools) {
      ++pools_;
      pools_held_ += asPlanned(pool);
      const std::string name = "pool " + pool.pool;
      note(pool.allocatable, "allocatable of " + name);
      note(pool.labels, "labels of " + name);
      note(pool.driver, "driver of " + name);
      for (const SmokeResult& smoke : pool.smokes)
        note(smoke.finding, titleOf(smoke) + " in " + name);
    }
    for (const StackResult& stack : result.stacks) note(stack.finding, "stack " + stack.release);
    for (const ObjectResult& objects : result.objects) {
      has_objects_ = true;
      deviations_ += objects.deviations.size();
    }
    for (const PathResult& path : result.paths) {
      probe(path.network, "network " + nameOf(path));
      probe(path.access, "namespace access " + nameOf(path));
    }
  }

  void addNotRun(const std::string& why, const std::vector<std::string>& what) {
    constexpr std::size_t kMost = 3;
    std::string names;
    for (std::size_t i = 0; i < std::min(what.size(), kMost); ++i)
      names += (i > 0 ? ", " : "") + what[i];
    if (what.size() > kMost) names += " and " + std::to_string(what.size() - kMost) + " more";
    out_ += wrapped("not run  ", names + ": " + why, look_.width);
  }

  std::string summary() const {
    std::string text = interrupted_ ? "Interrupted. " : "";
    std::vector<std::string> parts;
    if (pools_ > 0 || !has_objects_)
      parts.push_back(std::to_string(pools_held_) + " of " + countText(pools_, "pool") +
                      " as planned");
    if (has_objects_)
      parts.push_back(deviations_ == 0 ? "all objects as declared"
                                       : countText(deviations_, "deviation") + " from the spec");
    if (probes_run_ > 0)
      parts.push_back(std::to_string(probes_held_) + " of " +
                      countText(probes_run_, "isolation probe") +
                      (probes_run_ == 1 ? " holds" : " hold"));
    std::size_t not_run = 0;
    for (const auto& [why, what] : not_run_) not_run += what.size();
    if (not_run > 0) parts.push_back(countText(not_run, "check") + " not run");
    for (std::size_t i = 0; i < parts.size(); ++i) text += (i == 0 ? "" : "; ") + parts[i];
    return text + ".";
  }

  const Look& look_;
  std::string out_;
  std::map<std::string, std::vector<std::string>> not_run_;  // by reason
  std::vector<std::string> left_behind_;
  std::size_t pools_ = 0, pools_held_ = 0, probes_run_ = 0, probes_held_ = 0;
  std::size_t deviations_ = 0;
  bool interrupted_ = false, has_objects_ = false;
  bool begun_ = false;  // a cluster's first table follows its name
};

}  // namespace

std::string renderHuman(const std::vector<Result>& results, const Look& look) {
  Page page(look);
  for (const Result& result : results) page.add(result, results.size() > 1);
  return page.finish(std::all_of(results.begin(), results.end(),
                                 [](const Result& result) { return result.holds(); }));
}

}  // namespace gpuspec::deploy::verify
