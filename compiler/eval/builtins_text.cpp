// Functions on text, hashes and network addresses.

#include <arpa/inet.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "compiler/eval/builtins.h"
#include "lang/source/sha256.h"

namespace gpuspec::eval {

namespace {

template <class Change>
std::string mapped(std::string text, Change change) {
  std::transform(text.begin(), text.end(), text.begin(), change);
  return text;
}

// An IPv4 or IPv6 prefix as bytes, most significant first.
struct Prefix {
  std::array<unsigned char, 16> address{};
  unsigned bits = 0;    // of the prefix
  unsigned width = 32;  // of the address: 32 or 128
};

std::optional<Prefix> readPrefix(const std::string& text) {
  const std::size_t slash = text.find('/');
  Prefix prefix;
  const std::string host = text.substr(0, slash);
  const bool six = host.find(':') != std::string::npos;
  prefix.width = six ? 128 : 32;
  if (inet_pton(six ? AF_INET6 : AF_INET, host.c_str(), prefix.address.data()) != 1)
    return std::nullopt;
  prefix.bits = prefix.width;
  if (slash == std::string::npos) return prefix;
  const char* begin = text.data() + slash + 1;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(begin, end, prefix.bits);
  if (error != std::errc() || stop != end || prefix.bits > prefix.width) return std::nullopt;
  return prefix;
}

bool bitOf(const Prefix& prefix, unsigned index) {
  return (prefix.address[index / 8] >> (7 - index % 8) & 1) != 0;
}

void setBit(Prefix& prefix, unsigned index, bool value) {
  const auto mask = static_cast<unsigned char>(1u << (7 - index % 8));
  if (value) {
    prefix.address[index / 8] |= mask;
  } else {
    prefix.address[index / 8] &= static_cast<unsigned char>(~mask);
  }
}

// Writes `number` into the bits [from, to); false when it does not fit.
bool setBits(Prefix& prefix, unsigned from, unsigned to, std::uint64_t number) {
  for (unsigned i = to; i > from; --i) {
    setBit(prefix, i - 1, (number & 1) != 0);
    number >>= 1;
  }
  return number == 0;
}

std::string addressText(const Prefix& prefix) {
  char buffer[INET6_ADDRSTRLEN];
  inet_ntop(prefix.width == 128 ? AF_INET6 : AF_INET, prefix.address.data(), buffer, sizeof buffer);
  return buffer;
}

}  // namespace

Value Builtins::upper(const Args& args) {
  if (!wantText(args[0])) return Value::poison();
  return bytes(mapped(args[0].asText(),
                      [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }));
}

Value Builtins::lower(const Args& args) {
  if (!wantText(args[0])) return Value::poison();
  return bytes(mapped(args[0].asText(),
                      [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }));
}

Value Builtins::trim(const Args& args) {
  if (!wantText(args[0])) return Value::poison();
  const std::string& text = args[0].asText();
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return Value::ofString("");
  return bytes(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

Value Builtins::replace(const Args& args) {
  for (const Value& value : args) {
    if (!wantText(value)) return Value::poison();
  }
  const std::string& text = args[0].asText();
  const std::string& from = args[1].asText();
  if (from.empty()) return fail(args[1].at(), "the text to replace is empty");
  std::string out;
  std::size_t at = 0;
  for (std::size_t found = text.find(from); found != std::string::npos;
       found = text.find(from, at)) {
    out.append(text, at, found - at);
    out += args[2].asText();
    at = found + from.size();
    if (!e_.countBytes(args[2].asText().size(), name_at_)) return Value::poison();
  }
  return bytes(out.append(text, at));
}

Value Builtins::split(const Args& args) {
  if (!wantText(args[0]) || !wantText(args[1])) return Value::poison();
  const std::string& text = args[0].asText();
  const std::string& separator = args[1].asText();
  if (separator.empty()) return fail(args[1].at(), "the separator is empty");
  List out;
  std::size_t at = 0;
  for (std::size_t found = text.find(separator); found != std::string::npos;
       found = text.find(separator, at)) {
    out.push_back(Value::ofString(text.substr(at, found - at)).from(args[0].at()));
    at = found + separator.size();
  }
  out.push_back(Value::ofString(text.substr(at)).from(args[0].at()));
  return elements(std::move(out));
}

Value Builtins::join(const Args& args) {
  if (!want(args[0], ValueKind::List) || !wantText(args[1])) return Value::poison();
  std::string out;
  bool first = true;
  for (const Value& item : args[0].asList()) {
    if (item.is(ValueKind::Secret) || item.is(ValueKind::Ref) || item.is(ValueKind::List) ||
        item.is(ValueKind::Map))
      return wrongArgument(item, "a list of strings");
    if (!first) out += args[1].asText();
    first = false;
    out += item.is(ValueKind::String) ? item.asText() : item.str();
    if (!e_.countBytes(args[1].asText().size(), name_at_)) return Value::poison();
  }
  return bytes(std::move(out));
}

Value Builtins::startsWith(const Args& args) {
  if (!wantText(args[0]) || !wantText(args[1])) return Value::poison();
  return Value::of(args[0].asText().starts_with(args[1].asText()));
}

Value Builtins::endsWith(const Args& args) {
  if (!wantText(args[0]) || !wantText(args[1])) return Value::poison();
  return Value::of(args[0].asText().ends_with(args[1].asText()));
}

// Positions are code points.
Value Builtins::substring(const Args& args) {
  if (!wantText(args[0]) || !want(args[1], ValueKind::Int)) return Value::poison();
  if (args.size() == 3 && !want(args[2], ValueKind::Int)) return Value::poison();
  const std::string& text = args[0].asText();
  std::vector<std::size_t> starts;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) starts.push_back(i);
  }
  starts.push_back(text.size());
  const auto count = static_cast<std::int64_t>(starts.size() - 1);
  const std::int64_t from = std::clamp<std::int64_t>(args[1].asInt(), 0, count);
  const std::int64_t length =
      args.size() == 3 ? std::clamp<std::int64_t>(args[2].asInt(), 0, count - from) : count - from;
  const std::size_t begin = starts[static_cast<std::size_t>(from)];
  return bytes(text.substr(begin, starts[static_cast<std::size_t>(from + length)] - begin));
}

Value Builtins::toString(const Args& args) {
  const Value& value = args[0];
  if (value.is(ValueKind::Secret) || value.is(ValueKind::Ref))
    return wrongArgument(value, "a plain value");
  const bool text =
      value.is(ValueKind::String) || value.is(ValueKind::Enum) || value.is(ValueKind::Profile);
  return bytes(text ? value.asText() : value.str(e_.options_.limits.string_bytes));
}

Value Builtins::toInt(const Args& args) {
  if (args[0].is(ValueKind::Int)) return args[0];
  if (!wantText(args[0])) return Value::poison();
  const std::string& text = args[0].asText();
  std::int64_t number = 0;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || stop != text.data() + text.size())
    return fail(args[0].at(), "`" + text.substr(0, 40) + "` is no integer");
  return Value::ofInt(number);
}

Value Builtins::base64(const Args& args) {
  if (!wantText(args[0])) return Value::poison();
  const std::string& text = args[0].asText();
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(length));
  return bytes(std::move(out));
}

Value Builtins::sha256(const Args& args) {
  if (!wantText(args[0])) return Value::poison();
  return Value::ofString(source::sha256Hex(args[0].asText()));
}

Value Builtins::cidrSubnet(const Args& args) {
  if (!wantText(args[0]) || !want(args[1], ValueKind::Int) || !want(args[2], ValueKind::Int))
    return Value::poison();
  std::optional<Prefix> prefix = readPrefix(args[0].asText());
  if (!prefix)
    return fail(args[0].at(), "`" + args[0].asText() + "` is no CIDR prefix such as `10.0.0.0/8`");
  const std::int64_t new_bits = args[1].asInt();
  if (new_bits < 0 || new_bits > prefix->width - prefix->bits)
    return fail(args[1].at(), "a /" + std::to_string(prefix->bits) + " has no room for " +
                                  std::to_string(new_bits) + " more bits");
  const auto bits = prefix->bits + static_cast<unsigned>(new_bits);
  for (unsigned i = prefix->bits; i < prefix->width; ++i) setBit(*prefix, i, false);
  if (args[2].asInt() < 0 ||
      !setBits(*prefix, prefix->bits, bits, static_cast<std::uint64_t>(args[2].asInt()))) {
    return fail(args[2].at(), "there are only 2^" + std::to_string(new_bits) + " such subnets");
  }
  return Value::ofString(addressText(*prefix) + "/" + std::to_string(bits));
}

Value Builtins::cidrHost(const Args& args) {
  if (!wantText(args[0]) || !want(args[1], ValueKind::Int)) return Value::poison();
  std::optional<Prefix> prefix = readPrefix(args[0].asText());
  if (!prefix)
    return fail(args[0].at(), "`" + args[0].asText() + "` is no CIDR prefix such as `10.0.0.0/8`");
  if (args[1].asInt() < 0 ||
      !setBits(*prefix, prefix->bits, prefix->width, static_cast<std::uint64_t>(args[1].asInt()))) {
    return fail(args[1].at(), "the prefix has fewer addresses");
  }
  return Value::ofString(addressText(*prefix));
}

Value Builtins::cidrContains(const Args& args) {
  if (!wantText(args[0]) || !wantText(args[1])) return Value::poison();
  const std::optional<Prefix> outer = readPrefix(args[0].asText());
  const std::optional<Prefix> inner = readPrefix(args[1].asText());
  if (!outer) return fail(args[0].at(), "`" + args[0].asText() + "` is no CIDR prefix");
  if (!inner)
    return fail(args[1].at(), "`" + args[1].asText() + "` is neither an address nor a CIDR prefix");
  if (outer->width != inner->width || inner->bits < outer->bits) return Value::of(false);
  for (unsigned i = 0; i < outer->bits; ++i) {
    if (bitOf(*outer, i) != bitOf(*inner, i)) return Value::of(false);
  }
  return Value::of(true);
}

}  // namespace gpuspec::eval
