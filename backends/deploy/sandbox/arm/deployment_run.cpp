// Carries a deployment out: everything that can run side by side does.

#include <algorithm>

#include "backends/deploy/sandbox/arm/deployments.h"
#include "backends/deploy/sandbox/arm/text.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

constexpr std::chrono::milliseconds kStep{20};

constexpr std::string_view kFailedText =
    "At least one resource deployment operation failed. Please list deployment operations for "
    "details. Please see "
    "https://aka.ms/arm-deployment-operations for usage details.";

}  // namespace

llvm::Expected<Tree> Deployments::run(const Tree& operation) {
  const std::string group = textAt(operation, "group"), name = textAt(operation, "deployment");
  const std::shared_ptr<const Tree> stored = state_.get(deploymentKey(group, name));
  if (stored && textAt(*stored, "last") == textAt(operation, "id")) return Tree();
  if (!stored || textAt(*stored, "operation") != textAt(operation, "id"))
    return fail(409, "OperationCanceled", "The operation was not taken up.");
  llvm::Expected<Template> made = read(group, name, *stored);
  if (!made) return made.takeError();
  const bool resumed = !stored->find("operations")->asList().empty();
  std::vector<Step> steps(made->resources.size());
  if (llvm::Error error = walk(operation, *made, steps, resumed)) return error;

  Tree error, details = Tree::list();
  for (const Step& step : steps) {
    if (step.state == Step::State::Failed) details.push(step.error);
  }
  std::string_view state = "Succeeded";
  if (!details.empty()) {
    state = "Failed";
    error = ir::mapOf("code", "DeploymentFailed", "message", kFailedText, "details",
                      std::move(details));
  } else if (isCanceled(operation) && !std::ranges::all_of(steps, [](const Step& step) {
               return step.state == Step::State::Done;
             })) {
    state = "Canceled";
    error = ir::mapOf("code", "OperationCanceled", "message", "The deployment was canceled.");
  }
  if (llvm::Error failed = note(operation, *made, steps, state, error)) return failed;
  if (error.isNull()) return Tree();
  return llvm::make_error<ArmError>(409, std::move(error));
}

bool Deployments::isCanceled(const Tree& operation) const {
  const std::shared_ptr<const Tree> stored =
      state_.get(deploymentKey(textAt(operation, "group"), textAt(operation, "deployment")));
  return !stored || flagAt(*stored, "canceled");
}

llvm::Error Deployments::walk(const Tree& operation, const Template& made, std::vector<Step>& steps,
                              bool resumed) {
  const std::string group = textAt(operation, "group");
  const auto done = [&](std::size_t need) { return steps[need].state == Step::State::Done; };
  while (true) {
    bool changed = false, running = false;
    const bool canceled = isCanceled(operation);
    for (std::size_t i = 0; i < steps.size(); ++i) {
      Step& step = steps[i];
      const bool ready = step.state == Step::State::Running ||
                         (step.state == Step::State::Waiting && !canceled &&
                          std::ranges::all_of(made.resources[i].needs, done));
      if (!ready) continue;
      llvm::Expected<bool> advanced = advance(group, made.resources[i], step, resumed);
      if (!advanced) return advanced.takeError();
      changed = changed || *advanced;
      running = running || step.state == Step::State::Running || step.state == Step::State::Waiting;
    }
    if (changed) {
      if (llvm::Error error = note(operation, made, steps, "Running", Tree())) return error;
    } else if (!running) {
      return llvm::Error::success();
    } else if (llvm::Error error = operations_.sleep(kStep)) {
      return error;
    }
  }
}

llvm::Expected<bool> Deployments::advance(const std::string& group,
                                          const TemplateResource& resource, Step& step,
                                          bool resumed) {
  if (step.state == Step::State::Waiting) {
    // After a restart, what was begun before runs on by itself: let it end.
    if (resumed && !containers_.running(group, resource.names[0]).empty()) return false;
    step.started = nowText();
    llvm::Expected<Accepted> accepted = putResource(group, resource);
    if (!accepted) {
      Failure failure = failureOf(accepted.takeError());
      step.state = Step::State::Failed;
      step.status = failure.status;
      step.error = std::move(failure.error);
    } else {
      step.state = Step::State::Running;
      step.status = accepted->status;
      step.operation = accepted->operation;
    }
    return true;
  }
  llvm::Expected<Tree> record = operations_.find(step.operation);
  if (!record) return record.takeError();
  if (isRunning(*record)) return false;
  step.ended = nowText();
  const bool good = textAt(*record, "status") == "Succeeded";
  step.state = good ? Step::State::Done : Step::State::Failed;
  if (!good) step.error = *record->find("error");
  return true;
}

llvm::Expected<Accepted> Deployments::putResource(const std::string& group,
                                                  const TemplateResource& resource) {
  PutOptions options;
  options.api_version = resource.api_version;
  if (resource.names.size() == 1)
    return containers_.putCluster(group, resource.names[0], resource.body, options);
  return containers_.putPool(group, resource.names[0], resource.names[1], resource.body, options);
}

llvm::Error Deployments::note(const Tree& operation, const Template& made,
                              const std::vector<Step>& steps, std::string_view provisioning_state,
                              const Tree& error) {
  const std::string group = textAt(operation, "group"), name = textAt(operation, "deployment");
  const std::lock_guard lock(state_.mutex());
  const std::shared_ptr<const Tree> stored = state_.get(deploymentKey(group, name));
  if (!stored) return llvm::Error::success();
  Tree changed = *stored, items = Tree::list();
  const std::string id = textAt(changed, "resource.id");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const Step& step = steps[i];
    if (step.state == Step::State::Waiting) continue;
    const TemplateResource& resource = made.resources[i];
    const char* state = step.state == Step::State::Running ? "Running"
                        : step.state == Step::State::Done  ? "Succeeded"
                                                           : "Failed";
    Tree properties =
        ir::mapOf("provisioningOperation", "Create", "provisioningState", state, "timestamp",
                  step.ended.empty() ? step.started : step.ended, "duration", "PT0S", "statusCode",
                  step.status == 201   ? "Created"
                  : step.status == 200 ? "OK"
                                       : std::to_string(step.status),
                  "targetResource",
                  ir::mapOf("id", resource.id, "resourceType", resource.type, "resourceName",
                            join(resource.names, "/")));
    if (!step.error.isNull())
      properties.set("statusMessage", ir::mapOf("status", "Failed", "error", step.error));
    const std::string number = std::to_string(i + 1);
    items.push(ir::mapOf("id", id + "/operations/" + number, "operationId", number, "properties",
                         std::move(properties)));
  }
  changed.set("operations", std::move(items));
  Tree& shown = changed.at("resource").at("properties");
  shown.set("provisioningState", provisioning_state);
  shown.set("timestamp", nowText());
  if (!error.isNull()) shown.set("error", error);
  if (provisioning_state == "Succeeded") shown.set("outputs", made.outputs);
  if (provisioning_state != "Running")
    changed.set("operation", "").set("last", textAt(operation, "id"));
  return state_.put(deploymentKey(group, name), std::move(changed));
}

}  // namespace gpuspec::deploy::sandbox::arm
