#pragma once

// Bodies in application/vnd.kubernetes.protobuf: "k8s\0" and a runtime.Unknown that holds the
// object. They become what the same object is in JSON.

#include <string_view>

#include <llvm/Support/Error.h>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::api {

inline constexpr std::string_view kProtobufType = "application/vnd.kubernetes.protobuf";

// 400 for whatever is no such body, or is too large or too deep.
llvm::Expected<ir::Tree> decodeProtobuf(std::string_view body);

}  // namespace gpuspec::deploy::sandbox::api
