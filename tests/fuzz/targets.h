#pragma once

// What is fed with anything: a function for each reader of text from outside. A target that
// returns is content; a broken law ends the process (fault.cpp).

#include <string_view>
#include <vector>

namespace gpuspec::fuzz {

struct Target {
  const char* name;
  void (*run)(std::string_view input);
};

void lexer(std::string_view input);   // bytes to tokens
void spec(std::string_view input);    // a project: parsed, formatted, compiled, emitted
void plugin(std::string_view input);  // what a plugin answers
void data(std::string_view input);    // YAML, JSON and parameter files
void plan(std::string_view input);    // a saved plan

const std::vector<Target>& allTargets();
const Target* findTarget(std::string_view name);

}  // namespace gpuspec::fuzz
