#pragma once

// Reading and changing Kubernetes objects held as Trees. A path is a list of keys, because label
// keys hold dots.

#include <initializer_list>
#include <string>
#include <string_view>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::api {

using ir::Tree;
using Path = std::initializer_list<std::string_view>;

// nullptr when something on the way is absent.
const Tree* findAt(const Tree& tree, Path path);
Tree* findAt(Tree& tree, Path path);
// What is absent or of another type reads as the fallback.
const std::string& textAt(const Tree& tree, Path path);
std::int64_t intAt(const Tree& tree, Path path, std::int64_t fallback = 0);
bool flagAt(const Tree& tree, Path path, bool fallback = false);
const Tree::List& listAt(const Tree& tree, Path path);
const Tree::Map& mapAt(const Tree& tree, Path path);
// Sets the value, making maps on the way.
void setAt(Tree& tree, Path path, Tree value);
void eraseAt(Tree& tree, Path path);

const std::string& nameOf(const Tree& object);
const std::string& namespaceOf(const Tree& object);
const std::string& uidOf(const Tree& object);
bool isDeleting(const Tree& object);
bool hasFinalizer(const Tree& object, std::string_view finalizer);
bool hasFinalizers(const Tree& object);

// By meaning of JSON: the order of keys does not count.
bool same(const Tree& a, const Tree& b);
// RFC 3339 in UTC, seconds or microseconds.
std::string timestamp();
std::string microTimestamp();
std::string timestampAfter(std::int64_t seconds);
// A random (version 4) UUID.
std::string newUid();
// Lower-case letters and digits that spell nothing, as generateName's.
std::string randomSuffix(std::size_t length);

}  // namespace gpuspec::deploy::sandbox::api
