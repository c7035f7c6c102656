#include <gtest/gtest.h>

#include <cstdlib>

#include "backends/deploy/sandbox/kube/kube_api.h"
#include "tests/deploy/kube/fixture.h"

// The client against the sandbox's API, in one process: what the one sends, the other understands.

namespace gpuspec::test {
namespace {

namespace sandbox = deploy::sandbox;
using namespace std::chrono_literals;
using plan::Action;

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out +=
          static_cast<char>(std::strtol(std::string(text.substr(i + 1, 2)).c_str(), nullptr, 16));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

class InProcess : public http::Transport {
 public:
  explicit InProcess(sandbox::Handler& handler) : handler_(handler) {}

  llvm::Expected<http::Response> send(const http::Request& request) override {
    sandbox::HttpRequest given;
    given.method = request.method;
    given.body = request.body;
    for (const auto& [name, value] : request.headers) {
      std::string lower = name;
      for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
      given.headers[lower] = value;
    }
    const std::string url = request.url.substr(std::string(kServer).size());
    const std::size_t mark = std::min(url.find('?'), url.size());
    given.path = decoded(url.substr(0, mark));
    for (std::size_t begin = mark + 1; begin < url.size();) {
      const std::size_t end = std::min(url.find('&', begin), url.size());
      const std::string pair = url.substr(begin, end - begin);
      const std::size_t equals = std::min(pair.find('='), pair.size());
      given.query.emplace_back(decoded(pair.substr(0, equals)),
                               equals < pair.size() ? decoded(pair.substr(equals + 1)) : "");
      begin = end + 1;
    }
    sandbox::HttpResponse answer = handler_.handle(given);
    return makeResponse(answer.status, std::move(answer.body));
  }

 private:
  sandbox::Handler& handler_;
};

class SandboxTest : public ::testing::Test {
 protected:
  SandboxTest()
      : store_(sandbox::makeMemoryStore()),
        api_(sandbox::makeKubeApi(*store_, {"sandbox", {kToken}}, nullptr)) {
    client_ = kube::makeKubeClientOver(testConnection(), std::make_unique<InProcess>(*api_),
                                       shortPatience());
    must(perform(change(Action::Create, marked("Namespace", "v1", "ml", ""))));
  }

  static Tree marked(const char* kind, const char* api_version, const std::string& name,
                     const std::string& object_namespace) {
    Tree object = configMap(name, object_namespace);
    object.set("kind", kind).set("apiVersion", api_version);
    object.erase("data");
    if (object_namespace.empty()) object.at("metadata").erase("namespace");
    return object;
  }

  llvm::Error perform(const plan::Change& change) {
    return client_->perform(change, [](const std::string&) {}, cancel_);
  }
  static void must(llvm::Error error) {
    if (error) ADD_FAILURE() << llvm::toString(std::move(error));
  }
  Tree get(const std::string& group, const std::string& kind, const std::string& object_namespace,
           const std::string& name) {
    llvm::Expected<Tree> object = client_->get(*client_->find(group, kind), object_namespace, name);
    if (object) return *object;
    ADD_FAILURE() << llvm::toString(object.takeError());
    return {};
  }
  // By somebody else, with server-side apply.
  void applyAs(const std::string& manager, const char* resource, Tree object) {
    sandbox::WriteOptions options;
    options.field_manager = manager;
    const std::string api_version = object.find("apiVersion")->asString();
    const std::size_t slash = api_version.find('/');
    const sandbox::ResourceId id{slash == std::string::npos ? "" : api_version.substr(0, slash),
                                 api_version.substr(slash == std::string::npos ? 0 : slash + 1),
                                 resource};
    const Tree metadata = *object.find("metadata");
    llvm::Expected<Tree> made =
        api_->objects().apply(id, metadata.find("namespace")->asString(),
                              metadata.find("name")->asString(), std::move(object), options);
    if (!made) ADD_FAILURE() << llvm::toString(made.takeError());
  }
  model::LiveSet read(const std::vector<Tree>& objects) {
    model::DesiredSet wanted;
    wanted.project = kScope.project;
    wanted.environment = kScope.environment;
    for (const Tree& object : objects) {
      const plan::Change made = change(Action::Create, object);
      model::Desired desired;
      desired.key = made.key;
      desired.api_version = made.api_version;
      desired.body = object;
      wanted.resources.push_back(std::move(desired));
    }
    model::LiveSet live;
    must(client_->read(wanted, "shared", live));
    return live;
  }

  std::unique_ptr<sandbox::Store> store_;
  std::unique_ptr<sandbox::KubeApi> api_;
  std::unique_ptr<kube::KubeClient> client_;
  http::CancelToken cancel_;
};

TEST_F(SandboxTest, CreateTwiceIsOnce) {
  const Tree object = configMap("x", "ml");
  must(perform(change(Action::Create, object)));
  const Tree first = get("", "ConfigMap", "ml", "x");
  must(perform(change(Action::Create, object)));
  EXPECT_EQ(get("", "ConfigMap", "ml", "x"), first);
  const model::LiveSet live = read({object});
  ASSERT_EQ(live.resources.size(), 1u);
  EXPECT_EQ(live.resources[0].owner.kind, model::OwnerKind::Us);
}

TEST_F(SandboxTest, CreateLeavesWhatOthersHaveMade) {
  Tree theirs = configMap("x", "ml");
  theirs.at("metadata").set("labels", mapOf("app", "theirs"));
  theirs.set("data", mapOf("b", "2"));
  applyAs("argocd", "configmaps", theirs);
  const Tree before = get("", "ConfigMap", "ml", "x");
  const ApiError error = apiError(perform(change(Action::Create, configMap("x", "ml"))));
  EXPECT_EQ(error.message, "ConfigMap x has come since the plan and belongs to argocd");
  EXPECT_EQ(get("", "ConfigMap", "ml", "x"), before);
}

TEST_F(SandboxTest, AdoptTakesOverAndRemovesWhatTheFormerOwnerSet) {
  Tree theirs = configMap("x", "ml");
  theirs.at("metadata").set("labels", mapOf("app", "theirs"));
  theirs.set("data", mapOf("a", "old", "b", "2"));
  applyAs("argocd", "configmaps", theirs);
  const model::LiveSet live = read({configMap("x", "ml")});
  ASSERT_EQ(live.resources.size(), 1u);
  EXPECT_EQ(live.resources[0].owner.kind, model::OwnerKind::Other);
  plan::Change adopt = change(Action::Adopt, configMap("x", "ml"), live.resources[0].uid);
  adopt.forced = true;
  must(perform(adopt));
  const Tree now = get("", "ConfigMap", "ml", "x");
  EXPECT_EQ(*now.find("data"), mapOf("a", "1"));
  EXPECT_EQ(*now.find("metadata")->find("labels")->find("app"), Tree("theirs"));
  EXPECT_EQ(read({configMap("x", "ml")}).resources[0].owner.kind, model::OwnerKind::Us);
}

TEST_F(SandboxTest, ExtraRulesOfOthersGoWhenThePlanSaysSo) {
  Tree policy = marked("NetworkPolicy", "networking.k8s.io/v1", "deny", "ml");
  policy.set("spec", mapOf("podSelector", Tree::map(), "policyTypes", Tree::strings({"Ingress"})));
  must(perform(change(Action::Create, policy)));
  Tree extra = policy;
  extra.at("spec").set("ingress", listOf(Tree::map()));
  extra.at("metadata").erase("labels");
  applyAs("kubectl", "networkpolicies", extra);
  const Tree open = get("networking.k8s.io", "NetworkPolicy", "ml", "deny");
  ASSERT_NE(open.find("spec")->find("ingress"), nullptr);
  plan::Change update =
      change(Action::Update, policy, open.find("metadata")->find("uid")->asString());
  update.fields.push_back(
      {"spec.ingress", *open.find("spec")->find("ingress"), std::nullopt, false, false});
  must(perform(update));
  EXPECT_EQ(get("networking.k8s.io", "NetworkPolicy", "ml", "deny").find("spec")->find("ingress"),
            nullptr);
}

TEST_F(SandboxTest, UpdateRefusesAnotherObjectOfTheName) {
  must(perform(change(Action::Create, configMap("x", "ml"))));
  const ApiError error =
      apiError(perform(change(Action::Update, configMap("x", "ml"), "another-uid")));
  EXPECT_EQ(error.code, "Replaced");
}

TEST_F(SandboxTest, DeleteAndReplace) {
  must(perform(change(Action::Create, configMap("x", "ml"))));
  const Tree first = get("", "ConfigMap", "ml", "x");
  const std::string uid = first.find("metadata")->find("uid")->asString();
  EXPECT_EQ(apiError(perform(change(Action::Delete, configMap("x", "ml"), "no"))).code, "Replaced");
  must(perform(change(Action::Replace, configMap("x", "ml"), uid)));
  const Tree second = get("", "ConfigMap", "ml", "x");
  EXPECT_NE(second.find("metadata")->find("uid")->asString(), uid);
  must(perform(change(Action::Delete, configMap("x", "ml"))));
  must(perform(change(Action::Delete, configMap("x", "ml"))));
  EXPECT_TRUE(read({configMap("x", "ml")}).resources.empty());
}

TEST_F(SandboxTest, ReleaseLeavesTheObject) {
  must(perform(change(Action::Create, configMap("x", "ml"))));
  plan::Change release = change(Action::Release, configMap("x", "ml"));
  must(perform(release));
  const Tree left = get("", "ConfigMap", "ml", "x");
  const Tree* labels = left.find("metadata")->find("labels");
  EXPECT_TRUE(labels == nullptr || labels->find(model::kProject) == nullptr);
  EXPECT_EQ(*left.find("data"), mapOf("a", "1"));
}

TEST_F(SandboxTest, ADefinitionAndThenItsObjects) {
  Tree definition =
      marked("CustomResourceDefinition", "apiextensions.k8s.io/v1", "widgets.x.io", "");
  definition.set(
      "spec", mapOf("group", "x.io", "scope", "Namespaced", "names",
                    mapOf("plural", "widgets", "singular", "widget", "kind", "Widget", "listKind",
                          "WidgetList"),
                    "versions",
                    listOf(mapOf("name", "v1", "served", true, "storage", true, "schema",
                                 mapOf("openAPIV3Schema",
                                       mapOf("type", "object",
                                             "x-kubernetes-preserve-unknown-fields", true))))));
  must(perform(change(Action::Create, definition)));
  must(perform(change(Action::Create, marked("Widget", "x.io/v1", "w", "ml"))));
  EXPECT_EQ(*get("x.io", "Widget", "ml", "w").find("kind"), Tree("Widget"));
}

TEST_F(SandboxTest, PagesOfThreeThousand) {
  std::vector<Tree> objects;
  for (int i = 0; i < 3000; ++i) {
    objects.push_back(configMap("c" + std::to_string(i), "ml"));
    must(perform(change(Action::Create, objects.back())));
  }
  const std::int64_t before = client_->requestCount();
  EXPECT_EQ(read(objects).resources.size(), 3000u);
  // Version, inventory, two pages.
  EXPECT_EQ(client_->requestCount() - before, 4);
}

TEST_F(SandboxTest, TheInventoryComesBack) {
  const model::ResourceKey member = change(Action::Create, configMap("x", "ml")).key;
  must(client_->writeInventory(kScope, {member}));
  const Tree there =
      get("", "ConfigMap", std::string(model::kRecordNamespace), model::recordName(kScope));
  EXPECT_EQ(model::readInventory(there).namespaces, (std::vector<std::string>{"ml"}));
}

TEST_F(SandboxTest, TheLockIsALease) {
  kube::LockOptions options;
  options.holder = "alice";
  options.duration = 1s;
  llvm::Expected<std::unique_ptr<kube::Lock>> lock =
      kube::takeLock(*client_, kScope, options, cancel_);
  ASSERT_TRUE(static_cast<bool>(lock));
  const ApiError busy = apiError(kube::takeLock(*client_, kScope, options, cancel_));
  EXPECT_EQ(busy.kind, ApiError::Kind::Busy);
  const auto acquired = [&] {
    return *get("coordination.k8s.io", "Lease", std::string(model::kRecordNamespace),
                model::recordName(kScope))
                .find("spec")
                ->find("renewTime");
  };
  const Tree first = acquired();
  for (int i = 0; i < 500 && acquired() == first; ++i) std::this_thread::sleep_for(10ms);
  EXPECT_FALSE(acquired() == first);
  EXPECT_FALSE((*lock)->lost());
  lock->reset();
  lock = kube::takeLock(*client_, kScope, options, cancel_);
  EXPECT_TRUE(static_cast<bool>(lock));
}

}  // namespace
}  // namespace gpuspec::test
