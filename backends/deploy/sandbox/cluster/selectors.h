#pragma once

// Label selectors, node selectors and tolerations.

#include "backends/deploy/sandbox/cluster/fields.h"

namespace gpuspec::deploy::sandbox::live {

// metav1.LabelSelector: matchLabels and matchExpressions. Null matches nothing, empty everything.
bool matches(const Tree* label_selector, const Labels& labels);
// A plain map of labels, as in Services; empty matches nothing.
bool matchesMap(const Tree* selector, const Labels& labels);

// A v1.NodeSelectorTerm against a node: all its expressions and fields. An empty one matches none.
bool matchesTerm(const Tree& term, const Tree& node);
// spec.nodeSelector and the required part of spec.affinity.nodeAffinity.
bool matchesNode(const Tree& pod, const Tree& node);
// The weights of the preferred terms that match.
std::int64_t preferenceFor(const Tree& pod, const Tree& node);

bool tolerates(const Tree& pod, const Tree& taint);
// The first taint with one of the effects that the pod does not tolerate; nullptr = none.
const Tree* untolerated(const Tree& pod, const Tree& node,
                        std::initializer_list<std::string_view> effects);

}  // namespace gpuspec::deploy::sandbox::live
