#pragma once

// A cluster in memory whose pods get on a little each time somebody sleeps.

#include <gtest/gtest.h>

#include <map>
#include <mutex>
#include <set>

#include "backends/deploy/verify/verify.h"
#include "tests/deploy/support/fake_clock.h"

namespace gpuspec::deploy::verify {

using std::chrono::milliseconds;

inline constexpr const char* kResource = "example.com/gpu";
inline constexpr const char* kSlice = "example.com/slice-1g";

class FakeKube final : public kube::KubeClient {
 public:
  FakeKube();

  // What tests set up.
  Tree& add(const std::string& kind, const std::string& object_namespace, const std::string& name,
            Tree rest = Tree::map());
  Tree* at(const std::string& kind, const std::string& object_namespace, const std::string& name);
  void step();  // a little time passes

  std::string server_version = "1.35.4";
  std::set<std::string> not_served;                   // kinds
  std::map<std::string, std::string> refused;         // "create Namespace" -> why
  std::function<void(Tree& job, Tree& pod)> run_job;  // called at each step, until it is over
  std::function<bool(const Tree& review)> allows = [](const Tree&) { return false; };
  // How many of three connections get through, between namespaces; -1: the probe's pod never ends.
  std::function<int(const std::string& from, const std::string& to)> packets = [](auto&, auto&) {
    return 0;
  };
  std::set<std::string> stuck;                 // namespaces where no pod starts
  std::map<std::string, std::string> logs_of;  // "namespace/pod" -> text

  // What tests look at.
  std::vector<Tree> created(const std::string& kind) const;
  bool has(const std::string& kind, const std::string& name_begin) const;
  std::vector<std::string> removed;  // "Namespace x", "Pod ns/x"

  // KubeClient.
  llvm::Expected<std::string> version() override { return server_version; }
  llvm::Expected<const std::vector<kube::ApiResource>*> discover() override { return &served_; }
  llvm::Expected<std::vector<Tree>> list(const kube::ApiResource& resource,
                                         const std::string& object_namespace,
                                         const std::string& label_selector,
                                         bool metadata_only) override;
  llvm::Expected<Tree> get(const kube::ApiResource& resource, const std::string& object_namespace,
                           const std::string& name) override;
  llvm::Expected<Tree> create(const kube::ApiResource& resource, const Tree& object) override;
  llvm::Expected<Tree> update(const kube::ApiResource&, const Tree&) override;
  llvm::Expected<Tree> applyObject(const kube::ApiResource&, const Tree&, bool, bool) override;
  llvm::Error remove(const kube::ApiResource& resource, const std::string& object_namespace,
                     const std::string& name, const std::string& uid) override;
  llvm::Expected<std::string> logs(const std::string& object_namespace, const std::string& pod,
                                   const kube::LogOptions& options) override;
  const kube::ApiResource* find(const std::string& group, const std::string& kind) override;
  std::int64_t requestCount() const override { return 0; }
  llvm::Error read(const model::DesiredSet&, const std::string&, model::LiveSet&) override;
  llvm::Error writeInventory(const model::Scope&, const std::vector<model::ResourceKey>&) override;
  llvm::Error perform(const plan::Change&, const apply::Progress&,
                      const http::CancelToken&) override;

 private:
  using Key = std::tuple<std::string, std::string, std::string>;  // kind, namespace, name

  llvm::Error refusal(const std::string& verb, const std::string& kind) const;
  void stepJob(Tree& job);
  void stepProbe(const std::string& object_namespace, Tree& pod);

  std::vector<kube::ApiResource> served_;
  mutable std::mutex mutex_;
  std::map<Key, Tree> objects_;
  std::vector<std::pair<std::string, Tree>> created_;
  std::map<std::string, std::string> namespace_of_address_;
};

// Sets a condition in status.conditions.
void setCondition(Tree& object, const char* type, const char* status, const char* reason = "",
                  const std::string& message = "");
// "Complete", with a pod that ended well.
void succeed(Tree& job, Tree& pod);

// A cluster with one pool of two nodes with eight devices each, and what is wanted of it.
class VerifyTest : public ::testing::Test {
 protected:
  VerifyTest();

  Tree& addNode(const std::string& name);
  void addTeams();  // ml and vision, no path between them
  Result verify();
  const PoolResult& pool(const Result& result) const { return result.pools.at(0); }
  // Nothing of verify's is left.
  void expectClean() const;

  FakeKube kube_;
  test::FakeClock clock_;
  http::CancelToken cancel_;
  Wanted wanted_;
  std::vector<std::string> progress_;
};

}  // namespace gpuspec::deploy::verify
