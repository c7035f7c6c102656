#include "backends/deploy/sandbox/kube/access_review.h"

#include <algorithm>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/selectors.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr const char* kGroup = "rbac.authorization.k8s.io";

// Who asks for what, as one of the two kinds of attributes says it.
struct Question {
  std::string user;
  std::vector<std::string> groups;
  bool about_url = false;
  std::string verb, group, resource, name, object_namespace, url;
};

std::vector<std::string> texts(const Tree& tree, std::string_view key) {
  std::vector<std::string> out;
  for (const Tree& item : listAt(tree, {key})) {
    if (item.isString()) out.push_back(item.asString());
  }
  return out;
}

bool holds(const std::vector<std::string>& values, std::string_view wanted) {
  return std::any_of(values.begin(), values.end(),
                     [&](const std::string& value) { return value == "*" || value == wanted; });
}

llvm::Expected<Question> questionOf(const Tree& spec) {
  const Tree* resource = spec.find("resourceAttributes");
  const Tree* url = spec.find("nonResourceAttributes");
  Question question;
  question.user = textAt(spec, {"user"});
  question.groups = texts(spec, "groups");
  if ((resource == nullptr) == (url == nullptr))
    return statusError(422, "Invalid",
                       "spec: Invalid value: exactly one of nonResourceAttributes or "
                       "resourceAttributes must be specified");
  if (question.user.empty() && question.groups.empty())
    return statusError(422, "Invalid",
                       "spec.user: at least one of user or group must be specified");
  const Tree& attributes = resource != nullptr ? *resource : *url;
  question.about_url = resource == nullptr;
  question.verb = textAt(attributes, {"verb"});
  question.url = textAt(attributes, {"path"});
  question.group = textAt(attributes, {"group"});
  question.name = textAt(attributes, {"name"});
  question.object_namespace = textAt(attributes, {"namespace"});
  question.resource = textAt(attributes, {"resource"});
  if (const std::string below = textAt(attributes, {"subresource"}); !below.empty())
    question.resource += "/" + below;
  return question;
}

bool coversUrl(const std::string& pattern, const std::string& url) {
  if (pattern == "*" || pattern == url) return true;
  return pattern.ends_with("*") && url.starts_with(pattern.substr(0, pattern.size() - 1));
}

bool coversResource(const std::vector<std::string>& patterns, const std::string& resource) {
  if (holds(patterns, resource)) return true;
  const std::size_t slash = resource.find('/');
  return slash != std::string::npos && std::find(patterns.begin(), patterns.end(),
                                                 "*" + resource.substr(slash)) != patterns.end();
}

bool allows(const Tree& rule, const Question& question) {
  if (!holds(texts(rule, "verbs"), question.verb)) return false;
  if (question.about_url) {
    const std::vector<std::string> urls = texts(rule, "nonResourceURLs");
    return std::any_of(urls.begin(), urls.end(), [&](const std::string& pattern) {
      return coversUrl(pattern, question.url);
    });
  }
  const std::vector<std::string> names = texts(rule, "resourceNames");
  return holds(texts(rule, "apiGroups"), question.group) &&
         coversResource(texts(rule, "resources"), question.resource) &&
         (names.empty() || std::find(names.begin(), names.end(), question.name) != names.end());
}

bool anyAllows(const Tree& role, const Question& question) {
  const Tree::List& rules = listAt(role, {"rules"});
  return std::any_of(rules.begin(), rules.end(),
                     [&](const Tree& rule) { return allows(rule, question); });
}

class Reviewing {
 public:
  Reviewing(const Objects& objects, const Question& question)
      : objects_(objects), question_(question) {}

  Tree run() const {
    const auto& groups = question_.groups;
    if (std::find(groups.begin(), groups.end(), "system:masters") != groups.end())
      return ir::mapOf("allowed", true);
    std::string reason = bindingsAllow("clusterrolebindings", "");
    if (reason.empty() && !question_.object_namespace.empty() && !question_.about_url)
      reason = bindingsAllow("rolebindings", question_.object_namespace);
    if (reason.empty()) return ir::mapOf("allowed", false);
    return ir::mapOf("allowed", true, "reason", reason);
  }

 private:
  // "" = none of them does.
  std::string bindingsAllow(const char* resource, const std::string& where) const {
    for (const Tree& binding : objects_.list({kGroup, "v1", resource}, where)) {
      const Tree* role = binding.find("roleRef");
      const std::string subject = subjectOf(binding);
      if (role == nullptr || subject.empty() || !roleAllows(*role, where)) continue;
      const std::string kind = where.empty() ? "ClusterRoleBinding" : "RoleBinding";
      const std::string name = nameOf(binding) + (where.empty() ? "" : "/" + where);
      return "RBAC: allowed by " + kind + " \"" + name + "\" of " + textAt(*role, {"kind"}) +
             " \"" + textAt(*role, {"name"}) + "\" to " + subject;
    }
    return "";
  }

  // The subject that is who asks: `Group "x"`.
  std::string subjectOf(const Tree& binding) const {
    for (const Tree& subject : listAt(binding, {"subjects"})) {
      const std::string kind = textAt(subject, {"kind"}), name = textAt(subject, {"name"});
      const std::string account =
          "system:serviceaccount:" + textAt(subject, {"namespace"}) + ":" + name;
      const auto& groups = question_.groups;
      const bool is =
          (kind == "User" && (name == question_.user || name == "*")) ||
          (kind == "Group" && std::find(groups.begin(), groups.end(), name) != groups.end()) ||
          (kind == "ServiceAccount" && account == question_.user);
      if (is) return kind + " \"" + name + "\"";
    }
    return "";
  }

  bool roleAllows(const Tree& reference, const std::string& where) const {
    const std::string name = textAt(reference, {"name"});
    if (textAt(reference, {"kind"}) == "Role") {
      const std::optional<Tree> role = objects_.get({kGroup, "v1", "roles"}, where, name);
      return role && anyAllows(*role, question_);
    }
    const std::optional<Tree> role = objects_.get({kGroup, "v1", "clusterroles"}, "", name);
    return role && (anyAllows(*role, question_) || aggregateAllows(*role));
  }

  // A role that is the sum of those that its selectors find.
  bool aggregateAllows(const Tree& role) const {
    const Tree::List& selectors = listAt(role, {"aggregationRule", "clusterRoleSelectors"});
    if (selectors.empty()) return false;
    for (const Tree& other : objects_.list({kGroup, "v1", "clusterroles"})) {
      const Tree* labels = findAt(other, {"metadata", "labels"});
      const bool chosen =
          std::any_of(selectors.begin(), selectors.end(),
                      [&](const Tree& selector) { return selects(&selector, labels); });
      if (chosen && anyAllows(other, question_)) return true;
    }
    return false;
  }

  const Objects& objects_;
  const Question& question_;
};

}  // namespace

llvm::Expected<Tree> reviewAccess(const Objects& objects, const Tree& spec) {
  llvm::Expected<Question> question = questionOf(spec);
  if (!question) return question.takeError();
  return Reviewing(objects, *question).run();
}

}  // namespace gpuspec::deploy::sandbox::api
