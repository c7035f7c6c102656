// Bodies as typed Go clients send them.

#include <string>

#include "backends/deploy/sandbox/kube/protobuf.h"
#include "tests/deploy/sandbox_kube/api_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

// What protobuf writes, put together by hand.
std::string varint(std::uint64_t number) {
  std::string out;
  for (; number >= 0x80; number >>= 7) out += static_cast<char>((number & 0x7f) | 0x80);
  return out + static_cast<char>(number);
}
std::string key(std::uint32_t field, unsigned wire) {
  return varint((std::uint64_t{field} << 3) | wire);
}
std::string text(std::uint32_t field, const std::string& bytes) {
  return key(field, 2) + varint(bytes.size()) + bytes;
}
std::string number(std::uint32_t field, std::uint64_t value) {
  return key(field, 0) + varint(value);
}
std::string envelope(const std::string& api_version, const std::string& kind,
                     const std::string& raw) {
  return std::string("k8s\0", 4) + text(1, text(1, api_version) + text(2, kind)) + text(2, raw);
}
Tree decoded(const std::string& body) {
  llvm::Expected<Tree> tree = api::decodeProtobuf(body);
  if (!tree) ADD_FAILURE() << llvm::toString(tree.takeError());
  return tree ? std::move(*tree) : Tree();
}
std::string asJson(const std::string& body) {
  return ir::toJson(decoded(body));
}
bool isRefused(const std::string& body) {
  llvm::Expected<Tree> tree = api::decodeProtobuf(body);
  if (tree) return false;
  bool is_bad_request = false;
  llvm::handleAllErrors(tree.takeError(),
                        [&](const StatusError& error) { is_bad_request = error.code() == 400; });
  return is_bad_request;
}

TEST(Protobuf, ScalarsMapsAndBytes) {
  const std::string entry = text(1, "a") + text(2, "1"), bare = text(1, "b");
  const std::string bytes = text(1, "c") + text(2, std::string("\xff\0", 2));
  EXPECT_EQ(asJson(envelope("v1", "ConfigMap",
                            text(1, text(1, "settings") + text(3, "")) + text(2, entry) +
                                text(2, bare) + text(3, bytes) + number(4, 1))),
            R"({"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"settings"},)"
            R"("immutable":true,"data":{"a":"1","b":""},"binaryData":{"c":"/wA="}})");
}

TEST(Protobuf, AZeroStaysWhereItWasMeant) {
  // replicas of a Deployment points to its number, minReadySeconds does not.
  const std::string spec = number(1, 0) + number(5, 0);
  EXPECT_EQ(asJson(envelope("apps/v1", "Deployment", text(2, spec))),
            R"({"kind":"Deployment","apiVersion":"apps/v1","spec":{"replicas":0}})");
}

TEST(Protobuf, AVolumesSourceIsTheVolumesOwnInJson) {
  const std::string volume = text(1, "scratch") + text(2, text(2, ""));
  EXPECT_EQ(
      asJson(envelope("v1", "Pod", text(2, text(1, volume)))),
      R"({"kind":"Pod","apiVersion":"v1","spec":{"volumes":[{"name":"scratch","emptyDir":{}}]}})");
}

TEST(Protobuf, QuantitiesTimesAndNumbersOrNames) {
  const std::string hard = text(1, "pods") + text(2, text(1, "5"));
  EXPECT_EQ(asJson(envelope("v1", "ResourceQuota", text(2, text(1, hard)))),
            R"({"kind":"ResourceQuota","apiVersion":"v1","spec":{"hard":{"pods":"5"}}})");
  const std::string named = text(4, number(1, 1) + text(3, "serve"));
  const std::string numbered = text(4, number(1, 0) + number(2, 8080));
  EXPECT_EQ(asJson(envelope("v1", "Service", text(2, text(1, named) + text(1, numbered)))),
            R"({"kind":"Service","apiVersion":"v1","spec":{"ports":[{"targetPort":"serve"},)"
            R"({"targetPort":8080}]}})");
  const std::string renewed = text(4, number(1, 1'700'000'000) + number(2, 250'000'000));
  EXPECT_EQ(asJson(envelope("coordination.k8s.io/v1", "Lease", text(2, renewed))),
            R"({"kind":"Lease","apiVersion":"coordination.k8s.io/v1",)"
            R"("spec":{"renewTime":"2023-11-14T22:13:20.250000Z"}})");
}

TEST(Protobuf, PackedNumbersAndNegativeOnes) {
  const std::string context = text(4, varint(10) + varint(20)) + number(4, 30);
  EXPECT_EQ(asJson(envelope("v1", "Pod", text(2, text(14, context)))),
            R"({"kind":"Pod","apiVersion":"v1",)"
            R"("spec":{"securityContext":{"supplementalGroups":[10,20,30]}}})");
  EXPECT_EQ(asJson(envelope("scheduling.k8s.io/v1", "PriorityClass",
                            number(2, static_cast<std::uint64_t>(-5)))),
            R"({"kind":"PriorityClass","apiVersion":"scheduling.k8s.io/v1","value":-5})");
}

TEST(Protobuf, UnknownFieldsAreSkipped) {
  const std::string fixed = key(900, 5) + "1234" + key(901, 1) + "12345678";
  EXPECT_EQ(asJson(envelope("v1", "Namespace", text(1, text(1, "a")) + fixed + text(902, "x"))),
            R"({"kind":"Namespace","apiVersion":"v1","metadata":{"name":"a"}})");
}

TEST(Protobuf, HostileBytesAreRefused) {
  const std::string good =
      envelope("v1", "Pod", text(1, text(1, "p")) + text(2, text(2, text(1, "c"))));
  EXPECT_TRUE(isRefused(""));
  EXPECT_TRUE(isRefused("{}"));
  for (std::size_t size = 4; size < good.size(); ++size) {
    // A shorter body is another object or none; it never does harm.
    llvm::Expected<Tree> tree = api::decodeProtobuf(good.substr(0, size));
    if (!tree) llvm::consumeError(tree.takeError());
  }
  EXPECT_TRUE(isRefused(good.substr(0, good.size() - 1)));
  EXPECT_TRUE(isRefused(envelope("v1", "NoSuchKind", "")));
  EXPECT_TRUE(isRefused(envelope("v1", "Pod", key(1, 2) + varint(~0ULL) + "x")));
  EXPECT_TRUE(isRefused(envelope("v1", "Pod", number(1, 7))));
  EXPECT_TRUE(isRefused(envelope("v1", "Pod", key(1, 3))));
  EXPECT_TRUE(isRefused(envelope("v1", "Pod", std::string(1, '\0'))));
  EXPECT_TRUE(isRefused(envelope("v1", "Pod", std::string(11, '\xff'))));
  EXPECT_TRUE(isRefused(envelope("v1", "Namespace", text(1, text(1, "\xc3\x28")))));
  const std::string late = text(8, number(1, 300'000'000'000));
  EXPECT_TRUE(isRefused(envelope("v1", "Pod", text(1, late))));
}

TEST(Protobuf, DepthAndSizeAreBounded) {
  // A revision's data is any JSON; its own reader bounds that.
  std::string nested;
  for (int i = 0; i < 100'000; ++i) nested += '[';
  EXPECT_TRUE(isRefused(envelope("apps/v1", "ControllerRevision", text(2, text(1, nested)))));
  std::string many;
  while (many.size() < (std::size_t{2} << 20)) many += text(2, "");
  EXPECT_TRUE(isRefused(envelope("v1", "Pod", text(2, many))));
  llvm::Expected<Tree> large = api::decodeProtobuf(
      envelope("v1", "ConfigMap", text(2, std::string(std::size_t{4} << 20, 'x'))));
  ASSERT_FALSE(large);
  llvm::handleAllErrors(large.takeError(),
                        [](const StatusError& error) { EXPECT_EQ(error.code(), 413); });
}

class ProtobufTest : public ApiTest {
 protected:
  Reply post(const std::string& path, const std::string& body) {
    return send("POST", path, body,
                {{"content-type", "application/vnd.kubernetes.protobuf"},
                 {"accept", "application/vnd.kubernetes.protobuf,application/json"}});
  }
};

TEST_F(ProtobufTest, CreatesAndIsHeldToTheSameRules) {
  const Reply made =
      post("/api/v1/namespaces", envelope("v1", "Namespace", text(1, text(1, "team"))));
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.textAt("metadata.name"), "team");
  EXPECT_EQ(made.textAt("status.phase"), "Active");
  EXPECT_EQ(
      post("/api/v1/namespaces", envelope("v1", "Namespace", text(1, text(1, "Team")))).status,
      422);
  EXPECT_EQ(post("/api/v1/namespaces", envelope("v1", "Pod", "")).status, 400);
  EXPECT_EQ(post("/api/v1/namespaces", "k8s").status, 400);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
