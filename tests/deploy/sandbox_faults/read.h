#pragma once

// A fault script as text, for tests.

#include <string>

#include "backends/deploy/sandbox/faults/script.h"
#include "compiler/data/yaml_reader.h"

namespace gpuspec::deploy::sandbox {

struct ReadScript {
  std::optional<FaultScript> script;
  std::vector<std::string> problems;  // "2:5 text"
};

inline ReadScript readScript(const std::string& text) {
  source::SourceMap sources;
  diag::Sink sink;
  const source::FileId id = sources.add("faults.yaml", text);
  const auto documents = data::readYaml(sources, id, sink);
  if (!documents || documents->size() != 1) return {std::nullopt, {"no document"}};
  std::vector<ScriptProblem> problems;
  ReadScript read{readFaultScript(documents->front(), problems), {}};
  for (const ScriptProblem& problem : problems) {
    const source::Position at = sources.file(id).position(problem.at.range.begin);
    read.problems.push_back(std::to_string(at.line) + ":" + std::to_string(at.column) + " " +
                            problem.text);
  }
  return read;
}

}  // namespace gpuspec::deploy::sandbox
