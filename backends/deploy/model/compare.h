#pragma once

// Equality by meaning: quantities ("1000m" = 1), durations, defaulted fields, Azure's spelling.
// Paths are keys joined by dots, without list positions: "spec.hard.requests.cpu".

#include <string>
#include <string_view>
#include <vector>

#include "backends/deploy/model/resource.h"

namespace gpuspec::deploy::model {

// Kubernetes quantities, compared as exact values: 0.1 and 100m; 1Gi, 1073741824 and "1024Mi".
// False when either is none.
bool sameQuantity(std::string_view a, std::string_view b);
// a < b; nullopt when either is no quantity.
std::optional<bool> lessQuantity(std::string_view a, std::string_view b);

// Lists whose order has no meaning.
bool isSet(System system, std::string_view path);
// Scalars, and lists whose order has no meaning.
bool sameValue(System system, std::string_view kind, std::string_view path, const Tree& a,
               const Tree& b);

// What identifies an item of a list that is a map ({"name"}, {"containerPort", "protocol"}); empty
// = the list is one value.
std::vector<std::string> listKeys(System system, std::string_view kind, std::string_view path);
// The values of these keys, as the API server would have defaulted them.
Tree listKeysOf(const Tree& item, const std::vector<std::string>& keys);
// Whether `item` has the values of `keys`, defaulted in the same way.
bool hasListKeys(const Tree& item, const Tree& keys);

// Null, false, 0, "" and empty maps and lists: what APIs leave out when they answer.
bool isZero(const Tree& value);
// Whether having `value` there means the same as having nothing there. An empty selector selects
// everything, a quantity of 0 is a limit, a label may have an empty value, and a custom resource
// keeps what was written.
bool isSameAsAbsent(System system, std::string_view kind, std::string_view path, const Tree& value);

// Whether the API server writes `value` there by itself when nobody else does. `item` is the map
// around the field.
bool isServerDefault(std::string_view kind, std::string_view path, const Tree& value,
                     const Tree& item);

// Whether more than what gpuspec writes counts as drift at this path: what opens a door
// (NetworkPolicy, RBAC, quota, limits, admission).
bool isGuarded(std::string_view kind, std::string_view path);
bool isGuardedKind(std::string_view kind);  // anything of it

// The property of a Kubernetes object that cannot change once it is there.
bool isImmutable(std::string_view kind, std::string_view path);

}  // namespace gpuspec::deploy::model
