#include "compiler/schema/type.h"

#include <array>
#include <charconv>
#include <utility>

#include "lang/source/check.h"

namespace gpuspec::schema {

namespace {

struct TypeName {
  std::string_view name;
  TypeKind kind;
};

constexpr TypeName kTypeNames[] = {
    {"any", TypeKind::Any},         {"bool", TypeKind::Bool},
    {"int", TypeKind::Int},         {"number", TypeKind::Number},
    {"string", TypeKind::String},   {"size", TypeKind::Size},
    {"cpu", TypeKind::Cpu},         {"duration", TypeKind::Duration},
    {"money", TypeKind::Money},     {"percent", TypeKind::Percent},
    {"range", TypeKind::Range},     {"profile", TypeKind::Profile},
    {"counted", TypeKind::Counted}, {"secret", TypeKind::Secret},
    {"enum", TypeKind::Enum},       {"ref", TypeKind::Ref},
    {"list", TypeKind::List},       {"map", TypeKind::Map},
    {"object", TypeKind::Object},   {"fit", TypeKind::Fit},
    {"name", TypeKind::Name},
};

struct Unit {
  TypeKind kind;
  std::string_view suffix;
  std::int64_t factor;
};

// For each kind the largest unit first: str() takes the first that divides.
constexpr Unit kUnits[] = {
    {TypeKind::Size, "TiB", std::int64_t{1} << 40},
    {TypeKind::Size, "GiB", std::int64_t{1} << 30},
    {TypeKind::Size, "MiB", std::int64_t{1} << 20},
    {TypeKind::Size, "KiB", std::int64_t{1} << 10},
    {TypeKind::Size, "TB", 1'000'000'000'000},
    {TypeKind::Size, "GB", 1'000'000'000},
    {TypeKind::Size, "MB", 1'000'000},
    {TypeKind::Size, "KB", 1'000},
    {TypeKind::Size, "B", 1},
    {TypeKind::Cpu, "cpu", 1000},
    {TypeKind::Cpu, "mcpu", 1},
    {TypeKind::Duration, "d", 86'400'000},
    {TypeKind::Duration, "h", 3'600'000},
    {TypeKind::Duration, "m", 60'000},
    {TypeKind::Duration, "s", 1000},
    {TypeKind::Duration, "ms", 1},
    {TypeKind::Percent, "%", 100},
};

bool hasUnit(TypeKind kind) {
  return kind == TypeKind::Size || kind == TypeKind::Cpu || kind == TypeKind::Duration ||
         kind == TypeKind::Percent;
}

bool mayBeBounded(TypeKind kind) {
  switch (kind) {
    case TypeKind::Int:
    case TypeKind::Number:
    case TypeKind::String:
    case TypeKind::Name:
    case TypeKind::Range:
    case TypeKind::Fit:
      return true;
    default:
      return hasUnit(kind);
  }
}

std::string_view kindWord(TypeKind kind) {
  for (const TypeName& entry : kTypeNames) {
    if (entry.kind == kind) return entry.name;
  }
  return "";
}

std::string boundText(TypeKind kind, std::int64_t amount) {
  if (!hasUnit(kind)) return std::to_string(amount);
  for (const Unit& unit : kUnits) {
    if (unit.kind != kind || amount % unit.factor != 0) continue;
    if (amount == 0 && unit.factor != 1000 && kind == TypeKind::Duration) continue;
    return std::to_string(amount / unit.factor) + std::string(unit.suffix);
  }
  return std::to_string(amount);
}

bool isWordByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-';
}

class TypeParser {
 public:
  explicit TypeParser(std::string_view text) : text_(text) {}

  TypePtr parse() {
    TypePtr type = parseUnion();
    skipSpace();
    if (type && position_ != text_.size())
      return fail("unexpected `" + std::string(text_.substr(position_)) + "`");
    return type;
  }
  const std::string& error() const { return error_; }

 private:
  TypePtr fail(std::string reason) {
    if (error_.empty()) error_ = std::move(reason);
    return nullptr;
  }

  void skipSpace() {
    while (position_ < text_.size() && text_[position_] == ' ') ++position_;
  }

  bool take(std::string_view token) {
    skipSpace();
    if (text_.substr(position_, token.size()) != token) return false;
    position_ += token.size();
    return true;
  }

  std::string_view word() {
    skipSpace();
    const std::size_t begin = position_;
    while (position_ < text_.size() && isWordByte(text_[position_])) ++position_;
    return text_.substr(begin, position_ - begin);
  }

  TypePtr parseUnion() {
    TypePtr first = parseOne();
    if (!first || !take("|")) return first;
    auto type = std::make_shared<Type>();
    type->kind = TypeKind::Union;
    type->elements.push_back(std::move(first));
    do {
      TypePtr next = parseOne();
      if (!next) return nullptr;
      type->elements.push_back(std::move(next));
    } while (take("|"));
    return type;
  }

  TypePtr parseOne() {
    const std::string_view name = word();
    const TypeName* found = nullptr;
    for (const TypeName& entry : kTypeNames) {
      if (entry.name == name) found = &entry;
    }
    if (!found) return fail("`" + std::string(name) + "` is no type");
    auto type = std::make_shared<Type>();
    type->kind = found->kind;
    const bool open = take("(");
    if (!parseArguments(*type, open)) return nullptr;
    if (open && !take(")")) return fail("`" + std::string(name) + "(` is not closed");
    return type;
  }

  bool parseArguments(Type& type, bool open) {
    switch (type.kind) {
      case TypeKind::Enum:
        return need(open, "enum(a, b)") && parseNames(type);
      case TypeKind::Ref:
        return need(open, "ref(kind)") && parseNames(type) && onlyOne(type);
      case TypeKind::List:
      case TypeKind::Map:
        return need(open, "list(T)") && parseElement(type);
      case TypeKind::Object:
        return need(open, "object(name: T)") && parseFields(type);
      default:
        break;
    }
    if (!open) return true;
    if (mayBeBounded(type.kind)) return parseBounds(type);
    fail("`" + std::string(kindWord(type.kind)) + "` takes nothing in parentheses");
    return false;
  }

  bool need(bool open, const char* form) {
    if (!open) fail(std::string("write `") + form + "`");
    return open;
  }

  bool onlyOne(const Type& type) {
    if (type.names.size() != 1) fail("`ref` takes one kind");
    return type.names.size() == 1;
  }

  bool parseNames(Type& type) {
    do {
      const std::string_view name = word();
      if (name.empty()) return fail("a name is missing"), false;
      type.names.emplace_back(name);
    } while (take(","));
    return true;
  }

  bool parseElement(Type& type) {
    TypePtr element = parseUnion();
    if (!element) return false;
    type.elements.push_back(std::move(element));
    return true;
  }

  bool parseFields(Type& type) {
    do {
      Field field;
      field.name = std::string(word());
      if (field.name.empty()) return fail("a field's name is missing"), false;
      field.optional = take("?");
      if (!take(":")) return fail("`" + field.name + "` has no type"), false;
      field.type = parseUnion();
      if (!field.type) return false;
      type.fields.push_back(std::move(field));
    } while (take(","));
    return true;
  }

  bool parseBounds(Type& type) {
    if (!take("..")) {
      if (!parseBound(type.kind, type.min)) return false;
      if (!take("..")) return fail("a bound is written `a..b`"), false;
    }
    skipSpace();
    if (position_ < text_.size() && text_[position_] == ')') return true;
    if (!parseBound(type.kind, type.max)) return false;
    if (type.min && *type.min > *type.max) return fail("the bounds count down"), false;
    return true;
  }

  bool parseBound(TypeKind kind, std::optional<std::int64_t>& bound) {
    skipSpace();
    std::int64_t amount = 0;
    const char* end = text_.data() + text_.size();
    const auto [next, code] = std::from_chars(text_.data() + position_, end, amount);
    if (code != std::errc()) return fail("a bound is no number"), false;
    position_ = static_cast<std::size_t>(next - text_.data());
    if (hasUnit(kind)) {
      std::string_view suffix = take("%") ? "%" : word();
      const Unit* unit = findUnit(kind, suffix);
      if (!unit)
        return fail("`" + std::string(suffix) + "` is no unit of a " + std::string(kindWord(kind))),
               false;
      amount *= unit->factor;
    }
    bound = amount;
    return true;
  }

  static const Unit* findUnit(TypeKind kind, std::string_view suffix) {
    for (const Unit& unit : kUnits) {
      if (unit.kind == kind && unit.suffix == suffix) return &unit;
    }
    return nullptr;
  }

  std::string_view text_;
  std::size_t position_ = 0;
  std::string error_;
};

std::string joined(const std::vector<TypePtr>& types, const char* separator) {
  std::string out;
  for (const TypePtr& type : types) {
    if (!out.empty()) out += separator;
    out += type->str();
  }
  return out;
}

std::string fieldsText(const std::vector<Field>& fields) {
  std::string out;
  for (const Field& field : fields) {
    if (!out.empty()) out += ", ";
    out += field.name + (field.optional ? "?: " : ": ") + field.type->str();
  }
  return out;
}

std::string namesText(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

}  // namespace

std::string Type::str() const {
  const std::string word(kindWord(kind));
  switch (kind) {
    case TypeKind::Union:
      return joined(elements, " | ");
    case TypeKind::Enum:
      return "enum(" + namesText(names) + ")";
    case TypeKind::Ref:
      return namesText(names);
    case TypeKind::List:
    case TypeKind::Map:
      return word + "(" + joined(elements, ", ") + ")";
    case TypeKind::Object:
      return "object(" + fieldsText(fields) + ")";
    default:
      break;
  }
  if (!min && !max) return word;
  return word + "(" + (min ? boundText(kind, *min) : "") + ".." +
         (max ? boundText(kind, *max) : "") + ")";
}

bool Type::accepts(TypeKind other) const {
  return alternative(other) != nullptr;
}

const Type* Type::alternative(TypeKind other) const {
  if (kind == other) return this;
  if (kind != TypeKind::Union) return nullptr;
  for (const TypePtr& element : elements) {
    if (element->kind == other) return element.get();
  }
  return nullptr;
}

TypePtr parseType(std::string_view text) {
  std::string error;
  TypePtr type = parseType(text, error);
  GPUSPEC_CHECK(type != nullptr,
                "a type of the schema table cannot be read: " + std::string(text) + ": " + error);
  return type;
}

TypePtr parseType(std::string_view text, std::string& error) {
  TypeParser parser(text);
  TypePtr type = parser.parse();
  if (!type) error = parser.error();
  return type;
}

}  // namespace gpuspec::schema
