#pragma once

#include <string>
#include <string_view>

#include <llvm/Support/Error.h>

namespace gpuspec::cli {

// Replaces a file's content at once: a reader sees the old text or the new one, also when the
// process is killed. Keeps the file's mode; of a link, writes to what it leads to.
llvm::Error replaceFile(const std::string& named, std::string_view text);

}  // namespace gpuspec::cli
