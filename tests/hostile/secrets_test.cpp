// A secret's value is written nowhere: not in files, not in findings, not in dumps.

#include <gtest/gtest.h>

#include "tests/support/compile_in_memory.h"

namespace gpuspec::test {
namespace {

const std::string kValue = "hunter2-5ecret";

Outcome compileWith(const std::string& text, const std::string& value = kValue) {
  CompileRequest request;
  request.files = {{"main.gpuspec", text}};
  request.parameters = {{"token", value, "--param", true}};
  return compileInMemory(request);
}

void expectUnseen(const Outcome& outcome, const std::string& what,
                  const std::string& value = kValue) {
  EXPECT_EQ(outcome.dump.find(value), std::string::npos) << what << "\n" << outcome.dump;
  EXPECT_EQ(outcome.rendered.find(value), std::string::npos) << what << "\n" << outcome.rendered;
  EXPECT_EQ(allBytes(outcome).find(value), std::string::npos) << what;
  for (const Finding& finding : outcome.findings) {
    std::string all = finding.message;
    for (const std::string& text : finding.notes) all += text;
    for (const std::string& text : finding.help) all += text;
    EXPECT_EQ(all.find(value), std::string::npos) << what << "\n" << all;
  }
}

const char* const kHead = R"(
project "p"
cluster c { platform = kubernetes  context = "k" }
param token: string secret
)";

TEST(Secrets, WrongUsesAreRefusedAndShowNothing) {
  const std::vector<std::string> uses = {
      "output x = token",
      "output x = \"Bearer ${token}\"",
      "output x = [token]",
      "output x = { a = token }",
      "output x = upper(token)",
      "output x = base64(token)",
      "output x = sha256(token)",
      "output x = len(token)",
      "output x = split(token, \"-\")",
      "output x = string(token)",
      "let y = [for t in [token] : t]\noutput x = y",
      "let y = {for t in [token] : t => 1}\noutput x = y",
      "let y = token\noutput x = y",
      "assert token == \"a\", \"it is ${token}\"",
      "assert false, token",
      "check \"c\" { when = token != \"a\"  message = \"x\" }",
      "pool \"${token}\" { cluster = c }",
      "pool p { cluster = c  labels { a = token } }",
      "pool p { cluster = c  selector { a = token } }",
      "job j { cluster = c  image = token }",
      "job j { cluster = c  image = \"i:1\"  args = [token] }",
      "job j { cluster = c  image = \"i:1\"  annotations { a = token } }",
      "job j { cluster = c  image = \"i:1\"  env { \"${token}\" = \"x\" } }",
      "manifest m { cluster = c  object = { apiVersion = \"v1\", kind = \"Secret\", metadata = { "
      "name = \"x\" }, data = { a = token } } }",
      "release r { cluster = c  chart = \"oci://x/y\"  values { password = token } }",
      "team t { clusters = [c]  members { user \"${token}\" = view } }",
      "let y = file(token)\noutput x = y",
      "let m = { a = 1 }\noutput x = m[token]",
      "output x = lookup({ a = 1 }, token)",
      "let n = token + 1\noutput x = n",
      "let n = token ? 1 : 2\noutput x = n"};
  for (const std::string& use : uses) {
    const Outcome outcome = compileWith(kHead + use + "\n");
    EXPECT_FALSE(outcome.good) << use << "\n" << outcome.dump;
    expectUnseen(outcome, use);
  }
}

TEST(Secrets, AsAnEnvironmentVariableOnlyTheReferenceIsWritten) {
  for (const char* use :
       {"job j { cluster = c  image = \"i:1\"  env { TOKEN = token } }",
        "service s { cluster = c  image = \"i:1\"  port = 80  env { TOKEN = token } }",
        "let t = token\njob j { cluster = c  image = \"i:1\"  env { TOKEN = t } }",
        "job j { cluster = c  image = \"i:1\"  env { TOKEN = keyvault('hf') } }"}) {
    const Outcome outcome = compileWith(std::string(kHead) + use + "\n");
    expectUnseen(outcome, use);
    // What cannot be made yet is said, not left out.
    if (outcome.good) {
      EXPECT_NE(allBytes(outcome).find("TOKEN"), std::string::npos) << use;
    }
  }
}

TEST(Secrets, AValueThatDoesNotFitIsNotShown) {
  const Outcome long_one = compileWith("param token: string(1..3) secret\n");
  EXPECT_FALSE(long_one.good) << "too long";
  expectUnseen(long_one, "bounds");
  for (const char* type :
       {"int", "size", "bool", "list(string)", "enum(a, b)", "object({ a: string })"}) {
    const Outcome outcome = compileWith("param token: " + std::string(type) + " secret\n");
    expectUnseen(outcome, type);
    EXPECT_FALSE(outcome.good) << type << ": a secret of this type, given a text";
  }
}

// A text that reads as syntax errors would be quoted in a finding if the value were parsed.
TEST(Secrets, OddValues) {
  for (const std::string value :
       {"a b c 7f3a", "\"7f3a", "${7f3a}", "7f3a\nlet x = 1", "[7f3a", "", "7f3a\xFF"}) {
    const Outcome outcome = compileWith("param token: string secret\n", value);
    if (!value.empty()) expectUnseen(outcome, value, "7f3a");
    const Outcome number = compileWith("param token: int secret\n", value);
    if (!value.empty()) expectUnseen(number, value, "7f3a");
  }
}

TEST(Secrets, IntoAModuleItStaysOne) {
  CompileRequest request;
  request.files = {
      {"main.gpuspec",
       std::string(kHead) +
           "module m from \"./m.gpuspec\" { key = token }\noutput x = module.m.shown\n"},
      {"m.gpuspec", "param key: string\noutput shown = key\n"}};
  request.parameters = {{"token", kValue, "--param", true}};
  const Outcome outcome = compileInMemory(request);
  EXPECT_FALSE(outcome.good);
  expectUnseen(outcome, "module");
}

TEST(Secrets, FromAnEnvironmentItIsRefusedOrUnseen) {
  CompileRequest request;
  request.files = {
      {"main.gpuspec", std::string(kHead) + "env prod { token = \"" + kValue + "\" }\n"}};
  request.environment = "prod";
  const Outcome outcome = compileInMemory(request);
  EXPECT_EQ(outcome.dump.find(kValue), std::string::npos) << outcome.dump;
  EXPECT_EQ(allBytes(outcome).find(kValue), std::string::npos);
}

}  // namespace
}  // namespace gpuspec::test
