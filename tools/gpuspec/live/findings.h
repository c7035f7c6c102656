#pragma once

// What stops plan, apply and their like, as findings of the family 6050 and up on standard error:
// what APIs, credentials, locks and conflicts of ownership say.

#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/plan/plan.h"
#include "lang/source/source_map.h"
#include "tools/gpuspec/terminal.h"

namespace gpuspec::cli {

// Shows what an API, or the way to one, said; each of joined errors by itself. Returns the exit
// code: kRefused when somebody else holds the lock, kWorldSaysNo otherwise.
int reportFailure(llvm::Error error, Terminal& terminal);

// An address, a credential or a kubeconfig is missing or unreadable: kWorldSaysNo.
int reportNoAccess(llvm::Error error, Terminal& terminal);

int reportNoProject(Terminal& terminal);                             // kSpecWrong
int reportNoSandbox(const std::string& folder, Terminal& terminal);  // kWorldSaysNo
// Clusters that exist by the spec's word and are not there: kWorldSaysNo.
int reportMissing(const std::vector<deploy::model::Target>& clusters, bool sandbox,
                  Terminal& terminal);
int reportNobodyToAsk(Terminal& terminal);                                         // kRefused
int reportNoPlan(const std::string& file, llvm::Error error, Terminal& terminal);  // kWorldSaysNo
int reportOutOfDate(const std::string& file, const std::vector<std::string>& moved,
                    Terminal& terminal);  // kRefused

// The conflicts that stop an apply, at the declarations they are about: kRefused.
int reportConflicts(const std::vector<deploy::plan::Conflict>& conflicts,
                    const source::SourceMap& sources, Terminal& terminal);

}  // namespace gpuspec::cli
