#include <algorithm>
#include <numeric>

#include "lang/diag/diagnostic.h"

namespace gpuspec::diag {

namespace {

char lowered(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}

std::string lowered(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](char c) { return lowered(c); });
  return result;
}

// Insertions, removals, replacements and swaps of neighbours, one each; case is no difference.
std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] =
          std::min({row[j - 1] + 1, last[j] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)});
      const bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
      if (swapped) row[j] = std::min(row[j], before_last[j - 2] + 1);
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last.back();
}

std::size_t commonStart(std::string_view a, std::string_view b) {
  const auto ends = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
  return static_cast<std::size_t>(ends.first - a.begin());
}

bool startsWithVowel(std::string_view noun) {
  return !noun.empty() && std::string_view("aeiou").find(noun[0]) != std::string_view::npos;
}

}  // namespace

std::string withArticle(std::string_view noun) {
  return (startsWithVowel(noun) ? "an " : "a ") + std::string(noun);
}

bool isDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  for (const std::size_t at : {0, 1, 2, 3, 5, 6, 8, 9}) {
    if (text[at] < '0' || text[at] > '9') return false;
  }
  const int month = (text[5] - '0') * 10 + (text[6] - '0');
  const int day = (text[8] - '0') * 10 + (text[9] - '0');
  const bool short_month = month == 4 || month == 6 || month == 9 || month == 11;
  return month >= 1 && month <= 12 && day >= 1 && day <= (month == 2 ? 29 : short_month ? 30 : 31);
}

std::string format(std::string_view pattern, const std::vector<std::string>& args) {
  std::string result;
  for (std::size_t i = 0; i < pattern.size();) {
    std::size_t end = i + 1;
    std::size_t number = 0;
    if (pattern[i] == '{') {
      for (; end < pattern.size() && isDigit(pattern[end]) && end < i + 4; ++end) {
        number = number * 10 + static_cast<std::size_t>(pattern[end] - '0');
      }
    }
    const bool field = end > i + 1 && end < pattern.size() && pattern[end] == '}';
    if (field && number < args.size()) {
      const bool article = result == "a " || result.ends_with(" a ");
      if (article && startsWithVowel(args[number])) result.insert(result.size() - 1, "n");
      result += args[number];
      i = end + 1;
    } else {
      result += pattern[i++];
    }
  }
  return result;
}

std::vector<std::string> nearest(std::string_view name, const std::vector<std::string>& candidates,
                                 std::size_t limit) {
  const std::string wanted = lowered(name);
  const std::size_t allowed = 1 + wanted.size() / 4;
  std::set<std::tuple<std::size_t, std::size_t, std::string_view>>
      found;  // steps, then what does not begin alike
  for (const std::string& candidate : candidates) {
    const std::size_t longer = std::max(candidate.size(), wanted.size());
    if (longer - std::min(candidate.size(), wanted.size()) > allowed) continue;
    const std::size_t steps = distance(wanted, lowered(candidate));
    // A name of which nothing remains is not near.
    if (steps <= allowed && steps < longer)
      found.emplace(steps, wanted.size() - commonStart(wanted, lowered(candidate)), candidate);
  }
  std::vector<std::string> names;
  for (const auto& [steps, unlike, candidate] : found) {
    if (names.size() == limit) break;
    names.emplace_back(candidate);
  }
  return names;
}

}  // namespace gpuspec::diag
