#pragma once

#include <string>

#include "compiler/schema/type.h"

namespace gpuspec::eval {

// A type in words: "an integer from 1 to 20", "one of `aks` or `kubernetes`", "a list of pools".
std::string wantedText(const schema::Type& type);

// What a value of the type looks like: "4cpu", "pool_name", "[...]".
std::string exampleText(const schema::Type& type);

}  // namespace gpuspec::eval
