#include <gtest/gtest.h>
#include <zlib.h>

#include "backends/deploy/helm/helm_client.h"
#include "backends/deploy/kube/base64.h"
#include "tests/deploy/kube/fixture.h"

namespace gpuspec::test {
namespace {

using namespace deploy::helm;

std::string zipped(const std::string& text) {
  z_stream stream{};
  EXPECT_EQ(
      ::deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY),
      Z_OK);
  std::string out(::deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  ::deflateEnd(&stream);
  return out;
}

std::string encoded(const std::string& release) {
  return kube::encodeBase64(kube::encodeBase64(zipped(release)));
}

Tree release(const std::string& version, const std::string& status = "deployed") {
  return mapOf("name", "gpu", "namespace", "tools", "chart",
               mapOf("metadata", mapOf("name", "device-plugin", "version", version)), "config",
               mapOf("replicas", 2), "info", mapOf("status", status));
}

Tree secret(const std::string& name, int revision, bool ours, const Tree* content = nullptr) {
  Tree labels = mapOf("owner", "helm", "name", name, "version", std::to_string(revision));
  if (ours)
    labels.set(model::kProject, "shared-gpu")
        .set(model::kEnvironment, "prod")
        .set(model::kAddress, "release.gpu");
  Tree out = mapOf("metadata", mapOf("name", "sh.helm.release.v1." + name, "namespace", "tools",
                                     "uid", name + std::to_string(revision), "resourceVersion", "5",
                                     "labels", std::move(labels)));
  if (content != nullptr) out.set("data", mapOf("release", encoded(ir::toJson(*content))));
  return out;
}

class ReleasesTest : public KubeTest {
 protected:
  // The current revisions: of everybody, and ours whole.
  std::vector<model::Live> read(const std::vector<Tree>& all, const std::vector<Tree>& owned) {
    api().once("GET", "labelSelector=gpuspec.dev%2Fproject", 200, listJson(owned));
    api().once("GET", "labelSelector=owner%3Dhelm%2Cstatus%20notin", 200, listJson(all));
    model::LiveSet live;
    llvm::Error error = readReleases(client(), "shared", kScope, live);
    EXPECT_FALSE(static_cast<bool>(error));
    llvm::consumeError(std::move(error));
    return live.resources;
  }
};

TEST_F(ReleasesTest, AReleaseIsReadFromItsSecret) {
  const Tree content = release("0.20.0");
  const auto found = read({secret("gpu", 3, true)}, {secret("gpu", 3, true, &content)});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].key.id(), "helm/tools/gpu");
  EXPECT_EQ(found[0].owner.kind, model::OwnerKind::Us);
  EXPECT_EQ(found[0].address, "release.gpu");
  EXPECT_FALSE(found[0].metadata_only);
  EXPECT_EQ(found[0].body, mapOf("chart", "device-plugin", "version", "0.20.0", "values",
                                 mapOf("replicas", 2), "status", "deployed"));
}

TEST_F(ReleasesTest, TheLatestRevisionCountsByNumber) {
  const Tree old = release("0.9.0"), now = release("0.10.0", "failed");
  const auto found = read({secret("gpu", 10, true), secret("gpu", 9, true)},
                          {secret("gpu", 10, true, &now), secret("gpu", 9, true, &old)});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(*found[0].body.find("version"), Tree("0.10.0"));
  EXPECT_EQ(*found[0].body.find("status"), Tree("failed"));
}

TEST_F(ReleasesTest, OfOthersOnlyTheNameIsKnown) {
  const auto found = read({secret("theirs", 1, false)}, {});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].owner.kind, model::OwnerKind::Other);
  EXPECT_TRUE(found[0].metadata_only);
  // The list of all asks for metadata alone.
  EXPECT_NE(api().calls("GET", "notin")[0].header("Accept").find("PartialObjectMetadata"),
            std::string::npos);
}

TEST_F(ReleasesTest, AnotherProjectIsNamed) {
  Tree other = secret("gpu", 1, true);
  other.at("metadata").at("labels").set(model::kEnvironment, "test");
  const auto found = read({other}, {});
  EXPECT_EQ(found[0].owner.kind, model::OwnerKind::Project);
  EXPECT_EQ(found[0].owner.text, "project shared-gpu, environment test");
}

TEST_F(ReleasesTest, ASecretThatIsNoReleaseIsNotTakenForOne) {
  Tree broken = secret("gpu", 1, true);
  broken.set("data", mapOf("release", kube::encodeBase64("bm90IGd6aXA=")));
  const auto found = read({secret("gpu", 1, true)}, {broken});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_TRUE(found[0].metadata_only);
}

TEST(HelmRelease, WhatIsNoneIsRefused) {
  EXPECT_FALSE(decodeRelease(""));
  EXPECT_FALSE(decodeRelease("!"));
  EXPECT_FALSE(decodeRelease(kube::encodeBase64("!")));
  EXPECT_FALSE(decodeRelease(encoded("[1]")));
  std::string cut = zipped(R"({"name":"x"})");
  cut.resize(cut.size() - 9);
  EXPECT_FALSE(decodeRelease(kube::encodeBase64(kube::encodeBase64(cut))));
  EXPECT_TRUE(decodeRelease(encoded(R"({"name":"x"})")));
  // Very old ones are not zipped.
  EXPECT_TRUE(decodeRelease(kube::encodeBase64(kube::encodeBase64(R"({"name":"x"})"))));
}

TEST(HelmRelease, ABombIsNotUnpacked) {
  EXPECT_FALSE(decodeRelease(encoded("{\"a\":\"" + std::string(80u << 20, 'x') + "\"}")));
}

TEST_F(ReleasesTest, LettingGoTakesOurLabelsOffEveryRevision) {
  Tree first = secret("gpu", 1, true), bare = secret("gpu", 2, false);
  api().once("GET", "/namespaces/tools/secrets", 200, listJson({first, bare}));
  api().once("PUT", "/namespaces/tools/secrets/sh.helm.release.v1.gpu", 200, "{}");
  EXPECT_FALSE(static_cast<bool>(releaseMarks(client(), "tools", "gpu")));
  const Tree written = parsed(api().calls("PUT", "")[0].body);
  EXPECT_EQ(written.find("metadata")->find("labels")->find(model::kProject), nullptr);
  EXPECT_EQ(written.find("metadata")->find("labels")->find(model::kAddress), nullptr);
  EXPECT_EQ(*written.find("metadata")->find("resourceVersion"), Tree("5"));
}

}  // namespace
}  // namespace gpuspec::test
