#include "backends/deploy/sandbox/kube/protobuf_types.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>

#include "lang/source/check.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

constexpr std::string_view kTypes =
#include "backends/deploy/sandbox/kube/protobuf.inc"
    ;

struct Named {
  std::string_view name;
  WireType type;
};
constexpr Named kNamed[] = {
    {"string", WireType::String},     {"bytes", WireType::Bytes},
    {"bool", WireType::Bool},         {"int32", WireType::Int32},
    {"int64", WireType::Int64},       {"double", WireType::Double},
    {"quantity", WireType::Quantity}, {"intstr", WireType::IntOrString},
    {"time", WireType::Time},         {"microtime", WireType::MicroTime},
    {"raw", WireType::Raw},
};

// What stands before `mark`; `text` becomes what stands behind it.
std::string_view take(std::string_view& text, char mark) {
  const std::size_t at = std::min(text.find(mark), text.size());
  const std::string_view out = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return out;
}

class WireTable {
 public:
  WireTable() {
    WireMessage* open = nullptr;
    for (std::string_view rest = kTypes; !rest.empty();) {
      std::string_view line = take(rest, '\n');
      if (line.empty()) continue;
      if (line.front() == ' ') {
        GPUSPEC_CHECK(open != nullptr, "protobuf.inc begins with a message");
        line.remove_prefix(1);
        open->fields.push_back(readField(line));
        continue;
      }
      open = &named(take(line, ' '));
      open->is_list = line == "=";
    }
  }

  const WireMessage* find(std::string_view name) const {
    const auto found = messages_.find(name);
    return found == messages_.end() ? nullptr : found->second.get();
  }

 private:
  WireMessage& named(std::string_view name) {
    std::unique_ptr<WireMessage>& message = messages_[std::string(name)];
    if (message == nullptr) message = std::make_unique<WireMessage>();
    message->name = name;
    return *message;
  }

  WireField readField(std::string_view line) {
    WireField out;
    const std::string_view number = take(line, ' ');
    std::from_chars(number.data(), number.data() + number.size(), out.number);
    std::string_view name = take(line, ' ');
    out.inlined = name == "~";
    if (name.ends_with('*')) {
      out.keeps_zero = true;
      name.remove_suffix(1);
    }
    out.name = name;
    out.repeated = line.starts_with("[]");
    out.map = line.starts_with("{}");
    if (out.repeated || out.map) line.remove_prefix(2);
    if (line.starts_with('@')) {
      out.type = WireType::Message;
      out.message = &named(line.substr(1));
      return out;
    }
    const auto* const type = std::ranges::find(kNamed, line, &Named::name);
    GPUSPEC_CHECK(type != std::end(kNamed), "protobuf.inc names a type that there is not");
    out.type = type->type;
    return out;
  }

  std::map<std::string, std::unique_ptr<WireMessage>, std::less<>> messages_;
};

}  // namespace

const WireField* WireMessage::field(std::uint32_t number) const {
  const auto found = std::ranges::find(fields, number, &WireField::number);
  return found == fields.end() ? nullptr : &*found;
}

const WireMessage* wireMessage(std::string_view name) {
  static const WireTable kTable;
  return kTable.find(name);
}

}  // namespace gpuspec::deploy::sandbox::api
