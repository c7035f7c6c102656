#pragma once

// Fault scripts for the sandbox, as files: YAML or JSON.

#include <optional>
#include <string>

#include "backends/deploy/sandbox/faults/script.h"
#include "tools/gpuspec/terminal.h"

namespace gpuspec::cli {

struct FaultFile {
  deploy::sandbox::FaultScript script;
  ir::Tree document;  // as a sandbox that runs takes it
};

// nullopt: said why; `code` is the exit code.
std::optional<FaultFile> readFaultFile(const std::string& path, Terminal& terminal, int& code);

// {schema, seed, rules: [{name, matched, fired}]} as lines.
std::string faultsText(const ir::Tree& status);

}  // namespace gpuspec::cli
