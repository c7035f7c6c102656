// What every vendor must do, run over each of them, linked in and loaded from its library.

#include <gtest/gtest.h>

#include <filesystem>
#include <functional>

#include <nlohmann/json.hpp>

#include "compiler/ir/json.h"
#include "compiler/schema/table.h"
#include "lang/diag/declared.h"
#include "plugins/abi/gpuspec_plugin.hpp"
#include "plugins/amd/api.h"
#include "plugins/fake/api.h"
#include "plugins/host/host.h"
#include "plugins/host/library.h"
#include "plugins/host/requests.h"
#include "plugins/nvidia/api.h"
#include "tests/plugins/world.h"

namespace gpuspec::testing {
namespace {

struct Subject {
  std::string name;
  std::function<const gs_vendor_v1&()> api;
};

const gs_vendor_v1& loaded(const std::string& file) {
  static std::map<std::string, std::shared_ptr<host::Library>> open;
  std::shared_ptr<host::Library>& library = open[file];
  if (library == nullptr) library = llvm::cantFail(host::Library::open(file));
  return *llvm::cantFail(library->vendor());
}

struct Answer {
  gs_status status;
  std::string reply;
  std::size_t findings = 0;
};

Answer call(const std::function<gs_status(const gs_sink*)>& function) {
  Answer answer{};
  const gs_sink sink{sizeof(gs_sink), &answer,
                     [](void* ctx, gs_str bytes) {
                       static_cast<Answer*>(ctx)->reply.append(bytes.data, bytes.size);
                     },
                     [](void* ctx, gs_str) { ++static_cast<Answer*>(ctx)->findings; }};
  answer.status = function(&sink);
  return answer;
}

class Conformance : public ::testing::TestWithParam<Subject> {
 protected:
  const gs_vendor_v1& api() const { return GetParam().api(); }
  std::unique_ptr<ir::Vendor> vendor() const {
    return llvm::cantFail(host::makeVendor(api(), GetParam().name));
  }
};

TEST_P(Conformance, DescribesItselfTheSameEachTime) {
  const auto describe = [&] {
    return call([&](const gs_sink* sink) { return api().describe(sink); });
  };
  const Answer first = describe();
  EXPECT_EQ(first.status, GS_OK);
  EXPECT_EQ(first.reply, describe().reply);
  const std::unique_ptr<ir::Vendor> made = vendor();
  EXPECT_FALSE(made->stacks().empty());
  EXPECT_FALSE(made->models().empty());
  EXPECT_FALSE(made->schemaRows().empty());
}

TEST_P(Conformance, RowsHaveParentsAndDocs) {
  std::set<std::string> paths = {"pool", "accelerator", "cluster"};
  const std::unique_ptr<ir::Vendor> made = vendor();
  for (const ir::SchemaRow& row : made->schemaRows()) {
    EXPECT_NE(paths.count(row.path.substr(0, row.path.rfind('.'))), 0u) << row.path;
    EXPECT_TRUE(paths.insert(row.path).second) << row.path;
    EXPECT_FALSE(row.doc.empty()) << row.path;
    EXPECT_FALSE(row.target.empty()) << row.path;
    EXPECT_EQ(row.type.empty(), row.form == "block") << row.path;
    EXPECT_EQ(row.args.empty(), row.form != "call") << row.path;
  }
}

TEST_P(Conformance, RowsJoinTheSchemaTable) {
  const std::unique_ptr<ir::Vendor> made = vendor();
  std::vector<schema::Table::PluginRow> rows;
  for (const ir::SchemaRow& row : made->schemaRows()) {
    rows.push_back(
        {row.path, row.form, row.type, row.default_text, row.doc, row.target, row.since, row.args});
  }
  schema::Table table;
  std::string error;
  EXPECT_TRUE(table.extend(made->name(), rows, error)) << error;
}

TEST_P(Conformance, EveryDeviceUnderEveryStackHasAPlan) {
  const std::unique_ptr<ir::Vendor> made = vendor();
  for (const ir::DeviceModel& model : made->models()) {
    for (const std::string& stack : made->stacks()) {
      World world(made->name());
      world.aks().accelerator(stack);
      world.pool("p", model.key, 4);
      const Outcome outcome = world.run(*made);
      ASSERT_TRUE(outcome.plans.has_value()) << model.key << " " << stack;
      const ir::PoolPlan& plan = (*outcome.plans)[0];
      EXPECT_EQ(plan.allocatable.at(plan.device_resource), 4) << model.key;
      EXPECT_TRUE(outcome.stack.has_value());
      for (const diag::Diagnostic& finding : outcome.findings)
        EXPECT_EQ(finding.level, diag::Level::Warning) << finding.message;
    }
  }
}

TEST_P(Conformance, SameQuestionSameAnswer) {
  const std::unique_ptr<ir::Vendor> made = vendor();
  World world(made->name());
  world.aks().accelerator(made->stacks()[0]);
  world.pool("a", made->models()[0].key, 1);
  world.pool("b", made->models()[0].key, 2);
  const Outcome first = world.run(*made), second = world.run(*made);
  ASSERT_TRUE(first.stack && second.stack);
  ASSERT_EQ(first.stack->releases.size(), second.stack->releases.size());
  for (std::size_t i = 0; i < first.stack->releases.size(); ++i) {
    EXPECT_EQ(ir::toJson(first.stack->releases[i].values),
              ir::toJson(second.stack->releases[i].values));
  }
}

TEST_P(Conformance, NoPoolsNoTrouble) {
  const std::unique_ptr<ir::Vendor> made = vendor();
  World world(made->name());
  world.aks().accelerator(made->stacks()[0]);
  const Outcome outcome = world.run(*made);
  EXPECT_TRUE(outcome.plans.has_value() && outcome.plans->empty());
  EXPECT_TRUE(outcome.stack.has_value());
}

TEST_P(Conformance, StrangeDocumentsAreAnswered) {
  for (const char* text : {"", "{", "[]", "null", "{}", "{\"schema\":7}", "\xff\xfe",
                           "{\"schema\":\"gpuspec.partition/1\"}"}) {
    const gs_str request = plugin::str(text);
    for (const auto function : {api().partition, api().emit, api().observe}) {
      if (function == nullptr) continue;  // observe is optional
      const Answer answer = call([&](const gs_sink* sink) { return function(request, sink); });
      EXPECT_TRUE(answer.status == GS_INTERNAL || answer.status == GS_UNSUPPORTED) << text;
      EXPECT_EQ(answer.findings, answer.status == GS_INTERNAL ? 1u : 0u) << text;
      EXPECT_EQ(answer.reply, "") << text;
    }
  }
}

// Every key of a real request left out in turn, then every scalar replaced: an answer each time,
// the same each time, and a reply only with GS_OK.
void spoil(nlohmann::ordered_json& document, nlohmann::ordered_json& node,
           const std::function<void(const std::string&)>& tried) {
  if (node.is_object()) {
    std::vector<std::string> keys;
    for (const auto& item : node.items()) keys.push_back(item.key());
    for (const std::string& key : keys) {
      const nlohmann::ordered_json whole = node;
      node.erase(key);
      tried(document.dump());
      node = whole;
      spoil(document, node[key], tried);
    }
  } else if (node.is_array()) {
    for (auto& item : node) spoil(document, item, tried);
  } else {
    const nlohmann::ordered_json kept = node;
    for (const char* odd : {"null", "-1", "9223372036854775807", "\"\"", "\"\\u0000\"", "[]"}) {
      node = nlohmann::ordered_json::parse(odd);
      tried(document.dump());
    }
    node = kept;
  }
}

TEST_P(Conformance, SpoiledRequestsAreAnswered) {
  const std::unique_ptr<ir::Vendor> made = vendor();
  World world(made->name());
  world.aks().accelerator(made->stacks()[0]);
  world.pool("a", made->models()[0].key, 2);
  world.quota("team", "a", 1);
  world.job("job", "a", 1, "", "team");
  host::NodeIds ids;
  nlohmann::ordered_json document = nlohmann::ordered_json::parse(
      host::partitionRequest(world.vendorCluster(), made->schemaRows(), ids));
  std::size_t count = 0;
  spoil(document, document, [&](const std::string& text) {
    const auto ask = [&] {
      return call([&](const gs_sink* sink) { return api().partition(plugin::str(text), sink); });
    };
    const Answer answer = ask();
    EXPECT_EQ(answer.reply, ask().reply) << text;
    EXPECT_EQ(answer.reply.empty(), answer.status != GS_OK) << text;
    if (answer.status == GS_OK) {
      EXPECT_TRUE(nlohmann::ordered_json::accept(answer.reply)) << text;
    } else if (answer.status != GS_UNSUPPORTED) {
      EXPECT_GT(answer.findings, 0u) << text;
    }
    ++count;
  });
  EXPECT_GT(count, 200u);
}

// What is emitted comes from what was asked: every toleration that a pool's taint needs is there.
TEST_P(Conformance, ReleasesTolerateEveryTaint) {
  const std::unique_ptr<ir::Vendor> made = vendor();
  for (const std::string& stack : made->stacks()) {
    World world(made->name());
    world.aks().accelerator(stack);
    world.pool("a", made->models()[0].key, 1).taints = {
        {"purpose", "tests", ir::TaintEffect::NoExecute, world.at("taint")}};
    const Outcome outcome = world.run(*made);
    ASSERT_TRUE(outcome.stack.has_value());
    for (const ir::ReleasePlan& release : outcome.stack->releases) {
      const std::string values = ir::toJson(release.values);
      EXPECT_NE(values.find(R"("key":"purpose")"), std::string::npos) << stack << values;
    }
  }
}

TEST_P(Conformance, NamesASmokeTestOrNone) {
  const ir::SmokeTest smoke = vendor()->smokeTest();
  EXPECT_EQ(smoke.image.empty(), smoke.command.empty());
}

// A vendor names codes of its family in the catalogue, where their pages are, or those that it
// declares; each with as many arguments as the sentence takes.
TEST_P(Conformance, FindingsAreOfTheVendorFamily) {
  const std::unique_ptr<ir::Vendor> made = vendor();
  World world(made->name());
  ir::Accelerator& accelerator = world.kubernetes().accelerator(made->stacks()[0]);
  accelerator.health.value = true;
  accelerator.dra.value = true;
  for (const ir::DeviceModel& model : made->models()) {
    world.pool("p" + model.key, model.key, 1).driver.value = "odd";
    world.windowsPool("w" + model.key, model.key);
    world.autoscale(world.pool("z" + model.key, model.key, 1), 0, 2);
  }
  world.pool("unknown", "no-such-device", 1);
  for (const diag::Diagnostic& finding : world.run(*made).findings) {
    if (diag::isDeclared(finding.info->code)) continue;
    EXPECT_GE(finding.info->code, 3200) << finding.message;
    EXPECT_LE(finding.info->code, 3299) << finding.message;
    EXPECT_EQ(finding.message.find("{0}"), std::string::npos) << finding.message;
    EXPECT_TRUE(std::filesystem::exists(std::string(PAGES_FOLDER) + "/" +
                                        diag::codeName(finding.info->code) + ".md"))
        << finding.message;
  }
}

TEST_P(Conformance, LaterSchemasAreUnsupported) {
  const gs_str request = plugin::str("{\"schema\":\"gpuspec.partition/2\"}");
  EXPECT_EQ(call([&](const gs_sink* sink) { return api().partition(request, sink); }).status,
            GS_UNSUPPORTED);
}

TEST_P(Conformance, NodesReportWhatThePlanOfAWholeDeviceSays) {
  const std::unique_ptr<ir::Vendor> made = vendor();
  for (const ir::DeviceModel& model : made->models()) {
    World world(made->name());
    world.aks().accelerator(made->stacks()[0]);
    world.pool("p", model.key, 4);
    const Outcome outcome = world.run(*made);
    ASSERT_TRUE(outcome.plans.has_value());
    ir::PoolObservation asked;
    asked.device = model.key;
    asked.gpus = 4;
    auto report = made->observe(asked);
    if (!report) {
      llvm::consumeError(report.takeError());
      GTEST_SKIP() << "does not offer observe";
    }
    EXPECT_EQ(report->allocatable, outcome.plans->front().allocatable) << model.key;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Vendors, Conformance,
    ::testing::Values(
        Subject{"nvidia_linked", []() -> const gs_vendor_v1& { return nvidia::vendorApi(); }},
        Subject{"nvidia_loaded",
                []() -> const gs_vendor_v1& {
                  return loaded(std::string(PLUGIN_FOLDER) + "/nvidia.so");
                }},
        Subject{"amd_linked", []() -> const gs_vendor_v1& { return amd::vendorApi(); }},
        Subject{
            "amd_loaded",
            []() -> const gs_vendor_v1& { return loaded(std::string(PLUGIN_FOLDER) + "/amd.so"); }},
        Subject{"fake_linked", []() -> const gs_vendor_v1& { return fake::vendorApi(); }},
        Subject{"fake_loaded",
                []() -> const gs_vendor_v1& {
                  return loaded(std::string(TEST_PLUGIN_FOLDER) + "/fake/fake.so");
                }}),
    [](const ::testing::TestParamInfo<Subject>& subject) { return subject.param.name; });

}  // namespace
}  // namespace gpuspec::testing
