#include "compiler/sema/sema.h"

#include <algorithm>

#include "compiler/sema/analysis.h"

namespace gpuspec::sema {

namespace {

std::vector<eval::BlockId> workloadIds(const eval::Program& program) {
  std::vector<eval::BlockId> ids;
  for (const char* kind : {"job", "model", "service", "smoke"}) {
    const std::vector<eval::BlockId> some = program.ofKind(kind);
    ids.insert(ids.end(), some.begin(), some.end());
  }
  std::sort(ids.begin(), ids.end(), [&](eval::BlockId a, eval::BlockId b) {
    return addressOf(program[a]) < addressOf(program[b]);
  });
  return ids;
}

// References point anywhere, so every table's ids are known before its rows are made.
void assignIds(Analysis& analysis) {
  analysis.table_index.assign(analysis.program.blocks.size(), ir::PoolId::none().index);
  for (const char* kind : {"cluster", "pool", "team"}) {
    std::uint32_t next = 0;
    for (eval::BlockId id : analysis.program.ofKind(kind)) analysis.table_index[id.index] = next++;
  }
}

void fillTables(Analysis& analysis) {
  const eval::Program& program = analysis.program;
  ir::Spec& spec = analysis.spec;
  for (eval::BlockId id : program.ofKind("cluster"))
    spec.clusters.push_back(clusterFrom(analysis, program[id]));
  for (eval::BlockId id : program.ofKind("pool"))
    spec.pools.push_back(poolFrom(analysis, program[id]));
  for (eval::BlockId id : program.ofKind("accelerator")) {
    for (ir::Accelerator& one : acceleratorsFrom(analysis, program[id]))
      spec.accelerators.push_back(std::move(one));
  }
  checkAccelerators(analysis);
  for (eval::BlockId id : program.ofKind("team"))
    spec.teams.push_back(teamFrom(analysis, program[id]));
  for (eval::BlockId id : workloadIds(program))
    spec.workloads.push_back(workloadFrom(analysis, program[id]));
  for (eval::BlockId id : program.ofKind("manifest")) {
    for (ir::Manifest& one : manifestsFrom(analysis, program[id]))
      spec.manifests.push_back(std::move(one));
  }
  for (eval::BlockId id : program.ofKind("release"))
    spec.releases.push_back(releaseFrom(analysis, program[id]));
}

}  // namespace

std::optional<ir::Spec> analyze(const eval::Program& program, const SemaContext& context,
                                diag::Sink& sink) {
  const std::size_t errors_before = sink.errorCount();
  Analysis analysis{program, context, sink, {}, {}};
  analysis.spec.project = {program.project, program.project_at};
  analysis.spec.environment = program.environment;
  assignIds(analysis);
  applyPolicies(analysis);
  fillTables(analysis);
  addOutputs(analysis);
  addMoves(analysis);
  if (sink.errorCount() > errors_before) return std::nullopt;
  return std::move(analysis.spec);
}

}  // namespace gpuspec::sema
