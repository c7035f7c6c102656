#include <gtest/gtest.h>

#include "backends/deploy/model/ownership.h"
#include "tests/deploy/model/json.h"

namespace gpuspec::deploy::model {
namespace {

using test::json;
using Kinds = std::vector<std::pair<std::string, std::string>>;
using Names = std::vector<std::string>;

const Scope kProd{"fleet", "prod"};

ResourceKey key(const char* group, const char* kind, const char* scope, const char* name = "x") {
  return {System::Kubernetes, "shared", group, kind, scope, name};
}

std::string annotation(const Tree& object, const char* name) {
  const Tree* value = object.find("metadata")->find("annotations")->find(name);
  return value == nullptr ? "none" : value->asString();
}

TEST(Inventory, HasTheFormOfAnApplySet) {
  const Tree object = inventoryObject(
      kProd, "1.2.3",
      {key("", "Namespace", ""), key("batch", "Job", "ml"), key("", "ConfigMap", "vision"),
       key("batch", "Job", "vision"), key("", "ConfigMap", "kube-system")});
  EXPECT_EQ(ir::toJson(*object.find("kind")), R"("ConfigMap")");
  const Tree& labels = *object.find("metadata")->find("labels");
  EXPECT_EQ(*labels.find("applyset.kubernetes.io/id"), Tree(applySetId(kProd)));
  EXPECT_EQ(*labels.find("gpuspec.dev/record"), Tree("inventory"));
  EXPECT_EQ(*labels.find("gpuspec.dev/env"), Tree("prod"));
  EXPECT_EQ(annotation(object, "applyset.kubernetes.io/tooling"), "gpuspec/1.2.3");
  EXPECT_EQ(annotation(object, "applyset.kubernetes.io/contains-group-kinds"),
            "ConfigMap,Job.batch,Namespace");
  EXPECT_EQ(annotation(object, "applyset.kubernetes.io/additional-namespaces"), "ml,vision")
      << "its own namespace is searched anyway";
  EXPECT_EQ(ownerOfObject(*object.find("metadata"), kProd).kind, OwnerKind::Us);
}

TEST(Inventory, IsTheSameInAnyOrder) {
  const ResourceKey a = key("", "Namespace", ""), b = key("batch", "Job", "ml"),
                    c = key("apps", "Deployment", "vision");
  EXPECT_EQ(ir::toJson(inventoryObject(kProd, "1", {a, b, c})),
            ir::toJson(inventoryObject(kProd, "1", {c, a, b, a})));
}

TEST(Inventory, OthersThanKubernetesAreNotInIt) {
  const Tree object = inventoryObject(
      {"fleet", ""}, "1",
      {{System::Azure, "shared", "Microsoft.ContainerService", "managedClusters", "/s", "shared"},
       {System::Helm, "shared", "", "Release", "ml", "x"}});
  EXPECT_EQ(annotation(object, "applyset.kubernetes.io/contains-group-kinds"), "");
  EXPECT_EQ(annotation(object, "applyset.kubernetes.io/additional-namespaces"), "none");
  EXPECT_EQ(object.find("metadata")->find("labels")->find("gpuspec.dev/env"), nullptr);
}

TEST(Inventory, IsReadAsItWasWritten) {
  const Inventory read = readInventory(inventoryObject(
      kProd, "1", {key("", "Namespace", ""), key("jobset.x-k8s.io", "JobSet", "ml")}));
  EXPECT_EQ(read.group_kinds, (Kinds{{"jobset.x-k8s.io", "JobSet"}, {"", "Namespace"}}));
  EXPECT_EQ(read.namespaces, Names{"ml"});
}

TEST(Inventory, GarbageIsPassedOver) {
  const auto read = [](const char* annotations) {
    return readInventory(
        json(std::string(R"({"metadata": {"annotations": )") + annotations + "}}"));
  };
  const Inventory odd =
      read(R"({"applyset.kubernetes.io/contains-group-kinds": ",, Job.batch ,.apps,,Pod",
                                 "applyset.kubernetes.io/additional-namespaces": " ml,,"})");
  EXPECT_EQ(odd.group_kinds, (Kinds{{"batch", "Job"}, {"", "Pod"}}));
  EXPECT_EQ(odd.namespaces, Names{"ml"});
  for (const char* text :
       {"{}", "7", "null", "[]", R"({"applyset.kubernetes.io/contains-group-kinds": 7})",
        R"({"applyset.kubernetes.io/contains-group-kinds": ""})"}) {
    EXPECT_TRUE(read(text).group_kinds.empty()) << text;
    EXPECT_TRUE(read(text).namespaces.empty()) << text;
  }
  EXPECT_TRUE(readInventory(json("[]")).group_kinds.empty());
}

}  // namespace
}  // namespace gpuspec::deploy::model
