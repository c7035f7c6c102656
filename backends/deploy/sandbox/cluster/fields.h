#pragma once

// Reading and comparing Kubernetes objects held as Trees. A path is a list of keys, because label
// keys hold dots.

#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/ir/tree.h"

namespace gpuspec::deploy::sandbox::live {

using ir::Tree;
using Path = std::initializer_list<std::string_view>;
using Labels = std::map<std::string, std::string, std::less<>>;

// nullptr when something on the way is absent.
const Tree* findAt(const Tree& tree, Path path);
// What is absent or of another type reads as the fallback.
std::string textAt(const Tree& tree, Path path, std::string_view fallback = {});
std::int64_t intAt(const Tree& tree, Path path, std::int64_t fallback = 0);
bool flagAt(const Tree& tree, Path path, bool fallback = false);
const Tree::List& listAt(const Tree& tree, Path path);
const Tree::Map& mapAt(const Tree& tree, Path path);
// The strings of a list.
std::vector<std::string> textsAt(const Tree& tree, Path path);
// Sets the value, making maps on the way.
void setAt(Tree& tree, Path path, Tree value);

std::string nameOf(const Tree& object);
std::string namespaceOf(const Tree& object);  // "" for what has none
std::string uidOf(const Tree& object);
bool isDeleting(const Tree& object);
Labels labelsAt(const Tree& tree, Path path);
Labels labelsOf(const Tree& object);
std::string annotationOf(const Tree& object, std::string_view key);
bool hasFinalizer(const Tree& object, std::string_view finalizer);
Tree mapTree(const Labels& labels);

// The owner that is marked as the controller; nullptr = none.
const Tree* controllerOf(const Tree& object);
bool isControlledBy(const Tree& object, const Tree& owner);
Tree ownerReference(const Tree& owner, std::string_view api_version, std::string_view kind);

// By meaning: the order of keys does not count, and an absent key is null.
bool same(const Tree& a, const Tree& b);
// The parts of `wanted` that `current` does not have; null = nothing.
Tree differences(const Tree& current, const Tree& wanted);
// Eight to ten letters and digits that stand for the value, whatever the order of its keys.
std::string hashOf(const Tree& tree);
std::uint64_t hashOf(std::string_view text);

// {status.conditions}: the condition's status, "" = not there.
std::string conditionStatus(const Tree& object, std::string_view type);
// Adds or changes one condition of a list; its transition time moves only with its status.
void setCondition(Tree& conditions, std::string_view type, std::string_view status,
                  std::string_view reason, std::string_view message, const std::string& now);

// A count or a percentage ("25%") of `total`.
std::int64_t scaled(const Tree* value, std::int64_t total, bool round_up, std::int64_t fallback);

}  // namespace gpuspec::deploy::sandbox::live
