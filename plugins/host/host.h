#pragma once

// Vendors as the compiler sees them (ir::Vendor), made from plugins that speak the C interface of
// plugins/abi. Loading reads a plugin's description only; each question goes out as a JSON document
// and what comes back is believed in nothing: every field is checked before it becomes a plan.
// Wrong specs become findings, broken plugins 5xxx findings that name plugin, function and field.

#include <optional>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "compiler/ir/vendor.h"
#include "plugins/abi/gpuspec_plugin.h"
#include "plugins/host/lock.h"
#include "plugins/host/worker.h"

namespace gpuspec::host {

// Each path is a plugin, or a folder whose `*.so` files are plugins (in order of their names).
// Fails with a PluginError on the first that cannot be used, and when two are the same vendor. The
// set owns the libraries. Plugins in `installed` (a folder; "" = none) run in this process, all
// others each in a worker of their own, under these limits.
llvm::Expected<ir::VendorSet> loadVendors(const std::vector<std::string>& paths,
                                          const std::string& installed = {},
                                          const WorkerLimits& limits = {});

struct LoadOptions {
  std::string installed;
  WorkerLimits limits;
  const Lock* lock = nullptr;  // plugins that differ from it are refused, and not run
  bool additions = false;      // those that it does not name are loaded all the same
  bool digests = false;        // without a lock, too
};
struct LoadedPlugins {
  ir::VendorSet vendors;
  std::vector<PluginFile> files;  // one for each vendor; without a digest unless asked for
};
// As loadVendors. nullopt: reported; with a lock all plugins that differ from it are.
std::optional<LoadedPlugins> loadPlugins(const std::vector<std::string>& paths,
                                         const LoadOptions& options, diag::Sink& sink);

// A vendor that is linked into the program. `api` outlives the vendor; `label` stands for the file
// in messages.
llvm::Expected<std::unique_ptr<ir::Vendor>> makeVendor(const gs_vendor_v1& api,
                                                       const std::string& label);

}  // namespace gpuspec::host
