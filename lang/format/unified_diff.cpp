#include <algorithm>
#include <string>
#include <vector>

#include "lang/format/format.h"

namespace gpuspec::format {

namespace {

using Texts = std::vector<std::string_view>;

constexpr std::size_t kContext = 3;
constexpr int kMaxEdits =
    2000;  // beyond, the middle is shown as one change: the search takes quadratic memory

// With their line breaks.
Texts splitLines(std::string_view text) {
  Texts lines;
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

enum class Side : char { Both = ' ', Before = '-', After = '+' };

struct Step {
  Side side;
  std::size_t before, after;  // lines of each text that stand above
};

void appendAll(std::vector<Step>& steps, Side side, std::size_t count, std::size_t before,
               std::size_t after) {
  for (std::size_t i = 0; i < count; ++i) {
    steps.push_back({side, before, after});
    if (side != Side::After) ++before;
    if (side != Side::Before) ++after;
  }
}

// The shortest way from a[from_a, to_a) to b[from_b, to_b), by Myers' greedy search; empty when it
// is too long.
std::vector<Step> shortestScript(const Texts& a, const Texts& b, std::size_t from_a,
                                 std::size_t to_a, std::size_t from_b, std::size_t to_b) {
  const int n = static_cast<int>(to_a - from_a), m = static_cast<int>(to_b - from_b);
  const int limit = std::min(n + m, kMaxEdits);
  const auto same = [&](int x, int y) {
    return a[from_a + static_cast<std::size_t>(x)] == b[from_b + static_cast<std::size_t>(y)];
  };
  std::vector<std::vector<int>>
      history;  // the furthest x on each diagonal k = x - y, after each number of edits
  const auto furthest = [](const std::vector<int>& row, int d, int k) {
    return row[static_cast<std::size_t>(k + d)];
  };
  const auto goesDown = [&](const std::vector<int>& row, int d, int k) {
    return k == -d || (k != d && furthest(row, d - 1, k - 1) < furthest(row, d - 1, k + 1));
  };
  int edits = -1;
  for (int d = 0; d <= limit && edits < 0; ++d) {
    std::vector<int> row(static_cast<std::size_t>(2 * d + 1), -1);
    for (int k = -d; k <= d; k += 2) {
      int x = 0;
      if (d > 0)
        x = goesDown(history.back(), d, k) ? furthest(history.back(), d - 1, k + 1)
                                           : furthest(history.back(), d - 1, k - 1) + 1;
      while (x < n && x - k < m && x >= k && same(x, x - k)) ++x;
      row[static_cast<std::size_t>(k + d)] = x;
      if (x >= n && x - k >= m) edits = d;
    }
    history.push_back(std::move(row));
  }
  std::vector<Step> steps;
  int x = n, y = m;
  for (int d = edits; d >= 0; --d) {
    const int k = x - y;
    const bool down = d > 0 && goesDown(history[static_cast<std::size_t>(d - 1)], d, k);
    const int start_k = down ? k + 1 : k - 1;
    const int start_x =
        d == 0 ? 0 : furthest(history[static_cast<std::size_t>(d - 1)], d - 1, start_k);
    const int start_y = d == 0 ? 0 : start_x - start_k;
    const int snake_x = d == 0 ? 0 : down ? start_x : start_x + 1;
    const auto push = [&](Side side) {
      steps.push_back(
          {side, from_a + static_cast<std::size_t>(x), from_b + static_cast<std::size_t>(y)});
    };
    while (x > snake_x) --x, --y, push(Side::Both);
    if (d == 0) break;
    x = start_x;
    y = start_y;
    push(down ? Side::After : Side::Before);
  }
  std::reverse(steps.begin(), steps.end());
  return steps;
}

std::vector<Step> allSteps(const Texts& a, const Texts& b) {
  const std::size_t common = std::min(a.size(), b.size());
  std::size_t head = 0, tail = 0;
  while (head < common && a[head] == b[head]) ++head;
  while (tail < common - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  const std::size_t end_a = a.size() - tail, end_b = b.size() - tail;
  std::vector<Step> steps;
  appendAll(steps, Side::Both, head, 0, 0);
  const std::vector<Step> middle = shortestScript(a, b, head, end_a, head, end_b);
  steps.insert(steps.end(), middle.begin(), middle.end());
  if (middle.empty()) {
    appendAll(steps, Side::Before, end_a - head, head, head);
    appendAll(steps, Side::After, end_b - head, end_a, head);
  }
  appendAll(steps, Side::Both, tail, end_a, end_b);
  return steps;
}

std::string rangeText(std::size_t start, std::size_t count) {
  const std::string first = std::to_string(count == 0 ? start : start + 1);
  return count == 1 ? first : first + "," + std::to_string(count);
}

void appendHunk(std::string& out, const std::vector<Step>& steps, std::size_t first,
                std::size_t last, const Texts& a, const Texts& b) {
  std::size_t of_before = 0, of_after = 0;
  std::string body;
  for (std::size_t i = first; i < last; ++i) {
    const Step& step = steps[i];
    if (step.side != Side::After) ++of_before;
    if (step.side != Side::Before) ++of_after;
    const std::string_view line = step.side == Side::After ? b[step.after] : a[step.before];
    body += static_cast<char>(step.side);
    body += line;
    if (line.back() != '\n') body += "\n\\ No newline at end of file\n";
  }
  out += "@@ -" + rangeText(steps[first].before, of_before) + " +" +
         rangeText(steps[first].after, of_after) + " @@\n" + body;
}

}  // namespace

std::string unifiedDiff(std::string_view path, std::string_view before, std::string_view after) {
  if (before == after) return "";
  const Texts a = splitLines(before), b = splitLines(after);
  const std::vector<Step> steps = allSteps(a, b);
  std::string out = "--- " + std::string(path) + "\n+++ " + std::string(path) + "\n";
  for (std::size_t i = 0; i < steps.size();) {
    if (steps[i].side == Side::Both) {
      ++i;
      continue;
    }
    const std::size_t first = i > kContext ? i - kContext : 0;
    std::size_t last = i + 1;  // behind the last change of this hunk
    for (std::size_t j = last; j < steps.size() && j <= last + 2 * kContext; ++j) {
      if (steps[j].side != Side::Both) last = j + 1;
    }
    appendHunk(out, steps, first, std::min(last + kContext, steps.size()), a, b);
    i = last;
  }
  return out;
}

}  // namespace gpuspec::format
