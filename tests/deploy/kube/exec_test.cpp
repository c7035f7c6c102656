// Programs that give credentials: what they are told, when they run, and that nothing of what they
// print gets on.

#include "backends/deploy/kube/exec_credential.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "backends/deploy/kube/kubeconfig.h"
#include "backends/deploy/kube/renewing_transport.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"
#include "tests/deploy/support/fake_transport.h"

namespace gpuspec::test {
namespace {

namespace fs = std::filesystem;
using namespace deploy::kube;
using namespace std::chrono_literals;
using ir::Tree;

constexpr const char* kSecret = "canary-91c4e07b";
constexpr const char* kV1 = "client.authentication.k8s.io/v1";

// A program `plugin` that does as the test says; `count` grows by a line with each run.
class ExecTest : public ::testing::Test {
 protected:
  ExecTest() {
    std::string path = (fs::temp_directory_path() / "gpuspec-exec-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
  }
  ~ExecTest() override { fs::remove_all(folder_); }

  std::string at(const std::string& name) const { return folder_ + "/" + name; }
  void script(const std::string& lines) {
    std::ofstream(at("plugin.new")) << "#!/bin/sh\necho run >> '" << at("count") << "'\n" << lines;
    ::chmod(at("plugin.new").c_str(), 0755);
    fs::rename(at("plugin.new"), at("plugin"));
  }
  void prints(const Tree& answer) { script("cat <<'END'\n" + ir::toJson(answer) + "\nEND\n"); }
  static Tree answer(Tree status, const std::string& version = kV1) {
    return ir::mapOf("apiVersion", version, "kind", "ExecCredential", "status", std::move(status));
  }
  std::string fileText(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(at(name)).rdbuf();
    return text.str();
  }
  int runs() const {
    const std::string text = fileText("count");
    return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
  }

  Tree exec() const { return ir::mapOf("apiVersion", kV1, "command", "./plugin"); }
  ExecCredential credential(const Tree& exec, const Tree& cluster = Tree::map()) {
    llvm::Expected<ExecConfig> config = readExec("user `u`", exec, folder_, cluster, "CA");
    if (!config) ADD_FAILURE() << llvm::toString(config.takeError());
    return ExecCredential(config ? *config : ExecConfig{}, {[this] { return now_; }, patience_});
  }
  static std::string text(llvm::Expected<std::string> token) {
    return token ? *token : "error: " + llvm::toString(token.takeError());
  }
  std::string error(const Tree& exec) {
    ExecCredential made = credential(exec);
    const std::string said = text(made.token(false));
    EXPECT_TRUE(said.starts_with("error: user `u`: `plugin` ")) << said;
    EXPECT_EQ(said.find(kSecret), std::string::npos) << said;
    return said;
  }

  std::string folder_;
  std::chrono::milliseconds patience_{30'000};
  std::chrono::system_clock::time_point now_ =
      std::chrono::system_clock::from_time_t(1'800'000'000);
};

TEST_F(ExecTest, IsToldWhatTheKubeconfigSays) {
  script("printf '%s|' \"$@\" > '" + at("args") + "'\nprintf %s \"$COLOUR\" > '" + at("env") +
         "'\nprintf %s \"$KUBERNETES_EXEC_INFO\" > '" + at("info") +
         "'\necho '{\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"kind\":"
         "\"ExecCredential\",\"status\":{\"token\":\"t\"}}'\n");
  Tree told = exec();
  told.set("apiVersion", "client.authentication.k8s.io/v1beta1");
  told.set("args", ir::listOf("get-token", "a b", "$HOME"));
  told.set("env", ir::listOf(ir::mapOf("name", "COLOUR", "value", "red")));
  told.set("provideClusterInfo", true);
  const Tree cluster = ir::mapOf("server", "https://k", "extensions",
                                 ir::listOf(ir::mapOf("name", "client.authentication.k8s.io/exec",
                                                      "extension", ir::mapOf("audience", "me"))));
  ExecCredential made = credential(told, cluster);
  EXPECT_EQ(text(made.token(false)), "t");
  EXPECT_EQ(fileText("args"), "get-token|a b|$HOME|");
  EXPECT_EQ(fileText("env"), "red");
  llvm::Expected<Tree> info = ir::parseJson(fileText("info"));
  ASSERT_TRUE(static_cast<bool>(info));
  EXPECT_EQ(
      ir::toJson(*info),
      ir::toJson(ir::mapOf("apiVersion", "client.authentication.k8s.io/v1beta1", "kind",
                           "ExecCredential", "spec",
                           ir::mapOf("interactive", false, "cluster",
                                     ir::mapOf("server", "https://k", "certificate-authority-data",
                                               "Q0E=", "config", ir::mapOf("audience", "me"))))));
}

TEST_F(ExecTest, IsFoundOnPath) {
  prints(answer(ir::mapOf("token", "t")));
  const std::string old = ::getenv("PATH");
  ::setenv("PATH", ("relative:" + folder_ + ":" + old).c_str(), 1);
  Tree by_name = exec();
  by_name.set("command", "plugin");
  EXPECT_EQ(text(credential(by_name).token(false)), "t");
  ::setenv("PATH", old.c_str(), 1);
  EXPECT_NE(error(by_name).find("is not on PATH"), std::string::npos);
}

TEST_F(ExecTest, RunsAgainShortlyBeforeTheEndAndWhenAsked) {
  prints(answer(ir::mapOf("token", "one", "expirationTimestamp", "2027-01-15T09:00:00.5+01:00")));
  now_ = std::chrono::system_clock::from_time_t(1'800'000'000);  // 08:00:00Z, when it ends
  now_ -= 1h;
  ExecCredential made = credential(exec());
  EXPECT_EQ(text(made.token(false)), "one");
  now_ += 58min;
  EXPECT_EQ(text(made.token(false)), "one");
  EXPECT_EQ(runs(), 1);
  prints(answer(ir::mapOf("token", "two")));
  now_ += 70s;
  EXPECT_EQ(text(made.token(false)), "two");
  now_ += 24h;
  EXPECT_EQ(text(made.token(false)), "two") << "one without an end is kept";
  EXPECT_EQ(runs(), 2);
  prints(answer(ir::mapOf("token", "three")));
  EXPECT_EQ(text(made.token(true)), "three");
}

TEST_F(ExecTest, WhatIsGoodForAWhileIsUsedWhenTheProgramFails) {
  prints(answer(ir::mapOf("token", "one", "expirationTimestamp", "2027-01-15T08:00:00Z")));
  now_ -= 1h;
  ExecCredential made = credential(exec());
  EXPECT_EQ(text(made.token(false)), "one");
  script("exit 1\n");
  now_ += 59min + 30s;
  EXPECT_EQ(text(made.token(false)), "one");
  now_ += 31s;
  EXPECT_TRUE(text(made.token(false)).starts_with("error: "));
}

TEST_F(ExecTest, ManyThreadsShareOneRun) {
  script("sleep 0.2\ncat <<'END'\n" + ir::toJson(answer(ir::mapOf("token", "t"))) + "\nEND\n");
  ExecCredential made = credential(exec());
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&made] { EXPECT_EQ(text(made.token(false)), "t"); });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(runs(), 1);
}

TEST_F(ExecTest, WhatItPrintsIsInNoError) {
  const std::string secret = kSecret;
  struct Case {
    Tree answer;
    const char* says;
  };
  const Case cases[] = {
      {answer(ir::mapOf("token", secret), "client.authentication.k8s.io/v1beta1"),
       "another version"},
      {ir::mapOf("kind", "Secret", "data", secret), "something else than an ExecCredential"},
      {ir::mapOf("apiVersion", kV1, "kind", "ExecCredential"), "neither a token nor a certificate"},
      {answer(ir::mapOf("clientKeyData", secret)), "a certificate and no key for it"},
      {answer(ir::mapOf("token", secret, "expirationTimestamp", secret)),
       "an `expirationTimestamp` that is none"},
  };
  for (const Case& c : cases) {
    prints(c.answer);
    EXPECT_NE(error(exec()).find(c.says), std::string::npos) << c.says;
  }
  script("echo 'signed in: " + secret + "'\n");
  EXPECT_NE(error(exec()).find("something else"), std::string::npos);
  script("");
  EXPECT_NE(error(exec()).find("printed nothing"), std::string::npos);
}

TEST_F(ExecTest, AFailureIsOneLineWithoutSecrets) {
  script("echo 'AADSTS700016: no application; password=" + std::string(kSecret) +
         ", with $GIVEN' >&2\necho more >&2\necho " + kSecret + "\nexit 3\n");
  Tree told = exec();
  told.set("env", ir::listOf(ir::mapOf("name", "GIVEN", "value", kSecret)));
  told.set("installHint", "brew install plugin\nand more");
  EXPECT_EQ(error(told),
            "error: user `u`: `plugin` ended with 3: AADSTS700016: no application; password=***, "
            "with $GIVEN (brew install plugin)");
}

TEST_F(ExecTest, OneThatHangsIsEnded) {
  script("echo 'go to https://login.example' >&2\nsleep 600\n");
  patience_ = 1'000ms;
  const std::string said = error(exec());
  EXPECT_NE(said.find("did not end within 1 s: go to https://login.example"), std::string::npos)
      << said;
  EXPECT_NE(said.find("AAD_LOGIN_METHOD"), std::string::npos);
}

TEST_F(ExecTest, OneThatIsNotThere) {
  EXPECT_NE(error(exec()).find("is not there"), std::string::npos);
}

TEST_F(ExecTest, NobodyIsThereToAsk) {
  prints(answer(ir::mapOf("token", "t")));
  Tree told = exec();
  told.set("interactiveMode", "Always");
  EXPECT_NE(error(told).find("interactiveMode: Always"), std::string::npos);
  EXPECT_EQ(runs(), 0);
}

TEST_F(ExecTest, WhatTheKubeconfigLacksIsSaid) {
  struct Case {
    Tree exec;
    const char* says;
  };
  const Case cases[] = {
      {ir::mapOf("command", "x"), "speaks no version at all"},
      {ir::mapOf("command", "x", "apiVersion", "client.authentication.k8s.io/v1alpha1"),
       "gave it up in 1.24"},
      {ir::mapOf("apiVersion", kV1), "no `command`"},
      {ir::mapOf("apiVersion", kV1, "command", "x", "args", ir::listOf(1)), "`args` is no text"},
      {ir::mapOf("apiVersion", kV1, "command", "x", "env", ir::listOf(ir::mapOf("value", "v"))),
       "no usable name"},
      {ir::mapOf("apiVersion", kV1, "command", "x", "interactiveMode", "Maybe"),
       "`interactiveMode` is neither"},
  };
  for (const Case& c : cases) {
    llvm::Expected<ExecConfig> config = readExec("user `u`", c.exec, ".", Tree::map(), "");
    ASSERT_FALSE(static_cast<bool>(config)) << c.says;
    const std::string why = llvm::toString(config.takeError());
    EXPECT_NE(why.find(c.says), std::string::npos) << why;
  }
}

TEST_F(ExecTest, AUserThatNamesOneIsAConnection) {
  prints(answer(ir::mapOf("token", "t", "clientCertificateData", "C", "clientKeyData", "K")));
  const std::string config = at("config");
  std::ofstream(config) << "current-context: c\ncontexts:\n- {name: c, context: {cluster: k, user: "
                           "u}}\nclusters:\n- {name: k, cluster: {server: 'https://k'}}\nusers:\n"
                           "- name: u\n  user: {exec: {apiVersion: "
                        << kV1 << ", command: ./plugin}}\n";
  llvm::Expected<Connection> found = loadConnection(config, "");
  ASSERT_TRUE(static_cast<bool>(found));
  EXPECT_EQ(found->identity, "user `u` of `" + config + "`, signed in by `plugin`, context `c`");
  EXPECT_EQ(runs(), 0) << "it runs when somebody wants a token";
  EXPECT_EQ(text(found->token(false)), "t");
  EXPECT_EQ(found->certificate().pem, "C");
  llvm::Expected<std::string> for_others = kubeconfigText(*found);
  ASSERT_TRUE(static_cast<bool>(for_others));
  EXPECT_EQ(for_others->find("Sw=="), std::string::npos) << *for_others;
  EXPECT_NE(for_others->find("\"interactiveMode\":\"Never\""), std::string::npos) << *for_others;
}

// helm runs for up to an hour, and a token for a few minutes.
TEST_F(ExecTest, AnotherProgramIsToldHowToRenew) {
  prints(answer(ir::mapOf("token", "t-one")));
  const std::string config = at("config");
  std::ofstream(config) << "current-context: c\ncontexts:\n- {name: c, context: {cluster: k, user: "
                           "u}}\nclusters:\n- name: k\n  cluster:\n    server: 'https://k'\n"
                           "    proxy-url: 'http://p:1'\n    extensions:\n"
                           "    - {name: client.authentication.k8s.io/exec, extension: {a: b}}\n"
                           "users:\n- name: u\n  user: {exec: {apiVersion: "
                        << kV1 << ", command: ./plugin, args: [x], provideClusterInfo: true}}\n";
  llvm::Expected<Connection> found = loadConnection(config, "");
  ASSERT_TRUE(static_cast<bool>(found));
  llvm::Expected<std::string> told = kubeconfigText(*found);
  ASSERT_TRUE(static_cast<bool>(told));
  EXPECT_EQ(runs(), 0);
  // From any folder it is the same user, with the same cluster and proxy.
  llvm::Expected<Connection> again = connectionFrom(*told, "/", "");
  ASSERT_TRUE(static_cast<bool>(again)) << *told;
  EXPECT_EQ(again->proxy, "http://p:1");
  EXPECT_EQ(text(again->token(false)), "t-one");
  prints(answer(ir::mapOf("token", "t-two")));
  EXPECT_EQ(text(again->token(true)), "t-two");
  EXPECT_EQ(again->extensions, found->extensions);
}

TEST(RenewingTransport, ANewCertificateIsShown) {
  ClientCertificate now{"one", "key"};
  std::vector<std::string> shown;
  RenewingTransport transport(
      {}, [&now] { return now; },
      [&shown](http::TlsOptions tls) {
        shown.push_back(tls.client_certificate_pem + "/" + tls.client_key_pem);
        auto made = std::make_unique<FakeTransport>();
        made->always("GET", "https://k", 200);
        return llvm::Expected<std::unique_ptr<http::Transport>>(std::move(made));
      });
  http::Request request;
  request.url = "https://k";
  for (const char* certificate : {"one", "one", "two", "two"}) {
    now.pem = certificate;
    EXPECT_TRUE(static_cast<bool>(transport.send(request)));
  }
  EXPECT_EQ(shown, (std::vector<std::string>{"one/key", "two/key"}));
}

}  // namespace
}  // namespace gpuspec::test
