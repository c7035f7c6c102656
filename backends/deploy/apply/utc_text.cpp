#include "backends/deploy/apply/utc_text.h"

namespace gpuspec::deploy::apply {

std::string utcText(std::time_t time) {
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc));
}

}  // namespace gpuspec::deploy::apply
