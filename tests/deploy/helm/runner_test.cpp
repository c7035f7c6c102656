#include <gtest/gtest.h>
#include <stdlib.h>

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

// A program of the name `helm` that notes down how it was called, then does what the test says.
class HelmTest : public ::testing::Test {
 protected:
  HelmTest() {
    std::string path = (fs::temp_directory_path() / "gpuspec-helm-XXXXXX").string();
    folder_ = ::mkdtemp(path.data());
    script("");
    options_.helm = at("helm");
    options_.kubeconfig = std::string("{\"token\": \"") + kSecret + "\"}";
    options_.scope = kScope;
    change_.key = {model::System::Helm, "shared", "", "Release", "tools", "gpu"};
    change_.body = mapOf("chart", "device-plugin", "repository", "https://charts.test", "version",
                         "0.20.0", "values", mapOf("adminPassword", kSecret, "replicas", 2));
  }
  ~HelmTest() override { fs::remove_all(folder_); }

  void script(const std::string& rest) {
    std::ofstream out(at("helm"));
    out << "#!/bin/sh\ncd '" << folder_ << "'\n"
        << "printf '%s\\n' \"$@\" > args\nenv > env\n"
        << "while [ $# -gt 0 ]; do\n"
        << "  case \"$1\" in\n"
        << "    --values) cat \"$2\" > values; stat -c %a \"$2\" > mode; echo \"$2\" > "
           "values_at;;\n"
        << "    --kubeconfig) cat \"$2\" > kubeconfig; stat -c %a \"$2\" >> mode; echo \"$2\" > "
           "kube_at;;\n"
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
  EXPECT_FALSE(static_cast<bool>(perform(Action::Create)));
  const std::vector<std::string> all = words();
  ASSERT_GE(all.size(), 4u);
  EXPECT_EQ((std::vector<std::string>(all.begin(), all.begin() + 4)),
            (std::vector<std::string>{"upgrade", "--install", "gpu", "device-plugin"}));
  EXPECT_TRUE(has("--namespace", "tools"));
  EXPECT_TRUE(has("--version", "0.20.0"));
  EXPECT_TRUE(has("--repo", "https://charts.test"));
  EXPECT_TRUE(has("--kube-context", "c"));
  EXPECT_TRUE(has("--labels", "gpuspec.dev/project=shared-gpu,gpuspec.dev/env=prod"));
  EXPECT_TRUE(has("--timeout", "900s"));
  EXPECT_NE(std::find(all.begin(), all.end(), "--create-namespace"), all.end());
}

TEST_F(HelmTest, SecretsGoByPrivateFilesThatDoNotStay) {
  EXPECT_FALSE(static_cast<bool>(perform(Action::Update)));
  EXPECT_EQ(parsed(text("values")), *change_.body.find("values"));
  EXPECT_EQ(text("kubeconfig"), options_.kubeconfig);
  EXPECT_EQ(text("mode"), "600\n600\n");
  EXPECT_EQ(text("args").find(kSecret), std::string::npos);
  for (const char* name : {"values_at", "kube_at"}) {
    std::string path = text(name);
    path.pop_back();
    EXPECT_FALSE(fs::exists(path)) << path;
  }
}

TEST_F(HelmTest, TheEnvironmentDoesNotLeadElsewhere) {
  ::setenv("HELM_KUBEAPISERVER", "https://elsewhere", 1);
  ::setenv("KUBECONFIG", "/elsewhere", 1);
  ::setenv("HELM_CACHE_HOME", "/cache", 1);
  EXPECT_FALSE(static_cast<bool>(perform(Action::Create)));
  ::unsetenv("HELM_KUBEAPISERVER");
  ::unsetenv("KUBECONFIG");
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
  EXPECT_NE(apiError(perform(Action::Create)).way_out.find("helm rollback"), std::string::npos);
  script("echo 'Error: unknown flag: --labels' >&2; exit 1");
  EXPECT_EQ(apiError(perform(Action::Create)).way_out, "install Helm 3.13 or newer");
  script("kill -9 $$");
  EXPECT_EQ(apiError(perform(Action::Create)).message, "helm ended with 137");
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

TEST_F(HelmTest, AProcessHasItsTime) {
  script("sleep 100");
  llvm::Expected<ProcessResult> result = runProcess({at("helm")}, 1s, cancel_);
  ASSERT_TRUE(static_cast<bool>(result));
  EXPECT_TRUE(result->timed_out);
  EXPECT_EQ(result->exit_code, 128 + 15);
}

TEST_F(HelmTest, AProcessThatIsNotThere) {
  llvm::Expected<ProcessResult> result = runProcess({at("no")}, 10s, cancel_);
  ASSERT_TRUE(static_cast<bool>(result));
  EXPECT_EQ(result->exit_code, 127);
}

TEST_F(HelmTest, LettingGoWithoutAClientIsNotDone) {
  const ApiError error = apiError(perform(Action::Release));
  EXPECT_EQ(error.way_out,
            "kubectl label secret -n tools -l owner=helm,name=gpu gpuspec.dev/project- "
            "gpuspec.dev/env-");
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

TEST_F(HelmTest, WithoutHelmThereIsAWayOut) {
  const ApiError error =
      apiError(makeMissingHelm()->perform(change_, [](const std::string&) {}, cancel_));
  EXPECT_EQ(error.message, "release gpu needs `helm`, which is not on PATH");
  EXPECT_NE(error.way_out.find("--skip-helm"), std::string::npos);
}

}  // namespace
}  // namespace gpuspec::test
