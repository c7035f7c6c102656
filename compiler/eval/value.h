#pragma once

// Values of the language. Every value knows the place that wrote it.

#include <compare>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lang/source/source_map.h"

namespace gpuspec::eval {

using BlockId = Id<struct BlockTag>;

enum class ValueKind : std::uint8_t {
  Null,    // attribute absent
  Poison,  // an error was reported for it already; whatever uses it stays silent
  Bool,
  Int,
  Number,
  String,
  Size,      // bytes
  Cpu,       // millicores
  Duration,  // milliseconds
  Money,     // millionths of a dollar, with a period
  Percent,   // hundredths of a percent
  Range,
  Profile,
  Counted,
  Enum,    // a name of the expected enumeration
  Ref,     // a declared block
  Secret,  // keyvault('x') or a secret parameter: never a literal
  Fit,     // fit(a..b)
  List,
  Map,
};

enum class Period : std::uint8_t { None, Hour, Day, Month };

class Value;
using List = std::vector<Value>;
using Map = std::vector<std::pair<std::string, Value>>;  // sorted by key

struct RangeValue {
  std::int64_t first = 0, last = 0;  // both inclusive
  friend bool operator==(const RangeValue&, const RangeValue&) = default;
};

struct CountedValue {
  std::int64_t count = 0;
  std::string profile;
  friend bool operator==(const CountedValue&, const CountedValue&) = default;
};

struct MoneyValue {
  std::int64_t micros = 0;
  Period period = Period::None;
  friend bool operator==(const MoneyValue&, const MoneyValue&) = default;
};

struct SecretValue {
  std::string store;  // "keyvault" or "param"
  std::string name;
  friend bool operator==(const SecretValue&, const SecretValue&) = default;
};

class Value {
 public:
  Value() = default;
  static Value poison() { return Value(ValueKind::Poison, std::monostate{}); }
  static Value of(bool value) { return Value(ValueKind::Bool, value); }
  static Value ofInt(std::int64_t value) { return Value(ValueKind::Int, value); }
  static Value ofNumber(double value) { return Value(ValueKind::Number, value); }
  static Value ofString(std::string value) { return text(ValueKind::String, std::move(value)); }
  static Value ofUnit(ValueKind kind, std::int64_t amount) {
    return Value(kind, amount);
  }  // Size Cpu Duration Percent
  static Value ofMoney(MoneyValue value) {
    return Value(ValueKind::Money, std::make_shared<const MoneyValue>(value));
  }
  static Value ofRange(RangeValue value) {
    return Value(ValueKind::Range, std::make_shared<const RangeValue>(value));
  }
  static Value ofFit(RangeValue value) {
    return Value(ValueKind::Fit, std::make_shared<const RangeValue>(value));
  }
  static Value ofProfile(std::string value) { return text(ValueKind::Profile, std::move(value)); }
  static Value ofEnum(std::string value) { return text(ValueKind::Enum, std::move(value)); }
  static Value ofCounted(CountedValue value) {
    return Value(ValueKind::Counted, std::make_shared<const CountedValue>(std::move(value)));
  }
  static Value ofSecret(SecretValue value) {
    return Value(ValueKind::Secret, std::make_shared<const SecretValue>(std::move(value)));
  }
  static Value ofRef(BlockId id) { return Value(ValueKind::Ref, id); }
  static Value ofList(List items);
  static Value ofMap(Map entries);  // sorts by key; keys are unique

  ValueKind kind() const { return kind_; }
  bool is(ValueKind kind) const { return kind_ == kind; }
  bool isPoison() const { return kind_ == ValueKind::Poison; }
  bool isNull() const { return kind_ == ValueKind::Null; }

  // Preconditions: the matching kind.
  bool asBool() const { return std::get<bool>(payload_); }
  std::int64_t asInt() const { return std::get<std::int64_t>(payload_); }  // Int and the units
  double asNumber() const { return std::get<double>(payload_); }
  const std::string& asText() const {
    return *std::get<std::shared_ptr<const std::string>>(payload_);
  }  // String Profile Enum
  const MoneyValue& asMoney() const {
    return *std::get<std::shared_ptr<const MoneyValue>>(payload_);
  }
  const RangeValue& asRange() const {
    return *std::get<std::shared_ptr<const RangeValue>>(payload_);
  }  // Range, Fit
  const CountedValue& asCounted() const {
    return *std::get<std::shared_ptr<const CountedValue>>(payload_);
  }
  const SecretValue& asSecret() const {
    return *std::get<std::shared_ptr<const SecretValue>>(payload_);
  }
  BlockId asRef() const { return std::get<BlockId>(payload_); }
  const List& asList() const { return *std::get<std::shared_ptr<const List>>(payload_); }
  const Map& asMap() const { return *std::get<std::shared_ptr<const Map>>(payload_); }
  const Value* find(std::string_view key) const;  // of a Map
  // How many lists and maps stand inside each other; 0 for anything else.
  std::uint16_t nesting() const { return nesting_; }
  // How many values it would be written out: lists and maps are shared, so a few lines can stand
  // for more values than any machine holds. Stops at the largest number.
  std::uint32_t weight() const { return weight_; }

  const source::Location& at() const { return at_; }
  Value from(const source::Location& at) && {
    at_ = at;
    return std::move(*this);
  }
  Value from(const source::Location& at) const& {
    Value copy = *this;
    copy.at_ = at;
    return copy;
  }

  // As the language would write it: `80GiB`, `"x"`, `[1, 2]`. Secrets print as `(secret)`. Long
  // values are cut at `limit` characters with `…`.
  std::string str(std::size_t limit = 400) const;
  friend bool operator==(const Value& a, const Value& b);

 private:
  using Payload =
      std::variant<std::monostate, bool, std::int64_t, double, std::shared_ptr<const std::string>,
                   std::shared_ptr<const MoneyValue>, std::shared_ptr<const RangeValue>,
                   std::shared_ptr<const CountedValue>, std::shared_ptr<const SecretValue>, BlockId,
                   std::shared_ptr<const List>, std::shared_ptr<const Map>>;
  Value(ValueKind kind, Payload payload) : kind_(kind), payload_(std::move(payload)) {}
  static Value text(ValueKind kind, std::string value) {
    return Value(kind, std::make_shared<const std::string>(std::move(value)));
  }

  ValueKind kind_ = ValueKind::Null;
  std::uint16_t nesting_ = 0;
  std::uint32_t weight_ = 1;
  Payload payload_;
  source::Location at_;
};

const char* kindName(ValueKind kind);  // "a size", "a list" ... for messages

}  // namespace gpuspec::eval
