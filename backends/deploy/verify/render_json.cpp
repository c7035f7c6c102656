#include <algorithm>

#include "backends/deploy/verify/verify.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::verify {

namespace {

using ir::mapOf;

const char* word(Verdict verdict) {
  switch (verdict) {
    case Verdict::Holds:
      return "holds";
    case Verdict::Fails:
      return "fails";
    case Verdict::NotRun:
      return "not_run";
  }
  return "";
}

// Null where there is nothing to check.
Tree findingTree(const Finding& finding) {
  if (finding.text.empty()) return {};
  Tree tree = mapOf("verdict", word(finding.verdict), "text", finding.text);
  if (!finding.why.empty()) tree.set("why", finding.why);
  return tree;
}

Tree smokeTree(const SmokeResult& smoke) {
  Tree tree = findingTree(smoke.finding);
  tree.set("resource", smoke.resource);
  if (!smoke.node.empty()) tree.set("node", smoke.node);
  if (!smoke.driver.empty()) tree.set("driver", smoke.driver);
  tree.set("took_ms", static_cast<std::int64_t>(smoke.took.count()));
  return tree;
}

Tree poolTree(const PoolResult& pool) {
  Tree smokes = Tree::list();
  for (const SmokeResult& smoke : pool.smokes) smokes.push(smokeTree(smoke));
  return mapOf("pool", pool.pool, "address", pool.address, "nodes", findingTree(pool.nodes),
               "allocatable", findingTree(pool.allocatable), "labels", findingTree(pool.labels),
               "driver", findingTree(pool.driver), "smoke", std::move(smokes));
}

Tree resultTree(const Result& result) {
  Tree pools = Tree::list(), stacks = Tree::list(), objects = Tree::list(), paths = Tree::list();
  for (const PoolResult& pool : result.pools) pools.push(poolTree(pool));
  for (const StackResult& stack : result.stacks) {
    Tree entry = findingTree(stack.finding);
    entry.set("release", stack.release);
    stacks.push(std::move(entry));
  }
  for (const ObjectResult& result_of : result.objects) {
    Tree entry = findingTree(result_of.finding);
    entry.set("of", result_of.of).set("deviations", Tree::strings(result_of.deviations));
    objects.push(std::move(entry));
  }
  for (const PathResult& path : result.paths)
    paths.push(mapOf("from", path.from, "to", path.to, "network", findingTree(path.network),
                     "access", findingTree(path.access)));
  return mapOf("cluster", result.cluster, "version", result.server_version, "holds", result.holds(),
               "pools", std::move(pools), "stacks", std::move(stacks), "objects",
               std::move(objects), "teams", std::move(paths), "left_behind",
               Tree::strings(result.left_behind));
}

}  // namespace

Tree renderJson(const std::vector<Result>& results) {
  Tree clusters = Tree::list();
  std::size_t holds = 0, fails = 0, not_run = 0;
  for (const Result& result : results) {
    clusters.push(resultTree(result));
    holds += result.count(Verdict::Holds);
    fails += result.count(Verdict::Fails);
    not_run += result.count(Verdict::NotRun);
  }
  const bool all_hold = std::all_of(results.begin(), results.end(),
                                    [](const Result& result) { return result.holds(); });
  const bool stopped = std::any_of(results.begin(), results.end(),
                                   [](const Result& result) { return result.interrupted; });
  return mapOf(
      "schema", "gpuspec.verify/1", "holds", all_hold && !stopped, "interrupted", stopped,
      "clusters", std::move(clusters), "summary",
      mapOf("holds", static_cast<std::int64_t>(holds), "fails", static_cast<std::int64_t>(fails),
            "not_run", static_cast<std::int64_t>(not_run)));
}

}  // namespace gpuspec::deploy::verify
