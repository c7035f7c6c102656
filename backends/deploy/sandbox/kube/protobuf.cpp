#include "backends/deploy/sandbox/kube/protobuf.h"

#include <bit>
#include <cstdio>
#include <ctime>
#include <map>

#include <llvm/Support/Base64.h>
#include <llvm/Support/JSON.h>

#include "backends/deploy/sandbox/kube/protobuf_types.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "backends/deploy/sandbox/kube/wire.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

using ir::Tree;

constexpr std::size_t kMostBytes = 3u << 20;  // as the API server takes
constexpr std::size_t kMostValues = 1'000'000;
constexpr int kDeepest = 100;
constexpr std::string_view kMagic("k8s\0", 4);
// 0001-01-01, Go's zero time, and 9999-12-31.
constexpr std::int64_t kFirstSecond = -62'135'596'800, kLastSecond = 253'402'300'799;

bool isZero(const Tree& value) {
  return value.empty() || value == Tree(false) || value == Tree(0) || value == Tree(0.0);
}

std::string timeText(std::int64_t seconds, std::int64_t nanos, bool micro) {
  const std::time_t time = seconds;
  std::tm parts{};
  gmtime_r(&time, &parts);
  char text[64];
  std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  std::string out(text, size);
  if (micro) {
    std::snprintf(text, sizeof text, ".%06d", static_cast<int>(nanos / 1000));
    out += text;
  }
  return out + "Z";
}

class Decoder {
 public:
  // False: the bytes are no such message; `why` says more.
  bool message(std::string_view bytes, const WireMessage& type, Tree& out, int depth) {
    if (depth > kDeepest) return fail("nested too deeply");
    if (out.isNull()) out = Tree::map();
    std::map<const WireField*, std::map<std::string, Tree>> maps;
    for (WireReader reader(bytes); !reader.atEnd();) {
      const std::optional<WireKey> key = reader.key();
      if (!key) return fail("illegal tag in " + type.name);
      const WireField* field = type.field(key->number);
      if (field == nullptr) {
        if (!reader.skip(key->wire)) return fail("unexpected end of " + type.name);
        continue;
      }
      const bool read = field->map ? mapEntry(reader, *key, *field, maps[field], depth)
                                   : member(reader, *key, *field, out, depth);
      if (!read) return fail("wrong bytes for " + type.name + "." + field->name);
    }
    for (auto& [field, entries] : maps) {
      Tree::Map map;
      for (auto& [name, value] : entries) map.emplace_back(name, std::move(value));
      out.set(field->name, Tree(std::move(map)));
    }
    return true;
  }

  const std::string& why() const { return why_; }

 private:
  bool fail(std::string why) {
    if (why_.empty()) why_ = std::move(why);
    return false;
  }

  bool member(WireReader& reader, WireKey key, const WireField& field, Tree& out, int depth) {
    if (field.inlined) {
      const auto bytes = reader.bytes();
      return key.wire == Wire::Bytes && bytes && message(*bytes, *field.message, out, depth + 1);
    }
    if (field.repeated) return items(reader, key, field, out.at(field.name), depth);
    // A message that comes in two parts is both of them.
    Tree value;
    if (Tree* before = out.find(field.name); before != nullptr && field.message != nullptr)
      value = std::move(*before);
    if (!one(reader, key.wire, field, value, depth)) return false;
    if (field.keeps_zero || !isZero(value)) {
      out.set(field.name, std::move(value));
    } else {
      out.erase(field.name);
    }
    return true;
  }

  bool items(WireReader& reader, WireKey key, const WireField& field, Tree& list, int depth) {
    const bool number = field.type == WireType::Int32 || field.type == WireType::Int64 ||
                        field.type == WireType::Bool;
    if (list.isNull()) list = Tree::list();
    if (!number || key.wire != Wire::Bytes) return item(reader, key.wire, field, list, depth);
    const auto packed = reader.bytes();
    if (!packed) return false;
    for (WireReader inside(*packed); !inside.atEnd();) {
      if (!item(inside, Wire::Varint, field, list, depth)) return false;
    }
    return true;
  }

  bool item(WireReader& reader, Wire wire, const WireField& field, Tree& list, int depth) {
    Tree value;
    if (!one(reader, wire, field, value, depth)) return false;
    list.push(std::move(value));
    return true;
  }

  bool mapEntry(WireReader& reader, WireKey key, const WireField& field,
                std::map<std::string, Tree>& entries, int depth) {
    const auto bytes = reader.bytes();
    if (key.wire != Wire::Bytes || !bytes) return false;
    std::string name;
    Tree value;
    for (WireReader inside(*bytes); !inside.atEnd();) {
      const std::optional<WireKey> part = inside.key();
      if (!part) return false;
      if (part->number == 1) {
        Tree text;
        if (!one(inside, part->wire, {}, text, depth)) return false;
        name = text.asString();
      } else if (part->number == 2) {
        if (!one(inside, part->wire, field, value, depth)) return false;
      } else if (!inside.skip(part->wire)) {
        return false;
      }
    }
    if (value.isNull() && !one(field, value, depth)) return false;
    entries[name] = std::move(value);
    return true;
  }

  // What a map's entry without a value has.
  bool one(const WireField& field, Tree& value, int depth) {
    if (field.type == WireType::String || field.type == WireType::Bytes) {
      value = "";
      return true;
    }
    WireReader empty(std::string_view("\0", 1));
    return one(empty, Wire::Bytes, field, value, depth);
  }

  bool one(WireReader& reader, Wire wire, const WireField& field, Tree& out, int depth) {
    if (++values_ > kMostValues) return fail("too many values");
    switch (field.type) {
      case WireType::Bool:
      case WireType::Int32:
      case WireType::Int64: {
        const auto number = reader.varint();
        if (wire != Wire::Varint || !number) return false;
        out = integer(*number, field.type);
        return true;
      }
      case WireType::Double: {
        const auto bits = reader.fixed64();
        if (wire != Wire::Fixed64 || !bits) return false;
        out = std::bit_cast<double>(*bits);
        return true;
      }
      default: {
        const auto bytes = reader.bytes();
        return wire == Wire::Bytes && bytes && sized(*bytes, field, out, depth);
      }
    }
  }

  static Tree integer(std::uint64_t number, WireType type) {
    if (type == WireType::Bool) return Tree(number != 0);
    if (type == WireType::Int32)
      return Tree(static_cast<std::int64_t>(static_cast<std::int32_t>(number)));
    return Tree(static_cast<std::int64_t>(number));
  }

  bool sized(std::string_view bytes, const WireField& field, Tree& out, int depth) {
    switch (field.type) {
      case WireType::Bytes:
        out = llvm::encodeBase64(bytes);
        return true;
      case WireType::Message:
        if (!message(bytes, *field.message, out, depth + 1)) return false;
        if (field.message->is_list) {
          Tree list = out.at(field.message->fields.front().name);
          out = list.isNull() ? Tree::list() : std::move(list);
        }
        return true;
      case WireType::Time:
      case WireType::MicroTime:
        return time(bytes, field.type == WireType::MicroTime, out);
      case WireType::Quantity:
      case WireType::Raw:
      case WireType::IntOrString:
        return special(bytes, field.type, out);
      default:
        if (!llvm::json::isUTF8(bytes)) return fail("a string is no UTF-8");
        out = bytes;
        return true;
    }
  }

  // Up to three members by number; text ones and others.
  struct Parts {
    std::string_view text[4];
    std::int64_t number[4] = {};
  };
  static std::optional<Parts> parts(std::string_view bytes) {
    Parts out;
    for (WireReader reader(bytes); !reader.atEnd();) {
      const std::optional<WireKey> key = reader.key();
      if (!key) return std::nullopt;
      const std::size_t at = key->number < 4 ? key->number : 0;
      if (key->wire == Wire::Bytes) {
        const auto text = reader.bytes();
        if (!text) return std::nullopt;
        out.text[at] = *text;
      } else if (key->wire == Wire::Varint) {
        const auto number = reader.varint();
        if (!number) return std::nullopt;
        out.number[at] = static_cast<std::int64_t>(*number);
      } else if (!reader.skip(key->wire)) {
        return std::nullopt;
      }
    }
    return out;
  }

  bool time(std::string_view bytes, bool micro, Tree& out) {
    if (bytes.empty()) return true;  // no time: null
    const std::optional<Parts> found = parts(bytes);
    if (!found) return false;
    const std::int64_t seconds = found->number[1], nanos = found->number[2];
    if (seconds < kFirstSecond || seconds > kLastSecond || nanos < 0 || nanos >= 1'000'000'000)
      return fail("a time is out of range");
    if (seconds != kFirstSecond) out = timeText(seconds, nanos, micro);
    return true;
  }

  bool special(std::string_view bytes, WireType type, Tree& out) {
    const std::optional<Parts> found = parts(bytes);
    if (!found) return false;
    if (type == WireType::IntOrString && found->number[1] == 0) {
      out = integer(static_cast<std::uint64_t>(found->number[2]), WireType::Int32);
      return true;
    }
    const std::string_view text = found->text[type == WireType::IntOrString ? 3 : 1];
    if (!llvm::json::isUTF8(text)) return fail("a string is no UTF-8");
    if (type != WireType::Raw) {
      out = text;
      return true;
    }
    if (text.empty()) return true;
    llvm::Expected<Tree> json = ir::parseJson(text);
    if (!json) return fail(llvm::toString(json.takeError()));
    out = std::move(*json);
    return true;
  }

  std::string why_;
  std::size_t values_ = 0;
};

// runtime.Unknown.
struct Envelope {
  std::string api_version, kind;
  std::string_view raw;
};

std::optional<Envelope> openEnvelope(std::string_view bytes) {
  Envelope out;
  for (WireReader reader(bytes); !reader.atEnd();) {
    const std::optional<WireKey> key = reader.key();
    if (!key) return std::nullopt;
    if (key->wire != Wire::Bytes || key->number > 3) {
      if (!reader.skip(key->wire)) return std::nullopt;
      continue;
    }
    const auto value = reader.bytes();
    if (!value || (key->number == 3 && !value->empty())) return std::nullopt;
    if (key->number == 2) out.raw = *value;
    if (key->number != 1) continue;
    for (WireReader type(*value); !type.atEnd();) {
      const std::optional<WireKey> part = type.key();
      const auto text = part && part->wire == Wire::Bytes ? type.bytes() : std::nullopt;
      if (!text || !llvm::json::isUTF8(*text)) return std::nullopt;
      if (part->number == 1) out.api_version = *text;
      if (part->number == 2) out.kind = *text;
    }
  }
  return out;
}

// "networking.k8s.io/v1" and "Ingress" -> "networking.v1.Ingress".
const WireMessage* messageOf(const Envelope& envelope) {
  // Every group has these.
  if (envelope.kind == "DeleteOptions") return wireMessage("meta.v1.DeleteOptions");
  const std::size_t slash = envelope.api_version.find('/');
  if (slash == std::string::npos)
    return wireMessage("core." + envelope.api_version + "." + envelope.kind);
  const std::string group = envelope.api_version.substr(0, slash);
  return wireMessage(group.substr(0, group.find('.')) + "." +
                     envelope.api_version.substr(slash + 1) + "." + envelope.kind);
}

}  // namespace

llvm::Expected<Tree> decodeProtobuf(std::string_view body) {
  if (body.size() > kMostBytes)
    return statusError(413, "RequestEntityTooLarge", "Request entity too large: limit is 3145728");
  if (!body.starts_with(kMagic))
    return badRequest("provided data does not appear to be a protobuf message, expected prefix");
  const std::optional<Envelope> envelope = openEnvelope(body.substr(kMagic.size()));
  if (!envelope) return badRequest("unable to unmarshal the body: it is no runtime.Unknown");
  const WireMessage* type = messageOf(*envelope);
  if (type == nullptr) {
    return badRequest("no kind \"" + envelope->kind + "\" is registered for version \"" +
                      envelope->api_version + "\" in protobuf");
  }
  Tree object = Tree::map().set("kind", envelope->kind).set("apiVersion", envelope->api_version);
  Decoder decoder;
  if (!decoder.message(envelope->raw, *type, object, 0))
    return badRequest("unable to unmarshal the body: " + decoder.why());
  return object;
}

}  // namespace gpuspec::deploy::sandbox::api
