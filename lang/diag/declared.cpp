#include "lang/diag/declared.h"

#include <deque>
#include <map>
#include <mutex>

#include "lang/source/check.h"

namespace gpuspec::diag {

namespace {

// Numbers that no code of the catalogue has.
constexpr std::uint16_t kFirst = 10000;

struct Entry {
  explicit Entry(const Declaration& given, std::uint16_t number) : declaration(given) {
    info = {number, declaration.name.c_str(), declaration.level, declaration.kind,
            declaration.format.c_str()};
  }
  Entry(const Entry&) = delete;

  const Declaration declaration;
  CodeInfo info;
};

class Registry {
 public:
  static Registry& instance() {
    static Registry registry;
    return registry;
  }

  const CodeInfo* add(const Declaration& declaration) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = by_code_.find(declaration.code);
    if (found != by_code_.end() && found->second->declaration == declaration)
      return &found->second->info;
    GPUSPEC_CHECK(entries_.size() < UINT16_MAX - kFirst, "too many findings were declared");
    const Entry& entry =
        entries_.emplace_back(declaration, static_cast<std::uint16_t>(kFirst + entries_.size()));
    by_code_[declaration.code] = &entry;
    return &entry.info;
  }

  const Entry* find(std::uint16_t number) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const std::size_t index = static_cast<std::size_t>(number) - kFirst;
    return number >= kFirst && index < entries_.size() ? &entries_[index] : nullptr;
  }

  const Entry* find(std::string_view code) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = by_code_.find(code);
    return found == by_code_.end() ? nullptr : found->second;
  }

  std::vector<const CodeInfo*> all() {
    const std::lock_guard<std::mutex> lock(mutex_);
    std::vector<const CodeInfo*> out;
    for (const auto& [code, entry] : by_code_) out.push_back(&entry->info);
    return out;
  }

 private:
  std::mutex mutex_;
  std::deque<Entry> entries_;  // findings point into it
  std::map<std::string, const Entry*, std::less<>> by_code_;
};

}  // namespace

const CodeInfo* declare(const Declaration& declaration) {
  return Registry::instance().add(declaration);
}

std::vector<const CodeInfo*> declaredCodes() {
  return Registry::instance().all();
}

const Declaration* declarationOf(const CodeInfo& info) {
  const Entry* entry = Registry::instance().find(info.code);
  return entry != nullptr ? &entry->declaration : nullptr;
}

bool isDeclared(std::uint16_t code) {
  return code >= kFirst;
}

const CodeInfo* findDeclared(std::uint16_t number) {
  const Entry* entry = Registry::instance().find(number);
  return entry != nullptr ? &entry->info : nullptr;
}

const CodeInfo* findDeclared(std::string_view code) {
  const Entry* entry = Registry::instance().find(code);
  return entry != nullptr ? &entry->info : nullptr;
}

}  // namespace gpuspec::diag
