#pragma once

// A client over a scripted server: discovery answers by itself, everything else as the test says.

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "backends/deploy/kube/factory.h"
#include "backends/deploy/kube/kube_client.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"
#include "tests/deploy/support/fake_transport.h"

namespace gpuspec::test {

namespace kube = deploy::kube;
namespace model = deploy::model;
namespace plan = deploy::plan;
using deploy::apply::ApiError;
using ir::listOf;
using ir::mapOf;
using ir::Tree;

// Speaks aggregated discovery unless `plain_discovery`.
class FakeApi : public FakeTransport {
 public:
  FakeApi();
  llvm::Expected<http::Response> send(const http::Request& request) override;
  // One more kind from now on.
  void serve(const std::string& group, const std::vector<std::string>& versions,
             const std::string& kind, const std::string& plural, bool namespaced);

  bool plain_discovery = false;
  int discoveries = 0;  // of /apis

 private:
  struct Served {
    std::string group;
    std::vector<std::string> versions;
    std::string kind, plural;
    bool namespaced;
  };
  http::Response aggregated(bool core);
  std::optional<http::Response> plain(const std::string& path);

  std::mutex served_mutex_;
  std::vector<Served> served_;
};

inline constexpr const char* kServer = "https://kube.test:6443";
inline constexpr const char* kToken = "canary-token-5c1f";

class KubeTest : public ::testing::Test {
 protected:
  KubeTest();

  FakeApi& api() { return *api_; }
  kube::KubeClient& client() { return *client_; }
  const kube::ApiResource& resource(const std::string& group, const std::string& kind);

  llvm::Error perform(const plan::Change& change);
  std::vector<std::string> progress_;
  http::CancelToken cancel_;

 private:
  FakeApi* api_;
  std::unique_ptr<kube::KubeClient> client_;
};

kube::Patience shortPatience();
kube::Connection testConnection();

// The error as it is; fails the test when it is none of an API.
ApiError apiError(llvm::Error error);
template <class T>
ApiError apiError(llvm::Expected<T> value) {
  return apiError(value ? llvm::Error::success() : value.takeError());
}

Tree parsed(const std::string& json);
// metav1.Status with causes of {reason, message, field}.
struct Cause {
  std::string reason, message, field;
};
std::string status(int code, const std::string& reason, const std::string& message,
                   const std::vector<Cause>& causes = {});
std::string listJson(const std::vector<Tree>& items, const std::string& next = "");

// A ConfigMap of our project; `uid` and `revision` as the server gives them ("" = not yet).
Tree configMap(const std::string& name, const std::string& object_namespace,
               const std::string& uid = "", const std::string& revision = "");
inline const model::Scope kScope{"shared-gpu", "prod"};
plan::Change change(plan::Action action, const Tree& body, const std::string& uid = "");

}  // namespace gpuspec::test
