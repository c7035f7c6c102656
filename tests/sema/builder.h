#pragma once

// Evaluated programs by hand: each value gets a place of its own, so that tests can say where a
// finding points.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "compiler/sema/sema.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::sema::test {

using eval::Block;
using eval::Value;
using eval::ValueKind;

constexpr std::int64_t kGiB = std::int64_t{1} << 30;
constexpr std::int64_t kMinute = 60'000;

class FakeVendor : public ir::Vendor {
 public:
  FakeVendor(std::string name, std::vector<std::string> stacks, std::vector<std::string> models)
      : name_(std::move(name)), stacks_(std::move(stacks)) {
    for (std::string& key : models) models_.push_back({key, key, 80, {}});
  }
  const std::string& name() const override { return name_; }
  const std::string& version() const override { return version_; }
  const std::vector<ir::SchemaRow>& schemaRows() const override { return rows_; }
  const std::vector<ir::DeviceModel>& models() const override { return models_; }
  const std::vector<std::string>& stacks() const override { return stacks_; }
  std::optional<std::vector<ir::PoolPlan>> partition(const ir::VendorCluster&,
                                                     diag::Sink&) const override {
    return std::nullopt;
  }
  std::optional<ir::StackPlan> emit(const ir::VendorCluster&, const std::vector<ir::PoolPlan>&,
                                    const std::vector<std::vector<ir::Taint>>&,
                                    diag::Sink&) const override {
    return std::nullopt;
  }

 private:
  std::string name_, version_ = "1.0.0";
  std::vector<std::string> stacks_;
  std::vector<ir::SchemaRow> rows_;
  std::vector<ir::DeviceModel> models_;
};

// Vendors acme and zeta; sizes Standard_CPU_v1 (no GPU), Standard_ACME8_v1 and Standard_ZETA4_v1.
class SemaTest : public testing::Test {
 protected:
  SemaTest() {
    file_id_ = sources_.add("main.gpuspec", std::string(10'000, ' '));
    vendors_.add(
        std::make_unique<FakeVendor>("acme", std::vector<std::string>{"plain", "operator"},
                                     std::vector<std::string>{"a1-40gb", "a2-80gb", "a2-94gb"}));
    vendors_.add(std::make_unique<FakeVendor>("zeta", std::vector<std::string>{"plain"},
                                              std::vector<std::string>{"z9-64gb"}));
    addSize("Standard_CPU_v1", "", "", 0);
    addSize("Standard_ACME8_v1", "acme", "a1-40gb", 8);
    addSize("Standard_ZETA4_v1", "zeta", "z9-64gb", 4);
    std::string error;
    const bool added = table_.extend(
        "acme",
        {{"pool.cut", "block", "", "", "Cuts GPUs.", "", "0.1", ""},
         {"pool.cut.profile", "attribute", "profile", "", "The profile.", "", "0.1", ""},
         {"pool.cut.layout", "attribute", "list(counted | profile)", "", "The layout.", "", "0.1",
          ""},
         {"pool.cut.layouts", "block", "", "", "Layouts.", "", "0.1", ""},
         {"pool.cut.layouts.gpus", "call", "list(counted)", "", "Some GPUs.", "", "0.1", "range"}},
        error);
    EXPECT_TRUE(added) << error;
  }

  source::Location here() {
    ++next_;
    return {{file_id_, next_ * 4, next_ * 4 + 3}, {}};
  }
  Value text(std::string value) { return Value::ofString(std::move(value)).from(here()); }
  Value name(std::string value) { return Value::ofEnum(std::move(value)).from(here()); }
  Value number(std::int64_t value) { return Value::ofInt(value).from(here()); }
  Value flag(bool value) { return Value::of(value).from(here()); }
  Value unit(ValueKind kind, std::int64_t amount) {
    return Value::ofUnit(kind, amount).from(here());
  }
  Value range(std::int64_t first, std::int64_t last) {
    return Value::ofRange({first, last}).from(here());
  }
  Value profile(std::string value) { return Value::ofProfile(std::move(value)).from(here()); }
  Value counted(std::int64_t count, std::string value) {
    return Value::ofCounted({count, std::move(value)}).from(here());
  }
  Value money(std::int64_t micros, eval::Period period = eval::Period::None) {
    return Value::ofMoney({micros, period}).from(here());
  }
  Value list(eval::List items) { return Value::ofList(std::move(items)).from(here()); }
  Value map(eval::Map entries) { return Value::ofMap(std::move(entries)).from(here()); }
  Value ref(eval::BlockId id) { return Value::ofRef(id).from(here()); }

  Block block(std::string kind, std::string label = "") {
    Block made;
    made.kind = std::move(kind);
    made.label = std::move(label);
    made.kind_at = here();
    made.at = made.label.empty() ? made.kind_at : here();
    made.body_at = made.at;
    return made;
  }
  Block& with(Block& parent, std::string kind, std::string label = "") {
    return parent.blocks.emplace_back(block(std::move(kind), std::move(label)));
  }
  void set(Block& target, std::string attribute, Value value) {
    target.attributes.push_back({std::move(attribute), "", {}, std::move(value), here()});
  }
  eval::BlockId add(Block made) {
    program_.blocks.push_back(std::move(made));
    return eval::BlockId{static_cast<std::uint32_t>(program_.blocks.size() - 1)};
  }
  Block& at(eval::BlockId id) { return program_.blocks[id.index]; }

  eval::BlockId aks(std::string label = "ml") {
    Block cluster = block("cluster", std::move(label));
    set(cluster, "platform", name("aks"));
    set(cluster, "resource_group", text("rg"));
    set(cluster, "location", text("westus"));
    return add(std::move(cluster));
  }
  eval::BlockId plain(std::string label = "lab") {
    Block cluster = block("cluster", std::move(label));
    set(cluster, "platform", name("kubernetes"));
    set(cluster, "context", text("lab"));
    return add(std::move(cluster));
  }
  Block poolOn(eval::BlockId cluster, std::string label, std::string vm = "Standard_ACME8_v1") {
    Block pool = block("pool", std::move(label));
    set(pool, "cluster", ref(cluster));
    if (!vm.empty()) set(pool, "vm", text(std::move(vm)));
    return pool;
  }
  Block teamOn(eval::BlockId cluster, std::string label) {
    Block team = block("team", std::move(label));
    set(team, "clusters", list({ref(cluster)}));
    return team;
  }

  std::optional<ir::Spec> run() {
    const SemaContext context{table_,
                              vendors_,
                              [this](std::string_view wanted) { return find(wanted); },
                              [this] { return names_; },
                              {}};
    auto spec = analyze(program_, context, sink_);
    findings_ = sink_.finish(sources_);
    return spec;
  }
  // The spec; fails the test when there was any finding.
  ir::Spec clean() {
    auto spec = run();
    for (const diag::Diagnostic& finding : findings_)
      ADD_FAILURE() << diag::codeName(finding.info->code) << ": " << finding.message;
    return spec ? *spec : ir::Spec();
  }
  // The only finding; fails the test when there is none or another.
  diag::Diagnostic only(const diag::CodeInfo& info) {
    run();
    EXPECT_EQ(findings_.size(), 1u);
    for (const diag::Diagnostic& finding : findings_)
      EXPECT_STREQ(finding.info->name, info.name) << finding.message;
    return findings_.empty() ? diag::Diagnostic() : findings_[0];
  }

  schema::Table table_;
  ir::VendorSet vendors_;
  source::SourceMap sources_;
  source::FileId file_id_;
  diag::Sink sink_;
  eval::Program program_;
  std::vector<diag::Diagnostic> findings_;

 private:
  void addSize(std::string size_name, std::string vendor, std::string model, std::int64_t gpus) {
    ir::VmSize size;
    size.name = size_name;
    size.vendor = std::move(vendor);
    size.model = std::move(model);
    size.gpu_title = size.model;
    size.gpus = gpus;
    sizes_.push_back(size);
    names_.push_back(std::move(size_name));
  }
  const ir::VmSize* find(std::string_view wanted) const {
    const auto lower = [](std::string_view text) {
      std::string out(text);
      for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      return out;
    };
    for (const ir::VmSize& size : sizes_) {
      if (lower(size.name) == lower(wanted)) return &size;
    }
    return nullptr;
  }

  std::uint32_t next_ = 0;
  std::vector<ir::VmSize> sizes_;
  std::vector<std::string> names_;
};

}  // namespace gpuspec::sema::test
