#pragma once

// A value of JSON's shape with ordered keys, where every node knows the place in the spec that made
// it. Emitters build Trees, `backends/artifact` writes them as JSON or YAML and keeps the places
// for `gpuspec blame`.

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lang/source/source_map.h"

namespace gpuspec::ir {

class Tree {
 public:
  using List = std::vector<Tree>;
  using Entry = std::pair<std::string, Tree>;
  using Map = std::vector<Entry>;  // in the order written; keys are unique

  Tree() = default;
  Tree(std::nullptr_t) {}
  Tree(bool value) : value_(value) {}
  Tree(std::int64_t value) : value_(value) {}
  Tree(int value) : value_(static_cast<std::int64_t>(value)) {}
  Tree(double value) : value_(value) {}
  Tree(std::string value) : value_(std::move(value)) {}
  Tree(std::string_view value) : value_(std::string(value)) {}
  Tree(const char* value) : value_(std::string(value)) {}
  Tree(List value) : value_(std::move(value)) {}
  Tree(Map value) : value_(std::move(value)) {}
  static Tree list() { return Tree(List{}); }
  static Tree map() { return Tree(Map{}); }
  static Tree strings(const std::vector<std::string>& items);

  bool isNull() const { return std::holds_alternative<std::monostate>(value_); }
  bool isBool() const { return std::holds_alternative<bool>(value_); }
  bool isInt() const { return std::holds_alternative<std::int64_t>(value_); }
  bool isDouble() const { return std::holds_alternative<double>(value_); }
  bool isString() const { return std::holds_alternative<std::string>(value_); }
  bool isList() const { return std::holds_alternative<List>(value_); }
  bool isMap() const { return std::holds_alternative<Map>(value_); }

  // Preconditions: the matching is...() holds.
  bool asBool() const { return std::get<bool>(value_); }
  std::int64_t asInt() const { return std::get<std::int64_t>(value_); }
  double asDouble() const { return std::get<double>(value_); }
  const std::string& asString() const { return std::get<std::string>(value_); }
  const List& asList() const { return std::get<List>(value_); }
  const Map& asMap() const { return std::get<Map>(value_); }
  List& asList() { return std::get<List>(value_); }
  Map& asMap() { return std::get<Map>(value_); }

  // nullptr when this is no map or has no such key.
  const Tree* find(std::string_view key) const;
  Tree* find(std::string_view key);
  // Adds or replaces; makes a map of a null tree. Returns *this for chaining.
  Tree& set(std::string_view key, Tree value);
  // The child, made as null when absent; makes a map of a null tree.
  Tree& at(std::string_view key);
  // "properties.networkProfile.networkPolicy": sets through maps made on the way. Keys hold no
  // dots.
  Tree& setPath(std::string_view dotted, Tree value);
  // Makes a list of a null tree.
  Tree& push(Tree item);
  void erase(std::string_view key);
  // Maps merge key by key, everything else is replaced (Helm's rule); null in `patch` deletes the
  // key.
  void merge(const Tree& patch);
  bool empty() const;  // null, empty map, empty list, empty string

  const source::Location& location() const { return location_; }
  Tree& from(const source::Location& location) &;
  Tree&& from(const source::Location& location) &&;
  // A comment that YAML writes above this node; one line, no line break.
  const std::string& comment() const { return comment_; }
  Tree& note(std::string text) &;
  Tree&& note(std::string text) &&;

  // Same shape and values; places and comments do not count.
  friend bool operator==(const Tree& a, const Tree& b) { return a.value_ == b.value_; }

 private:
  std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Map> value_;
  source::Location location_;
  std::string comment_;
};

}  // namespace gpuspec::ir
