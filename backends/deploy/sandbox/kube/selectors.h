#pragma once

// Label and field selectors of lists and watches, and LabelSelectors inside objects.

#include <string>
#include <string_view>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/kube/registry.h"

namespace gpuspec::deploy::sandbox::api {

struct Requirement {
  enum class Operator : std::uint8_t {
    In,
    NotIn,
    Exists,
    Missing,
    Greater,
    Less
  } op = Operator::Exists;
  std::string key;
  std::vector<std::string> values;
};

struct Selector {
  std::vector<Requirement> labels;
  struct FieldTest {
    std::vector<std::string> path;
    std::string value;
    bool equal = true;
  };
  std::vector<FieldTest> fields;

  bool empty() const { return labels.empty() && fields.empty(); }
  bool matches(const Tree& object) const;
};

// 400 where a text cannot be read or the resource has no such field selector.
llvm::Expected<Selector> parseSelector(std::string_view labels, std::string_view fields,
                                       const ResourceInfo& resource);

// metav1.LabelSelector against labels (a map of strings, nullptr = none). A null selector matches
// nothing, an empty one everything.
bool selects(const Tree* label_selector, const Tree* labels);
// "app=x,tier in (a,b)"
std::string selectorText(const Tree& label_selector);

}  // namespace gpuspec::deploy::sandbox::api
