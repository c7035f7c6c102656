#pragma once

// Objects seen through their Schema: which fields they set, how two of them are joined and
// compared. The rules of server-side apply (KEP-555 and sigs.k8s.io/structured-merge-diff).

#include <string>
#include <vector>

#include "backends/deploy/sandbox/kube/fieldset.h"

namespace gpuspec::deploy::sandbox::api {

// How an item of a list with keys or of a set is called.
std::string itemElement(const Schema& list, const Tree& item);

// Every field that the object sets.
FieldSet fieldsOf(const Tree& object, const Schema& schema);

// `live` with everything that `config` says: scalars and atomic values from `config`, the rest
// joined.
Tree merged(const Tree& live, const Tree& config, const Schema& schema);

// Without the members of the set; maps and lists that lose their last item go as a whole.
Tree withoutFields(const Tree& object, const FieldSet& remove, const Schema& schema);

struct Comparison {
  FieldSet added, modified, removed;
  bool empty() const { return added.empty() && modified.empty() && removed.empty(); }
};
Comparison compare(const Tree& before, const Tree& after, const Schema& schema);

// What makes an applied configuration unusable: unknown fields, wrong types, duplicate keys; in the
// server's words, empty = good.
std::vector<std::string> typingErrors(const Tree& config, const Schema& schema);

}  // namespace gpuspec::deploy::sandbox::api
