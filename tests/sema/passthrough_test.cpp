#include "tests/sema/builder.h"

namespace gpuspec::sema::test {
namespace {

class PassthroughTest : public SemaTest {
 protected:
  Block manifest(std::string label) {
    Block made = block("manifest", std::move(label));
    set(made, "cluster", ref(aks()));
    return made;
  }
  void policy(std::string attribute, std::vector<std::string> codes) {
    Block made = block("policy");
    eval::List items;
    for (std::string& code : codes) items.push_back(name(std::move(code)));
    set(made, std::move(attribute), list(std::move(items)));
    add(std::move(made));
  }
};

TEST_F(PassthroughTest, ManifestsKeepTheirObject) {
  Block written = manifest("cm");
  set(written, "object",
      map({{"apiVersion", text("v1")},
           {"kind", text("ConfigMap")},
           {"data", map({{"a", unit(ValueKind::Cpu, 500)}})}}));
  add(std::move(written));
  const ir::Spec spec = clean();
  EXPECT_EQ(*spec.manifests.at(0).object.find("kind"), ir::Tree("ConfigMap"));
  EXPECT_EQ(*spec.manifests.at(0).object.find("data")->find("a"), ir::Tree("500m"));
}

TEST_F(PassthroughTest, ManifestsNeedOneSource) {
  add(manifest("cm"));
  only(diag::ManifestSourcesInfo);
}

TEST_F(PassthroughTest, ObjectsNeedTheirKind) {
  Block written = manifest("cm");
  set(written, "object", map({{"apiVersion", text("v1")}}));
  add(std::move(written));
  EXPECT_NE(only(diag::ManifestObjectLacksInfo).message.find("`kind`"), std::string::npos);
}

TEST_F(PassthroughTest, FilesAreReadByTheCaller) {
  Block written = manifest("crds");
  set(written, "file", text("x.yaml"));
  add(std::move(written));
  const ir::Tree object = ir::Tree::map().set("apiVersion", "v1").set("kind", "Namespace");
  const SemaContext context{table_, vendors_, [](std::string_view) { return nullptr; },
                            [] { return std::vector<std::string>(); },
                            [&](const Value& path, diag::Sink&) {
                              EXPECT_EQ(path.asText(), "x.yaml");
                              return std::vector<ir::Tree>{object, object};
                            }};
  const auto spec = analyze(program_, context, sink_);
  ASSERT_TRUE(spec);
  EXPECT_EQ(spec->manifests.size(), 2u);
}

TEST_F(PassthroughTest, ReleasesHaveDefaults) {
  Block written = block("release", "grafana");
  set(written, "cluster", ref(aks()));
  set(written, "chart", text("oci://example.org/grafana"));
  with(written, "values").attributes.push_back({"replicas", "", {}, number(2), here()});
  add(std::move(written));
  const ir::Spec spec = clean();
  EXPECT_EQ(spec.releases.at(0).release_namespace, "grafana");
  EXPECT_EQ(spec.releases.at(0).values, ir::Tree::map().set("replicas", 2));
}

TEST_F(PassthroughTest, ReleasesNeedARepository) {
  Block written = block("release", "grafana");
  set(written, "cluster", ref(aks()));
  set(written, "chart", text("grafana"));
  add(std::move(written));
  only(diag::ReleaseWithoutRepositoryInfo);
}

TEST_F(PassthroughTest, OutputsMovesAndRemovals) {
  aks();
  program_.outputs.push_back({"gpus", "", number(8), here()});
  Block moved = block("moved");
  set(moved, "from", text("east.a.cluster.old"));
  set(moved, "to", text("cluster.ml"));
  add(moved);
  moved.module = "west";
  add(std::move(moved));
  Block west = program_.blocks.front();
  west.module = "west";
  add(std::move(west));
  Block removed = block("removed");
  set(removed, "what", text("pool.t4"));
  set(removed, "destroy", flag(true));
  add(std::move(removed));
  const ir::Spec spec = clean();
  EXPECT_EQ(spec.outputs.at(0).value, ir::Tree(8));
  ASSERT_EQ(spec.moved.size(), 2u);
  EXPECT_EQ(spec.moved[0].from, (ir::Address{"east.a", "cluster", "old"}));
  EXPECT_EQ(spec.moved[0].to, (ir::Address{"", "cluster", "ml"}));
  EXPECT_EQ(spec.moved[1].from, (ir::Address{"west.east.a", "cluster", "old"}));
  EXPECT_EQ(spec.moved[1].to, (ir::Address{"west", "cluster", "ml"}));
  EXPECT_EQ(spec.removed.at(0).what, (ir::Address{"", "pool", "t4"}));
  EXPECT_TRUE(spec.removed.at(0).destroy);
}

TEST_F(PassthroughTest, PolicySetsLevels) {
  const std::string code = diag::codeName(diag::ExistingClusterUnchangedInfo.code);
  policy("deny", {code});
  Block& cluster = at(aks());
  set(cluster, "existing", flag(true));
  set(cluster, "dns_prefix", text("x"));
  EXPECT_EQ(only(diag::ExistingClusterUnchangedInfo).level, diag::Level::Error);
}

TEST_F(PassthroughTest, PolicyCannotSoftenWhatIsWrong) {
  policy("off", {diag::codeName(diag::TaintMalformedInfo.code)});
  only(diag::PolicyCodeHardInfo);
}

TEST_F(PassthroughTest, PolicyNamesCodesThatExist) {
  policy("warn", {"GS1999"});
  only(diag::PolicyCodeUnknownInfo);
}

TEST_F(PassthroughTest, PolicySetsACodeOnce) {
  const std::string code = diag::codeName(diag::NetworkRuleTwiceInfo.code);
  policy("warn", {code, code});
  policy("off", {code});
  EXPECT_EQ(only(diag::PolicyCodeTwiceInfo).notes.size(), 1u);
}

}  // namespace
}  // namespace gpuspec::sema::test
