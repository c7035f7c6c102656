#include "plugins/host/vendor.h"

#include "lang/diag/catalogue.h"
#include "plugins/host/findings.h"
#include "plugins/host/plugin_error.h"
#include "plugins/host/replies.h"
#include "plugins/host/requests.h"

namespace gpuspec::host {

namespace {

// What came back, as a document; the answer's findings are not looked at.
llvm::Expected<ir::Tree> documentOf(const Answer& answer, const std::string& plugin,
                                    Function function) {
  const std::string name = functionName(function);
  if (answer.too_large) {
    return pluginError(diag::PluginReplyTooLarge, plugin, name,
                       static_cast<std::int64_t>(kReplyLimit >> 20));
  }
  llvm::Expected<ir::Tree> document = parseDocument(answer.reply);
  if (document) return document;
  return pluginError(diag::PluginReplyUnreadable, plugin, name,
                     llvm::toString(document.takeError()));
}

llvm::Error wrongField(const std::string& plugin, Function function, const Problem& problem) {
  return pluginError(diag::PluginReplyInvalid, plugin, std::string(functionName(function)),
                     problem.field, problem.what);
}

std::string failureOf(const Answer& answer) {
  diag::Sink unused;
  for (const std::string& finding : answer.findings) {
    const Relayed relayed = relayFinding(finding, NodeIds(), unused);
    if (relayed.failure) return *relayed.failure;
  }
  return answer.status == GS_INTERNAL ? "no reason given"
                                      : "status " + std::to_string(answer.status);
}

class PluginVendor : public ir::Vendor {
 public:
  PluginVendor(std::unique_ptr<Channel> channel, Description description)
      : channel_(std::move(channel)), description_(std::move(description)) {
    for (const diag::Declaration& finding : description_.findings)
      declared_.emplace(finding.code, diag::declare(finding));
  }

  const std::string& name() const override { return description_.name; }
  const std::string& version() const override { return description_.version; }
  const std::vector<ir::SchemaRow>& schemaRows() const override { return description_.rows; }
  const std::vector<ir::DeviceModel>& models() const override { return description_.models; }
  const std::vector<std::string>& stacks() const override { return description_.stacks; }

  ir::SmokeTest smokeTest() const override { return description_.smoke; }

  std::optional<std::vector<ir::PoolPlan>> partition(const ir::VendorCluster& cluster,
                                                     diag::Sink& sink) const override {
    NodeIds ids;
    const std::string request = partitionRequest(cluster, description_.rows, ids);
    const auto document = ask(Function::Partition, request, cluster, ids, sink);
    if (!document) return std::nullopt;
    std::vector<source::Location> places;
    for (const ir::PoolId pool_id : cluster.pool_ids) places.push_back((*cluster.spec)[pool_id].at);
    Problem problem;
    auto plans = readPoolPlans(*document, places, ids, problem);
    if (!plans) fail(wrongField(name(), Function::Partition, problem), cluster, sink);
    return plans;
  }

  std::optional<ir::StackPlan> emit(const ir::VendorCluster& cluster,
                                    const std::vector<ir::PoolPlan>& plans,
                                    const std::vector<std::vector<ir::Taint>>& taints,
                                    diag::Sink& sink) const override {
    NodeIds ids;
    const std::string request = emitRequest(cluster, plans, taints, description_.rows, ids);
    const auto document = ask(Function::Emit, request, cluster, ids, sink);
    if (!document) return std::nullopt;
    const ir::Tree user_values =
        cluster.accelerator_id ? (*cluster.spec)[cluster.accelerator_id].values : ir::Tree();
    Problem problem;
    auto plan = readStackPlan(*document, user_values, placeOf(cluster), ids, problem);
    if (!plan) fail(wrongField(name(), Function::Emit, problem), cluster, sink);
    return plan;
  }

  llvm::Expected<ir::NodeReport> observe(const ir::PoolObservation& pool) const override {
    if (!description_.observes) return ir::Vendor::observe(pool);
    const Answer answer = channel_->call(Function::Observe, observeRequest(pool));
    const std::string called = functionName(Function::Observe);
    if (answer.status == GS_UNSUPPORTED) {
      return pluginError(diag::PluginUnsupported, name(), called);
    }
    if (answer.status != GS_OK) {
      return pluginError(diag::PluginFailed, name(), called, failureOf(answer));
    }
    llvm::Expected<ir::Tree> document = documentOf(answer, name(), Function::Observe);
    if (!document) return document.takeError();
    Problem problem;
    auto report = readNodeReport(*document, problem);
    if (!report) return wrongField(name(), Function::Observe, problem);
    return std::move(*report);
  }

 private:
  // The declaration that made the compiler ask.
  static source::Location placeOf(const ir::VendorCluster& cluster) {
    if (cluster.accelerator_id) return (*cluster.spec)[cluster.accelerator_id].at;
    if (!cluster.pool_ids.empty()) return (*cluster.spec)[cluster.pool_ids.front()].at;
    return (*cluster.spec)[cluster.cluster_id].at;
  }

  void fail(llvm::Error error, const ir::VendorCluster& cluster, diag::Sink& sink) const {
    llvm::handleAllErrors(std::move(error), [&](const PluginError& broken) {
      broken.report(sink, placeOf(cluster));
    });
  }

  // nullopt: reported.
  std::optional<ir::Tree> ask(Function function, const std::string& request,
                              const ir::VendorCluster& cluster, const NodeIds& ids,
                              diag::Sink& sink) const {
    const Answer answer = channel_->call(function, request);
    const std::string called = functionName(function);
    const std::size_t errors_before = sink.errorCount();
    std::string failure = "no reason given";
    for (const std::string& finding : answer.findings) {
      Relayed relayed = relayFinding(finding, ids, sink, declared_);
      if (relayed.failure) failure = std::move(*relayed.failure);
      if (relayed.problem)
        sink.report(placeOf(cluster), diag::PluginFindingInvalid, name(), called, *relayed.problem);
    }
    switch (answer.status) {
      case GS_OK: {
        llvm::Expected<ir::Tree> document = documentOf(answer, name(), function);
        if (document) return std::move(*document);
        fail(document.takeError(), cluster, sink);
        return std::nullopt;
      }
      case GS_REJECTED:
        if (sink.errorCount() == errors_before) {
          sink.report(placeOf(cluster), diag::PluginRejectedSilently, name(), called);
        }
        return std::nullopt;
      case GS_UNSUPPORTED:
        sink.report(placeOf(cluster), diag::PluginUnsupported, name(), called);
        return std::nullopt;
      default:
        break;
    }
    sink.report(placeOf(cluster), diag::PluginFailed, name(), called, failure);
    return std::nullopt;
  }

  std::unique_ptr<Channel> channel_;
  Description description_;
  DeclaredFindings declared_;
};

}  // namespace

llvm::Expected<std::unique_ptr<ir::Vendor>> adapt(std::unique_ptr<Channel> channel,
                                                  const std::string& name,
                                                  const std::string& label) {
  const Answer answer = channel->call(Function::Describe, {});
  if (answer.status != GS_OK) {
    return pluginError(diag::PluginFailed, label, std::string(functionName(Function::Describe)),
                       failureOf(answer));
  }
  llvm::Expected<ir::Tree> document = documentOf(answer, label, Function::Describe);
  if (!document) return document.takeError();
  Problem problem;
  std::optional<Description> description = readDescription(*document, problem);
  if (!description) return wrongField(label, Function::Describe, problem);
  if (description->name != name) {
    return wrongField(label, Function::Describe,
                      {"name", "is `" + description->name + "`, the library says `" + name + "`"});
  }
  return std::make_unique<PluginVendor>(std::move(channel), std::move(*description));
}

}  // namespace gpuspec::host
