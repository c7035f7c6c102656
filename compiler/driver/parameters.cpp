#include "compiler/driver/parameters.h"

#include <charconv>
#include <cstdio>
#include <iterator>

#include "compiler/data/yaml_reader.h"
#include "lang/diag/catalogue.h"
#include "lang/source/check.h"

namespace gpuspec::driver {

namespace {

constexpr std::uint64_t kMaxBytes = 16u << 20;

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\' || c == '$') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20 && c != '\0') {
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\u{%x}", static_cast<unsigned>(c));
      out += escape;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

// A value of the file as the language writes it.
std::string spelled(const ir::Tree& tree) {
  if (tree.isNull()) return "null";
  if (tree.isBool()) return tree.asBool() ? "true" : "false";
  if (tree.isInt() && tree.asInt() == INT64_MIN) return "(-9223372036854775807 - 1)";
  if (tree.isInt()) return std::to_string(tree.asInt());
  if (tree.isDouble()) {
    // The language has no exponents; the smallest number takes 1076 digits, the largest 309.
    char buffer[1100];
    const auto written =
        std::to_chars(buffer, std::end(buffer), tree.asDouble(), std::chars_format::fixed);
    GPUSPEC_CHECK(written.ec == std::errc(), "a number is longer than any can be");
    return std::string(buffer, written.ptr);
  }
  if (tree.isString()) return quoted(tree.asString());
  std::string out = tree.isList() ? "[" : "{";
  bool first = true;
  const auto separate = [&] {
    if (!first) out += ", ";
    first = false;
  };
  if (tree.isList()) {
    for (const ir::Tree& item : tree.asList()) {
      separate();
      out += spelled(item);
    }
    return out + "]";
  }
  for (const auto& [key, item] : tree.asMap()) {
    separate();
    out += quoted(key) + " = " + spelled(item);
  }
  return out + "}";
}

}  // namespace

llvm::Expected<std::vector<eval::GivenParameter>> readParameters(const FileSystem& files,
                                                                 const std::string& path,
                                                                 source::SourceMap& sources,
                                                                 diag::Sink& sink) {
  llvm::Expected<std::string> text = files.read(path, kMaxBytes);
  if (!text)
    return llvm::createStringError(llvm::inconvertibleErrorCode(), "cannot read `%s`: %s",
                                   path.c_str(), llvm::toString(text.takeError()).c_str());
  const source::FileId file_id = sources.add(path, std::move(*text));
  const std::optional<std::vector<ir::Tree>> documents = data::readYaml(sources, file_id, sink);
  std::vector<eval::GivenParameter> out;
  if (!documents || documents->empty()) return out;
  if (!documents->front().isMap()) {
    sink.report(documents->front().location(), diag::TypeMismatch,
                std::string("a map of parameters"), std::string("something else"));
    return out;
  }
  for (const auto& [name, value] : documents->front().asMap()) {
    const std::string where =
        path + ":" + std::to_string(sources.begin(value.location().range).line);
    // A plain text may be meant as any type (`80GiB`, `4cpu`): the parameter's type decides.
    const bool text_value = value.isString();
    out.push_back(
        {name, text_value ? value.asString() : spelled(value), where, text_value, text_value});
  }
  return out;
}

}  // namespace gpuspec::driver
