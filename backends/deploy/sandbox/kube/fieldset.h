#pragma once

// Sets of field paths, the algebra of server-side apply. A path element is written as in fieldsV1:
// "f:name", `k:{"name":"x"}`, `v:"x"`, "i:0".

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/deploy/sandbox/kube/schema.h"

namespace gpuspec::deploy::sandbox::api {

class FieldSet {
 public:
  bool empty() const { return children_.empty(); }
  // The child's set, made when absent.
  FieldSet& child(std::string_view element);
  const FieldSet* find(std::string_view element) const;
  // Whether the element itself belongs to the set, not only something below it.
  bool has(std::string_view element) const;
  void insert(std::string_view element);

  FieldSet united(const FieldSet& other) const;
  FieldSet without(const FieldSet& other) const;
  FieldSet intersected(const FieldSet& other) const;
  // With every named field of a struct on the way as a member.
  FieldSet withNamedFields(const Schema* schema) const;

  // Each member's path in messages: `.spec.containers[name="x"].image`.
  std::vector<std::string> paths() const;

  static FieldSet fromFieldsV1(const Tree& tree);
  Tree toFieldsV1() const;

  friend bool operator==(const FieldSet& a, const FieldSet& b);

 private:
  struct Child;
  friend bool operator==(const Child& a, const Child& b);
  Child& at(std::string_view element);
  void dropEmpty();
  void collect(const std::string& prefix, std::vector<std::string>& out) const;

  std::vector<Child> children_;  // by element
};

struct FieldSet::Child {
  std::string element;
  bool member = false;
  FieldSet below;
};

inline std::string fieldElement(std::string_view name) {
  return "f:" + std::string(name);
}

}  // namespace gpuspec::deploy::sandbox::api
