#include "plugins/amd/analysis.h"

#include <algorithm>

namespace gpuspec::amd {

namespace {

// NPS1 where the spec says nothing: the mode in which the GPU starts.
std::string memoryOf(const PartitionBlock& block) {
  return block.memory ? block.memory->value : "NPS1";
}

class PartitionReader {
 public:
  PartitionReader(PoolState& state, Findings& findings)
      : state_(state), block_(*state.pool->partition), findings_(findings) {}

  void read() {
    if (!block_.compute) return refuseMissingMode();
    const Mode wanted{block_.compute->value, memoryOf(block_)};
    if (!state_.model->hasCompute(wanted.compute)) return refuseCompute(wanted);
    if (!state_.model->allows(wanted)) return refusePair(wanted);
    state_.mode = wanted;
    if (!state_.model->documents(wanted)) warnUndocumented(wanted);
  }

 private:
  Node memoryAt() const { return block_.memory ? block_.memory->at : block_.compute->at; }
  std::string title() const { return state_.model->title; }

  void refuseMissingMode() {
    state_.understood = false;
    findings_
        .report(block_.at, Code::VendorError,
                "`partition` does not say into how many devices a GPU is cut")
        .help("compute = CPX")
        .fact(title() + " has: " + modesText(state_.model->legal));
  }

  void refuseCompute(const Mode& wanted) {
    state_.understood = false;
    findings_
        .report(block_.compute->at, Code::VendorError,
                "the " + title() + " has no compute mode `" + wanted.compute + "`")
        .fact("it has: " + modesText(state_.model->legal));
  }

  // The memory modes that go with a compute mode are few: a fix names the finest of them.
  void refusePair(const Mode& wanted) {
    state_.understood = false;
    std::vector<Mode> near;
    for (const Mode& mode : state_.model->legal) {
      if (mode.compute == wanted.compute) near.push_back(mode);
    }
    Finding finding = findings_.report(
        memoryAt(), Code::VendorError,
        "`" + wanted.memory + "` with `" + wanted.compute + "` does not exist on the " + title());
    finding.note(block_.memory ? block_.compute->at : 0, "the compute mode is chosen here")
        .fact("with " + wanted.compute + " it has: " + modesText(near));
    const int devices = devicesOf(*state_.model, wanted.compute);
    if (domainsOf(wanted.memory) > devices) {
      finding.fact("memory is never cut finer than the GPU: " + wanted.compute + " shows " +
                   std::to_string(devices) + (devices == 1 ? " device" : " devices"));
    }
    if (block_.memory)
      finding.fix("a memory mode that it has", block_.memory->at, near.back().memory, false);
  }

  void warnUndocumented(const Mode& wanted) {
    findings_.report(block_.compute->at, kUndocumented, modeText(wanted), title())
        .fact("documented: " + modesText(state_.model->documented));
  }

  PoolState& state_;
  const PartitionBlock& block_;
  Findings& findings_;
};

void readPool(const Pool& pool, PoolState& state, Findings& findings) {
  state.pool = &pool;
  state.model = findModel(pool.model);
  if (state.model == nullptr) {
    state.understood = false;
    findings.report(pool.vm ? pool.vm->at : pool.at, Code::VendorDeviceUnknown, pool.model)
        .fact("of AMD's GPUs in Azure, AKS documents the MI300X only");
    return;
  }
  if (pool.partition) PartitionReader(state, findings).read();
}

const At<std::string>* strategyOf(const PoolState& state) {
  const std::optional<PartitionBlock>& block = state.pool->partition;
  return block && block->strategy ? &*block->strategy : nullptr;
}

// One device plugin configuration serves every node of the cluster.
void readNaming(Analysis& analysis, Findings& findings) {
  const PoolState* first = nullptr;
  for (const PoolState& state : analysis.pools) {
    const At<std::string>* strategy = strategyOf(state);
    if (strategy == nullptr) continue;
    if (first == nullptr) {
      first = &state;
      analysis.mixed = strategy->value == "mixed";
      continue;
    }
    const At<std::string>& chosen = *strategyOf(*first);
    if (strategy->value == chosen.value) continue;
    findings
        .report(strategy->at, Code::VendorError,
                "`strategy = " + strategy->value + "` here and `" + chosen.value + "` on `" +
                    first->pool->name + "`: the operator's device plugin has one for the cluster")
        .note(chosen.at, "`" + chosen.value + "` is chosen here")
        .fix("the same strategy", strategy->at, chosen.value, false);
    return;
  }
}

}  // namespace

bool Analysis::understood() const {
  return std::all_of(pools.begin(), pools.end(),
                     [](const PoolState& state) { return state.understood; });
}

bool Analysis::configures() const {
  return has_stack && std::any_of(pools.begin(), pools.end(), [&](const PoolState& state) {
           return !profileOf(state).empty();
         });
}

// Under `mixed` a GPU that is left whole has a name of its own, too (amd.com/spx_nps1).
std::string Analysis::profileOf(const PoolState& state) const {
  return state.pool->partition || mixed ? profileName(state.mode, mixed) : std::string();
}

Analysis analyse(const Request& request, Findings& findings) {
  Analysis analysis;
  analysis.has_stack = request.accelerator.has_value();
  for (const Pool& pool : request.pools) readPool(pool, analysis.pools.emplace_back(), findings);
  if (!analysis.understood()) return analysis;
  readNaming(analysis, findings);
  if (!request.cluster.aks && !request.pools.empty())
    analysis.installs_driver = request.pools.front().driver.value != "none";
  checkStack(request, analysis, findings);
  return analysis;
}

}  // namespace gpuspec::amd
