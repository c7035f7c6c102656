#include "backends/deploy/sandbox/arm/vm_size.h"

#include <algorithm>
#include <cctype>

#include "backends/deploy/sandbox/arm/text.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

bool isDigit(char letter) {
  return std::isdigit(static_cast<unsigned char>(letter)) != 0;
}
bool isUpper(char letter) {
  return std::isupper(static_cast<unsigned char>(letter)) != 0;
}

// Sizes of the compute series with a device that can be cut into instances.
bool partitionable(std::string_view series, std::string_view rest) {
  if (series != "NC" && series != "ND") return false;
  return rest.find("A100") != std::string_view::npos ||
         rest.find("H100") != std::string_view::npos ||
         rest.find("H200") != std::string_view::npos || rest == "asr_v4";
}

}  // namespace

VmSize readVmSize(std::string_view name) {
  VmSize size;
  const std::size_t prefix = name.find('_');
  if (prefix == std::string_view::npos ||
      (!sameName(name.substr(0, prefix), "Standard") && !sameName(name.substr(0, prefix), "Basic")))
    return size;
  name.remove_prefix(prefix + 1);
  const auto letters = static_cast<std::size_t>(std::ranges::find_if(name, isDigit) - name.begin());
  std::size_t end = letters;
  while (end < name.size() && isDigit(name[end]) && end - letters < 6) {
    size.vcpus = size.vcpus * 10 + (name[end++] - '0');
  }
  std::string series(name.substr(0, letters));
  std::ranges::transform(series, series.begin(), [](char letter) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  });
  const std::string_view rest = name.substr(end);
  size.valid = letters > 0 && end > letters && std::ranges::all_of(series, isUpper);
  size.family = series + std::string(rest);
  size.has_gpu = series.starts_with("N") && series != "NP";
  size.can_partition = partitionable(series, rest);
  return size;
}

}  // namespace gpuspec::deploy::sandbox::arm
