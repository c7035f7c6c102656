#include "compiler/eval/type_text.h"

#include "compiler/eval/value.h"
#include "lang/diag/diagnostic.h"

namespace gpuspec::eval {

namespace {

using schema::Type;
using schema::TypeKind;

std::string amount(TypeKind kind, std::int64_t value) {
  switch (kind) {
    case TypeKind::Size:
      return Value::ofUnit(ValueKind::Size, value).str();
    case TypeKind::Cpu:
      return Value::ofUnit(ValueKind::Cpu, value).str();
    case TypeKind::Duration:
      return Value::ofUnit(ValueKind::Duration, value).str();
    case TypeKind::Percent:
      return Value::ofUnit(ValueKind::Percent, value).str();
    default:
      return std::to_string(value);
  }
}

std::string bounds(const Type& type, const char* noun) {
  const std::string unit = noun[0] == '\0' ? "" : std::string(" ") + noun;
  const bool from = type.min && !(*type.min == 0 && !type.max && type.kind != TypeKind::Int);
  if (from && type.max)
    return " from " + amount(type.kind, *type.min) + " to " + amount(type.kind, *type.max) + unit;
  if (type.max) return " of at most " + amount(type.kind, *type.max) + unit;
  if (from) return " of at least " + amount(type.kind, *type.min) + unit;
  return {};
}

std::string joinWithOr(const std::vector<std::string>& items) {
  std::string out;
  for (std::size_t i = 0; i < items.size(); ++i)
    out += (i == 0 ? "" : i + 1 == items.size() ? " or " : ", ") + items[i];
  return out;
}

// "strings", "pools"
std::string plural(const Type& type) {
  switch (type.kind) {
    case TypeKind::Ref:
      return type.names.empty() ? "blocks" : type.names[0] + "s";
    case TypeKind::String:
      return "strings";
    case TypeKind::Int:
      return "integers" + bounds(type, "");
    case TypeKind::Name:
      return "names";
    case TypeKind::Any:
      return "values";
    default:
      return "which each is " + wantedText(type);
  }
}

std::string objectText(const Type& type) {
  std::string out = "a map {";
  for (const schema::Field& field : type.fields)
    out += (out.back() == '{' ? " " : ", ") + field.name + (field.optional ? "?" : "") + ": " +
           field.type->str();
  return out + " }";
}

}  // namespace

std::string wantedText(const Type& type) {
  switch (type.kind) {
    case TypeKind::Any:
      return "a value";
    case TypeKind::Bool:
      return "`true` or `false`";
    case TypeKind::Int:
      return "an integer" + bounds(type, "");
    case TypeKind::Number:
      return "a number" + bounds(type, "");
    case TypeKind::String:
      return "a string" + bounds(type, "characters");
    case TypeKind::Size:
      return "a size such as `80GiB`" + bounds(type, "");
    case TypeKind::Cpu:
      return "an amount of CPU such as `4cpu`" + bounds(type, "");
    case TypeKind::Duration:
      return "a duration such as `30m`" + bounds(type, "");
    case TypeKind::Money:
      return "an amount of money such as `$3.67`";
    case TypeKind::Percent:
      return "a percentage such as `33%`" + bounds(type, "");
    case TypeKind::Range:
      return "a range such as `1..10`" + bounds(type, "");
    case TypeKind::Profile:
      return "a partition profile";
    case TypeKind::Counted:
      return "a count of slices";
    case TypeKind::Secret:
      return "a secret such as `keyvault('name')`";
    case TypeKind::Fit:
      return "`fit(a..b)`";
    case TypeKind::Name:
      return "a name";
    case TypeKind::Ref:
      return type.names.empty() ? "a block" : diag::withArticle(type.names[0]);
    case TypeKind::List:
      return type.elements.empty() ? "a list" : "a list of " + plural(*type.elements[0]);
    case TypeKind::Map:
      return type.elements.empty() ? "a map" : "a map of " + plural(*type.elements[0]);
    case TypeKind::Object:
      return objectText(type);
    case TypeKind::Enum: {
      std::vector<std::string> names;
      for (const std::string& name : type.names) names.push_back("`" + name + "`");
      return joinWithOr(names);
    }
    case TypeKind::Union: {
      std::vector<std::string> alternatives;
      for (const schema::TypePtr& element : type.elements)
        alternatives.push_back(wantedText(*element));
      return joinWithOr(alternatives);
    }
  }
  return {};
}

std::string exampleText(const Type& type) {
  switch (type.kind) {
    case TypeKind::Bool:
      return "true";
    case TypeKind::Int:
      return type.min ? std::to_string(*type.min) : "1";
    case TypeKind::Number:
      return "1.5";
    case TypeKind::String:
      return "\"...\"";
    case TypeKind::Size:
      return "80GiB";
    case TypeKind::Cpu:
      return "4cpu";
    case TypeKind::Duration:
      return "30m";
    case TypeKind::Money:
      return "$3.67";
    case TypeKind::Percent:
      return "33%";
    case TypeKind::Range:
      return "1..10";
    case TypeKind::Secret:
      return "keyvault('name')";
    case TypeKind::Fit:
      return "fit(1..4)";
    case TypeKind::Ref:
      return type.names.empty() ? "name" : type.names[0] + ".name";
    case TypeKind::List:
      return "[...]";
    case TypeKind::Map:
    case TypeKind::Object:
      return "{ ... }";
    case TypeKind::Enum:
      return type.names.empty() ? "name" : type.names[0];
    case TypeKind::Union:
      return type.elements.empty() ? "..." : exampleText(*type.elements[0]);
    default:
      return "...";
  }
}

}  // namespace gpuspec::eval
