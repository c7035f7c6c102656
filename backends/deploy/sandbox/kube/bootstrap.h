#pragma once

#include "backends/deploy/sandbox/kube/objects.h"

namespace gpuspec::deploy::sandbox::api {

// What a cluster has from the beginning; what is there already stays as it is.
void makeOwnObjects(ObjectLayer& objects);

}  // namespace gpuspec::deploy::sandbox::api
