// Holding values against types.

#include <algorithm>

#include "compiler/eval/evaluator.h"
#include "compiler/eval/type_text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

using schema::TypeKind;

namespace {

struct KindPair {
  TypeKind type;
  ValueKind value;
};
constexpr KindPair kSame[] = {
    {TypeKind::Bool, ValueKind::Bool},       {TypeKind::Int, ValueKind::Int},
    {TypeKind::String, ValueKind::String},   {TypeKind::Size, ValueKind::Size},
    {TypeKind::Cpu, ValueKind::Cpu},         {TypeKind::Duration, ValueKind::Duration},
    {TypeKind::Money, ValueKind::Money},     {TypeKind::Percent, ValueKind::Percent},
    {TypeKind::Range, ValueKind::Range},     {TypeKind::Profile, ValueKind::Profile},
    {TypeKind::Counted, ValueKind::Counted}, {TypeKind::Secret, ValueKind::Secret},
    {TypeKind::Ref, ValueKind::Ref},         {TypeKind::List, ValueKind::List},
    {TypeKind::Map, ValueKind::Map},         {TypeKind::Object, ValueKind::Map},
    {TypeKind::Fit, ValueKind::Fit},         {TypeKind::Number, ValueKind::Number},
    {TypeKind::Number, ValueKind::Int},      {TypeKind::Name, ValueKind::String},
    {TypeKind::Name, ValueKind::Enum},       {TypeKind::Enum, ValueKind::String},
    {TypeKind::Enum, ValueKind::Enum},       {TypeKind::Counted, ValueKind::Profile},
};

bool fits(TypeKind type, ValueKind value) {
  if (type == TypeKind::Any) return value != ValueKind::Secret;
  return std::any_of(std::begin(kSame), std::end(kSame), [=](const KindPair& pair) {
    return pair.type == type && pair.value == value;
  });
}

const char* unitExample(TypeKind kind) {
  switch (kind) {
    case TypeKind::Size:
      return "GiB";
    case TypeKind::Cpu:
      return "cpu";
    case TypeKind::Duration:
      return "m";
    case TypeKind::Percent:
      return "%";
    default:
      return "";
  }
}

bool wantsUnit(TypeKind kind) {
  return kind == TypeKind::Size || kind == TypeKind::Cpu || kind == TypeKind::Duration ||
         kind == TypeKind::Percent || kind == TypeKind::Money;
}

std::int64_t codePoints(const std::string& text) {
  return std::count_if(text.begin(), text.end(),
                       [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; });
}

bool isWholeNumber(const Value& value) {
  if (!value.is(ValueKind::String)) return false;
  const std::string& text = value.asText();
  return !text.empty() && text.size() < 19 &&
         text.find_first_not_of("0123456789") == std::string::npos;
}

Value amountOf(const Type& type, std::int64_t amount) {
  switch (type.kind) {
    case TypeKind::Size:
      return Value::ofUnit(ValueKind::Size, amount);
    case TypeKind::Cpu:
      return Value::ofUnit(ValueKind::Cpu, amount);
    case TypeKind::Duration:
      return Value::ofUnit(ValueKind::Duration, amount);
    case TypeKind::Percent:
      return Value::ofUnit(ValueKind::Percent, amount);
    default:
      return Value::ofInt(amount);
  }
}

}  // namespace

Value Evaluator::conform(Value value, const Type& type, const std::string& what) {
  if (value.isPoison() || value.isNull()) return value;
  if (type.kind != TypeKind::Union) {
    if (fits(type.kind, value.kind())) return conformOne(std::move(value), type, what);
  } else {
    const Type* chosen = nullptr;
    for (const schema::TypePtr& alternative : type.elements) {
      if (!fits(alternative->kind, value.kind())) continue;
      // A name of one enumeration among several alternatives.
      const bool listed = alternative->kind != TypeKind::Enum ||
                          std::find(alternative->names.begin(), alternative->names.end(),
                                    value.asText()) != alternative->names.end();
      if (chosen == nullptr || listed) chosen = alternative.get();
      if (listed) break;
    }
    if (chosen != nullptr) return conformOne(std::move(value), *chosen, what);
  }
  reportMismatch(value, type, what);
  return Value::poison();
}

void Evaluator::reportMismatch(const Value& value, const Type& type, const std::string& what) {
  if (value.is(ValueKind::Secret)) {
    sink_.report(value.at(), diag::SecretMisused, what)
        .help(
            "let the program read it from a file: `volume token { mount = \"/secrets\"  secret = "
            "\"name\" }` mounts a Kubernetes Secret");
    return;
  }
  TypeKind unit_kind = type.kind;
  for (const schema::TypePtr& alternative : type.elements) {
    if (type.kind == TypeKind::Union && wantsUnit(alternative->kind)) unit_kind = alternative->kind;
  }
  if (value.is(ValueKind::Int) && wantsUnit(unit_kind)) {
    auto report = sink_.report(value.at(), diag::UnitMissing, std::to_string(value.asInt()),
                               wantedText(type));
    const std::string written = unit_kind == TypeKind::Money
                                    ? "$" + std::to_string(value.asInt())
                                    : std::to_string(value.asInt()) + unitExample(unit_kind);
    report.fix("write `" + written + "`", {{value.at().range, written}},
               unit_kind == TypeKind::Cpu);
    return;
  }
  auto report = sink_.report(value.at(), diag::TypeMismatch, wantedText(type),
                             std::string(kindName(value.kind())));
  report.mark("this is " + value.str(60));
  if (type.accepts(TypeKind::Ref) && value.is(ValueKind::String)) {
    const std::string kind = expectedKind(&type);
    report.fix("a block is named without quotes: `" + kind + "." + value.asText() + "`",
               {{value.at().range, kind + "." + value.asText()}});
  }
  if (type.accepts(TypeKind::String) && value.is(ValueKind::Int))
    report.fix("text stands in quotes",
               {{value.at().range, "\"" + std::to_string(value.asInt()) + "\""}});
  if (type.accepts(TypeKind::List) && !value.is(ValueKind::List)) {
    const std::string written = std::string(sources_.text(value.at().range));
    report.fix("a list is written in brackets: `[" + written.substr(0, 60) + "]`",
               {{value.at().range, "[" + written + "]"}});
  }
  if (type.accepts(TypeKind::Int) && value.is(ValueKind::Number))
    report.help("only whole numbers can stand here");
  if (type.accepts(TypeKind::Bool) && value.is(ValueKind::String))
    report.help("write `true` or `false`, without quotes");
  if (type.accepts(TypeKind::Int) && isWholeNumber(value))
    report.fix("a number stands without quotes: `" + value.asText() + "`",
               {{value.at().range, value.asText()}}, false);
  if (!value.at().valid()) report.fact(what + " takes " + wantedText(type));
}

Value Evaluator::conformOne(Value value, const Type& type, const std::string& what) {
  switch (type.kind) {
    case TypeKind::Enum: {
      if (std::find(type.names.begin(), type.names.end(), value.asText()) != type.names.end())
        return Value::ofEnum(value.asText()).from(value.at());
      auto report = sink_.report(value.at(), diag::TypeMismatch, wantedText(type),
                                 "`" + value.asText() + "`");
      const std::vector<std::string> near = diag::nearest(value.asText(), type.names);
      if (!near.empty())
        report.fix("did you mean `" + near[0] + "`?", {{value.at().range, near[0]}});
      return Value::poison();
    }
    case TypeKind::Name:
      return inBounds(Value::ofEnum(value.asText()).from(value.at()), type, what);
    case TypeKind::Number:
      return inBounds(value.is(ValueKind::Int)
                          ? Value::ofNumber(static_cast<double>(value.asInt())).from(value.at())
                          : value,
                      type, what);
    case TypeKind::Counted:
      return value.is(ValueKind::Profile) ? Value::ofCounted({1, value.asText()}).from(value.at())
                                          : value;
    case TypeKind::Ref: {
      const Declaration& declaration = declarations_[value.asRef().index];
      if (type.names.empty() || declaration.kind == type.names[0]) return value;
      sink_
          .report(value.at(), diag::TypeMismatch, diag::withArticle(type.names[0]),
                  "the " + declaration.kind + " `" + declaration.label + "`")
          .note(declaration.at, "declared here");
      return Value::poison();
    }
    case TypeKind::Range:
    case TypeKind::Fit:
      if (value.asRange().first > value.asRange().last) {
        sink_.report(value.at(), diag::EmptyRange, value.str())
            .help("the smaller number stands first");
        return Value::poison();
      }
      return inBounds(std::move(value), type, what);
    case TypeKind::List:
      return conformList(value, type, what);
    case TypeKind::Map:
      return conformMap(value, type, what);
    case TypeKind::Object:
      return conformObject(value, type, what);
    default:
      return inBounds(std::move(value), type, what);
  }
}

Value Evaluator::inBounds(Value value, const Type& type, const std::string& what) {
  if (!type.min && !type.max) return value;
  std::int64_t low = 0, high = 0;
  std::string shown = value.str(60);
  const bool is_text = value.is(ValueKind::String) || value.is(ValueKind::Enum);
  if (is_text) {
    low = high = codePoints(value.asText());
    shown = std::to_string(low) + " characters long";
  } else if (value.is(ValueKind::Range) || value.is(ValueKind::Fit)) {
    low = value.asRange().first;
    high = value.asRange().last;
  } else if (value.is(ValueKind::Number)) {
    low = high = static_cast<std::int64_t>(value.asNumber());
  } else if (value.is(ValueKind::Int) || value.is(ValueKind::Size) || value.is(ValueKind::Cpu) ||
             value.is(ValueKind::Duration) || value.is(ValueKind::Percent)) {
    low = high = value.asInt();
  } else {
    return value;
  }
  const bool below = type.min && low < *type.min;
  const bool above = type.max && high > *type.max;
  if (!below && !above) return value;
  const std::int64_t bound = below ? *type.min : *type.max;
  const std::string limit = is_text ? std::to_string(bound) : amountOf(type, bound).str();
  sink_
      .report(value.at(), diag::ValueOutOfBounds, what,
              shown + (below ? ", less than " : ", more than ") + limit)
      .fact(what + " takes " + wantedText(type));
  return Value::poison();
}

Value Evaluator::conformList(const Value& value, const Type& type, const std::string& what) {
  if (type.elements.empty()) return value;
  List out;
  bool poisoned = false;
  for (const Value& item : value.asList()) {
    Value element = conform(item, *type.elements[0], what);
    poisoned = poisoned || element.isPoison();
    if (!element.isNull()) out.push_back(std::move(element));
  }
  return poisoned ? Value::poison() : Value::ofList(std::move(out)).from(value.at());
}

Value Evaluator::conformMap(const Value& value, const Type& type, const std::string& what) {
  if (type.elements.empty()) return value;
  Map out;
  bool poisoned = false;
  for (const auto& [key, item] : value.asMap()) {
    Value element = conform(item, *type.elements[0], what);
    poisoned = poisoned || element.isPoison();
    if (!element.isNull()) out.emplace_back(key, std::move(element));
  }
  return poisoned ? Value::poison() : Value::ofMap(std::move(out)).from(value.at());
}

Value Evaluator::conformObject(const Value& value, const Type& type, const std::string& what) {
  Map out;
  bool poisoned = false;
  std::vector<std::string> names;
  for (const schema::Field& field : type.fields) {
    names.push_back(field.name);
    const Value* found = value.find(field.name);
    if (found == nullptr || found->isNull()) {
      if (field.optional) {
        out.emplace_back(field.name, Value());
        continue;
      }
      sink_.report(value.at(), diag::MissingAttribute, "the map for " + what, field.name)
          .fact("it takes " + wantedText(type));
      poisoned = true;
      continue;
    }
    Value element = conform(*found, *field.type, "`" + field.name + "`");
    poisoned = poisoned || element.isPoison();
    out.emplace_back(field.name, std::move(element));
  }
  for (const auto& [key, item] : value.asMap()) {
    if (std::find(names.begin(), names.end(), key) != names.end()) continue;
    auto report = sink_.report(item.at(), diag::UnknownMember, "the map for " + what, key);
    const std::vector<std::string> near = diag::nearest(key, names);
    if (!near.empty()) report.help("did you mean `" + near[0] + "`?");
    poisoned = true;
  }
  return poisoned ? Value::poison() : Value::ofMap(std::move(out)).from(value.at());
}

}  // namespace gpuspec::eval
