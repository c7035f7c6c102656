#include "compiler/eval/builtins.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler/eval/operators.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

bool Builtins::exists(const std::string& name) {
  return find(name) != nullptr;
}

std::vector<std::string> Builtins::names() {
  std::vector<std::string> out;
  for (const Entry& entry : table()) out.emplace_back(entry.name);
  return out;
}

Value Builtins::fail(const Location& at, const std::string& message) {
  e_.sink_.report(at, diag::FunctionFailed, name_, message);
  return Value::poison();
}

std::string Builtins::usage() const {
  const Entry* entry = find(name_);
  return entry != nullptr ? std::string("it is written ") + entry->usage : std::string();
}

Value Builtins::wrongArgument(const Value& value, const std::string& wanted) {
  e_.sink_
      .report(value.at().valid() ? value.at() : name_at_, diag::WrongArguments, name_, wanted,
              std::string(kindName(value.kind())))
      .fact(usage());
  return Value::poison();
}

bool Builtins::want(const Value& value, ValueKind kind) {
  if (value.is(kind)) return true;
  wrongArgument(value, kindName(kind));
  return false;
}

bool Builtins::wantText(const Value& value) {
  if (value.is(ValueKind::String) || value.is(ValueKind::Enum) || value.is(ValueKind::Profile))
    return true;
  wrongArgument(value, "a string");
  return false;
}

Value Builtins::bytes(std::string text) {
  return e_.countBytes(text.size(), name_at_) ? Value::ofString(std::move(text)) : Value::poison();
}

Value Builtins::elements(List list) {
  return e_.countElements(list.size(), name_at_) ? Value::ofList(std::move(list)) : Value::poison();
}

Value Builtins::call(const std::vector<Argument>& args) {
  Args plain;
  for (const Argument& argument : args) {
    if (!argument.name.empty()) {
      e_.sink_.report(argument.value.at(), diag::WrongArguments, name_,
                      std::string("its arguments by position"), "`" + argument.name + " = `");
      return Value::poison();
    }
    plain.push_back(argument.value);
  }
  if (e_.queries_ != nullptr && !exists(name_)) {
    Value result;
    std::string error;
    if (!e_.queries_->call(name_, plain, result, error)) {
      e_.sink_.report(name_at_, diag::UnknownFunction, name_);
      return Value::poison();
    }
    return error.empty() ? result : fail(name_at_, error);
  }
  const Entry& entry = *find(name_);
  if (plain.size() < entry.least || plain.size() > entry.most) {
    std::string wanted = std::to_string(entry.least);
    if (entry.most == kAny)
      wanted = "at least " + wanted;
    else if (entry.most != entry.least)
      wanted += " or " + std::to_string(entry.most);
    wanted += entry.most == 1 ? " argument" : " arguments";
    e_.sink_.report(e_.at(call_), diag::WrongArguments, name_, wanted, std::to_string(plain.size()))
        .fact(usage());
    return Value::poison();
  }
  return (this->*entry.function)(plain);
}

Value Builtins::len(const Args& args) {
  const Value& value = args[0];
  if (value.is(ValueKind::List))
    return Value::ofInt(static_cast<std::int64_t>(value.asList().size()));
  if (value.is(ValueKind::Map))
    return Value::ofInt(static_cast<std::int64_t>(value.asMap().size()));
  if (value.is(ValueKind::String)) {
    const std::string& text = value.asText();
    return Value::ofInt(std::count_if(text.begin(), text.end(), [](char c) {
      return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    }));
  }
  return wrongArgument(value, "a list, a map or a string");
}

Value Builtins::keys(const Args& args) {
  if (!want(args[0], ValueKind::Map)) return Value::poison();
  List out;
  for (const auto& [key, value] : args[0].asMap())
    out.push_back(Value::ofString(key).from(value.at()));
  return elements(std::move(out));
}

Value Builtins::values(const Args& args) {
  if (!want(args[0], ValueKind::Map)) return Value::poison();
  List out;
  for (const auto& entry : args[0].asMap()) out.push_back(entry.second);
  return elements(std::move(out));
}

Value Builtins::merge(const Args& args) {
  std::map<std::string, Value> merged;
  for (const Value& value : args) {
    if (value.isNull()) continue;
    if (!want(value, ValueKind::Map)) return Value::poison();
    for (const auto& [key, entry] : value.asMap()) merged[key] = entry;
  }
  if (!e_.countElements(merged.size(), name_at_)) return Value::poison();
  return Value::ofMap(Map(merged.begin(), merged.end()));
}

Value Builtins::concat(const Args& args) {
  List out;
  for (const Value& value : args) {
    if (!want(value, ValueKind::List)) return Value::poison();
    out.insert(out.end(), value.asList().begin(), value.asList().end());
  }
  return elements(std::move(out));
}

Value Builtins::flatten(const Args& args) {
  if (!want(args[0], ValueKind::List)) return Value::poison();
  List out;
  for (const Value& item : args[0].asList()) {
    if (item.is(ValueKind::List)) {
      out.insert(out.end(), item.asList().begin(), item.asList().end());
    } else {
      out.push_back(item);
    }
  }
  return elements(std::move(out));
}

Value Builtins::distinct(const Args& args) {
  if (!want(args[0], ValueKind::List)) return Value::poison();
  List out;
  std::set<std::string> seen;
  for (const Value& item : args[0].asList()) {
    const std::string key =
        item.is(ValueKind::Ref) ? "#" + std::to_string(item.asRef().index) : item.str(1u << 16);
    if (seen.insert(key).second) out.push_back(item);
  }
  return elements(std::move(out));
}

Value Builtins::sort(const Args& args) {
  if (!want(args[0], ValueKind::List)) return Value::poison();
  List out = args[0].asList();
  for (const Value& item : out) {
    if (compareValues(out[0], item).fault == OperatorFault::None) continue;
    return fail(
        item.at().valid() ? item.at() : name_at_,
        std::string(kindName(out[0].kind())) + " and " + kindName(item.kind()) + " have no order");
  }
  std::stable_sort(out.begin(), out.end(), [](const Value& a, const Value& b) {
    return compareValues(a, b).value.asInt() < 0;
  });
  return elements(std::move(out));
}

Value Builtins::reverse(const Args& args) {
  if (!want(args[0], ValueKind::List)) return Value::poison();
  return elements(List(args[0].asList().rbegin(), args[0].asList().rend()));
}

Value Builtins::contains(const Args& args) {
  const Value& where = args[0];
  if (where.is(ValueKind::List)) {
    return Value::of(std::find(where.asList().begin(), where.asList().end(), args[1]) !=
                     where.asList().end());
  }
  if (!where.is(ValueKind::Map) && !where.is(ValueKind::String))
    return wrongArgument(where, "a list, a map or a string");
  if (!wantText(args[1])) return Value::poison();
  if (where.is(ValueKind::Map)) return Value::of(where.find(args[1].asText()) != nullptr);
  return Value::of(where.asText().find(args[1].asText()) != std::string::npos);
}

Value Builtins::range(const Args& args) {
  for (const Value& value : args) {
    if (!want(value, ValueKind::Int)) return Value::poison();
  }
  const std::int64_t first = args.size() == 2 ? args[0].asInt() : 0;
  const std::int64_t end = args.back().asInt();
  if (end <= first) return Value::ofList({});
  if (static_cast<std::uint64_t>(end) - static_cast<std::uint64_t>(first) >
      e_.options_.limits.iterations) {
    e_.overLimit(e_.at(call_), e_.options_.limits.iterations, "elements in a range");
    return Value::poison();
  }
  List out;
  for (std::int64_t i = first; i < end; ++i) out.push_back(Value::ofInt(i).from(name_at_));
  return elements(std::move(out));
}

Value Builtins::slice(const Args& args) {
  if (!want(args[0], ValueKind::List) || !want(args[1], ValueKind::Int)) return Value::poison();
  if (args.size() == 3 && !want(args[2], ValueKind::Int)) return Value::poison();
  const auto size = static_cast<std::int64_t>(args[0].asList().size());
  const std::int64_t from = std::clamp<std::int64_t>(args[1].asInt(), 0, size);
  const std::int64_t to =
      std::clamp<std::int64_t>(args.size() == 3 ? args[2].asInt() : size, from, size);
  return elements(List(args[0].asList().begin() + from, args[0].asList().begin() + to));
}

Value Builtins::lookup(const Args& args) {
  if (!want(args[0], ValueKind::Map) || !wantText(args[1])) return Value::poison();
  if (const Value* found = args[0].find(args[1].asText())) return *found;
  return args.size() == 3 ? args[2] : Value();
}

Value Builtins::coalesce(const Args& args) {
  for (const Value& value : args) {
    if (!value.isNull()) return value;
  }
  return Value();
}

Value Builtins::sum(const Args& args) {
  if (!want(args[0], ValueKind::List)) return Value::poison();
  const List& list = args[0].asList();
  if (list.empty() && args.size() == 1) return Value::ofInt(0);
  // The second argument is the sum of nothing: `0GiB`.
  Value total = args.size() == 2 ? args[1] : list[0];
  for (std::size_t i = args.size() == 2 ? 0 : 1; i < list.size(); ++i) {
    OperatorResult result = applyBinary(syntax::Operator::Add, total, list[i]);
    if (result.fault == OperatorFault::Overflow)
      return fail(name_at_, "the sum does not fit 64 bits");
    if (result.fault != OperatorFault::None)
      return fail(list[i].at().valid() ? list[i].at() : name_at_,
                  std::string("cannot add ") + kindName(list[i].kind()));
    total = std::move(result.value);
  }
  return total;
}

Value Builtins::extreme(const Args& args, int wanted_sign) {
  const List list = args.size() == 1 && args[0].is(ValueKind::List)
                        ? args[0].asList()
                        : List(args.begin(), args.end());
  if (list.empty()) return fail(name_at_, "an empty list has none");
  Value best = list[0];
  for (const Value& item : list) {
    const OperatorResult order = compareValues(item, best);
    if (order.fault != OperatorFault::None)
      return fail(
          item.at().valid() ? item.at() : name_at_,
          std::string("cannot compare ") + kindName(item.kind()) + " and " + kindName(best.kind()));
    if (order.value.asInt() == wanted_sign) best = item;
  }
  return best;
}

Value Builtins::minimum(const Args& args) {
  return extreme(args, -1);
}
Value Builtins::maximum(const Args& args) {
  return extreme(args, 1);
}

Value Builtins::absolute(const Args& args) {
  if (args[0].is(ValueKind::Number)) return Value::ofNumber(std::fabs(args[0].asNumber()));
  if (!want(args[0], ValueKind::Int)) return Value::poison();
  if (args[0].asInt() == INT64_MIN) return fail(args[0].at(), "the result does not fit 64 bits");
  return Value::ofInt(std::abs(args[0].asInt()));
}

Value Builtins::rounded(const Value& value, double (*how)(double)) {
  if (value.is(ValueKind::Int)) return value;
  if (!want(value, ValueKind::Number)) return Value::poison();
  const double out = how(value.asNumber());
  if (!(std::fabs(out) < 9.2e18)) return fail(value.at(), "the result does not fit 64 bits");
  return Value::ofInt(static_cast<std::int64_t>(out));
}

Value Builtins::floorOf(const Args& args) {
  return rounded(args[0], std::floor);
}
Value Builtins::ceilOf(const Args& args) {
  return rounded(args[0], std::ceil);
}
Value Builtins::roundOf(const Args& args) {
  return rounded(args[0], std::round);
}

Value Builtins::fileText(const Args& args) {
  if (!wantText(args[0])) return Value::poison();
  std::optional<std::string> text =
      e_.files_.text(args[0].asText(), call_.tree->fileId(), args[0].at(), e_.sink_);
  return text ? bytes(std::move(*text)) : Value::poison();
}

Value Builtins::keyvault(const Args& args) {
  if (!wantText(args[0])) return Value::poison();
  return Value::ofSecret({"keyvault", args[0].asText()});
}

Value Builtins::fit(const Args& args) {
  if (!want(args[0], ValueKind::Range)) return Value::poison();
  return Value::ofFit(args[0].asRange());
}

Value Builtins::all(const Args& args) {
  if (!want(args[0], ValueKind::List)) return Value::poison();
  for (const Value& item : args[0].asList()) {
    if (!want(item, ValueKind::Bool)) return Value::poison();
    if (!item.asBool()) return Value::of(false);
  }
  return Value::of(true);
}

Value Builtins::any(const Args& args) {
  if (!want(args[0], ValueKind::List)) return Value::poison();
  for (const Value& item : args[0].asList()) {
    if (!want(item, ValueKind::Bool)) return Value::poison();
    if (item.asBool()) return Value::of(true);
  }
  return Value::of(false);
}

}  // namespace gpuspec::eval
