#pragma once

// Strict reading of documents from outside. The first field that is wrong is remembered and
// everything read after it gives empty values, so that parsers stay straight lines and ask once at
// the end.

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <llvm/Support/Error.h>

#include "compiler/ir/tree.h"

namespace gpuspec::host {

struct Problem {
  std::string field;  // "pools[0].allocatable"; empty: none yet
  std::string what;   // "is missing", "is a string, not a number"
};

// One value of the document and its path. Copies are cheap; the document outlives it.
class Field {
 public:
  Field(const ir::Tree* tree, std::string path, Problem* problem)
      : tree_(tree), path_(std::move(path)), problem_(problem) {}

  const ir::Tree* tree() const { return tree_; }  // nullptr: absent
  bool present() const { return tree_ != nullptr && !tree_->isNull(); }
  Field operator[](std::string_view key) const;

  // Absent or null is a fault; the ...Or forms take their argument instead.
  std::string text() const;
  std::string textOr(std::string_view fallback) const;
  std::int64_t number(std::int64_t least, std::int64_t most) const;
  std::int64_t numberOr(std::int64_t fallback, std::int64_t least, std::int64_t most) const;
  bool flagOr(bool fallback) const;
  // Text that `accepts`; `form` tells what it should have been: "a label key".
  std::string textLike(bool (*accepts)(std::string_view), std::string_view form) const;

  void eachItem(const std::function<void(const Field&)>& visit) const;  // a list; absent is empty
  void eachEntry(const std::function<void(const std::string&, const Field&)>& visit)
      const;           // a map; absent is empty
  bool isMap() const;  // a fault when present and none

  void fail(std::string_view what) const;

 private:
  const ir::Tree* tree_;
  std::string path_;
  Problem* problem_;
};

// JSON text to a tree. Refuses nesting deeper than 100, which no document has.
llvm::Expected<ir::Tree> parseDocument(std::string_view text);

bool isResourceName(std::string_view text);  // "vendor.com/gpu"
bool isLabelKey(std::string_view text);
bool isLabelValue(std::string_view text);
bool isDnsLabel(std::string_view text);
bool isOneLine(std::string_view text);
bool isPluginName(std::string_view text);
bool isVersion(std::string_view text);  // "1.2.0-rc.1": one word

}  // namespace gpuspec::host
