#pragma once

// The five fields of a CronJob's schedule ("*/5 2-4 * jan,jul mon-fri", "@hourly"), in UTC.

#include <array>
#include <bitset>
#include <chrono>
#include <optional>
#include <string_view>

namespace gpuspec::deploy::sandbox::live {

class CronSchedule {
 public:
  // nullopt: no schedule.
  static std::optional<CronSchedule> parse(std::string_view text);
  // The first time after this one; nullopt when there is none within five years.
  std::optional<std::chrono::system_clock::time_point> after(
      std::chrono::system_clock::time_point time) const;

 private:
  bool matchesDay(std::chrono::sys_days day) const;

  std::bitset<64> minutes_, hours_, days_, months_, weekdays_;
  bool any_day_ = false, any_weekday_ = false;
};

}  // namespace gpuspec::deploy::sandbox::live
