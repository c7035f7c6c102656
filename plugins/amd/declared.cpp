#include "plugins/amd/declared.h"

namespace gpuspec::amd {

namespace {

constexpr const char* kUnconfirmedPage =
    R"(# AMD0001: partitions that Azure does not confirm            (level: warning, amd)

A pool of AKS has a `partition` block. AMD's operator cuts a GPU from inside the node, and neither AKS's page on AMD GPUs nor Azure's page
on the VM size says that the guest may do that. It may work; nobody promises it.

Source: AKS, "Use AMD GPUs" (2026-08-21); ROCm/gpu-operator v1.5.1 (2026-07-21).

## Example

```gpuspec fails
project "demo"

cluster ml {
  platform       = aks
  existing       = true
  resource_group = "rg-ml"
  location       = "westus"
}

accelerator amd { cluster = ml  stack = gpu_operator }

pool mi300x {
  cluster   = ml
  vm        = "Standard_ND96isr_MI300X_v5"
  nodes     = 2
  partition { compute = CPX  memory = NPS4 }
}
```

## What to do

Try it on one node: its label `dcm.amd.com/gpu-config-profile-state` says `success`. Then `@allow(AMD0001, "tried on ...")` before the
block. Or leave the GPUs whole:

```gpuspec
project "demo"

cluster ml {
  platform       = aks
  existing       = true
  resource_group = "rg-ml"
  location       = "westus"
}

accelerator amd { cluster = ml  stack = gpu_operator }

pool mi300x {
  cluster = ml
  vm      = "Standard_ND96isr_MI300X_v5"
  nodes   = 2
}
```
)";

constexpr const char* kUndocumentedPage =
    R"(# AMD0002: modes that only the driver knows            (level: warning, amd)

The driver takes this pair of compute and memory mode on the device, and the guide of AMD's config manager, which does the cutting, does
not list it. The output asks for it all the same.

Source: ROCm/gpu-operator v1.5.1 (2026-07-21), partition profiles of the device config manager.

## Example

```gpuspec fails
project "demo"

cluster lab { platform = kubernetes  context = "lab" }
accelerator amd { cluster = lab  stack = gpu_operator }

pool mi300x {
  cluster   = lab
  device    = amd.mi300x-192gb
  count     = 8
  nodes     = 2
  selector  { rack = "a" }
  partition { compute = QPX  memory = NPS4 }
}
```

## What to do

Take a pair that is documented; the finding lists them.

```gpuspec
project "demo"

cluster lab { platform = kubernetes  context = "lab" }
accelerator amd { cluster = lab  stack = gpu_operator }

pool mi300x {
  cluster   = lab
  device    = amd.mi300x-192gb
  count     = 8
  nodes     = 2
  selector  { rack = "a" }
  partition { compute = CPX  memory = NPS4 }
}
```
)";

constexpr const char* kMemorySharedPage =
    R"(# AMD0003: teams that share the memory of a GPU            (level: warning, amd)

The pool's GPUs are cut into devices under NPS1, where all devices of one GPU take their memory from one pool: the share of each is an even
split, not a wall. Two teams have quotas on the pool, so one of them can take what the other counts on.

Source: ROCm/gpu-operator v1.5.1 (2026-07-21); AMD Instinct partitioning guide, memory partition modes.

## Example

```gpuspec fails
project "demo"

cluster lab { platform = kubernetes  context = "lab" }
accelerator amd { cluster = lab  stack = gpu_operator }

pool mi300x {
  cluster   = lab
  device    = amd.mi300x-192gb
  count     = 8
  nodes     = 2
  selector  { rack = "a" }
  partition { compute = CPX  memory = NPS1 }
}

team vision   { clusters = [lab]  namespaces = ["vision"]  quota { gpu(pool.mi300x) = 8 } }
team language { clusters = [lab]  namespaces = ["language"]  quota { gpu(pool.mi300x) = 8 } }
```

## What to do

Choose a memory mode that gives each group of devices memory of its own, or a pool for each team.

```gpuspec
project "demo"

cluster lab { platform = kubernetes  context = "lab" }
accelerator amd { cluster = lab  stack = gpu_operator }

pool mi300x {
  cluster   = lab
  device    = amd.mi300x-192gb
  count     = 8
  nodes     = 2
  selector  { rack = "a" }
  partition { compute = CPX  memory = NPS4 }
}

team vision   { clusters = [lab]  namespaces = ["vision"]  quota { gpu(pool.mi300x) = 8 } }
team language { clusters = [lab]  namespaces = ["language"]  quota { gpu(pool.mi300x) = 8 } }
```
)";

Json declared(OwnFinding finding, const char* name, const char* message, const char* page) {
  return {{"code", finding.code},
          {"name", name},
          {"level", "warning"},
          {"message", message},
          {"page", page}};
}

}  // namespace

Json declaredFindings() {
  Json all = Json::array();
  all.push_back(
      declared(kUnconfirmed, "PartitionUnconfirmed",
               "Azure does not confirm that the GPUs of `{0}` can be cut from inside the VM",
               kUnconfirmedPage));
  all.push_back(
      declared(kUndocumented, "PartitionUndocumented",
               "the driver takes `{0}` on the {1}, but AMD's config manager does not document it",
               kUndocumentedPage));
  all.push_back(
      declared(kMemoryShared, "PartitionMemoryShared",
               "under NPS1 the devices of one GPU share its memory, and {0} teams use `{1}`",
               kMemorySharedPage));
  return all;
}

}  // namespace gpuspec::amd
