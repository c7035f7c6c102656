#include "compiler/sema/cron.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gpuspec::sema {

namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kMonths[] = {"jan", "feb", "mar", "apr", "may", "jun",
                                        "jul", "aug", "sep", "oct", "nov", "dec"};
constexpr std::string_view kDays[] = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};

// `names[0]` stands for `first`.
struct Field {
  std::string_view noun;
  std::int64_t first, last;
  Names names;
};

const std::array<Field, 5>& fields() {
  static const std::array<Field, 5> kFields = {{{"minute", 0, 59, {}},
                                                {"hour", 0, 23, {}},
                                                {"day of the month", 1, 31, {}},
                                                {"month", 1, 12, kMonths},
                                                {"day of the week", 0, 6, kDays}}};
  return kFields;
}

std::string quoted(std::string_view text) {
  return "`" + std::string(text) + "`";
}

std::vector<std::string_view> split(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> out;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find_first_of(separators, begin), text.size());
    out.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return out;
}

std::optional<std::int64_t> numberOf(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const bool digits = !text.empty() && text[0] >= '0' && text[0] <= '9';
  return digits && stop == end && error == std::errc() ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> valueOf(std::string_view text, const Field& field) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  const auto named = std::find(field.names.begin(), field.names.end(), lower);
  if (named != field.names.end()) return field.first + (named - field.names.begin());
  return numberOf(text);
}

std::string notIn(std::string_view text, const Field& field) {
  return quoted(text) + " is no " + std::string(field.noun) + ": these go from " +
         std::to_string(field.first) + " to " + std::to_string(field.last);
}

std::string rangeFault(std::string_view range, const Field& field) {
  if (range == "*" || range == "?") return "";
  const std::vector<std::string_view> ends = split(range, "-");
  std::vector<std::int64_t> values;
  for (const std::string_view end : ends) {
    const std::optional<std::int64_t> value = valueOf(end, field);
    if (!value || *value < field.first || *value > field.last) return notIn(end, field);
    values.push_back(*value);
  }
  if (ends.size() > 2) return quoted(range) + " is no range";
  if (values.front() > values.back()) return quoted(range) + " runs backwards";
  return "";
}

// One part of a list: `*`, `5`, `1-5`, `*/10`, `10-50/20`.
std::string partFault(std::string_view part, const Field& field) {
  const std::size_t slash = part.find('/');
  if (std::string fault = rangeFault(part.substr(0, slash), field); !fault.empty()) return fault;
  if (slash == std::string_view::npos) return "";
  const std::string_view step = part.substr(slash + 1);
  const std::optional<std::int64_t> every = numberOf(step);
  return every && *every > 0 ? "" : quoted(step) + " is no step: a number of at least 1 is";
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out = split(text, " \t");
  std::erase(out, std::string_view());
  return out;
}

}  // namespace

std::string cronFault(std::string_view text) {
  constexpr std::string_view kNamed[] = {"@yearly", "@annually", "@monthly", "@weekly",
                                         "@daily",  "@midnight", "@hourly"};
  if (text.starts_with("@")) {
    const bool known = std::find(std::begin(kNamed), std::end(kNamed), text) != std::end(kNamed);
    return known ? "" : "there is no " + quoted(text);
  }
  const std::vector<std::string_view> written = words(text);
  if (written.size() != fields().size())
    return "it has " + std::to_string(written.size()) +
           (written.size() == 1 ? " field" : " fields") + ", not 5";
  for (std::size_t i = 0; i < written.size(); ++i) {
    for (const std::string_view part : split(written[i], ",")) {
      if (std::string fault = partFault(part, fields()[i]); !fault.empty()) return fault;
    }
  }
  return "";
}

}  // namespace gpuspec::sema
