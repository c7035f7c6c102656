// The standard library against itself and against the vendors: every file evaluates, and what names
// something names something that exists.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "compiler/eval/evaluate.h"
#include "lang/parse/parser.h"
#include "plugins/nvidia/models.h"

namespace gpuspec {
namespace {

using eval::Value;
using eval::ValueKind;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;

// A library file stands alone: whatever it asks for is not there.
class NoFiles : public eval::Files {
 public:
  const syntax::Tree* tree(std::string_view, source::FileId, const source::Location&,
                           diag::Sink&) override {
    ++asked;
    return nullptr;
  }
  std::optional<std::string> text(std::string_view, source::FileId, const source::Location&,
                                  diag::Sink&) override {
    ++asked;
    return std::nullopt;
  }
  const syntax::Tree* snippet(const std::string&, const std::string&, diag::Sink&) override {
    return nullptr;
  }

  int asked = 0;
};

class Library {
 public:
  explicit Library(const std::string& name) {
    std::ifstream in(std::string(GPUSPEC_STDLIB) + "/" + name + ".gpuspec");
    std::stringstream text;
    text << in.rdbuf();
    const source::FileId file_id = sources_.add("std/" + name + ".gpuspec", text.str());
    const syntax::Tree tree = parse::parse(sources_, file_id, sink_);
    values_ = eval::libraryValues(tree, schema::Table(), sources_, files_, sink_);
    EXPECT_EQ(files_.asked, 0) << name << " reads another file";
    for (const diag::Diagnostic& finding : sink_.finish(sources_)) {
      const source::Position at =
          sources_.file(finding.at.range.file_id).position(finding.at.range.begin);
      ADD_FAILURE() << name << ":" << at.line << ":" << at.column << ": " << finding.message;
    }
  }

  const Value& operator[](const std::string& name) const {
    const auto found = values_.find(name);
    EXPECT_NE(found, values_.end()) << name;
    return found->second;
  }
  const std::map<std::string, Value>& values() const { return values_; }

 private:
  source::SourceMap sources_;
  diag::Sink sink_;
  NoFiles files_;
  std::map<std::string, Value> values_;
};

const Value& part(const Value& map, std::string_view key) {
  static const Value kNone;
  const Value* found = map.find(key);
  return found != nullptr ? *found : kNone;
}

std::string textOf(const Value& map, std::string_view key) {
  const Value& value = part(map, key);
  return value.is(ValueKind::String) ? value.asText() : "";
}

std::int64_t intOf(const Value& map, std::string_view key) {
  const Value& value = part(map, key);
  return value.is(ValueKind::Int) || value.is(ValueKind::Size) ? value.asInt() : -1;
}

const eval::Map& sizes() {
  static const Library library("azure/vm_sizes");
  return library["sizes"].asMap();
}

const Value& size(const std::string& name) {
  for (const auto& [key, value] : sizes()) {
    if (key == name) return value;
  }
  ADD_FAILURE() << "no size " << name;
  static const Value kNone;
  return kNone;
}

bool isGpu(const Value& vm) {
  return part(vm, "vendor").is(ValueKind::String);
}

TEST(Stdlib, EveryFileEvaluates) {
  int files = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(GPUSPEC_STDLIB)) {
    if (entry.path().extension() != ".gpuspec") continue;
    const auto name =
        std::filesystem::relative(entry.path(), GPUSPEC_STDLIB).replace_extension().string();
    const Library library(name);
    EXPECT_FALSE(library.values().empty()) << name;
    for (const auto& [key, value] : library.values())
      EXPECT_FALSE(value.isPoison()) << name << ": " << key;
    ++files;
  }
  EXPECT_GE(files, 5);
}

TEST(VmSizes, HasEverySize) {
  int gpu = 0;
  for (const auto& entry : sizes()) gpu += isGpu(entry.second) ? 1 : 0;
  EXPECT_EQ(gpu, 63);
  EXPECT_EQ(sizes().size(), 100u);
}

TEST(VmSizes, EveryFieldIsOneOfThoseThatTheCompilerReads) {
  const std::map<std::string, ValueKind> known = {
      {"vendor", ValueKind::String},    {"model", ValueKind::String},
      {"gpu", ValueKind::String},       {"gpus", ValueKind::Int},
      {"fraction", ValueKind::String},  {"gpu_memory", ValueKind::Size},
      {"vcpus", ValueKind::Int},        {"memory", ValueKind::Size},
      {"arch", ValueKind::String},      {"os", ValueKind::List},
      {"generations", ValueKind::List}, {"rdma", ValueKind::Bool},
      {"driver", ValueKind::String},    {"quota_family", ValueKind::String},
      {"status", ValueKind::String},    {"retired_on", ValueKind::String},
      {"instead", ValueKind::String},   {"note", ValueKind::String}};
  for (const auto& [name, vm] : sizes()) {
    for (const auto& [key, value] : vm.asMap()) {
      const auto found = known.find(key);
      ASSERT_NE(found, known.end()) << name << "." << key;
      EXPECT_EQ(value.kind(), found->second) << name << "." << key;
    }
  }
}

TEST(VmSizes, EverySizeIsWhole) {
  const std::set<std::string> states = {"current", "legacy", "retired"}, archs = {"amd64", "arm64"};
  for (const auto& [name, vm] : sizes()) {
    EXPECT_EQ(name.rfind("Standard_", 0), 0u) << name;
    EXPECT_GT(intOf(vm, "vcpus"), 0) << name;
    EXPECT_GE(intOf(vm, "memory"), 4 * kGiB) << name;
    EXPECT_TRUE(archs.count(textOf(vm, "arch"))) << name;
    EXPECT_TRUE(states.count(textOf(vm, "status"))) << name;
    EXPECT_EQ(intOf(vm, "gpus") > 0, isGpu(vm)) << name;
  }
}

TEST(VmSizes, EveryGpuSizeSaysWhatItsGpuNeeds) {
  const std::set<std::string> drivers = {"cuda", "grid", "grid-v20", "none"};
  const std::regex share("1/[2-8]|unknown");
  for (const auto& [name, vm] : sizes()) {
    if (!isGpu(vm)) continue;
    EXPECT_TRUE(drivers.count(textOf(vm, "driver"))) << name;
    for (const char* key : {"os", "generations"})
      EXPECT_TRUE(part(vm, key).is(ValueKind::List)) << name << "." << key;
    for (const char* key : {"model", "gpu", "quota_family"})
      EXPECT_NE(textOf(vm, key), "") << name << "." << key;
    EXPECT_TRUE(part(vm, "rdma").is(ValueKind::Bool)) << name;
    const std::string fraction = textOf(vm, "fraction");
    if (!fraction.empty()) {
      EXPECT_TRUE(std::regex_match(fraction, share)) << name;
      EXPECT_EQ(intOf(vm, "gpus"), 1) << name;
    }
    EXPECT_EQ(intOf(vm, "gpu_memory") > 0, fraction != "unknown") << name;
  }
}

TEST(VmSizes, SharesAddUpToTheWholeDevice) {
  std::map<std::string, std::int64_t> whole;
  for (const auto& [name, vm] : sizes()) {
    if (isGpu(vm) && textOf(vm, "fraction").empty())
      whole[textOf(vm, "model")] = intOf(vm, "gpu_memory");
  }
  for (const auto& [name, vm] : sizes()) {
    const std::string fraction = textOf(vm, "fraction");
    if (fraction.empty() || fraction == "unknown") continue;
    EXPECT_EQ(intOf(vm, "gpu_memory") * std::stoi(fraction.substr(2)), whole[textOf(vm, "model")])
        << name;
  }
}

TEST(VmSizes, WhatIsLeavingNamesWhatStays) {
  for (const auto& [name, vm] : sizes()) {
    const bool current = textOf(vm, "status") == "current";
    EXPECT_EQ(textOf(vm, "instead").empty(), current) << name;
    EXPECT_EQ(!textOf(vm, "retired_on").empty(), textOf(vm, "status") == "retired") << name;
    if (!current) {
      EXPECT_EQ(textOf(size(textOf(vm, "instead")), "status"), "current") << name;
    }
  }
}

TEST(VmSizes, DevicesAreThoseOfThePlugin) {
  for (const auto& [name, vm] : sizes()) {
    if (textOf(vm, "vendor") != "nvidia") continue;
    EXPECT_NE(nvidia::findModel(textOf(vm, "model")), nullptr)
        << name << ": " << textOf(vm, "model");
  }
}

TEST(VmSizes, FactsAsAzurePublishesThem) {
  const Value& h100 = size("Standard_ND96isr_H100_v5");
  EXPECT_EQ(textOf(h100, "model"), "h100-80gb");
  EXPECT_EQ(intOf(h100, "gpus"), 8);
  EXPECT_EQ(intOf(h100, "gpu_memory"), 80 * kGiB);
  EXPECT_EQ(intOf(h100, "vcpus"), 96);
  EXPECT_EQ(intOf(h100, "memory"), 1900 * kGiB);
  EXPECT_TRUE(part(h100, "rdma").asBool());
  EXPECT_EQ(textOf(size("Standard_ND128isr_NDR_GB200_v6"), "arch"), "arm64");
  EXPECT_EQ(textOf(size("Standard_NC6s_v3"), "retired_on"), "2025-09-30");
  EXPECT_EQ(textOf(size("Standard_NV6ads_A10_v5"), "fraction"), "1/6");
}

TEST(Prices, ArePerHourAndExact) {
  const Library library("azure/prices");
  const eval::MoneyValue t4 =
      part(part(library["prices"], "Standard_NC4as_T4_v3"), "eastus").asMoney();
  EXPECT_EQ(t4.micros, 526'000);
  EXPECT_EQ(t4.period, eval::Period::Hour);
  EXPECT_EQ(part(part(library["prices"], "Standard_ND96isr_H100_v5"), "eastus").asMoney().micros,
            98'320'000);
}

TEST(Prices, NameSizesAndRegionsThatExist) {
  const Library prices("azure/prices"), regions("azure/regions");
  std::set<std::string> priced, named;
  for (const auto& [name, by_region] : prices["prices"].asMap()) {
    EXPECT_TRUE(size(name).is(ValueKind::Map)) << name;
    for (const auto& [region, price] : by_region.asMap()) {
      priced.insert(region);
      EXPECT_GT(price.asMoney().micros, 0) << name << " in " << region;
    }
  }
  for (const Value& region : regions["names"].asList()) named.insert(region.asText());
  EXPECT_EQ(priced, named);
  for (const Value& region : regions["with_gpus"].asList())
    EXPECT_TRUE(named.count(region.asText()));
}

TEST(Isolation, PresetsHaveOneShape) {
  const Library library("isolation");
  const std::set<std::string> levels = {"restricted", "baseline", "privileged"};
  for (const char* name : {"restricted", "baseline", "interactive", "operators"}) {
    const Value& preset = library[name];
    EXPECT_TRUE(levels.count(textOf(preset, "pod_security"))) << name;
    EXPECT_EQ(textOf(preset, "network"), "deny") << name;
    for (const char* peer : {"dns", "self", "kubernetes_api", "internet"}) {
      EXPECT_TRUE(part(part(preset, "reach"), peer).is(ValueKind::Bool)) << name << " " << peer;
    }
    const Value& limits = part(preset, "limits");
    for (const char* amount : {"cpu", "memory"}) {
      const auto of = [&](const char* row) { return part(part(limits, row), amount).asInt(); };
      EXPECT_LE(of("default_request"), of("default")) << name;
      EXPECT_LE(of("default"), of("max")) << name;
    }
  }
}

TEST(KubernetesVersions, EndInOrder) {
  const Library library("kubernetes/versions");
  std::string last;
  for (const auto& [version, row] : library["aks"].asMap()) {
    EXPECT_LT(last, textOf(row, "ends")) << version;
    last = textOf(row, "ends");
    const std::string long_term = textOf(row, "long_term");
    if (!long_term.empty()) {
      EXPECT_GT(long_term, last) << version;
    }
  }
}

}  // namespace
}  // namespace gpuspec
