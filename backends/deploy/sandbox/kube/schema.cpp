#include "backends/deploy/sandbox/kube/schema.h"

#include <algorithm>
#include <map>
#include <optional>

#include "lang/source/check.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr std::string_view kTypes =
#include "backends/deploy/sandbox/kube/types.inc"
    ;

struct Scalar {
  std::string_view name;
  Shape shape;
  std::uint8_t bits;
};
constexpr Scalar kScalars[] = {
    {"string", Shape::String, 64},     {"int32", Shape::Int, 32},
    {"int64", Shape::Int, 64},         {"double", Shape::Double, 64},
    {"bool", Shape::Bool, 64},         {"bytes", Shape::Bytes, 64},
    {"time", Shape::Time, 64},         {"microtime", Shape::MicroTime, 64},
    {"quantity", Shape::Quantity, 64}, {"intstr", Shape::IntOrString, 64},
    {"any", Shape::Any, 64},           {"raw", Shape::Any, 64},
};

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    if (end > 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

// Reads the table once. References may point forward, so structs are made when first named.
class Table {
 public:
  Table() {
    Schema* open = nullptr;
    for (const std::string& line : split(kTypes, '\n')) {
      const std::vector<std::string> words = split(line, ' ');
      if (line[0] == ' ') {
        open->fields.push_back(readField(words));
      } else {
        open = &structNamed(words[0]);
        open->join = words.size() > 1 ? Join::Atomic : Join::Granular;
      }
    }
    for (auto& [name, type] : structs_) {
      std::sort(type->fields.begin(), type->fields.end(),
                [](const Field& a, const Field& b) { return a.name < b.name; });
    }
  }

  const Schema* find(std::string_view name) const {
    const auto found = structs_.find(name);
    return found == structs_.end() ? nullptr : found->second.get();
  }

  std::vector<const Schema*> all() const {
    std::vector<const Schema*> out;
    for (const auto& [name, type] : structs_) out.push_back(type.get());
    return out;
  }

 private:
  Schema& structNamed(const std::string& name) {
    std::unique_ptr<Schema>& type = structs_[name];
    if (type == nullptr) {
      type = std::make_unique<Schema>();
      type->shape = Shape::Struct;
      type->join = Join::Granular;
      type->name = name;
    }
    return *type;
  }

  const Schema* keep(Schema schema) {
    others_.push_back(std::make_unique<Schema>(std::move(schema)));
    return others_.back().get();
  }

  Field readField(const std::vector<std::string>& words) {
    Field out;
    out.name = words[0];
    if (out.name.back() == '!') {
      out.name.pop_back();
      out.required = true;
    }
    std::string type = words[1];
    if (const std::size_t equals = type.find('='); equals != std::string::npos) {
      out.key_default = std::make_shared<const Tree>(type.substr(equals + 1));
      type.resize(equals);
    }
    out.schema = readType(type);
    if (words.size() > 2) readPatch(std::string_view(words[2]).substr(1), out);
    return out;
  }

  static void readPatch(std::string_view text, Field& field) {
    const std::size_t colon = text.find(':');
    for (const std::string& strategy : split(text.substr(0, colon), ',')) {
      field.patch_merges |= strategy == "merge";
      field.patch_retains_keys |= strategy == "retainKeys";
    }
    if (colon != std::string_view::npos) field.patch_key = text.substr(colon + 1);
  }

  const Schema* readType(std::string_view text) {
    if (text[0] == '@') return readReference(text.substr(1));
    if (text[0] == '[') return readList(text);
    if (text[0] == '{') return readMap(text);
    for (const Scalar& scalar : kScalars) {
      if (scalar.name != text) continue;
      const Schema*& shared = scalars_[scalar.name];
      if (shared == nullptr) {
        Schema made;
        made.shape = scalar.shape;
        made.bits = scalar.bits;
        shared = keep(std::move(made));
      }
      return shared;
    }
    GPUSPEC_CHECK(false, "types.inc names a type that there is not");
    return nullptr;
  }

  const Schema* readReference(std::string_view text) {
    const bool atomic = text.back() == '~';
    if (atomic) text.remove_suffix(1);
    Schema& target = structNamed(std::string(text));
    // The type itself is atomic wherever a field that refers to it is: true of all in the table.
    if (atomic) target.join = Join::Atomic;
    return &target;
  }

  const Schema* readList(std::string_view text) {
    const std::size_t close = text.find(']');
    const std::string_view topology = text.substr(1, close - 1);
    Schema out;
    out.shape = Shape::List;
    if (topology == "set") out.join = Join::Set;
    if (topology.starts_with("map:")) {
      out.join = Join::ByKey;
      out.keys = split(topology.substr(4), ',');
    }
    out.items = readType(text.substr(close + 1));
    return keep(std::move(out));
  }

  const Schema* readMap(std::string_view text) {
    const std::size_t close = text.find('}');
    Schema out;
    out.shape = Shape::Map;
    out.join = close > 1 ? Join::Atomic : Join::Granular;
    out.items = readType(text.substr(close + 1));
    return keep(std::move(out));
  }

  std::map<std::string, std::unique_ptr<Schema>, std::less<>> structs_;
  std::map<std::string_view, const Schema*> scalars_;
  std::vector<std::unique_ptr<Schema>> others_;
};

const Table& table() {
  static const Table kTable;
  return kTable;
}

Schema anySchema(Join join) {
  Schema out;
  out.join = join;
  out.preserves_unknown = true;
  return out;
}

}  // namespace

const Field* Schema::field(std::string_view field_name) const {
  const auto found =
      std::lower_bound(fields.begin(), fields.end(), field_name,
                       [](const Field& a, std::string_view b) { return a.name < b; });
  return found == fields.end() || found->name != field_name ? nullptr : &*found;
}

const Schema* Schema::child(std::string_view field_name) const {
  if (shape == Shape::Map) return items;
  if (shape == Shape::Any) return join == Join::Granular ? this : nullptr;
  if (const Field* found = field(field_name)) return found->schema;
  if (items != nullptr) return items;
  return preserves_unknown ? &deducedSchema() : nullptr;
}

bool Schema::isLeaf() const {
  return shape != Shape::Struct && shape != Shape::Map && shape != Shape::List &&
         !(shape == Shape::Any && join == Join::Granular);
}

const Schema& deducedSchema() {
  static const Schema kDeduced = anySchema(Join::Granular);
  return kDeduced;
}

const Schema& opaqueSchema() {
  static const Schema kOpaque = anySchema(Join::Atomic);
  return kOpaque;
}

const Schema* builtInType(std::string_view name) {
  return table().find(name);
}

std::vector<const Schema*> builtInTypes() {
  return table().all();
}

}  // namespace gpuspec::deploy::sandbox::api
