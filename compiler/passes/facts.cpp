#include "compiler/passes/facts.h"

#include <array>

namespace gpuspec::passes {

namespace {

constexpr std::array<KubernetesSupport, 5> kSupport = {{{33, "2026-07-31", "2027-07-31"},
                                                        {34, "2026-11-30", "2027-11-30"},
                                                        {35, "2027-03-31", ""},
                                                        {36, "2027-06-30", ""},
                                                        {37, "2027-10-31", ""}}};

int digits(std::string_view date, std::size_t begin, std::size_t count) {
  int value = 0;
  for (std::size_t i = begin; i < begin + count && i < date.size(); ++i)
    value = value * 10 + (date[i] - '0');
  return value;
}

int monthNumber(std::string_view date) {
  return digits(date, 0, 4) * 12 + digits(date, 5, 2);
}

int daysOf(int year, int month) {
  constexpr std::array<int, 12> kDays = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return kDays[static_cast<std::size_t>(month - 1)] + (month == 2 && leap ? 1 : 0);
}

}  // namespace

std::span<const KubernetesSupport> kubernetesSupport() {
  return kSupport;
}

std::string lastDay(std::string_view date) {
  if (date.size() == 4) return std::string(date) + "-12-31";
  const int month = digits(date, 5, 2);
  if (date.size() != 7 || month < 1 || month > 12) return std::string(date);
  return std::string(date) + "-" + std::to_string(daysOf(digits(date, 0, 4), month));
}

int monthsBetween(std::string_view from, std::string_view to) {
  const int months = monthNumber(to) - monthNumber(from);
  return digits(to, 8, 2) < digits(from, 8, 2) ? months - 1 : months;
}

}  // namespace gpuspec::passes
