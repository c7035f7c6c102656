#include "compiler/eval/library.h"

#include "compiler/eval/evaluator.h"

namespace gpuspec::eval {

LibraryTable::LibraryTable(const syntax::Tree& tree, const std::string& name,
                           const schema::Table& table, source::SourceMap& sources, Files& files)
    : tree_(tree), evaluator_(std::make_unique<Evaluator>(table, sources, files, options_, sink_)) {
  const ModuleInstance& module =
      *evaluator_->makeModule("std", nullptr, {&tree}, Location{}, {}, true);
  const auto let = module.lets.find(name);
  if (let == module.lets.end()) return;
  const Code& map = let->second.code;
  scope_ = map.scope;
  if (tree[map.node].kind != NodeKind::Map) return;
  for (const NodeId entry : tree.children(map.node)) {
    if (tree[entry].kind != NodeKind::MapEntry) continue;
    const NodeId key = tree.child(entry, 0);
    keys_.push_back(tree[key].kind == NodeKind::Name ? tree.name(key) : tree.plainText(key));
    values_.push_back(tree.child(entry, 1));
  }
}

LibraryTable::~LibraryTable() = default;

Value LibraryTable::at(std::size_t index) {
  return evaluator_->eval({&tree_, values_[index], scope_});
}

}  // namespace gpuspec::eval
