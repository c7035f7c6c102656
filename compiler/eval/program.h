#pragma once

// What evaluation leaves behind: every declaration that exists once loops, conditions and modules
// are expanded, each attribute evaluated and checked against the schema table. `sema` turns it into
// ir::Spec.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/eval/value.h"

namespace gpuspec::eval {

struct Attribute {
  std::string name;
  std::string label;        // Labelled: group "x" = edit
  std::vector<Value> args;  // Call: gpu(pool.h100) = 8
  Value value;              // already of the row's type; never Null (a null attribute is absent)
  source::Location name_at;
};

// `allow egress to cidr "10.0.0.0/8" except ["10.1.0.0/16"] port [443, 8443]` and `scale_on
// gpu_utilization > 70%`
struct Phrase {
  std::string word;       // allow, scale_on
  std::string direction;  // allow: ingress, egress
  std::string peer;       // allow: dns self internet kubernetes_api team namespace pods cidr fqdn
  Value target;  // allow: a Ref (team), a String (namespace, cidr, fqdn), a Map (pods) or Null
  Value except;  // allow: a List of strings, or Null
  Value port;    // allow: an Int, a Range or a List of both, or Null
  std::string metric;   // scale_on
  std::string op;       // scale_on: > >= < <=
  Value threshold;      // scale_on
  source::Location at;  // the whole phrase
  source::Location peer_at;
};

struct Block {
  std::string kind;     // "pool", or inside another block its name: "network"
  std::string module;   // "" for the entry module, "eastus" for an instance
  std::string label;    // "" when the kind takes none
  source::Location at;  // the label, or the kind when there is none
  source::Location kind_at;
  source::Location body_at;  // the whole declaration
  std::string doc;           // from `///`
  bool broken = false;  // a syntax error was reported inside: what is missing may have been written
  std::vector<Attribute> attributes;  // in the order written, loops and conditions expanded
  std::vector<Block> blocks;
  std::vector<Phrase> phrases;

  const Attribute* find(std::string_view name) const;  // the first of that name
  const Block* child(std::string_view kind) const;
  // nullptr when the attribute is absent or poisoned.
  const Value* value(std::string_view name) const;
  bool poisoned(std::string_view name) const;
};

struct NamedValue {
  std::string name;
  std::string module;
  Value value;
  source::Location at;
};

struct Program {
  std::string project;  // "" when none was written
  source::Location project_at;
  std::string environment;
  bool incomplete = false;    // a limit ended the evaluation, and was reported: nothing can be said
                              // of what is missing
  std::vector<Block> blocks;  // index = BlockId; order is not meaningful
  std::vector<NamedValue> outputs;  // of the entry module, sorted by name
  std::vector<bool> left_out;       // by BlockId, or empty; see sound_part.h

  const Block& operator[](BlockId id) const { return blocks[id.index]; }
  std::set<std::string> kindsLeftOut() const;
  // Sorted by module, then label; without what is left out.
  std::vector<BlockId> ofKind(std::string_view kind) const;
};

}  // namespace gpuspec::eval
