#pragma once

// Reading Kubernetes objects; internal to the library.

#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::verify {

using ir::Tree;
using Path = std::initializer_list<std::string_view>;

const Tree* below(const Tree& tree, Path path);   // nullptr: not there
std::string textAt(const Tree& tree, Path path);  // "" when it is no text
std::int64_t intAt(const Tree& tree, Path path);  // 0 when it is no number
// "8" for "8" and 8; "0" when there is none.
std::string amountAt(const Tree& tree, Path path, std::string_view key);
const std::vector<Tree>& listAt(const Tree& tree, Path path);  // empty when it is no list
std::string nameOf(const Tree& object);
// The condition of this type; nullptr when there is none.
const Tree* conditionOf(const Tree& object, std::string_view type);

std::string printable(std::string_view text);
std::string secondsText(std::int64_t milliseconds);  // "2.1 s"
std::string countText(std::size_t count, const std::string& noun);

// Calls work(0) ... work(count - 1), at most `parallel` at a time.
void forEach(std::size_t count, std::size_t parallel, const std::function<void(std::size_t)>& work);

}  // namespace gpuspec::deploy::verify
