#include "compiler/eval/value.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace gpuspec::eval {

namespace {

struct UnitName {
  std::int64_t factor;
  const char* text;
};
constexpr std::array kSizes = {UnitName{std::int64_t{1} << 40, "TiB"},
                               UnitName{std::int64_t{1} << 30, "GiB"},
                               UnitName{std::int64_t{1} << 20, "MiB"},
                               UnitName{std::int64_t{1} << 10, "KiB"}, UnitName{1, "B"}};
constexpr std::array kCpus = {UnitName{1000, "cpu"}, UnitName{1, "mcpu"}};
constexpr std::array kDurations = {UnitName{86'400'000, "d"}, UnitName{3'600'000, "h"},
                                   UnitName{60'000, "m"}, UnitName{1000, "s"}, UnitName{1, "ms"}};

// The largest unit that divides the amount.
template <class Units>
std::string withUnit(std::int64_t amount, const Units& units) {
  for (const UnitName& unit : units) {
    if (amount != 0 && amount % unit.factor == 0)
      return std::to_string(amount / unit.factor) + unit.text;
  }
  return std::to_string(amount) + units.back().text;
}

// A fixed-point number without trailing zeros: 367, 2 -> "3.67".
std::string fixedPoint(std::int64_t amount, std::int64_t scale) {
  const bool negative = amount < 0;
  const std::int64_t magnitude = negative ? -amount : amount;
  std::string text = (negative ? "-" : "") + std::to_string(magnitude / scale);
  std::int64_t rest = magnitude % scale;
  if (rest == 0) return text;
  std::string fraction;
  for (std::int64_t digit = scale / 10; digit > 0 && rest > 0; digit /= 10) {
    fraction += static_cast<char>('0' + rest / digit);
    rest %= digit;
  }
  return text + "." + fraction;
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += ' ';
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::uint32_t saturated(std::uint64_t weight) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(weight, UINT32_MAX));
}

bool isPlainName(const std::string& text) {
  if (text.empty() || !(std::isalpha(static_cast<unsigned char>(text[0])) || text[0] == '_'))
    return false;
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; }) &&
         text.back() != '-';
}

std::uint16_t oneMore(std::uint16_t nesting) {
  return nesting == UINT16_MAX ? nesting : static_cast<std::uint16_t>(nesting + 1);
}

class Printer {
 public:
  explicit Printer(std::size_t limit) : limit_(limit) {}
  void print(const Value& value);
  std::string out;

 private:
  bool full() const { return out.size() >= limit_; }
  void printList(const List& list);
  void printMap(const Map& map);
  std::size_t limit_;
};

void Printer::printList(const List& list) {
  out += '[';
  for (std::size_t i = 0; i < list.size() && !full(); ++i) {
    if (i > 0) out += ", ";
    print(list[i]);
  }
  out += ']';
}

void Printer::printMap(const Map& map) {
  out += map.empty() ? "{" : "{ ";
  for (std::size_t i = 0; i < map.size() && !full(); ++i) {
    if (i > 0) out += ", ";
    out += isPlainName(map[i].first) ? map[i].first : quoted(map[i].first);
    out += " = ";
    print(map[i].second);
  }
  out += map.empty() ? "}" : " }";
}

std::string moneyText(const MoneyValue& money) {
  static constexpr const char* kPeriods[] = {"", " per hour", " per day", " per month"};
  return "$" + fixedPoint(money.micros, 1'000'000) + kPeriods[static_cast<int>(money.period)];
}

void Printer::print(const Value& value) {
  switch (value.kind()) {
    case ValueKind::Null:
      out += "null";
      break;
    case ValueKind::Poison:
      out += "(error)";
      break;
    case ValueKind::Bool:
      out += value.asBool() ? "true" : "false";
      break;
    case ValueKind::Int:
      out += std::to_string(value.asInt());
      break;
    case ValueKind::Number: {
      char buffer[32];
      const auto end = std::to_chars(buffer, buffer + sizeof buffer, value.asNumber()).ptr;
      out.append(buffer, end);
      break;
    }
    case ValueKind::String:
      out += quoted(value.asText());
      break;
    case ValueKind::Size:
      out += withUnit(value.asInt(), kSizes);
      break;
    case ValueKind::Cpu:
      out += withUnit(value.asInt(), kCpus);
      break;
    case ValueKind::Duration:
      out += withUnit(value.asInt(), kDurations);
      break;
    case ValueKind::Percent:
      out += fixedPoint(value.asInt(), 100) + "%";
      break;
    case ValueKind::Money:
      out += moneyText(value.asMoney());
      break;
    case ValueKind::Range:
      out += std::to_string(value.asRange().first) + ".." + std::to_string(value.asRange().last);
      break;
    case ValueKind::Fit:
      out += "fit(" + std::to_string(value.asRange().first) + ".." +
             std::to_string(value.asRange().last) + ")";
      break;
    case ValueKind::Profile:
    case ValueKind::Enum:
      out += value.asText();
      break;
    case ValueKind::Counted:
      out += std::to_string(value.asCounted().count) + " x " + value.asCounted().profile;
      break;
    case ValueKind::Ref:
      out += "(a block)";
      break;
    case ValueKind::Secret:
      out += "(secret)";
      break;
    case ValueKind::List:
      printList(value.asList());
      break;
    case ValueKind::Map:
      printMap(value.asMap());
      break;
  }
}

}  // namespace

Value Value::ofList(List items) {
  std::uint16_t deepest = 0;
  std::uint64_t weight = 1;
  for (const Value& item : items) {
    deepest = std::max(deepest, item.nesting_);
    weight += item.weight_;
  }
  Value value(ValueKind::List, std::make_shared<const List>(std::move(items)));
  value.nesting_ = oneMore(deepest);
  value.weight_ = saturated(weight);
  return value;
}

Value Value::ofMap(Map entries) {
  std::stable_sort(entries.begin(), entries.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  std::uint16_t deepest = 0;
  std::uint64_t weight = 1;
  for (const auto& entry : entries) {
    deepest = std::max(deepest, entry.second.nesting_);
    weight += entry.second.weight_;
  }
  Value value(ValueKind::Map, std::make_shared<const Map>(std::move(entries)));
  value.nesting_ = oneMore(deepest);
  value.weight_ = saturated(weight);
  return value;
}

const Value* Value::find(std::string_view key) const {
  const Map& map = asMap();
  const auto found = std::lower_bound(
      map.begin(), map.end(), key,
      [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  return found != map.end() && found->first == key ? &found->second : nullptr;
}

std::string Value::str(std::size_t limit) const {
  Printer printer(limit);
  printer.print(*this);
  if (printer.out.size() <= limit) return printer.out;
  std::size_t cut = limit;
  while (cut > 0 && (static_cast<unsigned char>(printer.out[cut]) & 0xC0) == 0x80) --cut;
  return printer.out.substr(0, cut) + "…";
}

bool operator==(const Value& a, const Value& b) {
  const auto isText = [](ValueKind kind) {
    return kind == ValueKind::Enum || kind == ValueKind::String;
  };
  if (isText(a.kind_) && isText(b.kind_)) return a.asText() == b.asText();
  if (a.kind_ == ValueKind::Int && b.kind_ == ValueKind::Number)
    return static_cast<double>(a.asInt()) == b.asNumber();
  if (a.kind_ == ValueKind::Number && b.kind_ == ValueKind::Int) return b == a;
  if (a.kind_ != b.kind_) return false;
  switch (a.kind_) {
    case ValueKind::Null:
    case ValueKind::Poison:
      return true;
    case ValueKind::Profile:
      return a.asText() == b.asText();
    case ValueKind::Money:
      return a.asMoney() == b.asMoney();
    case ValueKind::Range:
    case ValueKind::Fit:
      return a.asRange() == b.asRange();
    case ValueKind::Counted:
      return a.asCounted() == b.asCounted();
    case ValueKind::Secret:
      return a.asSecret() == b.asSecret();
    case ValueKind::List:
      return &a.asList() == &b.asList() || a.asList() == b.asList();
    case ValueKind::Map:
      return &a.asMap() == &b.asMap() || a.asMap() == b.asMap();
    default:
      return a.payload_ == b.payload_;
  }
}

const char* kindName(ValueKind kind) {
  switch (kind) {
    case ValueKind::Null:
      return "null";
    case ValueKind::Poison:
      return "an error";
    case ValueKind::Bool:
      return "true or false";
    case ValueKind::Int:
      return "an integer";
    case ValueKind::Number:
      return "a number";
    case ValueKind::String:
      return "a string";
    case ValueKind::Size:
      return "a size";
    case ValueKind::Cpu:
      return "an amount of CPU";
    case ValueKind::Duration:
      return "a duration";
    case ValueKind::Money:
      return "an amount of money";
    case ValueKind::Percent:
      return "a percentage";
    case ValueKind::Range:
      return "a range";
    case ValueKind::Profile:
      return "a partition profile";
    case ValueKind::Counted:
      return "a count of slices";
    case ValueKind::Enum:
      return "a name";
    case ValueKind::Ref:
      return "a block";
    case ValueKind::Secret:
      return "a secret";
    case ValueKind::Fit:
      return "fit(...)";
    case ValueKind::List:
      return "a list";
    case ValueKind::Map:
      return "a map";
  }
  return "";
}

}  // namespace gpuspec::eval
