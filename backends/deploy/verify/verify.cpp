#include "backends/deploy/verify/verify.h"

#include <algorithm>

#include "backends/deploy/verify/checks.h"
#include "backends/deploy/verify/scratch.h"

namespace gpuspec::deploy::verify {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kSettlePoll{500};

template <class Visit>
void visitFindings(const Result& result, const Visit& visit_any) {
  const auto visit = [&](const Finding& finding) {
    if (!finding.text.empty()) visit_any(finding);
  };
  for (const PoolResult& pool : result.pools) {
    for (const Finding* finding : {&pool.nodes, &pool.allocatable, &pool.labels, &pool.driver})
      visit(*finding);
    for (const SmokeResult& smoke : pool.smokes) visit(smoke.finding);
  }
  for (const StackResult& stack : result.stacks) visit(stack.finding);
  for (const ObjectResult& objects : result.objects) visit(objects.finding);
  for (const PathResult& path : result.paths) {
    visit(path.network);
    visit(path.access);
  }
}

// What can be read off the API at once.
llvm::Error look(Cluster& cluster, Result& result) {
  const kube::ApiResource* nodes = cluster.client.find("", "Node");
  if (nodes == nullptr)
    return llvm::make_error<apply::ApiError>(apply::ApiError::Kind::Server, 0, "",
                                             "the cluster serves no nodes");
  llvm::Expected<std::vector<Tree>> listed = cluster.client.list(*nodes, "", "");
  if (!listed) return listed.takeError();
  cluster.nodes = std::move(*listed);
  result.pools.clear();
  for (const PoolCheck& pool : cluster.wanted.pools) {
    PoolResult& of_pool = result.pools.emplace_back();
    of_pool.pool = pool.facts.name;
    of_pool.address = pool.facts.address.str();
    checkNodes(cluster, pool, of_pool);
  }
  result.stacks.clear();
  checkStacks(cluster, result.stacks);
  return llvm::Error::success();
}

// Nodes register and plugins report a little after the APIs have said that all is done.
llvm::Error lookUntilSettled(Cluster& cluster, Result& result) {
  const milliseconds until = cluster.clock.now() + cluster.wanted.settle;
  bool told = false;
  while (true) {
    if (llvm::Error error = look(cluster, result)) return error;
    const bool over = cluster.clock.now() >= until || cluster.cancel.cancelled();
    if (result.count(Verdict::Fails) == 0 || over) return llvm::Error::success();
    if (!told) cluster.progress("not all is ready yet: looking again");
    told = true;
    cluster.clock.sleep(kSettlePoll, cluster.cancel);
  }
}

ObjectResult resultOf(const ObjectCheck& check) {
  const std::string all = std::to_string(check.count);
  if (check.deviations.empty()) return {check.of, holds(all + ", as declared"), {}};
  const std::string waiting = countText(check.deviations.size(), "deviation");
  return {check.of, fails(all + ", " + waiting, check.of + ": " + check.deviations.front()),
          check.deviations};
}

}  // namespace

bool Result::holds() const {
  const std::size_t held = count(Verdict::Holds), failed = count(Verdict::Fails);
  return failed == 0 && (held > 0 || count(Verdict::NotRun) == 0);
}

std::size_t Result::count(Verdict verdict) const {
  std::size_t found = 0;
  visitFindings(*this, [&](const Finding& finding) { found += finding.verdict == verdict; });
  return found;
}

llvm::Expected<Result> verify(kube::KubeClient& client, const Wanted& wanted,
                              const std::function<void(const std::string&)>& progress,
                              const http::CancelToken& cancel, apply::Clock& clock) {
  Result result;
  result.cluster = wanted.cluster;
  llvm::Expected<std::string> version = client.version();
  if (!version) return version.takeError();
  result.server_version = *version;
  const bool sandbox = version->find("sandbox") != std::string::npos;
  Cluster cluster{client, wanted, progress, cancel, clock, {}, sandbox};
  if (auto known = client.discover(); !known) return known.takeError();
  if (llvm::Error error = lookUntilSettled(cluster, result)) return error;
  for (const ObjectCheck& check : wanted.objects) result.objects.push_back(resultOf(check));
  for (const TeamPath& path : wanted.paths) result.paths.push_back({path.from, path.to, {}, {}});
  {
    Scratch scratch(cluster);
    scratch.removeOlder();
    runSmokes(cluster, scratch, result.pools);
    probeNetwork(cluster, scratch, result.paths);
    result.left_behind = scratch.remove();
  }
  checkAccess(cluster, result.paths);
  result.interrupted = cancel.cancelled();
  return result;
}

Finding holds(std::string text) {
  return {Verdict::Holds, std::move(text), ""};
}

Finding fails(std::string text, std::string why) {
  return {Verdict::Fails, std::move(text), std::move(why)};
}

Finding notRun(std::string why) {
  return {Verdict::NotRun, "not run", std::move(why)};
}

std::string reasonOf(llvm::Error error) {
  return printable(llvm::toString(std::move(error)));
}

}  // namespace gpuspec::deploy::verify
