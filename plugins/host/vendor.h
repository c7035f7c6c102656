#pragma once

#include <memory>
#include <string>

#include <llvm/Support/Error.h>

#include "compiler/ir/vendor.h"
#include "plugins/host/channel.h"

namespace gpuspec::host {

// Asks for the description and puts an ir::Vendor before the channel. `name` is what the structure
// says; `label` names the plugin in messages until its name is known to be good.
llvm::Expected<std::unique_ptr<ir::Vendor>> adapt(std::unique_ptr<Channel> channel,
                                                  const std::string& name,
                                                  const std::string& label);

}  // namespace gpuspec::host
