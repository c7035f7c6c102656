#include "backends/deploy/sandbox/arm/text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <ctime>

#include <llvm/Support/Base64.h>
#include <openssl/rand.h>

namespace gpuspec::deploy::sandbox::arm {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& letter : out)
    letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return out;
}

bool sameName(std::string_view a, std::string_view b) {
  return a.size() == b.size() && lower(a) == lower(b);
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string join(const std::vector<std::string>& parts, std::string_view separator) {
  std::string out;
  for (const std::string& part : parts) {
    if (&part != &parts.front()) out += separator;
    out += part;
  }
  return out;
}

std::string base64(std::string_view bytes) {
  return llvm::encodeBase64(bytes);
}

std::optional<std::string> fromBase64(std::string_view text) {
  std::vector<char> bytes;
  if (llvm::Error error = llvm::decodeBase64(text, bytes)) {
    llvm::consumeError(std::move(error));
    return std::nullopt;
  }
  return std::string(bytes.begin(), bytes.end());
}

std::string urlEncode(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    if (std::isalnum(byte) || std::string_view("-_.~").find(letter) != std::string_view::npos) {
      out += letter;
    } else {
      char code[4];
      std::snprintf(code, sizeof code, "%%%02X", byte);
      out += code;
    }
  }
  return out;
}

std::string newId() {
  std::array<unsigned char, 16> bytes{};
  RAND_bytes(bytes.data(), static_cast<int>(bytes.size()));
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3f) | 0x80);
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    char code[3];
    std::snprintf(code, sizeof code, "%02x", bytes[i]);
    out += code;
  }
  return out;
}

std::string nowText() {
  return timeText(std::chrono::system_clock::now());
}

std::string timeText(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  const auto milliseconds =
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count() % 1000;
  std::tm utc{};
  gmtime_r(&seconds, &utc);
  char date[32], text[48];
  std::strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
  std::snprintf(text, sizeof text, "%s.%03dZ", date, static_cast<int>(milliseconds));
  return text;
}

std::string regionName(std::string_view location) {
  std::string out = lower(location);
  std::erase(out, ' ');
  return out;
}

const Tree* at(const Tree& tree, std::string_view dotted) {
  const Tree* node = &tree;
  while (node != nullptr && !dotted.empty()) {
    const std::size_t dot = std::min(dotted.find('.'), dotted.size());
    node = node->find(dotted.substr(0, dot));
    dotted.remove_prefix(std::min(dot + 1, dotted.size()));
  }
  return node;
}

std::string textAt(const Tree& tree, std::string_view dotted) {
  const Tree* node = at(tree, dotted);
  return node != nullptr && node->isString() ? node->asString() : "";
}

bool flagAt(const Tree& tree, std::string_view dotted) {
  const Tree* node = at(tree, dotted);
  return node != nullptr && node->isBool() && node->asBool();
}

std::optional<std::int64_t> numberAt(const Tree& tree, std::string_view dotted) {
  const Tree* node = at(tree, dotted);
  return node != nullptr && node->isInt() ? std::optional(node->asInt()) : std::nullopt;
}

void copyField(const Tree& from, Tree& to, std::string_view key) {
  if (const Tree* value = from.find(key)) to.set(key, *value);
}

}  // namespace gpuspec::deploy::sandbox::arm
