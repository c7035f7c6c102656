#pragma once

// How Kubernetes' built-in kinds look on the wire in protobuf. Built in from protobuf.inc.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gpuspec::deploy::sandbox::api {

enum class WireType : std::uint8_t {
  String,
  Bytes,
  Bool,
  Int32,
  Int64,
  Double,
  Quantity,
  IntOrString,
  Time,
  MicroTime,
  Raw,  // a message that holds JSON
  Message
};

struct WireMessage;

struct WireField {
  std::uint32_t number = 0;
  std::string name;  // in JSON
  WireType type = WireType::String;
  const WireMessage* message = nullptr;
  bool repeated = false, map = false;
  bool inlined = false;     // its fields are the parent's in JSON
  bool keeps_zero = false;  // a zero that was sent was meant
};

struct WireMessage {
  std::string name;  // "core.v1.Pod"
  std::vector<WireField> fields;
  bool is_list = false;  // in JSON it is the list that its only field holds

  const WireField* field(std::uint32_t number) const;
};

// nullptr = not in protobuf.inc.
const WireMessage* wireMessage(std::string_view name);

}  // namespace gpuspec::deploy::sandbox::api
