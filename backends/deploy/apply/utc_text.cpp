#include "backends/deploy/apply/utc_text.h"

namespace gpuspec::deploy::apply {

std::string utcText(std::time_t time) {
  std::tm utc{};
  ::gmtime_r(&time, &utc);
  char text[32];
  return std::string(text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc));
}

std::optional<std::chrono::system_clock::time_point> timeOf(const std::string& text) {
  std::tm parts{};
  const char* rest = ::strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts);
  if (rest == nullptr) return std::nullopt;
  std::chrono::microseconds fraction{0};
  if (*rest == '.') {
    std::chrono::microseconds digit{100'000};
    for (++rest; *rest >= '0' && *rest <= '9'; ++rest, digit /= 10)
      fraction += digit * (*rest - '0');
  }
  std::tm zone{};
  const std::string offset = std::string(rest) == "Z" ? "+0000" : rest;
  const char* end = ::strptime(offset.c_str(), "%z", &zone);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return std::chrono::system_clock::from_time_t(::timegm(&parts) - zone.tm_gmtoff) + fraction;
}

}  // namespace gpuspec::deploy::apply
