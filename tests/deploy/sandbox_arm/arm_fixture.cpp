#include "tests/deploy/sandbox_arm/arm_fixture.h"

#include <algorithm>
#include <thread>

#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox {

using namespace std::chrono_literals;

void FakeDataPlane::note(std::string call) {
  calls_.push_back(std::move(call));
}

void FakeDataPlane::fail(std::string why) {
  const std::lock_guard lock(mutex_);
  why_ = std::move(why);
}

llvm::Error FakeDataPlane::answer() const {
  if (why_.empty()) return llvm::Error::success();
  return llvm::createStringError(std::errc::no_space_on_device, "%s", why_.c_str());
}

llvm::Error FakeDataPlane::clusterReady(const std::string& cluster, const Tree& managed_cluster) {
  const std::lock_guard lock(mutex_);
  note("cluster " + cluster + " " + treeAt(managed_cluster, "location")->asString());
  return answer();
}

llvm::Error FakeDataPlane::clusterRemoved(const std::string& cluster) {
  const std::lock_guard lock(mutex_);
  note("remove " + cluster);
  return answer();
}

void FakeDataPlane::poolChanged(const std::string& cluster, const std::string& pool,
                                const Tree& properties) {
  const std::lock_guard lock(mutex_);
  nodes_[cluster + "/" + pool] = treeAt(properties, "count")->asInt();
  note("pool " + cluster + "/" + pool + " " + std::to_string(nodes_[cluster + "/" + pool]));
}

void FakeDataPlane::poolRemoved(const std::string& cluster, const std::string& pool) {
  const std::lock_guard lock(mutex_);
  note("remove " + cluster + "/" + pool);
}

bool FakeDataPlane::poolReady(const std::string& cluster, const std::string& pool,
                              std::int64_t count) const {
  const std::lock_guard lock(mutex_);
  const auto found = nodes_.find(cluster + "/" + pool);
  return !held_.contains(pool) && found != nodes_.end() && found->second >= count;
}

void FakeDataPlane::hold(const std::string& pool) {
  const std::lock_guard lock(mutex_);
  held_.insert(pool);
}

void FakeDataPlane::release(const std::string& pool) {
  const std::lock_guard lock(mutex_);
  held_.erase(pool);
}

std::vector<std::string> FakeDataPlane::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

const Tree* treeAt(const Tree& tree, std::string_view path) {
  const Tree* node = &tree;
  while (node != nullptr && !path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const std::string_view step = path.substr(0, dot);
    if (node->isList()) {
      const auto index = static_cast<std::size_t>(std::stoul(std::string(step)));
      node = index < node->asList().size() ? &node->asList()[index] : nullptr;
    } else {
      node = node->find(step);
    }
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  return node;
}

Tree json(std::string_view text) {
  llvm::Expected<Tree> tree = ir::parseJson(text);
  EXPECT_TRUE(static_cast<bool>(tree)) << text;
  return tree ? *tree : (llvm::consumeError(tree.takeError()), Tree());
}

const Tree* Reply::at(std::string_view path) const {
  return treeAt(body, path);
}

std::string Reply::text(std::string_view path) const {
  const Tree* node = at(path);
  if (node == nullptr) return "(none)";
  return node->isString() ? node->asString() : ir::toJson(*node);
}

std::string Reply::code() const {
  return text("error.code");
}

ArmOptions ArmTest::defaultOptions() {
  ArmOptions options;
  options.base_url = "https://127.0.0.1:8443";
  options.tenant_id = "11111111-1111-1111-1111-111111111111";
  options.subscription_id = "22222222-2222-2222-2222-222222222222";
  options.client_id = "33333333-3333-3333-3333-333333333333";
  options.client_secret = "only for this test";
  options.operation_time = 1ms;
  return options;
}

ArmTest::ArmTest() {
  restart();
}
ArmTest::~ArmTest() {
  arm_->stop();
}

void ArmTest::restart(const ArmOptions& options) {
  arm_.reset();
  arm_ = makeArmApi(*store_, data_plane_, options);
  arm_->start();
  HttpRequest request;
  request.method = "POST";
  request.path = "/" + options.tenant_id + "/oauth2/v2.0/token";
  request.body =
      "grant_type=client_credentials&client_id=" + options.client_id +
      "&client_secret=only+for%20this+test&scope=https%3A%2F%2Fmanagement.azure.com%2F.default";
  const HttpResponse response = arm_->handle(request);
  ASSERT_EQ(response.status, 200) << response.body;
  token_ = treeAt(json(response.body), "access_token")->asString();
}

Reply ArmTest::send(const std::string& method, const std::string& target, const Tree& body,
                    const std::map<std::string, std::string>& headers) {
  HttpRequest request;
  request.method = method;
  const std::size_t question = std::min(target.find('?'), target.size());
  request.path = "/subscriptions/" + defaultOptions().subscription_id + target.substr(0, question);
  std::string query = question == target.size() ? "" : target.substr(question + 1);
  while (!query.empty()) {
    const std::string one = query.substr(0, query.find('&'));
    query.erase(0, one.size() + 1);
    const std::size_t equals = one.find('=');
    request.query.emplace_back(one.substr(0, equals), one.substr(equals + 1));
  }
  if (!request.hasParameter("api-version")) request.query.emplace_back("api-version", api_version_);
  request.headers = headers;
  request.headers.emplace("authorization", "Bearer " + token_);
  if (!body.isNull()) request.body = ir::toJson(body);
  const HttpResponse response = arm_->handle(request);
  Reply reply;
  reply.status = response.status;
  for (const auto& [name, value] : response.headers) reply.headers[name] = value;
  if (!response.body.empty()) reply.body = json(response.body);
  return reply;
}

// The path below the subscription of a URL of ours.
static std::string targetOf(const std::string& url, const ArmOptions& options) {
  const std::string begin = options.base_url + "/subscriptions/" + options.subscription_id;
  EXPECT_TRUE(url.starts_with(begin)) << url;
  return url.substr(begin.size());
}

std::string ArmTest::finish(const Reply& reply) {
  const auto url = reply.headers.find("Azure-AsyncOperation");
  if (url == reply.headers.end()) return reply.status < 300 ? "Succeeded" : reply.code();
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (std::chrono::steady_clock::now() < end) {
    const Reply status = get(targetOf(url->second, defaultOptions()));
    EXPECT_EQ(status.status, 200);
    const std::string text = status.text("status");
    if (text == "Succeeded" || text == "Canceled") return text;
    if (text == "Failed") return "Failed " + status.code();
    std::this_thread::sleep_for(2ms);
  }
  return "never";
}

Reply ArmTest::finishLocation(const Reply& reply) {
  Reply last = reply;
  std::string url = reply.headers.at("Location");
  const auto end = std::chrono::steady_clock::now() + 10s;
  do {
    std::this_thread::sleep_for(2ms);
    last = get(targetOf(url, defaultOptions()));
  } while (last.status == 202 && std::chrono::steady_clock::now() < end);
  return last;
}

std::string ArmTest::clusterPath(const std::string& name, const std::string& group) {
  return "/resourceGroups/" + group + "/providers/Microsoft.ContainerService/managedClusters/" +
         name;
}

std::string ArmTest::poolPath(const std::string& pool, const std::string& cluster) {
  return clusterPath(cluster) + "/agentPools/" + pool;
}

Tree ArmTest::clusterBody() {
  return json(
      R"({"location": "eastus", "tags": {"gpuspec-project": "p"}, "identity": {"type": "SystemAssigned"},
    "sku": {"name": "Base", "tier": "Standard"},
    "properties": {"dnsPrefix": "c1", "kubernetesVersion": "1.35",
      "networkProfile": {"networkPlugin": "azure", "networkPluginMode": "overlay", "networkDataplane": "cilium", "networkPolicy": "cilium"},
      "agentPoolProfiles": [{"name": "system", "mode": "System", "vmSize": "Standard_D4s_v5", "osType": "Linux", "count": 2,
                             "type": "VirtualMachineScaleSets"}]}})");
}

Tree ArmTest::poolBody() {
  return json(
      R"({"properties": {"type": "VirtualMachineScaleSets", "mode": "User", "vmSize": "Standard_ND96isr_H100_v5",
    "osType": "Linux", "count": 1, "nodeLabels": {"purpose": "training"}, "nodeTaints": ["sku=gpu:NoSchedule"]}})");
}

void ArmTest::makeGroup(const std::string& name) {
  const Reply reply = put("/resourceGroups/" + name, ir::mapOf("location", "East US"));
  ASSERT_EQ(reply.status, 201) << ir::toJson(reply.body);
}

void ArmTest::makeCluster(const std::string& name) {
  if (get("/resourceGroups/rg").status == 404) makeGroup();
  const Reply reply = put(clusterPath(name), clusterBody());
  ASSERT_EQ(reply.status, 201) << ir::toJson(reply.body);
  ASSERT_EQ(finish(reply), "Succeeded");
}

}  // namespace gpuspec::deploy::sandbox
