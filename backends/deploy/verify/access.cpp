#include <algorithm>
#include <map>
#include <set>

#include "backends/deploy/verify/checks.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::verify {

namespace {

using ir::mapOf;

// Who asks: as the API server sees them.
struct Asker {
  std::string title;  // "group x"
  std::string user;
  std::vector<std::string> groups;
};

Asker groupAsker(const std::string& group) {
  return {"group " + group, "gpuspec-verify", {group, "system:authenticated"}};
}

Asker accountAsker(const std::string& team_namespace) {
  return {"service account " + team_namespace + "/default",
          "system:serviceaccount:" + team_namespace + ":default",
          {"system:serviceaccounts", "system:serviceaccounts:" + team_namespace,
           "system:authenticated"}};
}

std::vector<Asker> askersOf(const TeamPath& path) {
  std::vector<Asker> askers;
  if (!path.from_group.empty()) askers.push_back(groupAsker(path.from_group));
  for (const Subject& subject : path.subjects) {
    if (subject.group && subject.name == path.from_group) continue;
    askers.push_back(subject.group
                         ? groupAsker(subject.name)
                         : Asker{"user " + subject.name, subject.name, {"system:authenticated"}});
  }
  if (!path.from_namespace.empty()) askers.push_back(accountAsker(path.from_namespace));
  return askers;
}

struct Right {
  const char* verb;
  const char* resource;
};
// Looking at what runs, taking its secrets, running something in its place.
constexpr Right kRights[] = {{"get", "pods"}, {"get", "secrets"}, {"create", "pods"}};

// What the API server itself says: allowed, refused, or an error.
llvm::Expected<bool> isAllowed(const Cluster& cluster, const kube::ApiResource& reviews,
                               const Asker& asker, const Right& right,
                               const std::string& object_namespace) {
  const Tree review = mapOf(
      "apiVersion", "authorization.k8s.io/v1", "kind", "SubjectAccessReview", "spec",
      mapOf("user", asker.user, "groups", Tree::strings(asker.groups), "resourceAttributes",
            mapOf("namespace", object_namespace, "verb", right.verb, "resource", right.resource)));
  llvm::Expected<Tree> answer = cluster.client.create(reviews, review);
  if (!answer) return answer.takeError();
  const Tree* allowed = below(*answer, {"status", "allowed"});
  if (allowed != nullptr && *allowed == Tree(true)) return true;
  const std::string trouble = textAt(*answer, {"status", "evaluationError"});
  if (trouble.empty() && allowed != nullptr) return false;
  return llvm::make_error<apply::ApiError>(
      apply::ApiError::Kind::Server, 0, "",
      "the API server could not decide" + (trouble.empty() ? "" : ": " + trouble));
}

Finding review(const Cluster& cluster, const kube::ApiResource& reviews, const TeamPath& path,
               const std::set<std::string>& at_home) {
  std::vector<Asker> askers = askersOf(path);
  std::erase_if(askers, [&](const Asker& asker) { return at_home.contains(asker.title); });
  if (askers.empty())
    return notRun("team " + path.from + " has no member that is not one of " + path.to + ", too");
  for (const Asker& asker : askers) {
    for (const Right& right : kRights) {
      if (cluster.cancel.cancelled()) return notRun("interrupted");
      llvm::Expected<bool> allowed = isAllowed(cluster, reviews, asker, right, path.to_namespace);
      if (!allowed) return notRun(reasonOf(allowed.takeError()));
      if (*allowed)
        return fails("open", printable(asker.title) + " may " + right.verb + " " + right.resource +
                                 " in " + path.to_namespace);
    }
  }
  return holds("refused");
}

}  // namespace

void checkAccess(const Cluster& cluster, std::vector<PathResult>& results) {
  const kube::ApiResource* reviews =
      cluster.client.find("authorization.k8s.io", "SubjectAccessReview");
  const auto refuseAll = [&](const char* why) {
    for (PathResult& result : results) result.access = notRun(why);
  };
  if (reviews == nullptr) return refuseAll("the cluster reviews no access");
  // Whoever is in both teams may do what the other team's members may.
  std::map<std::string, std::set<std::string>> members;
  for (const TeamPath& path : cluster.wanted.paths) {
    for (const Asker& asker : askersOf(path)) members[path.from].insert(asker.title);
  }
  forEach(results.size(), cluster.wanted.parallel, [&](std::size_t index) {
    const TeamPath& path = cluster.wanted.paths[index];
    static const std::set<std::string> kNobody;
    const auto at_home = members.find(path.to);
    results[index].access =
        review(cluster, *reviews, path, at_home != members.end() ? at_home->second : kNobody);
  });
}

}  // namespace gpuspec::deploy::verify
