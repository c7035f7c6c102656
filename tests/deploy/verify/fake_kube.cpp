#include "tests/deploy/verify/fake_kube.h"

#include <algorithm>
#include <regex>

#include "backends/deploy/verify/fields.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::verify {

namespace {

using apply::ApiError;
using ir::mapOf;

llvm::Error errorOf(ApiError::Kind kind, const std::string& text) {
  return llvm::make_error<ApiError>(kind, 0, "", text);
}

// "a=b,!c": what selectors of verify are made of.
bool selects(const std::string& selector, const Tree& object) {
  const Tree* labels = below(object, {"metadata", "labels"});
  std::size_t at = 0;
  while (at < selector.size()) {
    const std::size_t end = std::min(selector.find(',', at), selector.size());
    const std::string term = selector.substr(at, end - at);
    at = end + 1;
    const std::size_t equals = term.find('=');
    const bool negated = term.front() == '!';
    const std::string key = negated ? term.substr(1) : term.substr(0, equals);
    const Tree* label = labels != nullptr ? labels->find(key) : nullptr;
    if (negated ? label != nullptr : label == nullptr || *label != Tree(term.substr(equals + 1)))
      return false;
  }
  return true;
}

}  // namespace

FakeKube::FakeKube() {
  const auto serve = [this](const char* group, const char* kind, bool namespaced) {
    served_.push_back({group, "v1", kind, "", namespaced, {}});
  };
  for (const char* kind : {"Pod", "Secret"}) serve("", kind, true);
  for (const char* kind : {"Namespace", "Node"}) serve("", kind, false);
  serve("apps", "DaemonSet", true);
  serve("batch", "Job", true);
  serve("authorization.k8s.io", "SubjectAccessReview", false);
}

Tree& FakeKube::add(const std::string& kind, const std::string& object_namespace,
                    const std::string& name, Tree rest) {
  rest.at("metadata").set("name", name);
  if (!object_namespace.empty()) rest.at("metadata").set("namespace", object_namespace);
  return objects_[{kind, object_namespace, name}] = std::move(rest);
}

Tree* FakeKube::at(const std::string& kind, const std::string& object_namespace,
                   const std::string& name) {
  const auto found = objects_.find({kind, object_namespace, name});
  return found != objects_.end() ? &found->second : nullptr;
}

std::vector<Tree> FakeKube::created(const std::string& kind) const {
  std::vector<Tree> found;
  for (const auto& [of_kind, object] : created_) {
    if (of_kind == kind) found.push_back(object);
  }
  return found;
}

bool FakeKube::has(const std::string& kind, const std::string& name_begin) const {
  return std::any_of(objects_.begin(), objects_.end(), [&](const auto& entry) {
    return std::get<0>(entry.first) == kind && std::get<2>(entry.first).starts_with(name_begin);
  });
}

void FakeKube::step() {
  const std::lock_guard lock(mutex_);
  std::vector<Key> keys;
  for (const auto& [key, object] : objects_) keys.push_back(key);
  for (const Key& key : keys) {
    const auto& [kind, object_namespace, name] = key;
    if (kind == "Job") stepJob(objects_.at(key));
    if (kind == "Pod" && name.starts_with("gpuspec-verify-"))
      stepProbe(object_namespace, objects_.at(key));
  }
}

// The first step makes the pod, the next ones run it.
void FakeKube::stepJob(Tree& job) {
  const std::string place = textAt(job, {"metadata", "namespace"});
  const std::string name = nameOf(job) + "-pod";
  Tree* pod = at("Pod", place, name);
  if (pod == nullptr) {
    Tree made = *below(job, {"spec", "template"});
    made.at("status").set("phase", "Pending");
    add("Pod", place, name, std::move(made));
  } else if (conditionOf(job, "Complete") == nullptr && conditionOf(job, "Failed") == nullptr) {
    run_job(job, *pod);
  }
}

void FakeKube::stepProbe(const std::string& object_namespace, Tree& pod) {
  if (stuck.contains(object_namespace)) {
    setCondition(pod, "PodScheduled", "False", "Unschedulable", "0/2 nodes are available");
    return;
  }
  if (nameOf(pod).ends_with("-listen")) {
    const std::string address = "10.0.0." + std::to_string(namespace_of_address_.size() + 1);
    if (conditionOf(pod, "Ready") != nullptr) return;
    namespace_of_address_[address] = object_namespace;
    pod.at("status").set("podIP", address).set("phase", "Running");
    setCondition(pod, "Ready", "True");
    return;
  }
  const std::string script =
      listAt(listAt(pod, {"spec", "containers"}).front(), {"command"}).back().asString();
  static const std::regex kTry("host='([0-9.]+)'[^\n]*echo \"([0-9a-f]+) ");
  std::string log = "some noise\n";
  for (std::sregex_iterator found(script.begin(), script.end(), kTry), end; found != end; ++found) {
    const int through = packets(object_namespace, namespace_of_address_.at((*found)[1]));
    if (through < 0) return;
    log += (*found)[2].str() + " " + (*found)[1].str() + " " + std::to_string(through) + "\n";
  }
  logs_of[object_namespace + "/" + nameOf(pod)] = log;
  pod.at("status").set("phase", "Succeeded");
}

llvm::Error FakeKube::refusal(const std::string& verb, const std::string& kind) const {
  const auto found = refused.find(verb + " " + kind);
  return found != refused.end() ? errorOf(ApiError::Kind::Forbidden, found->second)
                                : llvm::Error::success();
}

llvm::Expected<std::vector<Tree>> FakeKube::list(const kube::ApiResource& resource,
                                                 const std::string& object_namespace,
                                                 const std::string& label_selector, bool) {
  const std::lock_guard lock(mutex_);
  if (llvm::Error error = refusal("list", resource.kind)) return error;
  std::vector<Tree> found;
  for (const auto& [key, object] : objects_) {
    const auto& [kind, place, name] = key;
    const bool here = object_namespace.empty() || place == object_namespace;
    if (kind == resource.kind && here && selects(label_selector, object)) found.push_back(object);
  }
  return found;
}

llvm::Expected<Tree> FakeKube::get(const kube::ApiResource& resource,
                                   const std::string& object_namespace, const std::string& name) {
  const std::lock_guard lock(mutex_);
  if (const Tree* found = at(resource.kind, object_namespace, name)) return *found;
  return errorOf(ApiError::Kind::NotFound, "no such " + resource.kind);
}

llvm::Expected<Tree> FakeKube::create(const kube::ApiResource& resource, const Tree& object) {
  const std::lock_guard lock(mutex_);
  if (llvm::Error error = refusal("create", resource.kind)) return error;
  if (resource.kind == "SubjectAccessReview") {
    Tree answer = object;
    answer.at("status").set("allowed", allows(object));
    return answer;
  }
  const std::string place = textAt(object, {"metadata", "namespace"});
  if (at(resource.kind, place, nameOf(object)) != nullptr)
    return errorOf(ApiError::Kind::Conflict, "exists");
  created_.emplace_back(resource.kind, object);
  return add(resource.kind, place, nameOf(object), object);
}

llvm::Expected<Tree> FakeKube::update(const kube::ApiResource&, const Tree&) {
  return errorOf(ApiError::Kind::Invalid, "verify updates nothing");
}
llvm::Expected<Tree> FakeKube::applyObject(const kube::ApiResource&, const Tree&, bool, bool) {
  return errorOf(ApiError::Kind::Invalid, "verify applies nothing");
}
llvm::Error FakeKube::read(const model::DesiredSet&, const std::string&, model::LiveSet&) {
  return errorOf(ApiError::Kind::Invalid, "verify plans nothing");
}
llvm::Error FakeKube::writeInventory(const model::Scope&, const std::vector<model::ResourceKey>&) {
  return errorOf(ApiError::Kind::Invalid, "verify owns nothing");
}
llvm::Error FakeKube::perform(const plan::Change&, const apply::Progress&,
                              const http::CancelToken&) {
  return errorOf(ApiError::Kind::Invalid, "verify changes nothing");
}

llvm::Error FakeKube::remove(const kube::ApiResource& resource, const std::string& object_namespace,
                             const std::string& name, const std::string&) {
  const std::lock_guard lock(mutex_);
  if (llvm::Error error = refusal("remove", resource.kind)) return error;
  if (objects_.erase({resource.kind, object_namespace, name}) == 0)
    return errorOf(ApiError::Kind::NotFound, "no such " + resource.kind);
  removed.push_back(resource.kind + " " + (object_namespace.empty() ? "" : object_namespace + "/") +
                    name);
  if (resource.kind == "Namespace")
    std::erase_if(objects_, [&](const auto& entry) { return std::get<1>(entry.first) == name; });
  return llvm::Error::success();
}

llvm::Expected<std::string> FakeKube::logs(const std::string& object_namespace,
                                           const std::string& pod, const kube::LogOptions&) {
  const std::lock_guard lock(mutex_);
  const auto found = logs_of.find(object_namespace + "/" + pod);
  if (found != logs_of.end()) return found->second;
  return std::string("Driver Version: 580.95.05   More: 1\n");
}

const kube::ApiResource* FakeKube::find(const std::string& group, const std::string& kind) {
  for (const kube::ApiResource& resource : served_) {
    if (resource.group == group && resource.kind == kind && !not_served.contains(kind))
      return &resource;
  }
  return nullptr;
}

void setCondition(Tree& object, const char* type, const char* status, const char* reason,
                  const std::string& message) {
  Tree& conditions = object.at("status").at("conditions");
  if (conditions.isList())
    std::erase_if(conditions.asList(),
                  [&](const Tree& one) { return textAt(one, {"type"}) == type; });
  conditions.push(mapOf("type", type, "status", status, "reason", reason, "message", message));
}

void succeed(Tree& job, Tree& pod) {
  setCondition(job, "Complete", "True");
  pod.at("status").set("phase", "Succeeded");
}

VerifyTest::VerifyTest() {
  clock_.on_sleep = [this] { kube_.step(); };
  kube_.run_job = succeed;
  wanted_.cluster = "shared";
  wanted_.scope = {"lab", "prod"};
  wanted_.run = "1";
  PoolCheck check;
  check.facts.cluster = "shared";
  check.facts.name = "h100";
  check.facts.selector = {{"pool", "h100"}};
  check.facts.allocatable = {{kResource, 8}};
  check.facts.min_nodes = 1;
  check.facts.max_nodes = 2;
  check.smoke = {"example.com/smoke:1", {"show-devices"}, "Driver Version: "};
  wanted_.pools = {check};
  addNode("n1");
  addNode("n2");
}

Tree& VerifyTest::addNode(const std::string& name) {
  Tree& node = kube_.add("Node", "", name,
                         mapOf("metadata", mapOf("labels", mapOf("pool", "h100")), "status",
                               mapOf("allocatable", mapOf(kResource, "8", "cpu", "96"))));
  node.at("metadata").at("labels").set("kubernetes.io/hostname", "host-" + name);
  setCondition(node, "Ready", "True");
  return node;
}

void VerifyTest::addTeams() {
  TeamPath path;
  path.from = "ml";
  path.to = "vision";
  path.from_group = "group-ml";
  path.from_namespace = "ml";
  path.to_namespace = "vision";
  wanted_.paths.push_back(path);
  path.from = "vision";
  path.to = "ml";
  path.from_group = "group-vision";
  path.from_namespace = "vision";
  path.to_namespace = "ml";
  wanted_.paths.push_back(path);
  wanted_.probe = {"example.com/probe:1", {"listen"}, "try $host $port", 8080};
}

Result VerifyTest::verify() {
  llvm::Expected<Result> result = verify::verify(
      kube_, wanted_, [this](const std::string& text) { progress_.push_back(text); }, cancel_,
      clock_);
  if (!result) {
    ADD_FAILURE() << llvm::toString(result.takeError());
    return {};
  }
  return std::move(*result);
}

void VerifyTest::expectClean() const {
  EXPECT_FALSE(kube_.has("Namespace", "gpuspec-verify-"));
  EXPECT_FALSE(kube_.has("Pod", "gpuspec-verify-"));
  EXPECT_FALSE(kube_.has("Job", ""));
}

}  // namespace gpuspec::deploy::verify
