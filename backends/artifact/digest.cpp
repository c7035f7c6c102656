#include "backends/artifact/digest.h"

#include "lang/source/sha256.h"

namespace gpuspec::artifact {

std::string sha256(std::string_view bytes) {
  return source::sha256Hex(bytes);
}

}  // namespace gpuspec::artifact
