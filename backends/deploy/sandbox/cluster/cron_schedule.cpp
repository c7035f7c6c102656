#include "backends/deploy/sandbox/cluster/cron_schedule.h"

#include <charconv>
#include <string>
#include <utility>
#include <vector>

namespace gpuspec::deploy::sandbox::live {
namespace {

using namespace std::chrono;

struct Field {
  int least, most;
  std::string_view names;  // three letters each, from `least` on
};

constexpr Field kMinute{0, 59, ""}, kHour{0, 23, ""}, kDay{1, 31, ""};
constexpr Field kMonth{1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"};
constexpr Field kWeekday{0, 7, "sunmontuewedthufrisat"};

constexpr std::pair<std::string_view, std::string_view> kMacros[] = {
    {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}, {"@monthly", "0 0 1 * *"},
    {"@weekly", "0 0 * * 0"}, {"@daily", "0 0 * * *"},    {"@midnight", "0 0 * * *"},
    {"@hourly", "0 * * * *"}};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  for (std::size_t from = 0; from <= text.size();) {
    const std::size_t end = std::min(text.find(separator, from), text.size());
    out.emplace_back(text.substr(from, end - from));
    from = end + 1;
  }
  if (separator == ' ') std::erase(out, "");
  return out;
}

std::optional<int> number(std::string_view text, const Field& field) {
  int out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc() && end == text.data() + text.size()) return out;
  std::string lower(text);
  for (char& c : lower) c = static_cast<char>(c | 0x20);
  const std::size_t at = lower.size() == 3 ? field.names.find(lower) : std::string_view::npos;
  if (at == std::string_view::npos || at % 3 != 0) return std::nullopt;
  return field.least + static_cast<int>(at / 3);
}

// "*", "3", "1-5", each with "/step"
bool addRange(std::string_view text, const Field& field, std::bitset<64>& to) {
  const std::size_t slash = text.find('/');
  const std::string_view range = text.substr(0, slash);
  const auto step =
      slash == std::string_view::npos ? std::optional(1) : number(text.substr(slash + 1), kMinute);
  std::optional<int> first = field.least, last = field.most;
  if (range != "*" && range != "?") {
    const std::size_t dash = range.find('-');
    first = number(range.substr(0, dash), field);
    last = dash != std::string_view::npos    ? number(range.substr(dash + 1), field)
           : slash == std::string_view::npos ? first
                                             : std::optional(field.most);
  }
  if (!first || !last || !step || *step < 1) return false;
  if (*first < field.least || *last > field.most || *first > *last) return false;
  for (int value = *first; value <= *last; value += *step) to.set(static_cast<std::size_t>(value));
  return true;
}

bool addField(std::string_view text, const Field& field, std::bitset<64>& to) {
  for (const std::string& part : split(text, ',')) {
    if (!addRange(part, field, to)) return false;
  }
  return true;
}

}  // namespace

std::optional<CronSchedule> CronSchedule::parse(std::string_view text) {
  for (const auto& [macro, meaning] : kMacros) {
    if (text == macro) text = meaning;
  }
  const auto fields = split(text, ' ');
  CronSchedule out;
  if (fields.size() != 5 || !addField(fields[0], kMinute, out.minutes_) ||
      !addField(fields[1], kHour, out.hours_) || !addField(fields[2], kDay, out.days_) ||
      !addField(fields[3], kMonth, out.months_) || !addField(fields[4], kWeekday, out.weekdays_)) {
    return std::nullopt;
  }
  if (out.weekdays_.test(7)) out.weekdays_.set(0);
  out.any_day_ = fields[2][0] == '*' || fields[2][0] == '?';
  out.any_weekday_ = fields[4][0] == '*' || fields[4][0] == '?';
  return out;
}

bool CronSchedule::matchesDay(sys_days day) const {
  const year_month_day date(day);
  if (!months_.test(static_cast<unsigned>(date.month()))) return false;
  const bool on_day = days_.test(static_cast<unsigned>(date.day()));
  const bool on_weekday = weekdays_.test(weekday(day).c_encoding());
  // Where both are restricted, either will do.
  return any_day_ || any_weekday_ ? on_day && on_weekday : on_day || on_weekday;
}

std::optional<system_clock::time_point> CronSchedule::after(system_clock::time_point time) const {
  auto at = floor<minutes>(time) + minutes(1);
  const auto end = at + hours(24 * 366 * 5);
  while (at < end) {
    const auto day = floor<days>(at);
    const auto in_day = at - day;
    const auto hour = static_cast<std::size_t>(floor<hours>(in_day).count());
    const auto minute = static_cast<std::size_t>((in_day - hours(hour)).count());
    if (!matchesDay(day)) {
      at = day + days(1);
    } else if (!hours_.test(hour)) {
      at = day + hours(hour + 1);
    } else if (!minutes_.test(minute)) {
      at += minutes(1);
    } else {
      return at;
    }
  }
  return std::nullopt;
}

}  // namespace gpuspec::deploy::sandbox::live
