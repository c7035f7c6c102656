#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "backends/deploy/helm/helm_client.h"
#include "backends/deploy/process/process.h"
#include "tests/deploy/kube/fixture.h"

namespace gpuspec::test {
namespace {

namespace fs = std::filesystem;
using namespace deploy::helm;
using namespace deploy::process;
using namespace std::chrono_literals;
using plan::Action;

constexpr const char* kSecret = "canary-4bd0";
const std::string kKubeconfig = std::string("{\"token\": \"") + kSecret + "\"}";

// A program of the name `helm` that notes down how it was called, then does what the test says.
class HelmTest : public ::testing::Test {
 protected:
  HelmTest() {
    std::string path = (fs::temp_directory_path() / "gpuspec-helm-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
    script("");
    options_.helm = at("helm");
    options_.kubeconfig = [] { return kKubeconfig; };
    options_.scope = kScope;
    change_.key = {model::System::Helm, "shared", "", "Release", "tools", "gpu"};
    change_.body = mapOf("chart", "device-plugin", "repository", "https://charts.test", "version",
                         "0.20.0", "values", mapOf("adminPassword", kSecret, "replicas", 2));
  }
  ~HelmTest() override { fs::remove_all(folder_); }

  void script(const std::string& rest) {
    std::ofstream out(at("helm"));
    out << "#!/bin/sh\ncd '" << folder_ << "'\n"
        << "printf '%s\\n' \"$@\" > args\necho \"$*\" >> calls\nenv > env\n"
        << "while [ $# -gt 0 ]; do\n"
        << "  case \"$1\" in\n"
        << "    --values) cat \"$2\" > values; readlink \"$2\" > values_at;;\n"
        << "    --kubeconfig) cat \"$2\" > kubeconfig; readlink \"$2\" > kube_at;;\n"
        << "  esac\n  shift\ndone\n"
        << rest << "\n";
    out.close();
    fs::permissions(at("helm"), fs::perms::owner_all);
  }

  llvm::Error perform(Action action) {
    change_.action = action;
    return makeHelmRunner(options_)->perform(change_, [](const std::string&) {}, cancel_);
  }
  std::string at(const std::string& name) const { return (fs::path(folder_) / name).string(); }
  std::string text(const std::string& name) const {
    std::ifstream in(at(name));
    std::stringstream out;
    out << in.rdbuf();
    return out.str();
  }
  std::vector<std::string> words() const {
    std::vector<std::string> out;
    std::ifstream in(at("args"));
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
  bool has(const std::string& option, const std::string& value) const {
    const std::vector<std::string> all = words();
    for (std::size_t i = 0; i + 1 < all.size(); ++i) {
      if (all[i] == option && all[i + 1] == value) return true;
    }
    return false;
  }

  std::string folder_;
  HelmOptions options_;
  plan::Change change_;
  http::CancelToken cancel_;
};

TEST_F(HelmTest, InstallsWithEverythingThatTheSpecSays) {
  options_.context = "c";
  change_.address = "release.gpu";
  EXPECT_FALSE(static_cast<bool>(perform(Action::Create)));
  const std::vector<std::string> all = words();
  ASSERT_GE(all.size(), 4u);
  EXPECT_EQ((std::vector<std::string>(all.begin(), all.begin() + 4)),
            (std::vector<std::string>{"upgrade", "--install", "gpu", "device-plugin"}));
  EXPECT_TRUE(has("--namespace", "tools"));
  EXPECT_TRUE(has("--version", "0.20.0"));
  EXPECT_TRUE(has("--repo", "https://charts.test"));
  EXPECT_TRUE(has("--kube-context", "c"));
  EXPECT_TRUE(has("--labels",
                  "gpuspec.dev/project=shared-gpu,gpuspec.dev/env=prod,"
                  "gpuspec.dev/address=release.gpu"));
  EXPECT_TRUE(has("--timeout", "900s"));
  EXPECT_NE(std::find(all.begin(), all.end(), "--create-namespace"), all.end());
}

TEST_F(HelmTest, SecretsGoByMemoryAndAreOnNoDisk) {
  EXPECT_FALSE(static_cast<bool>(perform(Action::Update)));
  EXPECT_EQ(parsed(text("values")), *change_.body.find("values"));
  EXPECT_EQ(text("kubeconfig"), kKubeconfig);
  EXPECT_EQ(text("args").find(kSecret), std::string::npos);
  for (const char* name : {"values_at", "kube_at"})
    EXPECT_EQ(text(name).rfind("/memfd:", 0), 0U) << text(name);
}

TEST_F(HelmTest, TheEnvironmentDoesNotLeadElsewhere) {
  ::setenv("HELM_KUBEAPISERVER", "https://elsewhere", 1);
  ::setenv("KUBECONFIG", "/elsewhere", 1);
  ::setenv("HELM_DRIVER", "elsewhere", 1);
  ::setenv("HELM_NAMESPACE", "elsewhere", 1);
  ::setenv("HELM_CACHE_HOME", "/cache", 1);
  EXPECT_FALSE(static_cast<bool>(perform(Action::Create)));
  ::unsetenv("HELM_KUBEAPISERVER");
  ::unsetenv("KUBECONFIG");
  ::unsetenv("HELM_DRIVER");
  ::unsetenv("HELM_NAMESPACE");
  ::unsetenv("HELM_CACHE_HOME");
  EXPECT_EQ(text("env").find("elsewhere"), std::string::npos);
  EXPECT_NE(text("env").find("HELM_CACHE_HOME=/cache"), std::string::npos);
}

TEST_F(HelmTest, Uninstalls) {
  change_.body = Tree();
  EXPECT_FALSE(static_cast<bool>(perform(Action::Delete)));
  EXPECT_EQ(words()[0], "uninstall");
  EXPECT_EQ(words()[1], "gpu");
  EXPECT_TRUE(has("--namespace", "tools"));
}

TEST_F(HelmTest, WhatHelmSaysIsToldWithoutSecrets) {
  script(
      "echo 'WARNING: x' >&2; printf 'Error: UPGRADE FAILED: bad value\\n  canary-4bd0 in y\\n' "
      ">&2; exit 1");
  const ApiError error = apiError(perform(Action::Create));
  EXPECT_EQ(error.code, "HelmFailed");
  EXPECT_EQ(error.message, "helm ended with 1: UPGRADE FAILED: bad value *** in y");
  EXPECT_EQ(error.way_out, "see `helm status gpu -n tools`; running it again tries it again");
}

TEST_F(HelmTest, KnownFailuresHaveTheirWayOut) {
  script(
      "echo 'Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress' "
      ">&2; exit 1");
  EXPECT_EQ(apiError(perform(Action::Create)).way_out,
            "another helm is at it; run it again once that has ended");
  script("echo 'Error: unknown flag: --labels' >&2; exit 1");
  EXPECT_EQ(apiError(perform(Action::Create)).way_out, "install Helm 3.13 or newer");
  script("kill -9 $$");
  EXPECT_EQ(apiError(perform(Action::Create)).message, "helm ended with 137");
}

TEST_F(HelmTest, TheUserOfARepositoryIsNotTold) {
  script(
      "echo 'Error: looks like \"https://me:canary@r.test/a@b\" is not a valid chart repository' "
      ">&2; exit 1");
  EXPECT_EQ(
      apiError(perform(Action::Create)).message,
      "helm ended with 1: looks like \"https://***@r.test/a@b\" is not a valid chart repository");
}

TEST_F(HelmTest, AChartOfAFolderIsInstalledFromThere) {
  change_.body.edit()
      .set("folder", "/spec/charts/x")
      .set("chart", "./charts/x")
      .set("repository", "");
  EXPECT_FALSE(static_cast<bool>(perform(Action::Create)));
  EXPECT_EQ(words()[3], "/spec/charts/x");
  EXPECT_FALSE(has("--version", "0.20.0")) << "it is the one that is there";
}

TEST_F(HelmTest, ReplaceStopsWhenTheOldOneDoesNotGo) {
  script(
      "echo \"$calls\" >> calls; grep -q '^uninstall' args && { echo 'Error: no' >&2; exit 1; "
      "}\ntrue");
  EXPECT_EQ(apiError(perform(Action::Replace)).message, "helm ended with 1: no");
  EXPECT_EQ(words()[0], "uninstall");
}

TEST_F(HelmTest, EndsWithItsWholeGroupWhenSomebodyCancels) {
  script("sleep 100 & echo $! > child; wait");
  std::thread canceller([&] {
    for (int i = 0; i < 500 && text("child").empty(); ++i) std::this_thread::sleep_for(10ms);
    cancel_.cancel();
  });
  EXPECT_EQ(apiError(perform(Action::Create)).kind, ApiError::Kind::Cancelled);
  canceller.join();
  const std::string child = text("child").substr(0, text("child").find('\n'));
  ASSERT_FALSE(child.empty());
  // Whoever adopted it takes a moment to bury it.
  const auto gone = [&] {
    std::ifstream in("/proc/" + child + "/stat");
    std::string line;
    return !std::getline(in, line) || line.find(") Z ") != std::string::npos;
  };
  for (int i = 0; i < 500 && !gone(); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_TRUE(gone());
}

// Nobody would read its answer or know how it ended.
TEST_F(HelmTest, EndsWithTheProcessThatRunsIt) {
  script("echo $$ > child; exec sleep 100");
  const pid_t runner = ::fork();
  ASSERT_GE(runner, 0);
  if (runner == 0) {
    llvm::consumeError(perform(Action::Create));
    ::_exit(0);
  }
  const auto child = [&] { return text("child").substr(0, text("child").find('\n')); };
  while (child().empty()) std::this_thread::sleep_for(10ms);
  const int handle = static_cast<int>(::syscall(SYS_pidfd_open, std::stoi(child()), 0));
  ASSERT_GE(handle, 0);
  ::kill(runner, SIGKILL);
  pollfd ended{handle, POLLIN, 0};
  EXPECT_EQ(::poll(&ended, 1, -1), 1);
  ::close(handle);
  ::waitpid(runner, nullptr, 0);
}

TEST_F(HelmTest, AProcessThatLetsGoOfItsOutputIsWaitedFor) {
  script("exec >/dev/null 2>&1; sleep 100");
  llvm::Expected<ProcessResult> result = runProcess({at("helm")}, cancel_, {.timeout = 1s});
  ASSERT_TRUE(static_cast<bool>(result));
  EXPECT_TRUE(result->timed_out);
}

TEST_F(HelmTest, AProcessHasItsTime) {
  script("sleep 100");
  llvm::Expected<ProcessResult> result = runProcess({at("helm")}, cancel_, {.timeout = 1s});
  ASSERT_TRUE(static_cast<bool>(result));
  EXPECT_TRUE(result->timed_out);
  EXPECT_EQ(result->exit_code, 128 + 15);
}

TEST_F(HelmTest, AProcessThatIsNotThere) {
  llvm::Expected<ProcessResult> result = runProcess({at("no")}, cancel_, {.timeout = 10s});
  ASSERT_TRUE(static_cast<bool>(result));
  EXPECT_EQ(result->exit_code, 127);
}

TEST_F(HelmTest, LettingGoWithoutAClientIsNotDone) {
  const ApiError error = apiError(perform(Action::Release));
  EXPECT_EQ(error.way_out,
            "kubectl label secret -n tools -l owner=helm,name=gpu gpuspec.dev/project- "
            "gpuspec.dev/env- gpuspec.dev/address-");
  EXPECT_TRUE(words().empty());
}

TEST_F(HelmTest, IsFoundOnThePath) {
  const std::string old = ::getenv("PATH");
  ::setenv("PATH", ("/nowhere::" + folder_).c_str(), 1);
  EXPECT_EQ(findHelm(), at("helm"));
  ::setenv("PATH", "/nowhere", 1);
  EXPECT_EQ(findHelm(), "");
  ::setenv("PATH", old.c_str(), 1);
}

TEST_F(HelmTest, AnOldOneIsSeenBeforeItIsAsked) {
  EXPECT_EQ(whyNoHelm(""), "`helm` is not on PATH");
  script("echo v3.12.3");
  EXPECT_EQ(whyNoHelm(at("helm")), "`" + at("helm") + "` is version 3.12");
  EXPECT_EQ(words(), (std::vector<std::string>{"version", "--template", "{{.Version}}"}));
  for (const char* version : {"v3.13.0", "v3.20", "v4.2.4+g1a2b", "a build of my own"}) {
    script(std::string("echo ") + version);
    EXPECT_EQ(whyNoHelm(at("helm")), "") << version;
  }
  EXPECT_EQ(whyNoHelm(at("no")), "`" + at("no") + "` cannot be run");
}

TEST_F(HelmTest, WithoutHelmThereIsAWayOut) {
  const ApiError error = apiError(makeMissingHelm("`helm` is not on PATH")
                                      ->perform(change_, [](const std::string&) {}, cancel_));
  EXPECT_EQ(error.message, "release gpu cannot be changed: `helm` is not on PATH");
  EXPECT_NE(error.way_out.find("Helm 3.13 or newer"), std::string::npos);
  EXPECT_NE(error.way_out.find("--skip-helm"), std::string::npos);
}

// Helm takes no upgrade of a release whose last one never ended.
class StuckRelease : public KubeTest {
 protected:
  std::string unblocked(const std::vector<std::pair<int, std::string>>& revisions) {
    std::vector<Tree> secrets;
    for (const auto& [number, status] : revisions)
      secrets.push_back(
          mapOf("metadata", mapOf("name", "x", "labels",
                                  mapOf("version", std::to_string(number), "status", status))));
    api().once("GET", "status%20in%20%28deployed%2Csuperseded%29", 200, listJson(secrets));
    llvm::Expected<std::string> good = lastGoodRevision(client(), "tools", "gpu");
    return good ? *good : "error: " + llvm::toString(good.takeError());
  }
};

TEST_F(StuckRelease, GoesBackToWhatRanLast) {
  EXPECT_EQ(unblocked({{9, "deployed"}, {10, "superseded"}, {8, "superseded"}}), "9");
  EXPECT_EQ(unblocked({{9, "superseded"}, {10, "superseded"}}), "10");
  EXPECT_EQ(unblocked({}), "");
}

}  // namespace
}  // namespace gpuspec::test
