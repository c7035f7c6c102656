#pragma once

#include <string>
#include <string_view>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::api {

// Guaranteed, Burstable or BestEffort, by the requests and limits of the pod's containers.
std::string_view qosClassOf(const ir::Tree& pod);

}  // namespace gpuspec::deploy::sandbox::api
