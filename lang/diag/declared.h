#pragma once

// Findings that are not in the catalogue: a vendor's plugin declares its own when it is loaded.
// From then on they are codes like any other: `@allow`, levels of policies and every renderer take
// them.

#include <string>
#include <vector>

#include "lang/diag/diagnostic.h"

namespace gpuspec::diag {

struct Declaration {
  std::string code;    // "ACME0001": letters, digits and `_`, then four digits; never "GS..."
  std::string name;    // "ClockTooHigh"
  std::string format;  // "{0}" style
  std::string page;    // Markdown, for `gpuspec explain`
  Level level = Level::Error;
  Kind kind = Kind::Hard;

  friend bool operator==(const Declaration&, const Declaration&) = default;
};

// Lives as long as the program. The same declaration gives the same finding again; another one with
// its code takes its place. Thread-safe.
const CodeInfo* declare(const Declaration& declaration);

// In the order of their codes.
std::vector<const CodeInfo*> declaredCodes();
// nullptr: it is in the catalogue, and so is its page.
const Declaration* declarationOf(const CodeInfo& info);
bool isDeclared(std::uint16_t code);
// nullptr: nobody declared it.
const CodeInfo* findDeclared(std::uint16_t number);
const CodeInfo* findDeclared(std::string_view code);

}  // namespace gpuspec::diag
