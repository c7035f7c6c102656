#include "backends/deploy/apply/views.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::apply {

namespace {

class JsonlView final : public View {
 public:
  explicit JsonlView(Write write) : write_(std::move(write)) {}

  void started(const plan::Change& change) override { emit("started", change, Tree::map()); }
  void progressed(const plan::Change& change, const std::string& text) override {
    emit("progress", change, ir::mapOf("text", text));
  }
  void finished(const plan::Change& change, const Outcome& outcome) override {
    emit("finished", change, outcomeTree(outcome));
  }
  void tick(std::chrono::milliseconds) override {}

 private:
  void emit(const char* event, const plan::Change& change, const Tree& more) {
    Tree line = ir::mapOf("schema", "gpuspec.apply-event/1", "event", event);
    for (const Tree& part : {changeTree(change), more}) {
      for (const auto& [key, value] : part.asMap()) line.set(key, value);
    }
    write_(ir::toJson(line) + "\n");
  }

  Write write_;
};

}  // namespace

Tree changeTree(const plan::Change& change) {
  return ir::mapOf("address", change.address, "kind", change.key.kindName(), "id", change.key.id(),
                   "cluster", change.key.cluster, "action", plan::str(change.action));
}

Tree outcomeTree(const Outcome& outcome) {
  Tree tree = ir::mapOf("state", str(outcome.state), "took_ms",
                        static_cast<std::int64_t>(outcome.took.count()));
  if (!outcome.error.empty()) tree.set("error", outcome.error);
  if (!outcome.code.empty()) tree.set("code", outcome.code);
  if (!outcome.way_out.empty()) tree.set("way_out", outcome.way_out);
  if (!outcome.because.empty()) tree.set("because", outcome.because);
  return tree;
}

std::unique_ptr<View> makeJsonlView(Write write) {
  return std::make_unique<JsonlView>(std::move(write));
}

std::string summaryEvent(const plan::Plan& plan, const Result& result) {
  const Tree whole = summaryTree(plan, result);
  return ir::toJson(ir::mapOf("schema", "gpuspec.apply-event/1", "event", "summary", "summary",
                              *whole.find("summary"), "took_ms", *whole.find("took_ms"))) +
         "\n";
}

}  // namespace gpuspec::deploy::apply
