// Paths: kinds, modules and libraries by name, then the members and elements of values.

#include <algorithm>

#include "compiler/eval/evaluator.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

namespace {

// `a.b["c"].d`: the base, and each Member or Index node from the inside out.
NodeId flatten(const syntax::Tree& tree, NodeId node, std::vector<NodeId>& steps) {
  while (tree[node].kind == NodeKind::Member || tree[node].kind == NodeKind::Index) {
    steps.push_back(node);
    node = tree.child(node, 0);
  }
  std::reverse(steps.begin(), steps.end());
  return node;
}

bool onlyNames(const syntax::Tree& tree, const std::vector<NodeId>& steps) {
  return std::all_of(steps.begin(), steps.end(),
                     [&](NodeId step) { return tree[step].kind == NodeKind::Member; });
}

}  // namespace

std::optional<std::string> Evaluator::stepText(const Code& code, NodeId step, Location& place) {
  const NodeId key = code.tree->child(step, 1);
  place = at(*code.tree, key, code.scope);
  if ((*code.tree)[step].kind == NodeKind::Member) return code.tree->name(key);
  const Value value = eval({code.tree, key, code.scope});
  if (value.isPoison()) return std::nullopt;
  if (value.is(ValueKind::String) || value.is(ValueKind::Enum) || value.is(ValueKind::Profile))
    return value.asText();
  if (value.is(ValueKind::Int)) return std::to_string(value.asInt());
  sink_.report(place, diag::TypeMismatch, std::string("a name"),
               std::string(kindName(value.kind())));
  return std::nullopt;
}

Value Evaluator::resolveIn(ModuleInstance& module, const Code& code,
                           const std::vector<NodeId>& steps, std::size_t next) {
  if (next >= steps.size()) {
    sink_
        .report(at(code), diag::WrongForm, std::string(code.tree->text(code.node)),
                std::string("a module"), std::string("a value"))
        .help("write what is meant of it: `" + std::string(code.tree->text(code.node)) +
              ".pool.name`");
    return Value::poison();
  }
  Location name_at;
  const std::optional<std::string> name = stepText(code, steps[next], name_at);
  if (!name) return Value::poison();
  if (isKind(*name)) {
    if (next + 1 >= steps.size()) return kindAsMap(module, *name, name_at);
    Location label_at;
    const std::optional<std::string> label = stepText(code, steps[next + 1], label_at);
    if (!label) return Value::poison();
    return applySteps(blockByLabel(module, *name, *label, label_at), code, steps, next + 2);
  }
  for (auto* values : {&module.outputs, module.library ? &module.lets : &module.outputs}) {
    if (const auto found = values->find(*name); found != values->end()) {
      return applySteps(force(found->second, *name, nullptr, name_at), code, steps, next + 1);
    }
  }
  if (!module.library) expandKind(module, "module", name_at);
  if (const auto found = module.instances.find(*name); found != module.instances.end())
    return resolveIn(*found->second, code, steps, next + 1);
  if (mayBeLost(module, true) || module.lost_instances.contains(*name)) return Value::poison();
  auto report = sink_.report(
      name_at, diag::UnknownMember,
      std::string(module.library ? "this library" : "module `" + module.path + "`"), *name);
  std::vector<std::string> candidates;
  for (const auto& entry : module.outputs) candidates.push_back(entry.first);
  if (module.library) {
    for (const auto& entry : module.lets) candidates.push_back(entry.first);
  } else if (module.lets.contains(*name)) {
    report.help("only outputs are seen from outside: write `output " + *name +
                " = ...` in the module");
  }
  const std::vector<std::string> near = diag::nearest(*name, candidates);
  if (!near.empty()) report.fix("did you mean `" + near[0] + "`?", {{name_at.range, near[0]}});
  return Value::poison();
}

Value Evaluator::evalPath(const Code& code, const Type* expected) {
  std::vector<NodeId> steps;
  const NodeId base = flatten(*code.tree, code.node, steps);
  const Code base_code{code.tree, base, code.scope};
  if ((*code.tree)[base].kind != NodeKind::Name) return applySteps(eval(base_code), code, steps, 0);
  const std::string name = code.tree->name(base);
  const Location here = at(base_code);
  if (hasVariable(code.scope, name)) return applySteps(eval(base_code), code, steps, 0);
  if (code.scope != nullptr) {
    ModuleInstance& module = *code.scope->module;
    if (name == "module") {
      expandKind(module, "module", here);
      Location label_at;
      const std::optional<std::string> label = stepText(code, steps[0], label_at);
      if (!label) return Value::poison();
      const auto found = module.instances.find(*label);
      if (found != module.instances.end()) return resolveIn(*found->second, code, steps, 1);
      if (mayBeLost(module, true) || module.lost_instances.contains(*label)) return Value::poison();
      auto report = sink_.report(label_at, diag::UnknownBlock, std::string("module"), *label);
      std::vector<std::string> candidates;
      for (const auto& entry : module.instances) candidates.push_back(entry.first);
      const std::vector<std::string> near = diag::nearest(*label, candidates);
      if (!near.empty()) report.help("did you mean `" + near[0] + "`?");
      return Value::poison();
    }
    if (const auto found = module.aliases.find(name); found != module.aliases.end()) {
      module.used.insert(name);
      return resolveIn(*found->second, code, steps, 0);
    }
    if (isKind(name)) {
      Location label_at;
      const std::optional<std::string> label = stepText(code, steps[0], label_at);
      if (!label) return Value::poison();
      return applySteps(blockByLabel(module, name, *label, label_at), code, steps, 1);
    }
    expandKind(module, "module", here);
    if (const auto found = module.instances.find(name); found != module.instances.end())
      return resolveIn(*found->second, code, steps, 0);
    if (module.lost_instances.contains(name)) return Value::poison();
  }
  if (expected != nullptr && expected->accepts(schema::TypeKind::Name) &&
      onlyNames(*code.tree, steps)) {
    return Value::ofEnum(std::string(code.tree->text(code.node)));
  }
  reportUnknownName(base_code, name, nullptr);
  return Value::poison();
}

Value Evaluator::applySteps(Value value, const Code& code, const std::vector<NodeId>& steps,
                            std::size_t next) {
  for (; next < steps.size() && !value.isPoison(); ++next) {
    const NodeId step = steps[next];
    const NodeId key = code.tree->child(step, 1);
    if ((*code.tree)[step].kind == NodeKind::Member) {
      value = memberOf(value, code.tree->name(key), at(*code.tree, key, code.scope));
      continue;
    }
    const Value index = eval({code.tree, key, code.scope});
    if (index.isPoison()) return index;
    if (value.is(ValueKind::List) && index.is(ValueKind::Int)) {
      const auto size = static_cast<std::int64_t>(value.asList().size());
      if (index.asInt() < 0 || index.asInt() >= size) {
        sink_
            .report(index.at(), diag::UnknownElement, "a list of " + std::to_string(size),
                    std::to_string(index.asInt()))
            .help("the first element is `[0]`");
        return Value::poison();
      }
      value = Value(value.asList()[static_cast<std::size_t>(index.asInt())]);
    } else if ((value.is(ValueKind::Map) || value.is(ValueKind::Ref)) &&
               (index.is(ValueKind::String) || index.is(ValueKind::Enum) ||
                index.is(ValueKind::Profile))) {
      value = memberOf(value, index.asText(), index.at());
    } else {
      sink_.report(index.at(), diag::OperandMismatch, std::string("[ ]"),
                   std::string(kindName(value.kind())), std::string(kindName(index.kind())));
      return Value::poison();
    }
  }
  return value;
}

Value Evaluator::memberOf(const Value& value, const std::string& name, const Location& name_at) {
  if (value.is(ValueKind::Ref)) return attributeOf(value.asRef(), name, name_at);
  if (value.is(ValueKind::Range) || value.is(ValueKind::Fit)) {
    if (name == "min") return Value::ofInt(value.asRange().first);
    if (name == "max") return Value::ofInt(value.asRange().last);
  }
  if (value.is(ValueKind::Counted)) {
    if (name == "count") return Value::ofInt(value.asCounted().count);
    if (name == "profile") return Value::ofProfile(value.asCounted().profile);
  }
  if (value.is(ValueKind::Map)) {
    if (const Value* found = value.find(name)) return *found;
    auto report = sink_.report(name_at, diag::UnknownMember, std::string("this map"), name);
    std::vector<std::string> keys;
    for (const auto& entry : value.asMap()) keys.push_back(entry.first);
    const std::vector<std::string> near = diag::nearest(name, keys);
    if (!near.empty()) {
      report.fix("did you mean `" + near[0] + "`?", {{name_at.range, near[0]}});
    } else {
      report.fact("it is " + value.str(100));
      report.help("lookup(map, \"" + name + "\", default) gives a default for what may be missing");
    }
    return Value::poison();
  }
  sink_.report(name_at, diag::UnknownMember, std::string(kindName(value.kind())), name);
  return Value::poison();
}

Value Evaluator::kindAsMap(ModuleInstance& module, const std::string& kind, const Location& here) {
  if (module.misnamed.contains(kind)) return Value::poison();
  expandKind(module, kind, here);
  Map out;
  for (const auto& [label, id] : module.kinds[kind].by_label)
    out.emplace_back(label, Value::ofRef(id).from(declarations_[id.index].at));
  return Value::ofMap(std::move(out));
}

Value Evaluator::blockByLabel(ModuleInstance& module, const std::string& kind,
                              const std::string& label, const Location& here) {
  if (module.misnamed.contains(kind)) return Value::poison();
  expandKind(module, kind, here);
  const KindTable& table = module.kinds[kind];
  if (const auto found = table.by_label.find(label); found != table.by_label.end())
    return Value::ofRef(found->second);
  if (mayBeLost(module, true) || exhausted_) return Value::poison();
  auto report = sink_.report(here, diag::UnknownBlock, kind, label);
  std::vector<std::string> labels;
  for (const auto& entry : table.by_label) labels.push_back(entry.first);
  const std::vector<std::string> near = diag::nearest(label, labels);
  const bool quoted = sources_.text(here.range).starts_with('"');
  if (!near.empty()) {
    report
        .fix("did you mean `" + near[0] + "`?",
             {{here.range, quoted ? "\"" + near[0] + "\"" : near[0]}})
        .note(declarations_[table.by_label.at(near[0]).index].at, "declared here");
  } else if (!labels.empty() && labels.size() <= 12) {
    std::string list;
    for (const std::string& known : labels) list += (list.empty() ? "" : ", ") + known;
    report.fact("declared: " + list);
  } else if (labels.empty()) {
    report.fact("no " + kind + " is declared" +
                (module.path.empty() ? "" : " in module `" + module.path + "`"));
  }
  return Value::poison();
}

}  // namespace gpuspec::eval
