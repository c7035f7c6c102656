// The host believes a plugin nothing: libraries that break the interface, replies that are wrong in
// one field, findings that cannot be shown.

#include <gtest/gtest.h>
#include <unistd.h>

#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <filesystem>

#include <llvm/Support/Compiler.h>
#include <llvm/Support/raw_ostream.h>

#include "lang/diag/catalogue.h"
#include "plugins/abi/gpuspec_plugin.hpp"
#include "plugins/fake/api.h"
#include "plugins/host/host.h"
#include "plugins/host/plugin_error.h"
#include "plugins/host/reader.h"
#include "tests/plugins/world.h"

namespace gpuspec::testing {
namespace {

using Codes = std::vector<std::string>;

const std::string kPlugins = PLUGIN_FOLDER;
const std::string kTestPlugins = TEST_PLUGIN_FOLDER;

// "GS5003" of a failed load, and its text.
std::pair<std::string, std::string> failure(llvm::Error error) {
  std::pair<std::string, std::string> out;
  llvm::handleAllErrors(std::move(error), [&](const host::PluginError& e) {
    llvm::raw_string_ostream text(out.second);
    e.log(text);
    out.first = diag::codeName(e.info().code);
  });
  return out;
}

std::pair<std::string, std::string> loadFailure(const std::string& path) {
  llvm::Expected<ir::VendorSet> vendors = host::loadVendors({path});
  if (vendors) return {"loaded", ""};
  return failure(vendors.takeError());
}

TEST(Loader, BrokenLibraries) {
  const std::string broken = kTestPlugins + "/broken/";
  EXPECT_EQ(loadFailure(broken + "wrong_abi.so").first, "GS5003");
  EXPECT_NE(loadFailure(broken + "wrong_abi.so")
                .second.find("speaks version 2.1 of the plugin interface"),
            std::string::npos);
  EXPECT_EQ(loadFailure(broken + "no_entry.so").first, "GS5002");
  EXPECT_EQ(loadFailure(broken + "too_small.so").first, "GS5004");
  EXPECT_EQ(loadFailure(broken + "garbage.so").first, "GS5008");
  EXPECT_EQ(loadFailure(broken + "internal.so").first, "GS5007");
  EXPECT_NE(loadFailure(broken + "internal.so").second.find("the table of devices is empty"),
            std::string::npos);
  EXPECT_EQ(loadFailure(broken + "nothing_here.so").first, "GS5014");
  EXPECT_EQ(loadFailure(__FILE__).first, "GS5001");
}

TEST(Loader, NamesThatAreNone) {
  for (const std::string name : {"", "Acme GPUs", "9gpu", "a-b"}) {
    gs_vendor_v1 api = fake::vendorApi();
    api.name = {name.data(), name.size()};
    auto vendor = host::makeVendor(api, "acme.so");
    ASSERT_FALSE(static_cast<bool>(vendor)) << name;
    EXPECT_EQ(failure(vendor.takeError()).first, "GS5005") << name;
  }
}

TEST(Loader, FolderInOrder) {
  const ir::VendorSet vendors =
      llvm::cantFail(host::loadVendors({kPlugins, kTestPlugins + "/fake"}));
  EXPECT_NE(vendors.find("fake"), nullptr);
  EXPECT_NE(vendors.find("nvidia"), nullptr);
  EXPECT_EQ(vendors.find("none"), nullptr);
}

TEST(Loader, OneVendorOnce) {
  const std::string fake = kTestPlugins + "/fake/fake.so";
  llvm::Expected<ir::VendorSet> vendors = host::loadVendors({fake, fake});
  ASSERT_FALSE(static_cast<bool>(vendors));
  EXPECT_EQ(failure(vendors.takeError()).first, "GS5006");
}

TEST(Loader, EmptyFolderIsNoFault) {
  const std::string folder = ::testing::TempDir() + "gpuspec_no_plugins";
  std::filesystem::create_directory(folder);
  EXPECT_TRUE(llvm::cantFail(host::loadVendors({folder})).all().empty());
  EXPECT_TRUE(llvm::cantFail(host::loadVendors({})).all().empty());
}

Outcome askBroken(const std::string& name) {
  const ir::VendorSet vendors =
      llvm::cantFail(host::loadVendors({kTestPlugins + "/broken/" + name + ".so"}));
  World world("broken");
  world.aks().accelerator("s");
  world.pool("p", "b1", 1);
  return world.run(*vendors.find("broken"));
}

TEST(Calls, BrokenAnswers) {
  EXPECT_EQ(askBroken("huge").codes(), Codes{"GS5010"});
  EXPECT_EQ(askBroken("silent").codes(), Codes{"GS5011"});
}

// Its limits are small, so that the test ends soon; what is tested is what is said.
Outcome askInWorker(const std::string& name, int calls = 1) {
  host::WorkerLimits limits;
  const bool never_ends = name == "hang" || name == "stop";
  limits.deadline = never_ends ? std::chrono::milliseconds(200) : std::chrono::minutes(1);
  const ir::VendorSet vendors = llvm::cantFail(
      host::loadVendors({kTestPlugins + "/broken/" + name + ".so"}, kPlugins, limits));
  World world("broken");
  world.aks().accelerator("s");
  world.pool("p", "b1", 1);
  for (int i = 1; i < calls; ++i) world.run(*vendors.find("broken"));
  return world.run(*vendors.find("broken"));
}

std::string onlyMessage(const Outcome& outcome) {
  EXPECT_EQ(outcome.codes(), Codes{"GS5007"});
  return outcome.findings.empty() ? "" : outcome.findings[0].message;
}

TEST(Worker, ACrashIsAFinding) {
  EXPECT_EQ(onlyMessage(askInWorker("crash")),
            "plugin `broken` failed in `partition`: it was ended by signal 11 (Segmentation "
            "fault)");
  EXPECT_EQ(onlyMessage(askInWorker("crash", 2)),
            "plugin `broken` failed in `partition`: its process has ended");
}

TEST(Worker, AHandlerOfThisProcessDoesNotHideACrash) {
  const auto before = std::signal(SIGSEGV, [](int) { _exit(3); });
  const std::string message = onlyMessage(askInWorker("crash"));
  std::signal(SIGSEGV, before);
  EXPECT_NE(message.find("signal 11"), std::string::npos) << message;
}

TEST(Worker, AnExitIsAFinding) {
  EXPECT_EQ(onlyMessage(askInWorker("exit")),
            "plugin `broken` failed in `partition`: it ended its process with status 7");
}

TEST(Worker, AHangIsAFinding) {
  EXPECT_EQ(onlyMessage(askInWorker("hang")),
            "plugin `broken` failed in `partition`: no answer within 0.2 s");
}

TEST(Worker, AllMemoryIsAFinding) {
  if (LLVM_ADDRESS_SANITIZER_BUILD || LLVM_THREAD_SANITIZER_BUILD)
    GTEST_SKIP() << "skipped: a sanitizer's shadow needs more address space than any limit, so "
                    "there is none";
  EXPECT_NE(onlyMessage(askInWorker("hoard")).find("bad_alloc"), std::string::npos);
}

// "GS5001" and why a plugin could not be loaded in a process of its own.
std::pair<std::string, std::string> workerFailure(const std::string& name) {
  host::WorkerLimits limits;
  if (name == "stuck") limits.deadline = std::chrono::milliseconds(200);
  llvm::Expected<ir::VendorSet> vendors =
      host::loadVendors({kTestPlugins + "/broken/" + name + ".so"}, kPlugins, limits);
  if (vendors) return {"loaded", ""};
  return failure(vendors.takeError());
}

TEST(Worker, SignalsAreFindings) {
  EXPECT_EQ(onlyMessage(askInWorker("raise")),
            "plugin `broken` failed in `partition`: it was ended by signal 15 (Terminated)");
  EXPECT_EQ(onlyMessage(askInWorker("abort")),
            "plugin `broken` failed in `partition`: it was ended by signal 6 (Aborted)");
  EXPECT_EQ(onlyMessage(askInWorker("stop")),
            "plugin `broken` failed in `partition`: no answer within 0.2 s");
}

TEST(Worker, AClosedConnectionIsAFinding) {
  EXPECT_EQ(onlyMessage(askInWorker("close")),
            "plugin `broken` failed in `partition`: it closed its connection");
}

TEST(Worker, EndlessFindingsAreAFinding) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "skipped: the sanitizer needs more address space than the limit";
#endif
  EXPECT_EQ(askInWorker("flood").codes().size(), 1u);
}

TEST(Worker, WhatItPrintsGoesNowhere) {
  ::testing::internal::CaptureStdout();
  ::testing::internal::CaptureStderr();
  const Outcome outcome = askInWorker("print");
  const std::string out = ::testing::internal::GetCapturedStdout();
  const std::string err = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(onlyMessage(outcome), "plugin `broken` failed in `partition`: it has printed");
  EXPECT_EQ(out.find("printed"), std::string::npos);
  EXPECT_EQ(err.find("printed"), std::string::npos);
}

TEST(Worker, MakesNoProcesses) {
  EXPECT_EQ(onlyMessage(askInWorker("fork")), "plugin `broken` failed in `partition`: no child");
  EXPECT_EQ(onlyMessage(askInWorker("spawn")), "plugin `broken` failed in `partition`: no shell");
}

TEST(Worker, MayUseThreads) {
  EXPECT_EQ(onlyMessage(askInWorker("thread")),
            "plugin `broken` failed in `partition`: threads are fine");
}

TEST(Worker, LeavesNoProcessBehind) {
  for (const char* name : {"fork", "hang", "stop", "close", "crash", "exit", "print"})
    askInWorker(name);
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1) << "a worker was not waited for";
  EXPECT_EQ(errno, ECHILD);
}

TEST(Worker, FaultsWhileLoading) {
  using Failure = std::pair<std::string, std::string>;
  const std::string broken = kTestPlugins + "/broken/";
  EXPECT_EQ(workerFailure("wrong_abi").first, "GS5003");
  EXPECT_EQ(workerFailure("no_entry").first, "GS5002");
  EXPECT_EQ(workerFailure("too_small").first, "GS5004");
  EXPECT_EQ(workerFailure("odd_name").first, "GS5005");
  EXPECT_EQ(workerFailure("garbage").first, "GS5008");
  EXPECT_EQ(workerFailure("deep").first, "GS5008");
  EXPECT_EQ(workerFailure("bytes").first, "GS5008");
  EXPECT_EQ(workerFailure("quit"),
            (Failure{"GS5001", "`" + broken +
                                   "quit.so` cannot be loaded as a plugin: it ended its "
                                   "process with status 0"}));
  EXPECT_EQ(workerFailure("wild_name"),
            (Failure{"GS5001", "`" + broken +
                                   "wild_name.so` cannot be loaded as a plugin: it was "
                                   "ended by signal 11 (Segmentation fault)"}));
  EXPECT_EQ(workerFailure("crash_early"),
            (Failure{"GS5007", "plugin `" + broken +
                                   "crash_early.so` failed in `describe`: it was "
                                   "ended by signal 11 (Segmentation fault)"}));
}

TEST(Worker, WhatIsNoAnswerIsAFinding) {
  EXPECT_EQ(onlyMessage(askInWorker("loud")),
            "plugin `broken` failed in `partition`: its process sent something that is no answer");
}

TEST(Worker, ALibraryThatNeverLoads) {
  host::WorkerLimits limits;
  limits.deadline = std::chrono::milliseconds(200);
  llvm::Expected<ir::VendorSet> vendors =
      host::loadVendors({kTestPlugins + "/broken/stuck.so"}, kPlugins, limits);
  ASSERT_FALSE(static_cast<bool>(vendors));
  const auto [code, text] = failure(vendors.takeError());
  EXPECT_EQ(code, "GS5001");
  EXPECT_NE(text.find("no answer within 0.2 s"), std::string::npos) << text;
}

TEST(Worker, AnswersAsInThisProcess) {
  const std::string folder = kTestPlugins + "/fake";
  const ir::VendorSet inside = llvm::cantFail(host::loadVendors({folder}, folder));
  const ir::VendorSet outside = llvm::cantFail(host::loadVendors({folder}, kPlugins));
  World world("fake");
  world.aks().accelerator("plain");
  world.block(world.pool("p", "f1", 4), "cut", {{"profile", "1g.4gb"}});
  const Outcome here = world.run(*inside.find("fake")), there = world.run(*outside.find("fake"));
  ASSERT_TRUE(here.plans && there.plans);
  EXPECT_EQ(here.plans->at(0).allocatable, there.plans->at(0).allocatable);
  EXPECT_EQ(here.codes(), there.codes());
}

// A vendor whose answers a test sets.
struct Script {
  static inline std::string description, reply, finding;
  static inline gs_status status = GS_OK;

  static gs_status describe(const gs_sink& sink) {
    plugin::write(sink, description);
    return GS_OK;
  }
  static gs_status partition(std::string_view, const gs_sink& sink) {
    if (!finding.empty()) plugin::diagnose(sink, finding);
    for (const char c : reply)
      plugin::write(sink, std::string_view(&c, 1));  // any number of chunks
    return status;
  }
  static gs_status emit(std::string_view, const gs_sink& sink) {
    plugin::write(sink,
                  R"({"schema":"gpuspec.emit-reply/1","releases":[],"manifests":[],"metrics":{}})");
    return GS_OK;
  }
  static gs_status observe(std::string_view, const gs_sink& sink) {
    return partition({}, sink);  // the reply and status that the test set
  }
};

class Scripted : public ::testing::Test {
 protected:
  void SetUp() override {
    Script::description =
        R"({"schema":"gpuspec.describe/1","name":"script","version":"1","stacks":[{"name":"s"}],
      "models":[],"rows":[]})";
    Script::reply =
        R"({"schema":"gpuspec.partition-reply/1","pools":[{"allocatable":{"x.example/gpu":{"amount":1}}}]})";
    Script::finding.clear();
    Script::status = GS_OK;
  }

  static llvm::Expected<std::unique_ptr<ir::Vendor>> make() {
    static const gs_vendor_v1 api = {sizeof(gs_vendor_v1),
                                     GPUSPEC_ABI_MAJOR,
                                     GPUSPEC_ABI_MINOR,
                                     plugin::str("script"),
                                     plugin::str("1"),
                                     &plugin::guarded<Script::describe>,
                                     &plugin::guarded<Script::partition>,
                                     &plugin::guarded<Script::emit>,
                                     &plugin::guarded<Script::observe>};
    return host::makeVendor(api, "script");
  }

  static Outcome ask() {
    const std::unique_ptr<ir::Vendor> vendor = llvm::cantFail(make());
    World world("script");
    world.aks().accelerator("s");
    world.pool("p", "m", 1);
    return world.run(*vendor);
  }

  // The message of the only finding.
  static std::string complaint(const std::string& pool) {
    Script::reply = R"({"schema":"gpuspec.partition-reply/1","pools":[)" + pool + "]}";
    const Outcome outcome = ask();
    EXPECT_EQ(outcome.codes(), Codes{"GS5009"}) << pool;
    EXPECT_FALSE(outcome.plans.has_value());
    return outcome.findings.empty() ? "" : outcome.findings[0].message;
  }
};

TEST_F(Scripted, GoodAnswer) {
  const Outcome outcome = ask();
  EXPECT_EQ(outcome.codes(), Codes{});
  EXPECT_EQ((*outcome.plans)[0].allocatable.at("x.example/gpu"), 1);
}

TEST_F(Scripted, WrongFieldsAreNamed) {
  EXPECT_EQ(complaint("{}"),
            "plugin `script` answered `partition` with a wrong `pools[0].allocatable`: is missing");
  EXPECT_EQ(complaint(R"({"allocatable": []})"),
            "plugin `script` answered `partition` with a wrong `pools[0].allocatable`: is a list, "
            "not an object");
  EXPECT_NE(complaint(R"({"allocatable": {"gpu": {"amount": 1}}})").find("is no resource name"),
            std::string::npos);
  EXPECT_NE(
      complaint(R"({"allocatable": {"x.example/gpu": {"amount": -1}}})").find("is -1, not within"),
      std::string::npos);
  EXPECT_NE(complaint(R"({"allocatable": {"x.example/gpu": {"amount": 1.5}}})")
                .find("not a whole number"),
            std::string::npos);
  EXPECT_NE(complaint(R"({"allocatable": {}, "device_resource": "x.example/gpu"})")
                .find("not in `allocatable`"),
            std::string::npos);
  EXPECT_NE(
      complaint(
          R"({"allocatable": {}, "default_taints": [{"key":"k","value":"v","effect":"Never"}]})")
          .find("default_taints[0].effect"),
      std::string::npos);
  EXPECT_NE(complaint(R"({"allocatable": {}, "node_labels": {"a b": {"value": "c"}}})")
                .find("is no label key"),
            std::string::npos);
  EXPECT_NE(complaint(R"({"allocatable": {}, "summary": "two\nlines"})").find("pools[0].summary"),
            std::string::npos);
  EXPECT_NE(
      complaint(
          R"({"allocatable": {}, "properties": {"a": 1}, "property_notes": [{"path": "/b"}]})")
          .find("points at nothing"),
      std::string::npos);
  EXPECT_NE(complaint(R"({"allocatable": {}}, {"allocatable": {}})").find("more items than pools"),
            std::string::npos);
  Script::reply = R"({"schema":"gpuspec.partition-reply/9","pools":[]})";
  EXPECT_NE(ask().findings[0].message.find("`schema`: is `gpuspec.partition-reply/9`"),
            std::string::npos);
}

TEST_F(Scripted, RepliesThatAreNoJson) {
  Script::reply = "{\"pools\": ";
  EXPECT_EQ(ask().codes(), Codes{"GS5008"});
  Script::reply = std::string(100000, '[');
  EXPECT_EQ(ask().codes(), Codes{"GS5008"});
  Script::reply = "";
  EXPECT_EQ(ask().codes(), Codes{"GS5008"});
}

TEST_F(Scripted, StatusDecides) {
  Script::status = GS_UNSUPPORTED;
  EXPECT_EQ(ask().codes(), Codes{"GS5013"});
  Script::status = GS_INTERNAL;
  EXPECT_EQ(ask().codes(), Codes{"GS5007"});
  Script::status = static_cast<gs_status>(77);
  EXPECT_EQ(ask().codes(), Codes{"GS5007"});
}

TEST_F(Scripted, UnknownCodesAreShownInThePluginsWords) {
  Script::status = GS_REJECTED;
  Script::finding = R"({"code": 4711, "at": 1, "message": "the moon is full"})";
  const Outcome outcome = ask();
  ASSERT_EQ(outcome.codes(), Codes{"GS3200"});
  EXPECT_EQ(outcome.findings[0].message, "the moon is full");
}

TEST_F(Scripted, ForeignCodesOfTheCatalogueAreNotThePluginsToUse) {
  Script::status = GS_REJECTED;
  Script::finding = R"({"code": 1001, "at": 1, "args": ["a", "b"], "message": "not mine"})";
  EXPECT_EQ(ask().codes(), Codes{"GS3200"});
}

TEST_F(Scripted, AWarningInThePluginsWords) {
  Script::finding = R"({"code": 3201, "at": 1, "args": ["the moon wanes"]})";
  const Outcome outcome = ask();
  ASSERT_EQ(outcome.codes(), Codes{"GS3201"});
  EXPECT_EQ(outcome.findings[0].message, "the moon wanes");
}

// The description of a plugin with these findings.
std::string declaring(const std::string& findings) {
  return R"({"schema":"gpuspec.describe/1","name":"script","version":"1","stacks":[{"name":"s"}],
      "models":[],"rows":[],"findings":[)" +
         findings + "]}";
}

std::string declaration(const std::string& code, const std::string& more = "",
                        const std::string& page = "") {
  return R"({"code":")" + code +
         R"(","name":"MoonWanes","level":"warning","message":"the {0} wanes","page":")" +
         (page.empty() ? "# " + code + ": a page" : page) + "\"" + more + "}";
}

TEST_F(Scripted, FindingsThatItDeclares) {
  Script::description = declaring(declaration("SCRIPT0001"));
  Script::finding = R"({"code": "SCRIPT0001", "at": 1, "args": ["moon"]})";
  const Outcome outcome = ask();
  ASSERT_EQ(outcome.codes(), Codes{"SCRIPT0001"});
  EXPECT_EQ(outcome.findings[0].message, "the moon wanes");
  EXPECT_EQ(outcome.findings[0].level, diag::Level::Warning);
  EXPECT_EQ(diag::parseCode("SCRIPT0001"), outcome.findings[0].info->code);
  Script::finding = R"({"code": "SCRIPT0001", "at": 1, "args": []})";
  EXPECT_EQ(ask().codes(), Codes{"GS5012"});
  Script::finding = R"({"code": "SCRIPT0002", "at": 1, "args": ["moon"]})";
  EXPECT_EQ(ask().codes(), Codes{"GS5012"}) << "nobody declared it";
  Script::finding = R"({"code": "GS3202", "at": 1, "args": ["a", "b"]})";
  EXPECT_EQ(ask().codes(), Codes{"GS5012"}) << "the catalogue's codes are numbers";
}

TEST_F(Scripted, DeclarationsAreChecked) {
  const std::map<std::string, std::string> cases = {
      {declaration("OTHER0001"), "findings[0].code"},
      {declaration("SCRIPT001"), "findings[0].code"},
      {declaration("SCRIPT00001"), "findings[0].code"},
      {declaration("script0001"), "findings[0].code"},
      {declaration("GS3204"), "findings[0].code"},
      {declaration("SCRIPT0001") + "," + declaration("SCRIPT0001"), "declared twice"},
      {declaration("SCRIPT0001", R"(,"lint":"yes")"), "findings[0].lint"},
      {declaration("SCRIPT0001", "", "# SCRIPT0002: of another"), "findings[0].page"},
      {declaration("SCRIPT0001", "", R"(# SCRIPT0001: \u001b[31m)"), "findings[0].page"},
      {declaration("SCRIPT0001", "", "# SCRIPT0001: " + std::string(70000, 'x')),
       "findings[0].page"},
      {R"({"code":"SCRIPT0001","name":"a b","level":"warning","message":"m","page":"# SCRIPT0001: p"})",
       "findings[0].name"},
      {R"({"code":"SCRIPT0001","name":"A","level":"note","message":"m","page":"# SCRIPT0001: p"})",
       "findings[0].level"},
      {R"({"code":"SCRIPT0001","name":"A","level":"error","page":"# SCRIPT0001: p"})",
       "findings[0].message"},
      {"7", "findings[0]"}};
  for (const auto& [findings, what] : cases) {
    Script::description = declaring(findings);
    auto vendor = make();
    ASSERT_FALSE(static_cast<bool>(vendor)) << findings;
    const auto [code, text] = failure(vendor.takeError());
    EXPECT_EQ(code, "GS5009");
    EXPECT_NE(text.find(what), std::string::npos) << text;
  }
}

TEST_F(Scripted, FindingsThatCannotBeShown) {
  Script::status = GS_REJECTED;
  const std::map<std::string, std::string> cases = {
      {R"({"code": 3202, "at": 1, "args": ["one"]})", "takes 2"},
      {R"({"code": 3202, "at": 9999, "args": ["a", "b"]})", "no node id"},
      {R"({"at": 1})", "`code` is missing"},
      {R"([])", "not an object"},
      {R"({"code": 3210, "at": 1, "fixes": [{"message": "m", "edits": [{"at": 0, "text": "x"}]}]})",
       "no place in the spec"},
      {R"(nonsense)", "parse error"}};
  for (const auto& [finding, what] : cases) {
    Script::finding = finding;
    const Outcome outcome = ask();
    ASSERT_EQ(outcome.codes(), Codes{"GS5012"}) << finding;
    EXPECT_NE(outcome.findings[0].message.find(what), std::string::npos)
        << outcome.findings[0].message;
  }
}

TEST_F(Scripted, ControlCharactersDoNotReachTheTerminal) {
  Script::status = GS_REJECTED;
  Script::finding = "{\"code\": 3200, \"at\": 1, \"args\": [\"red \\u001b[31m\"]}";
  EXPECT_EQ(ask().findings[0].message.find('\x1b'), std::string::npos);
}

TEST_F(Scripted, DescriptionsAreChecked) {
  const std::map<std::string, std::string> cases = {
      {R"({"schema":"gpuspec.describe/1","name":"other","version":"1","stacks":[{"name":"s"}],"models":[],"rows":[]})",
       "`other`"},
      {R"({"schema":"gpuspec.describe/1","name":"script","version":"1","stacks":[],"models":[],"rows":[]})",
       "names no stack"},
      {R"({"schema":"gpuspec.describe/1","name":"script","version":"1","stacks":[{"name":"s"}],
           "models":[{"key":"Not Good","title":"t","memory_gib":1,"profiles":[]}],"rows":[]})",
       "models[0].key"},
      {R"({"schema":"gpuspec.describe/1","name":"script","version":"1","stacks":[{"name":"s"}],"models":[],
           "rows":[{"path":"pool.x","form":"spiral","doc":"d"}]})",
       "attribute, block or call"}};
  for (const auto& [description, what] : cases) {
    Script::description = description;
    auto vendor = make();
    ASSERT_FALSE(static_cast<bool>(vendor)) << description;
    const auto [code, text] = failure(vendor.takeError());
    EXPECT_EQ(code, "GS5009");
    EXPECT_NE(text.find(what), std::string::npos) << text;
  }
}

gs_status throwsText(std::string_view, const gs_sink&) {
  throw std::runtime_error("lost \"it\"\n");
}
gs_status throwsNumber(std::string_view, const gs_sink&) {
  throw 7;
}

// What goes wrong with an observe reply, or "".
std::string observing(const std::string& reply, gs_status status = GS_OK, bool announced = true) {
  Script::description =
      R"({"schema":"gpuspec.describe/1","name":"script","version":"1","stacks":[{"name":"s"}],
      "models":[],"rows":[])" +
      std::string(announced ? R"(,"features":[{"name":"observe"}]})" : "}");
  Script::reply = reply;
  Script::status = status;
  Script::finding.clear();
  gs_vendor_v1 api = fake::vendorApi();
  api.name = plugin::str("script");
  api.describe = &plugin::guarded<Script::describe>;
  api.observe = &plugin::guarded<Script::observe>;
  auto report = llvm::cantFail(host::makeVendor(api, "script"))->observe({});
  return report ? "" : llvm::toString(report.takeError());
}

TEST(Observing, RepliesAreChecked) {
  const std::string good =
      R"({"schema":"gpuspec.observe-reply/1","allocatable":{"x.example/gpu":{"amount":1}},"driver_version":"1"})";
  EXPECT_EQ(observing(good), "");
  EXPECT_NE(observing(good, GS_OK, false), "");
  EXPECT_NE(observing(good, GS_INTERNAL), "");
  EXPECT_NE(observing(good, GS_UNSUPPORTED), "");
  const auto mentions = [](const std::string& reply, const char* field) {
    return observing(reply).find(field) != std::string::npos;
  };
  EXPECT_TRUE(
      mentions(R"({"schema":"gpuspec.observe-reply/1","driver_version":"1"})", "allocatable"));
  EXPECT_TRUE(mentions(
      R"({"schema":"gpuspec.observe-reply/1","allocatable":{"gpu":{"amount":1}},"driver_version":"1"})",
      "gpu"));
  EXPECT_TRUE(mentions(
      R"({"schema":"gpuspec.observe-reply/1","allocatable":{},"node_labels":{"a b":{"value":"x"}},"driver_version":"1"})",
      "a b"));
  EXPECT_TRUE(
      mentions(R"({"schema":"gpuspec.observe-reply/1","allocatable":{},"driver_version":"1\n2"})",
               "driver_version"));
  EXPECT_TRUE(mentions(
      R"({"schema":"gpuspec.partition-reply/1","allocatable":{},"driver_version":""})", "schema"));
}

TEST(Guard, NothingIsThrownAcross) {
  std::vector<std::string> findings;
  const gs_sink sink{sizeof(gs_sink), &findings, [](void*, gs_str) {},
                     [](void* ctx, gs_str json) {
                       static_cast<std::vector<std::string>*>(ctx)->emplace_back(json.data,
                                                                                 json.size);
                     }};
  EXPECT_EQ(plugin::guarded<throwsText>(gs_str{}, &sink), GS_INTERNAL);
  EXPECT_EQ(plugin::guarded<throwsNumber>(gs_str{}, &sink), GS_INTERNAL);
  ASSERT_EQ(findings.size(), 2u);
  EXPECT_EQ(findings[0], R"({"code":5007,"at":0,"message":"lost \"it\"\u000a"})");
  EXPECT_NE(findings[1].find("unknown exception"), std::string::npos);
}

TEST(Names, OfKubernetes) {
  using namespace host;
  EXPECT_TRUE(isResourceName("nvidia.com/mig-1g.5gb"));
  EXPECT_FALSE(isResourceName("gpu"));
  EXPECT_FALSE(isResourceName("nvidia.com/"));
  EXPECT_FALSE(isResourceName("nvidia.com/mig+me"));
  EXPECT_TRUE(isLabelValue(""));
  EXPECT_TRUE(isLabelValue("all-1g.10gb"));
  EXPECT_FALSE(isLabelValue("-a"));
  EXPECT_FALSE(isLabelValue(std::string(64, 'a')));
  EXPECT_TRUE(isDnsLabel("gpu-operator"));
  EXPECT_FALSE(isDnsLabel("Gpu"));
}

TEST(Fake, IsAWholeVendor) {
  const std::unique_ptr<ir::Vendor> vendor =
      llvm::cantFail(host::makeVendor(fake::vendorApi(), "fake"));
  World world("fake");
  world.aks().accelerator("plain").values = ir::Tree::map().set("image", "x");
  world.block(world.pool("p", "f1", 2), "cut", {{"profile", "1g.4gb"}});
  const Outcome outcome = world.run(*vendor);
  EXPECT_EQ(outcome.codes(), Codes{});
  EXPECT_EQ((*outcome.plans)[0].allocatable.at("fake.example/slice-1g.4gb"), 8);
  EXPECT_EQ(outcome.stack->releases.at(0).values.find("image")->asString(), "x");
  World wrong("fake");
  wrong.aks().accelerator("plain");
  wrong.block(wrong.pool("p", "f1", 2), "cut", {{"profile", "9g.9gb"}});
  const Outcome refused = wrong.run(*vendor);
  ASSERT_EQ(refused.codes(), Codes{"GS3200"});
  EXPECT_EQ(wrong.wordAt(refused.findings[0].at), "p.cut.profile");
}

}  // namespace
}  // namespace gpuspec::testing
