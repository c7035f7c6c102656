#include "tests/deploy/sandbox_kube/api_fixture.h"

namespace gpuspec::deploy::sandbox {
namespace {

constexpr const char* kMaps = "/api/v1/namespaces/default/configmaps";

class ReadsTest : public ApiTest {
 protected:
  Reply make(const std::string& name, const std::string& labels) {
    return create(kMaps, R"({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":")" + name +
                             R"(","labels":)" + labels + "}}");
  }
  std::string names(const Reply& list) {
    std::string out;
    const Tree items = list.at("items");
    for (const Tree& item : items.isList() ? items.asList() : Tree::List()) {
      out += (out.empty() ? "" : " ") + item.find("metadata")->find("name")->asString();
    }
    return out;
  }
  // Without what every namespace has by itself.
  Reply list(const std::string& query) { return get(std::string(kMaps) + "?" + query); }
};

TEST_F(ReadsTest, SelectsByLabels) {
  make("a", R"({"app":"web","tier":"front"})");
  make("b", R"({"app":"web","tier":"back"})");
  make("c", R"({"app":"db"})");
  EXPECT_EQ(names(list("labelSelector=app%3Dweb")), "a b");
  EXPECT_EQ(names(list("labelSelector=app%21%3Dweb,app")), "c");
  EXPECT_EQ(names(list("labelSelector=app%20in%20(web,db),tier%20notin%20(back)")), "a c");
  EXPECT_EQ(names(list("labelSelector=%21tier,app")), "c");
  EXPECT_EQ(names(list("labelSelector=tier")), "a b");
  EXPECT_EQ(names(list("fieldSelector=metadata.name%3Db")), "b");
  EXPECT_EQ(list("fieldSelector=spec.x%3Db").message(), "field label not supported: spec.x");
  EXPECT_EQ(list("labelSelector=a%20b").status, 400);
}

TEST_F(ReadsTest, PagesShowOneMoment) {
  for (int i = 0; i < 7; ++i) make("m" + std::to_string(i), R"({"page":"yes"})");
  const Reply first = get(
      "/api/v1/configmaps?limit=3&fieldSelector=metadata.namespace%3Ddefault&labelSelector=page");
  EXPECT_EQ(names(first), "m0 m1 m2");
  remove(std::string(kMaps) + "/m4");
  make("m31", R"({"page":"yes"})");
  const std::string token = first.textAt("metadata.continue");
  ASSERT_FALSE(token.empty());
  const Reply second = list("limit=3&labelSelector=page&continue=" + token);
  EXPECT_EQ(names(get("/api/v1/configmaps?limit=10&labelSelector=page&continue=" + token)),
            "m3 m4 m5 m6");
  EXPECT_EQ(second.status, 200);
}

TEST_F(ReadsTest, CountsWhatRemains) {
  for (int i = 0; i < 5; ++i) make("m" + std::to_string(i), "{}");
  const Reply first = list("limit=2");
  EXPECT_EQ(first.at("metadata.remainingItemCount"), Tree(4));  // with kube-root-ca.crt
  const Reply all = list("");
  EXPECT_TRUE(all.at("metadata.remainingItemCount").isNull());
  EXPECT_TRUE(all.at("metadata.continue").isNull());
}

TEST_F(ReadsTest, AnOldTokenIsGoneAndSaysHowToGoOn) {
  for (int i = 0; i < 5; ++i) make("m" + std::to_string(i), "{}");
  const Reply first = list("limit=2");
  make("late", "{}");
  store_->compact(store_->revision());
  const Reply gone = list("limit=2&continue=" + first.textAt("metadata.continue"));
  EXPECT_EQ(gone.status, 410);
  EXPECT_EQ(gone.textAt("reason"), "Expired");
  const Reply rest = list("continue=" + gone.textAt("metadata.continue"));
  EXPECT_EQ(rest.status, 200) << rest.text;
  EXPECT_EQ(names(rest), "m1 m2 m3 m4");
}

TEST_F(ReadsTest, WatchTellsWhatHappens) {
  const std::string revision = list("").textAt("metadata.resourceVersion");
  make("a", R"({"app":"web"})");
  make("b", R"({"app":"db"})");
  merge(std::string(kMaps) + "/a", R"({"data":{"x":"1"}})");
  merge(std::string(kMaps) + "/b", R"({"metadata":{"labels":{"app":"web"}}})");
  merge(std::string(kMaps) + "/a", R"({"metadata":{"labels":{"app":"db"}}})");
  remove(std::string(kMaps) + "/b");
  const auto events = watch(
      std::string(kMaps) + "?watch=true&labelSelector=app%3Dweb&resourceVersion=" + revision, 5);
  std::string told;
  for (const Tree& event : events) {
    told += event.find("type")->asString() + " " +
            event.find("object")->find("metadata")->find("name")->asString() + "; ";
  }
  EXPECT_EQ(told, "ADDED a; MODIFIED a; ADDED b; DELETED a; DELETED b; ");
}

TEST_F(ReadsTest, WatchBeginsWithWhatIsThere) {
  make("a", R"({"app":"web"})");
  const auto events =
      watch(std::string(kMaps) +
                "?watch=1&labelSelector=app&sendInitialEvents=true&allowWatchBookmarks=true"
                "&resourceVersionMatch=NotOlderThan",
            2);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].find("type")->asString(), "ADDED");
  EXPECT_EQ(events[1].find("type")->asString(), "BOOKMARK");
  EXPECT_EQ(ir::toJson(*events[1].find("object")->find("metadata")->find("annotations")),
            R"({"k8s.io/initial-events-end":"true"})");
}

TEST_F(ReadsTest, AWatchFromBeforeTheMemoryEndsWithGone) {
  make("a", "{}");
  make("b", "{}");
  store_->compact(store_->revision());
  const auto events = watch(std::string(kMaps) + "?watch=1&resourceVersion=1", 1);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].find("type")->asString(), "ERROR");
  EXPECT_EQ(*events[0].find("object")->find("code"), Tree(410));
}

TEST_F(ReadsTest, WatchEndsInTime) {
  const auto events =
      watch(std::string(kMaps) + "?watch=1&resourceVersion=" + std::to_string(store_->revision()) +
                "&timeoutSeconds=1&allowWatchBookmarks=true",
            2);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].find("type")->asString(), "BOOKMARK");
}

TEST_F(ReadsTest, TablesAreForPeople) {
  make("a", R"({"app":"web"})");
  const Reply table =
      send("GET", std::string(kMaps) + "?labelSelector=app", "",
           {{"accept", "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"}});
  EXPECT_EQ(table.textAt("kind"), "Table");
  EXPECT_EQ(table.textAt("columnDefinitions.0.name"), "Name");
  EXPECT_EQ(table.textAt("rows.0.cells.0"), "a");
  EXPECT_EQ(table.textAt("rows.0.object.kind"), "PartialObjectMetadata");
  const Reply partial =
      send("GET", std::string(kMaps) + "?labelSelector=app", "",
           {{"accept", "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}});
  EXPECT_EQ(partial.textAt("kind"), "PartialObjectMetadataList");
  EXPECT_EQ(partial.textAt("items.0.metadata.name"), "a");
}

TEST_F(ReadsTest, DiscoveryInBothForms) {
  EXPECT_EQ(get("/version").textAt("gitVersion"), "v1.35.4+sandbox");
  EXPECT_EQ(get("/api").textAt("versions.0"), "v1");
  EXPECT_EQ(get("/apis").textAt("kind"), "APIGroupList");
  const Reply apps = get("/apis/apps/v1");
  EXPECT_EQ(apps.textAt("groupVersion"), "apps/v1");
  EXPECT_NE(apps.text.find("\"deployments/scale\""), std::string::npos);
  const Reply aggregated =
      send("GET", "/apis", "",
           {{"accept",
             "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
             "application/"
             "json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"}});
  EXPECT_EQ(aggregated.textAt("apiVersion"), "apidiscovery.k8s.io/v2");
  const Reply older = send(
      "GET", "/apis", "",
      {{"accept", "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"}});
  EXPECT_EQ(older.textAt("apiVersion"), "apidiscovery.k8s.io/v2beta1");
  EXPECT_EQ(get("/apis/none.example.com/v1").status, 404);
}

TEST_F(ReadsTest, OpenApiDocumentsHoldTogether) {
  const Reply index = send("GET", "/openapi/v3", "", {{"x-gpuspec-prefix", "/clusters/one"}});
  const Tree* paths = index.json.find("paths");
  ASSERT_NE(paths, nullptr);
  EXPECT_EQ(paths->find("apis/apps/v1")
                ->find("serverRelativeURL")
                ->asString()
                .find("/clusters/one/openapi/v3/apis/apps/v1?hash="),
            0U);
  for (const auto& [path, entry] : paths->asMap()) {
    const Reply document = get("/openapi/v3/" + path);
    ASSERT_EQ(document.status, 200) << path;
    const Tree* schemas = document.json.find("components")->find("schemas");
    // Every reference leads somewhere.
    constexpr std::string_view kReference = "\"$ref\":\"#/components/schemas/";
    for (std::size_t at = document.text.find(kReference); at != std::string::npos;
         at = document.text.find(kReference, at + 1)) {
      const std::size_t begin = at + kReference.size();
      const std::string name = document.text.substr(begin, document.text.find('"', begin) - begin);
      EXPECT_NE(schemas->find(name), nullptr) << path << " " << name;
    }
  }
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
