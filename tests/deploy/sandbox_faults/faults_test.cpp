#include "backends/deploy/sandbox/faults/faults.h"

#include <thread>

#include <gtest/gtest.h>

#include "compiler/ir/json.h"
#include "tests/deploy/sandbox_faults/read.h"

namespace gpuspec::deploy::sandbox {
namespace {

using namespace std::chrono_literals;
using Ending = HttpResponse::Ending;

class FaultsTest : public ::testing::Test {
 protected:
  void use(const std::string& rules, const std::string& seed = "1") {
    ReadScript read = readScript("seed: " + seed + "\nrules:\n" + rules);
    ASSERT_TRUE(read.script) << read.problems.front();
    faults_.set(std::move(*read.script));
  }
  HttpResponse ask(const std::string& method, const std::string& path,
                   FaultApi api = FaultApi::Kubernetes, const std::string& token = "Bearer one") {
    HttpRequest request;
    request.method = method;
    request.path = path;
    request.headers["authorization"] = token;
    if (path.ends_with("/watched")) request.query = {{"watch", "true"}};
    return faults_.handle(request, {api, api == FaultApi::Kubernetes ? "sandbox" : "", path}, [&] {
      ++carried_out_;
      HttpResponse response;
      response.body = "done";
      if (request.hasParameter("watch"))
        response.stream = [](const auto& write) { return write("event\n"); };
      return response;
    });
  }
  std::string pattern(int requests, const std::string& path = "/x") {
    std::string seen;
    for (int i = 0; i < requests; ++i) seen += ask("GET", path).status == 200 ? '.' : 'x';
    return seen;
  }
  static std::string reason(const HttpResponse& response, const char* dotted) {
    llvm::Expected<Tree> body = ir::parseJson(response.body);
    if (!body) return llvm::toString(body.takeError());
    const Tree* value = &*body;
    if (dotted[0] == '.') value = value->find("error");
    value = value == nullptr ? nullptr : value->find(dotted + (dotted[0] == '.' ? 1 : 0));
    return value != nullptr && value->isString() ? value->asString() : "";
  }
  static std::string header(const HttpResponse& response, const std::string& wanted) {
    for (const auto& [name, value] : response.headers) {
      if (name == wanted) return value;
    }
    return "";
  }

  int carried_out_ = 0, killed_ = 0;
  Faults faults_{[this](const HttpRequest&) { return ++killed_ > 0; }};
};

TEST_F(FaultsTest, PathsMatchBySegments) {
  EXPECT_TRUE(matchesPath("**", "/a/b"));
  EXPECT_TRUE(matchesPath("/api/v1/namespaces/*/pods", "/api/v1/namespaces/x/pods"));
  EXPECT_FALSE(matchesPath("/api/v1/namespaces/*/pods", "/api/v1/namespaces/x/y/pods"));
  EXPECT_TRUE(matchesPath("/apis/**/leases/*", "/apis/coordination.k8s.io/v1/leases/one"));
  EXPECT_FALSE(matchesPath("/apis/**", "/api/v1"));
  EXPECT_FALSE(matchesPath("/api", "/api/v1"));
}

TEST_F(FaultsTest, WithoutRulesEverythingIsCarriedOut) {
  EXPECT_EQ(pattern(5), ".....");
  EXPECT_EQ(carried_out_, 5);
}

TEST_F(FaultsTest, TheNthEveryNthAndSoOften) {
  use("- { when: { nth: [2, 4] }, do: { status: 500 } }");
  EXPECT_EQ(pattern(6), ".x.x..");
  use("- { when: { every: 3 }, do: { status: 500 } }");
  EXPECT_EQ(pattern(7), "..x..x.");
  use("- { when: { times: 2 }, do: { status: 500 } }");
  EXPECT_EQ(pattern(4), "xx..");
  EXPECT_EQ(ir::toJson(*faults_.status().find("rules")),
            R"([{"name":"rule 1","matched":4,"fired":2}])");
}

TEST_F(FaultsTest, ChanceGoesByTheRequestAndTheSeed) {
  const std::string rules = "- { when: { probability: 0.5 }, do: { status: 500 } }";
  use(rules, "3");
  const std::string x = pattern(64, "/x"), y = pattern(64, "/y");
  EXPECT_NE(x, y);
  const auto hits = std::count(x.begin(), x.end(), 'x');
  EXPECT_GT(hits, 16);
  EXPECT_LT(hits, 48);
  use(rules, "3");  // in another order the same
  std::string x_again, y_again;
  for (int i = 0; i < 64; ++i) {
    y_again += pattern(1, "/y");
    x_again += pattern(1, "/x");
  }
  EXPECT_EQ(x_again, x);
  EXPECT_EQ(y_again, y);
  use(rules, "4");
  EXPECT_NE(pattern(64, "/x"), x);
}

TEST_F(FaultsTest, RulesLookAtApiClusterMethodAndPath) {
  use("- { match: { api: kubernetes, cluster: sandbox, method: PATCH, path: \"/apis/**\" }, "
      "do: { status: 503 } }");
  EXPECT_EQ(ask("PATCH", "/apis/apps/v1").status, 503);
  EXPECT_EQ(ask("GET", "/apis/apps/v1").status, 200);
  EXPECT_EQ(ask("PATCH", "/api/v1").status, 200);
  EXPECT_EQ(ask("PATCH", "/apis/apps/v1", FaultApi::Arm).status, 200);
}

TEST_F(FaultsTest, AzureTakesUpperAndLowerCaseForTheSame) {
  use("- { match: { path: \"/subscriptions/*/resourcegroups/*\" }, do: { status: 503 } }");
  EXPECT_EQ(ask("PUT", "/subscriptions/s/resourceGroups/g", FaultApi::Arm).status, 503);
  EXPECT_EQ(ask("PUT", "/subscriptions/s/resourceGroups/g").status, 200);
}

TEST_F(FaultsTest, ErrorsHaveTheShapeOfTheApi) {
  use("- { do: { status: 429, retry_after: 1500ms } }");
  const HttpResponse kubernetes = ask("GET", "/api");
  EXPECT_EQ(kubernetes.status, 429);
  EXPECT_EQ(reason(kubernetes, "reason"), "TooManyRequests");
  EXPECT_EQ(reason(kubernetes, "kind"), "Status");
  EXPECT_EQ(header(kubernetes, "Retry-After"), "2");
  const HttpResponse arm = ask("GET", "/subscriptions", FaultApi::Arm);
  EXPECT_EQ(reason(arm, ".code"), "TooManyRequests");
  EXPECT_EQ(header(arm, "Retry-After"), "2");
  const HttpResponse login = ask("POST", "/t/oauth2/v2.0/token", FaultApi::Login);
  EXPECT_EQ(reason(login, "error"), "temporarily_unavailable");
  EXPECT_EQ(carried_out_, 0);
  use("- { do: { status: 409, code: OperationNotAllowed, message: busy } }");
  EXPECT_EQ(reason(ask("PUT", "/c", FaultApi::Arm), ".code"), "OperationNotAllowed");
  EXPECT_EQ(reason(ask("PUT", "/c"), "message"), "busy");
  use("- { do: { status: 503, retry_after: 2s, retry_after_form: date } }");
  EXPECT_NE(header(ask("GET", "/api"), "Retry-After").find(" GMT"), std::string::npos);
}

TEST_F(FaultsTest, ConnectionsEndBeforeOrAfterTheWork) {
  use("- { do: { drop: before } }");
  EXPECT_EQ(ask("PUT", "/x").ending, Ending::Dropped);
  EXPECT_EQ(carried_out_, 0);
  use("- { do: { drop: after } }");
  EXPECT_EQ(ask("PUT", "/x").ending, Ending::Dropped);
  EXPECT_EQ(carried_out_, 1);
  use("- { do: { cut: header } }");
  EXPECT_EQ(ask("PUT", "/x").ending, Ending::CutInHeader);
  use("- { do: { cut: body } }");
  const HttpResponse cut = ask("PUT", "/x");
  EXPECT_EQ(cut.ending, Ending::CutInBody);
  EXPECT_EQ(cut.body, "done");
}

TEST_F(FaultsTest, TheClientDiesBeforeOrAfterTheWork) {
  use("- { when: { nth: 1 }, do: { kill_client: before } }\n"
      "- { when: { nth: 1 }, do: { kill_client: after } }");
  EXPECT_EQ(ask("PUT", "/x").ending, Ending::Dropped);
  EXPECT_EQ(carried_out_, 0);
  EXPECT_EQ(killed_, 1);
  EXPECT_EQ(ask("PUT", "/x").ending, Ending::Dropped);
  EXPECT_EQ(carried_out_, 1);
  EXPECT_EQ(killed_, 2);
}

TEST_F(FaultsTest, AnEndedTokenStaysEndedUntilThereIsAnother) {
  use("- { when: { nth: 2 }, do: { expire_token: true } }");
  EXPECT_EQ(ask("GET", "/x", FaultApi::Arm, "Bearer one").status, 200);
  const HttpResponse refused = ask("GET", "/x", FaultApi::Arm, "Bearer one");
  EXPECT_EQ(refused.status, 401);
  EXPECT_EQ(reason(refused, ".code"), "ExpiredAuthenticationToken");
  EXPECT_EQ(ask("GET", "/x", FaultApi::Arm, "Bearer one").status, 401);
  EXPECT_EQ(ask("GET", "/x", FaultApi::Arm, "Bearer two").status, 200);
  faults_.clear();
  EXPECT_EQ(ask("GET", "/x", FaultApi::Arm, "Bearer one").status, 200);
}

TEST_F(FaultsTest, WatchesEndAndOthersDoNot) {
  use("- { do: { watch: gone } }");
  EXPECT_EQ(ask("GET", "/list").body, "done");
  HttpResponse watch = ask("GET", "/watched");
  std::string told;
  const auto write = [&](std::string_view piece) {
    told += piece;
    return true;
  };
  EXPECT_FALSE(watch.stream(write));
  EXPECT_NE(told.find("\"ERROR\""), std::string::npos);
  EXPECT_NE(told.find("410"), std::string::npos);
  use("- { do: { watch: cut, after: 1h } }");
  watch = ask("GET", "/watched");
  EXPECT_EQ(watch.ending, Ending::CutInBody);
  told.clear();
  EXPECT_TRUE(watch.stream(write));
  EXPECT_EQ(told, "event\n");
}

TEST_F(FaultsTest, LatenciesAddUpAndTheFirstOtherRuleEnds) {
  use("- { do: { latency: 20ms } }\n- { do: { latency: 30ms, status: 500 } }\n"
      "- { do: { status: 503 } }\n- { do: { latency: 10ms } }");
  const auto began = std::chrono::steady_clock::now();
  EXPECT_EQ(ask("GET", "/x").status, 500);
  EXPECT_GE(std::chrono::steady_clock::now() - began, 60ms);
}

TEST_F(FaultsTest, WhatWaitsGoesOnWhenTheRulesGo) {
  use("- { do: { latency: 1h } }");
  std::thread other([this] { EXPECT_EQ(ask("GET", "/x").status, 200); });
  while (faults_.status().find("rules")->asList()[0].find("fired")->asInt() == 0)
    std::this_thread::yield();
  faults_.clear();
  other.join();
  EXPECT_EQ(carried_out_, 1);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
