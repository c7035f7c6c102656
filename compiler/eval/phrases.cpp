// Items with a grammar of their own: `allow` and `scale_on` phrases, the addresses of `moved` and
// `removed`.

#include <algorithm>

#include "compiler/eval/evaluator.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::eval {

void Evaluator::buildTarget(Phrase& phrase, const BodyItem& item, NodeId target) {
  const NodeId name_node = item.tree->child(target, 0);
  const NodeId detail = item.tree->child(target, 1);
  phrase.peer = item.tree->name(name_node);
  phrase.peer_at = at(*item.tree, target, item.scope);
  const std::string& peer = phrase.peer;
  const auto bad = [&](const std::string& example) {
    sink_.report(phrase.peer_at, diag::UnexpectedToken, "`" + example + "`",
                 "`" + std::string(item.tree->text(target)) + "`");
    phrase.target = Value::poison();
  };
  const bool plain =
      peer == "dns" || peer == "self" || peer == "internet" || peer == "kubernetes_api";
  const NodeKind detail_kind = detail.valid() ? (*item.tree)[detail].kind : NodeKind::File;
  if (plain) {
    if (detail.valid()) bad(peer);
  } else if (peer == "namespace" || peer == "cidr" || peer == "fqdn") {
    if (detail_kind != NodeKind::String) return bad(peer + " \"...\"");
    phrase.target = eval({item.tree, detail, item.scope});
  } else if (peer == "pods") {
    if (detail_kind != NodeKind::Map) return bad("pods { label = \"value\" }");
    phrase.target = eval({item.tree, detail, item.scope});
  } else if (peer == "team") {
    if (detail_kind != NodeKind::Arguments || item.tree->childCount(detail) != 1)
      return bad("team.name");
    const NodeId step = item.tree->child(detail, 0);
    const Location where = at(*item.tree, step, item.scope);
    const Value label = (*item.tree)[step].kind == NodeKind::Name
                            ? Value::ofString(item.tree->name(step))
                            : eval({item.tree, step, item.scope});
    if (label.isPoison()) {
      phrase.target = label;
    } else if (!label.is(ValueKind::String)) {
      bad("team[\"name\"]");
    } else {
      phrase.target = blockByLabel(*item.scope->module, "team", label.asText(), where);
    }
  } else {
    static const std::vector<std::string> kPeers = {
        "dns", "self", "internet", "kubernetes_api", "team", "namespace", "pods", "cidr", "fqdn"};
    const Location where = at(*item.tree, name_node, item.scope);
    auto report = sink_.report(where, diag::UnknownName, peer);
    const std::vector<std::string> near = diag::nearest(peer, kPeers);
    if (!near.empty()) {
      report.fix("did you mean `" + near[0] + "`?", {{where.range, near[0]}});
    } else {
      report.fact(
          "a rule goes to or from: dns self internet kubernetes_api team.x namespace \"x\" pods { "
          "} cidr \"x\" fqdn \"x\"");
    }
    phrase.target = Value::poison();
  }
}

void Evaluator::buildPhrase(Block& block, BodyItem& item, const std::string& path) {
  const syntax::Tree& tree = *item.tree;
  const Node node = tree[item.node];
  const bool allow = node.kind == NodeKind::Allow;
  Phrase phrase;
  phrase.word = allow ? "allow" : "scale_on";
  phrase.at = at(tree, item.node, item.scope);
  const schema::Row* row = table_.find(path + "." + phrase.word);
  const Location word_at{{phrase.at.range.file_id, phrase.at.range.begin,
                          phrase.at.range.begin + static_cast<std::uint32_t>(phrase.word.size())},
                         phrase.at.trace_id};
  if (row == nullptr) {
    reportUnknownAttribute(block, path, phrase.word, word_at, "rule");
    return;
  }
  if (!usable(*row, word_at)) return;
  if (!allow) {
    block.phrases.push_back(std::move(phrase));
    return;
  }
  const NodeId direction = tree.child(item.node, 0);
  phrase.direction = tree.name(direction);
  if (phrase.direction != "ingress" && phrase.direction != "egress") {
    const Location where = at(tree, direction, item.scope);
    auto report = sink_.report(where, diag::UnexpectedToken, std::string("`ingress` or `egress`"),
                               "`" + phrase.direction + "`");
    const std::vector<std::string> near = diag::nearest(phrase.direction, {"ingress", "egress"});
    if (!near.empty()) report.fix("did you mean `" + near[0] + "`?", {{where.range, near[0]}});
    return;
  }
  if (!checkPreposition(phrase, item)) return;
  buildTarget(phrase, item, tree.child(item.node, 1));
  unsigned next = 2;
  static const schema::TypePtr kStrings = schema::parseType("list(string)");
  static const schema::TypePtr kPorts =
      schema::parseType("int(1..65535) | range(1..65535) | list(int(1..65535) | range(1..65535))");
  if ((node.flags & syntax::kHasExcept) != 0)
    phrase.except =
        evalAs({&tree, tree.child(item.node, next++), item.scope}, *kStrings, "`except`");
  if ((node.flags & syntax::kHasPort) != 0)
    phrase.port = evalAs({&tree, tree.child(item.node, next), item.scope}, *kPorts, "`port`");
  if (phrase.target.isPoison() || phrase.except.isPoison() || phrase.port.isPoison()) return;
  block.phrases.push_back(std::move(phrase));
}

// `egress to`, `ingress from`: what stands between the direction and the peer, comments aside.
bool Evaluator::checkPreposition(const Phrase& phrase, const BodyItem& item) {
  const syntax::Tree& tree = *item.tree;
  const std::uint32_t from = tree[tree.child(item.node, 0)].end;
  const std::string_view between =
      tree.fileText().substr(from, tree[tree.child(item.node, 1)].begin - from);
  const std::string wanted = phrase.direction == "egress" ? "to" : "from";
  const std::size_t begin = between.find_first_not_of(" \t\r\n");
  const std::size_t end = between.find_first_of(" \t\r\n/", begin);
  const std::string found(between.substr(begin, end - begin));
  if (found == wanted || found.empty()) return true;
  const source::Range range{tree.fileId(), static_cast<std::uint32_t>(from + begin),
                            static_cast<std::uint32_t>(from + begin + found.size())};
  sink_
      .report({range, item.scope != nullptr ? item.scope->trace_id : source::TraceId::none()},
              diag::UnexpectedToken, "`" + wanted + "`", "`" + found + "`")
      .help("`egress to` is what the team's pods may send to, `ingress from` who may reach them")
      .fix("write `" + phrase.direction + " " + wanted + "`", {{range, wanted}}, false);
  return false;
}

// The address that a path means, whether or not the block exists: `pool.a`,
// `module["eastus"].pool.x`, `eastus.pool.x`.
std::string Evaluator::addressText(const syntax::Tree& tree, NodeId node) {
  std::vector<std::string> parts;
  while (tree[node].kind == NodeKind::Member || tree[node].kind == NodeKind::Index) {
    const NodeId key = tree.child(node, 1);
    const bool plain = tree[key].kind == NodeKind::Name ||
                       (tree[key].kind == NodeKind::String && tree.childCount(key) == 1);
    if (!plain) return {};
    parts.push_back(tree[key].kind == NodeKind::Name ? tree.name(key) : tree.plainText(key));
    node = tree.child(node, 0);
  }
  if (tree[node].kind != NodeKind::Name) return {};
  const std::string base = tree.name(node);
  if (base != "module") parts.push_back(base);
  std::reverse(parts.begin(), parts.end());
  if (parts.size() < 2 || !isKind(parts[parts.size() - 2])) return {};
  std::string out;
  for (const std::string& part : parts) out += (out.empty() ? "" : ".") + part;
  return out;
}

Block Evaluator::buildMoved(const Declaration& declaration) {
  Block block;
  block.kind = declaration.kind;
  block.module = declaration.module->path;
  block.at = block.kind_at =
      at(*declaration.tree, declaration.tree->child(declaration.node, 0), declaration.scope);
  block.body_at = at(*declaration.tree, declaration.node, declaration.scope);
  std::deque<BodyItem> items;
  expandItems(items, *declaration.tree, declaration.tree->child(declaration.node, 1),
              declaration.scope);
  const bool moved = declaration.kind == "moved";
  for (const BodyItem& item : items) {
    const NodeId name_node = item.tree->child(item.node, 0);
    const Location name_at = at(*item.tree, name_node, item.scope);
    const bool attribute = (*item.tree)[item.node].kind == NodeKind::Attribute;
    const std::string name = attribute ? item.tree->name(name_node) : "";
    const Code code{item.tree, item.tree->child(item.node, 1), item.scope};
    if (!moved && name == "destroy") {
      static const schema::TypePtr kBool = schema::parseType("bool");
      Value value = evalAs(code, *kBool, "`destroy`");
      if (!value.isPoison()) block.attributes.push_back({name, "", {}, std::move(value), name_at});
      continue;
    }
    if (moved ? name != "from" && name != "to" : name != "what") {
      sink_.report(name_at, diag::UnknownAttribute, declaration.kind, name)
          .fact(moved ? "it has: from to" : "it has: what destroy");
      continue;
    }
    const std::string address = addressText(*item.tree, code.node);
    if (address.empty()) {
      sink_.report(at(code), diag::TypeMismatch,
                   std::string("the address of a block, such as `pool.old`"),
                   "`" + std::string(item.tree->text(code.node).substr(0, 60)) + "`");
      continue;
    }
    block.attributes.push_back({name, "", {}, Value::ofString(address).from(at(code)), name_at});
  }
  for (const std::string& name : moved ? std::vector<std::string>{"from", "to"}
                                       : std::vector<std::string>{"what", "destroy"}) {
    if (block.find(name) != nullptr || !sink_.ok()) continue;
    sink_.report(block.at, diag::MissingAttribute, "`" + declaration.kind + "`", name)
        .help(
            name == "destroy"
                ? "`destroy = true` deletes it, `destroy = false` lets go of it and deletes nothing"
                : "add `" + name + " = pool.x`, an address");
  }
  return block;
}

}  // namespace gpuspec::eval
