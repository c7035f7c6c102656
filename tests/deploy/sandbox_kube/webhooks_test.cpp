// Webhooks over HTTPS, answered by a server in this process.

#include <filesystem>
#include <functional>
#include <mutex>
#include <thread>

#include <llvm/Support/Base64.h>

#include "backends/deploy/sandbox/server/server.h"
#include "compiler/ir/make_tree.h"
#include "tests/deploy/sandbox_kube/api_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

namespace fs = std::filesystem;

// Answers reviews as the test says and keeps them.
class Reviewer : public Handler {
 public:
  HttpResponse handle(const HttpRequest& request) override {
    const std::lock_guard lock(mutex_);
    const Tree review = llvm::cantFail(ir::parseJson(request.body));
    reviews.push_back(*review.find("request"));
    Tree response = answer(reviews.back());
    if (response.find("uid") == nullptr) response.set("uid", *reviews.back().find("uid"));
    HttpResponse out;
    out.body = ir::toJson(ir::mapOf("kind", "AdmissionReview", "apiVersion", "admission.k8s.io/v1",
                                    "response", std::move(response)));
    return out;
  }

  std::function<Tree(const Tree&)> answer = [](const Tree&) { return ir::mapOf("allowed", true); };
  std::vector<Tree> reviews;

 private:
  std::mutex mutex_;
};

class WebhookTest : public ApiTest {
 protected:
  WebhookTest()
      : folder_(makeFolder()),
        certificates_(llvm::cantFail(openCertificates(folder_))),
        server_(llvm::cantFail(makeServer(certificates_, reviewer_, {0, 8}))),
        thread_([this] { llvm::cantFail(server_->run()); }) {}
  ~WebhookTest() override {
    server_->stop();
    thread_.join();
    fs::remove_all(folder_);
  }

  // `kind` is Validating or Mutating; `more` are further fields of the webhook.
  void install(const std::string& kind, const std::string& more = "", std::string ca = "") {
    if (ca.empty()) ca = certificates_.ca_pem;
    const std::string resource =
        kind == "Mutating" ? "mutatingwebhookconfigurations" : "validatingwebhookconfigurations";
    const std::string url = "https://127.0.0.1:" + std::to_string(server_->port()) + "/review";
    const Reply made =
        create("/apis/admissionregistration.k8s.io/v1/" + resource,
               R"({"metadata": {"name": "guard"}, "webhooks": [{"name": "guard.example",
        "admissionReviewVersions": ["v1"], "sideEffects": "None", )" +
                   more + R"("clientConfig": {"url": ")" + url + R"(", "caBundle": ")" +
                   llvm::encodeBase64(ca) + R"("},
        "rules": [{"apiGroups": [""], "apiVersions": ["v1"], "resources": ["configmaps"],
                   "operations": ["CREATE", "UPDATE", "DELETE"]}]}]})");
    ASSERT_EQ(made.status, 201) << made.text;
  }
  Reply make(const std::string& name, const std::string& query = "") {
    return create("/api/v1/namespaces/default/configmaps" + query,
                  R"({"metadata": {"name": ")" + name + R"("}, "data": {"a": "1"}})");
  }

  static std::string makeFolder() {
    std::string path = (fs::temp_directory_path() / "gpuspec-webhook-XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    return path;
  }

  std::string folder_;
  Reviewer reviewer_;
  Certificates certificates_;
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

constexpr const char* kPath = "/api/v1/namespaces/default/configmaps/";

TEST_F(WebhookTest, AValidatingOneIsAskedAndObeyed) {
  reviewer_.answer = [](const Tree& request) {
    const bool good = request.find("name")->asString() != "bad";
    Tree out = ir::mapOf("allowed", good, "warnings", Tree(Tree::List{"seen"}));
    if (!good)
      out.set("status", ir::mapOf("message", "no bad names", "code", 403, "reason", "Forbidden"));
    return out;
  };
  install("Validating");
  const Reply good = make("good");
  EXPECT_EQ(good.status, 201);
  EXPECT_EQ(good.header("Warning"), "299 - \"seen\"");
  const Reply bad = make("bad");
  EXPECT_EQ(bad.status, 403);
  EXPECT_EQ(bad.message(), "admission webhook \"guard.example\" denied the request: no bad names");
  EXPECT_EQ(get(std::string(kPath) + "bad").status, 404);
  EXPECT_EQ(merge(std::string(kPath) + "good", R"({"data": {"a": "2"}})").status, 200);
  EXPECT_EQ(remove(std::string(kPath) + "good").status, 200);
  ASSERT_EQ(reviewer_.reviews.size(), 4U);
  const Tree& update = reviewer_.reviews[2];
  EXPECT_EQ(*update.find("operation"), Tree("UPDATE"));
  EXPECT_EQ(*update.find("object")->find("data")->find("a"), Tree("2"));
  EXPECT_EQ(*update.find("oldObject")->find("data")->find("a"), Tree("1"));
  const Tree& deletion = reviewer_.reviews[3];
  EXPECT_EQ(*deletion.find("operation"), Tree("DELETE"));
  EXPECT_TRUE(deletion.find("object")->isNull());
  EXPECT_EQ(*deletion.find("oldObject")->find("data")->find("a"), Tree("2"));
}

TEST_F(WebhookTest, AMutatingOneChangesWhatIsStored) {
  const std::string patch =
      R"([{"op": "add", "path": "/metadata/labels", "value": {"by": "hook"}}])";
  reviewer_.answer = [&](const Tree&) {
    return ir::mapOf("allowed", true, "patchType", "JSONPatch", "patch", llvm::encodeBase64(patch));
  };
  install("Mutating");
  EXPECT_EQ(make("one").textAt("metadata.labels.by"), "hook");
  EXPECT_EQ(get(std::string(kPath) + "one").textAt("metadata.labels.by"), "hook");
}

TEST_F(WebhookTest, SelectorsAndConditionsKeepItOut) {
  install("Validating", R"("objectSelector": {"matchLabels": {"guarded": "yes"}},
    "matchConditions": [{"name": "n", "expression": "object.metadata.name != 'free'"}],)");
  EXPECT_EQ(make("plain").status, 201);
  EXPECT_TRUE(reviewer_.reviews.empty());
  for (const char* name : {"free", "bound"}) {
    EXPECT_EQ(create("/api/v1/namespaces/default/configmaps",
                     R"({"metadata": {"labels": {"guarded": "yes"}, "name": ")" +
                         std::string(name) + R"("}})")
                  .status,
              201);
  }
  ASSERT_EQ(reviewer_.reviews.size(), 1U);
  EXPECT_EQ(*reviewer_.reviews[0].find("name"), Tree("bound"));
}

TEST_F(WebhookTest, AFailureRefusesUnlessItIsToBeIgnored) {
  reviewer_.answer = [](const Tree&) { return ir::mapOf("allowed", true, "uid", "another"); };
  install("Validating");
  const Reply refused = make("one");
  EXPECT_EQ(refused.status, 500);
  EXPECT_EQ(refused.message().find("Internal error occurred: failed calling webhook "
                                   "\"guard.example\": failed to call webhook: expected "
                                   "response.uid="),
            0U)
      << refused.message();
  EXPECT_EQ(
      merge("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/guard", R"([])")
          .status,
      400);
  ASSERT_EQ(
      remove("/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations/guard").status,
      200);
  install("Validating", R"("failurePolicy": "Ignore",)");
  EXPECT_EQ(make("one").status, 201);
}

TEST_F(WebhookTest, AnotherAuthorityIsNotTrusted) {
  const std::string other = makeFolder();
  const Certificates stranger = llvm::cantFail(openCertificates(other));
  install("Validating", "", stranger.ca_pem);
  EXPECT_EQ(make("one").status, 500);
  EXPECT_TRUE(reviewer_.reviews.empty());
  fs::remove_all(other);
}

TEST_F(WebhookTest, DryRunsGoOnlyWhereThereAreNoSideEffects) {
  install("Validating");
  EXPECT_EQ(make("one", "?dryRun=All").status, 201);
  ASSERT_EQ(reviewer_.reviews.size(), 1U);
  EXPECT_EQ(*reviewer_.reviews[0].find("dryRun"), Tree(true));
  EXPECT_EQ(get(std::string(kPath) + "one").status, 404);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
