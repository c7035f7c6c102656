#include "backends/deploy/sandbox/kube/fields.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <random>

namespace gpuspec::deploy::sandbox::api {
namespace {

const std::string kNoText;
const Tree::List kNoList;
const Tree::Map kNoMap;

std::mt19937_64& generator() {
  thread_local std::mt19937_64 engine = [] {
    std::random_device device;
    std::seed_seq seed{device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  return engine;
}

bool sameMaps(const Tree::Map& a, const Tree& b) {
  if (a.size() != b.asMap().size()) return false;
  return std::all_of(a.begin(), a.end(), [&b](const Tree::Entry& entry) {
    const Tree* other = b.find(entry.first);
    return other != nullptr && same(entry.second, *other);
  });
}

std::string formatTime(std::chrono::system_clock::time_point time, bool micro) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::string out = text.data();
  if (micro) {
    const auto rest = std::chrono::duration_cast<std::chrono::microseconds>(
                          time - std::chrono::system_clock::from_time_t(seconds))
                          .count();
    std::snprintf(text.data(), text.size(), ".%06d", static_cast<int>(rest));
    out += text.data();
  }
  return out + "Z";
}

}  // namespace

const Tree* findAt(const Tree& tree, Path path) {
  const Tree* at = &tree;
  for (std::string_view key : path) {
    at = at->find(key);
    if (at == nullptr) return nullptr;
  }
  return at;
}

Tree* findAt(Tree& tree, Path path) {
  return const_cast<Tree*>(findAt(static_cast<const Tree&>(tree), path));
}

const std::string& textAt(const Tree& tree, Path path) {
  const Tree* at = findAt(tree, path);
  return at != nullptr && at->isString() ? at->asString() : kNoText;
}

std::int64_t intAt(const Tree& tree, Path path, std::int64_t fallback) {
  const Tree* at = findAt(tree, path);
  return at != nullptr && at->isInt() ? at->asInt() : fallback;
}

bool flagAt(const Tree& tree, Path path, bool fallback) {
  const Tree* at = findAt(tree, path);
  return at != nullptr && at->isBool() ? at->asBool() : fallback;
}

const Tree::List& listAt(const Tree& tree, Path path) {
  const Tree* at = findAt(tree, path);
  return at != nullptr && at->isList() ? at->asList() : kNoList;
}

const Tree::Map& mapAt(const Tree& tree, Path path) {
  const Tree* at = findAt(tree, path);
  return at != nullptr && at->isMap() ? at->asMap() : kNoMap;
}

void setAt(Tree& tree, Path path, Tree value) {
  Tree* at = &tree;
  for (std::string_view key : path) {
    if (!at->isMap()) *at = Tree::map();
    at = &at->at(key);
  }
  *at = std::move(value);
}

void eraseAt(Tree& tree, Path path) {
  Tree* at = &tree;
  for (auto key = path.begin(); key + 1 < path.end(); ++key) {
    at = at->find(*key);
    if (at == nullptr) return;
  }
  if (at->isMap()) at->erase(*(path.end() - 1));
}

const std::string& nameOf(const Tree& object) {
  return textAt(object, {"metadata", "name"});
}

const std::string& namespaceOf(const Tree& object) {
  return textAt(object, {"metadata", "namespace"});
}

const std::string& uidOf(const Tree& object) {
  return textAt(object, {"metadata", "uid"});
}

bool isDeleting(const Tree& object) {
  return !textAt(object, {"metadata", "deletionTimestamp"}).empty();
}

bool hasFinalizer(const Tree& object, std::string_view finalizer) {
  const Tree::List& all = listAt(object, {"metadata", "finalizers"});
  return std::find(all.begin(), all.end(), Tree(finalizer)) != all.end();
}

bool hasFinalizers(const Tree& object) {
  return !listAt(object, {"metadata", "finalizers"}).empty();
}

bool same(const Tree& a, const Tree& b) {
  if (a.isMap() && b.isMap()) return sameMaps(a.asMap(), b);
  if (a.isList() && b.isList()) {
    return std::equal(a.asList().begin(), a.asList().end(), b.asList().begin(), b.asList().end(),
                      same);
  }
  if (a.isInt() && b.isDouble()) return static_cast<double>(a.asInt()) == b.asDouble();
  if (a.isDouble() && b.isInt()) return a.asDouble() == static_cast<double>(b.asInt());
  return a == b;
}

std::string timestamp() {
  return formatTime(std::chrono::system_clock::now(), false);
}

std::string microTimestamp() {
  return formatTime(std::chrono::system_clock::now(), true);
}

std::string timestampAfter(std::int64_t seconds) {
  return formatTime(std::chrono::system_clock::now() + std::chrono::seconds(seconds), false);
}

std::string newUid() {
  const std::uint64_t high = (generator()() & ~0xf000ULL) | 0x4000ULL;
  const std::uint64_t low = (generator()() & ~(3ULL << 62)) | (2ULL << 62);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(high >> 32), static_cast<unsigned>(high >> 16 & 0xffff),
                static_cast<unsigned>(high & 0xffff), static_cast<unsigned>(low >> 48),
                static_cast<unsigned long long>(low & 0xffffffffffffULL));
  return text.data();
}

std::string randomSuffix(std::size_t length) {
  constexpr std::string_view kLetters = "bcdfghjklmnpqrstvwxz2456789";
  std::uniform_int_distribution<std::size_t> pick(0, kLetters.size() - 1);
  std::string out;
  while (out.size() < length) out += kLetters[pick(generator())];
  return out;
}

}  // namespace gpuspec::deploy::sandbox::api
