#pragma once

// Looks into emitted files by meaning, not by text: the ARM template as JSON, Kubernetes objects
// and Helm values as trees.

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "compiler/ir/tree.h"
#include "tests/support/compile_in_memory.h"

namespace gpuspec::test {

using Json = nlohmann::ordered_json;

// resources of <cluster>/arm/azuredeploy.json whose type ends with `/` and `type`.
std::vector<Json> armResources(const Outcome& outcome, const std::string& cluster,
                               const std::string& type);

// Every object of <cluster>/kubernetes, but the kustomization.
std::vector<ir::Tree> objects(const Outcome& outcome, const std::string& cluster);
std::vector<ir::Tree> objectsOf(const std::vector<ir::Tree>& all, std::string_view kind,
                                std::string_view object_namespace = "");
// Fails the test, and gives a null tree, when there is not exactly one.
ir::Tree objectNamed(const std::vector<ir::Tree>& all, std::string_view kind,
                     std::string_view name);

// <cluster>/helm/<release>/values.yaml
ir::Tree values(const Outcome& outcome, const std::string& cluster, const std::string& release);

// One document of YAML, as Kubernetes would read it; fails the test on text that is none.
std::vector<ir::Tree> readYaml(const std::string& text);

// The value behind the steps: keys of maps, places in lists. A null tree where the way ends.
ir::Tree at(const ir::Tree& tree, std::initializer_list<std::string_view> steps);
// The same as JSON text: `"1"`, `[{"key":"sku"}]`.
std::string text(const ir::Tree& tree, std::initializer_list<std::string_view> steps);

// The text as a string of the language.
std::string quoted(const std::string& text);

}  // namespace gpuspec::test
