#pragma once

// Types of attributes and parameters, as written in the schema table and in `param x: T`.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gpuspec::schema {

enum class TypeKind : std::uint8_t {
  Any,
  Bool,
  Int,
  Number,
  String,
  Size,
  Cpu,
  Duration,
  Money,
  Percent,
  Range,
  Profile,
  Counted,
  Secret,
  Enum,
  Ref,
  List,
  Map,
  Object,
  Union,
  Fit,   // fit(a..b), the planner's choice in a range
  Name,  // a bare name, a path of names or a string, as text: an open set (`vendor.model`)
};

struct Type;
using TypePtr = std::shared_ptr<const Type>;

struct Field {
  std::string name;
  TypePtr type;
  bool optional = false;
};

struct Type {
  TypeKind kind = TypeKind::Any;
  std::vector<std::string> names;  // Enum: its values; Ref: the one kind
  std::vector<TypePtr> elements;   // List, Map: one; Union: the alternatives
  std::vector<Field> fields;       // Object
  // Int, Number: value bounds. String, Name: length bounds in characters. Size, Cpu, Duration: in
  // bytes, millicores, ms. Percent: in hundredths. Range, Fit: of both ends.
  std::optional<std::int64_t> min, max;

  std::string str() const;             // "int(1..20)", "enum(aks, kubernetes)", "list(pool)"
  bool accepts(TypeKind other) const;  // itself or one of its alternatives
  // The alternative of that kind (or itself); nullptr when there is none.
  const Type* alternative(TypeKind other) const;
};

// The table's spelling: `T | T`, enum(a, b), list(T), map(T), ref(pool), fit, name,
// object(name: string, gpus?: int); bounds in the type's own unit, either end open: int(1..20),
// string(..63), duration(1m..24h), percent(1%..).
// GPUSPEC_CHECKs on a fault in the table: tests parse every row.
TypePtr parseType(std::string_view text);
// The same for text from outside (plugins): nullptr and a reason.
TypePtr parseType(std::string_view text, std::string& error);

}  // namespace gpuspec::schema
