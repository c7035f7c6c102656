#include "backends/deploy/azure/deployment.h"

#include <algorithm>

#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/paths.h"
#include "backends/deploy/azure/reader.h"
#include "backends/deploy/model/compare.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;

constexpr const char* kTemplateSchema =
    "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#";

Tree requestBody(Tree resource) {
  Tree document = Tree::map();
  document.set("$schema", kTemplateSchema);
  document.set("contentVersion", "1.0.0.0");
  Tree resources = Tree::list();
  resource.erase("dependsOn");  // it stands alone
  resources.push(std::move(resource));
  document.set("resources", std::move(resources));
  Tree body = Tree::map();
  body.setPath("properties.mode", "Incremental");
  body.setPath("properties.template", std::move(document));
  return body;
}

ArmCall callTo(const std::string& method, const std::string& path, const Waiting& waiting) {
  ArmCall call;
  call.method = method;
  call.path = path;
  call.version = kDeploymentsVersion;
  call.what = waiting.what;
  call.cancel = &waiting.cancel;
  call.sent = waiting.sent;
  return call;
}

// The reason that the failed step of a deployment gave.
std::optional<ApiError> reasonIn(const std::vector<Tree>& steps, const Waiting& waiting) {
  for (const Tree& step : steps) {
    const Tree* properties = step.find("properties");
    const Tree* message = properties == nullptr ? nullptr : properties->find("statusMessage");
    if (message == nullptr || !sameName(provisioningState(step), "Failed")) continue;
    Tree body = *message;
    if (message->isString()) {
      auto parsed = ir::parseJson(message->asString());
      if (!parsed) llvm::consumeError(parsed.takeError());
      if (parsed) body = std::move(*parsed);
    }
    ApiError reason = readError(body, 200, waiting.what + " failed");
    if (!reason.code.empty() && !isWrapper(reason.code)) return reason;
  }
  return std::nullopt;
}

// "DeploymentFailed" alone helps nobody: the steps know more.
llvm::Error explained(Session& session, const std::string& path, const Waiting& waiting,
                      llvm::Error error) {
  ApiError reason = asApiError(std::move(error));
  if (reason.kind == Kind::Cancelled || !isWrapper(reason.code)) return failed(std::move(reason));
  auto steps = listAll(session, callTo("GET", path + "/operations", waiting));
  if (!steps) {
    llvm::consumeError(steps.takeError());
    return failed(std::move(reason));
  }
  if (auto better = reasonIn(*steps, waiting))
    return failed(session.withoutSecrets(std::move(*better), callTo("GET", path, waiting)));
  return failed(std::move(reason));
}

bool isExpression(const Tree& value) {
  if (!value.isString()) return false;
  const std::string& text = value.asString();
  return text.size() >= 2 && text.front() == '[' && text.back() == ']' && text[1] != '[';
}

Tree withoutEscape(const Tree& value) {
  if (value.isString() && value.asString().starts_with("[["))
    return Tree(value.asString().substr(1));
  return value;
}

bool coveredAt(std::string_view kind, const std::string& path, const Tree& wanted,
               const Tree* live);

bool itemsCovered(std::string_view kind, const std::string& path, const Tree& wanted,
                  const Tree& live) {
  const Tree::List& a = wanted.asList();
  const Tree::List& b = live.asList();
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [&](const Tree& x, const Tree& y) { return coveredAt(kind, path, x, &y); });
}

bool coveredAt(std::string_view kind, const std::string& path, const Tree& wanted,
               const Tree* live) {
  if (isExpression(wanted)) return true;
  if (live == nullptr) return wanted.empty();
  if (wanted.isMap()) {
    return live->isMap() &&
           std::all_of(wanted.asMap().begin(), wanted.asMap().end(), [&](const auto& entry) {
             return coveredAt(kind, path.empty() ? entry.first : path + "." + entry.first,
                              entry.second, live->find(entry.first));
           });
  }
  if (model::sameValue(model::System::Azure, kind, path, withoutEscape(wanted), *live)) return true;
  return wanted.isList() && live->isList() && itemsCovered(kind, path, wanted, *live);
}

}  // namespace

void makeLiteral(Tree& tree) {
  if (tree.isMap()) {
    for (auto& [key, child] : tree.asMap()) makeLiteral(child);
  } else if (tree.isList()) {
    for (Tree& child : tree.asList()) makeLiteral(child);
  } else if (tree.isString()) {
    const std::string& text = tree.asString();
    if (text.size() >= 2 && text.front() == '[' && text.back() == ']') tree = Tree("[" + text);
  }
}

bool covers(std::string_view kind, const Tree& resource, const Tree& live) {
  Tree wanted = resource;
  for (const char* key : {"type", "apiVersion", "name", "dependsOn"}) wanted.erase(key);
  return coveredAt(kind, "", wanted, &live);
}

llvm::Error deploy(Session& session, const Deployment& deployment, const Waiting& waiting) {
  const std::string path = deployment.group_path + "/providers/Microsoft.Resources/deployments/" +
                           percentEncoded(deployment.name);
  const Waiting on_it{
      waiting.verb, waiting.what,     path,           std::string(kDeploymentsVersion),
      false,        waiting.progress, waiting.cancel, waiting.sent};
  ArmCall call = callTo("PUT", path, waiting);
  call.body = requestBody(deployment.resource);
  llvm::Expected<ArmReply> reply = session.call(call);
  if (!reply) {
    ApiError error = asApiError(reply.takeError());
    if (!sameName(error.code, "DeploymentActive")) return failed(std::move(error));
    // Left behind by a run that was killed. How it ended does not matter: ours comes after it.
    if (llvm::Error waited = awaitResource(session, on_it)) {
      ApiError reason = asApiError(std::move(waited));
      if (reason.kind == Kind::Cancelled || reason.kind == Kind::Unreachable)
        return failed(std::move(reason));
    }
    reply = session.call(call);
    if (!reply) return reply.takeError();
  }
  llvm::Error error = awaitOperation(session, *reply, on_it);
  return error ? explained(session, path, waiting, std::move(error)) : llvm::Error::success();
}

}  // namespace gpuspec::deploy::azure
