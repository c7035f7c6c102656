#include "plugins/host/plugin_error.h"

#include <llvm/Support/raw_ostream.h>

namespace gpuspec::host {

char PluginError::ID = 0;

PluginError::PluginError(const diag::CodeInfo& info, std::vector<std::string> args)
    : info_(&info), args_(std::move(args)) {}

void PluginError::log(llvm::raw_ostream& out) const {
  out << diag::format(info_->format, args_);
}

}  // namespace gpuspec::host
