#include "backends/deploy/verify/fields.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>

#include "compiler/ir/json.h"

namespace gpuspec::deploy::verify {

const Tree* below(const Tree& tree, Path path) {
  const Tree* at = &tree;
  for (const std::string_view key : path) {
    at = at->find(key);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string textAt(const Tree& tree, Path path) {
  const Tree* value = below(tree, path);
  return value != nullptr && value->isString() ? value->asString() : "";
}

std::int64_t intAt(const Tree& tree, Path path) {
  const Tree* value = below(tree, path);
  return value != nullptr && value->isInt() ? value->asInt() : 0;
}

std::string amountAt(const Tree& tree, Path path, std::string_view key) {
  const Tree* map = below(tree, path);
  const Tree* value = map != nullptr ? map->find(key) : nullptr;
  if (value == nullptr) return "0";
  return value->isString() ? value->asString() : ir::toJson(*value);
}

const std::vector<Tree>& listAt(const Tree& tree, Path path) {
  static const std::vector<Tree> kNone;
  const Tree* value = below(tree, path);
  return value != nullptr && value->isList() ? value->asList() : kNone;
}

std::string nameOf(const Tree& object) {
  return textAt(object, {"metadata", "name"});
}

const Tree* conditionOf(const Tree& object, std::string_view type) {
  for (const Tree& condition : listAt(object, {"status", "conditions"})) {
    if (textAt(condition, {"type"}) == type) return &condition;
  }
  return nullptr;
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = byte < 0x20 || byte == 0x7F;
    if (!control) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string secondsText(std::int64_t milliseconds) {
  return std::to_string(milliseconds / 1000) + "." + std::to_string(milliseconds / 100 % 10) + " s";
}

std::string countText(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

void forEach(std::size_t count, std::size_t parallel,
             const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  const auto run = [&] {
    for (std::size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::thread> threads;
  for (std::size_t i = 1; i < std::min(count, parallel); ++i) {
    try {
      threads.emplace_back(run);
    } catch (const std::system_error&) {  // the machine gives no more: those there are do it all
      break;
    }
  }
  run();
  for (std::thread& thread : threads) thread.join();
}

}  // namespace gpuspec::deploy::verify
