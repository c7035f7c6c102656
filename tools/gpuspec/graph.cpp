// gpuspec graph: what a spec declares and what leads to what, for Graphviz, Mermaid or programs.

#include <algorithm>
#include <map>
#include <set>

#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"
#include "compiler/passes/paths.h"
#include "tools/gpuspec/project.h"

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;
using ir::Placement;

constexpr const char* kHelp =
    "Draws clusters with their pools, the teams that use them and what runs there; between teams, "
    "the paths that the network leaves open.\n\n"
    "Examples:\n"
    "  gpuspec graph | dot -Tsvg > cluster.svg\n"
    "  gpuspec graph --format mermaid            for Markdown\n"
    "  gpuspec graph --env prod --format json\n";

struct Node {
  std::string id, kind, title, cluster;  // cluster: address, "" = of several or none
  std::string file;
  std::uint32_t line = 0;
};

struct Edge {
  std::string from, to, kind, title;  // kind: uses, runs_on, owned_by, serves, open_path
  friend auto operator<=>(const Edge&, const Edge&) = default;
};

struct Graph {
  std::vector<Node> nodes;
  std::set<Edge> edges;
};

class Drawing {
 public:
  Drawing(const Placement& placement, const source::SourceMap& sources)
      : placement_(placement), spec_(*placement.spec), sources_(sources) {}

  Graph run() {
    for (const ir::Cluster& cluster : spec_.clusters)
      add(cluster.address, "cluster", cluster.address.name, {}, cluster.at);
    addPools();
    addStacks();
    addTeams();
    addWorkloads();
    addPaths();
    return std::move(graph_);
  }

 private:
  void add(const ir::Address& address, const char* kind, std::string title,
           ir::ClusterId cluster_id, const source::Location& at) {
    Node node{address.str(), kind, std::move(title), "", "", 0};
    if (cluster_id.valid()) node.cluster = spec_[cluster_id].address.str();
    if (at.valid()) {
      node.file = sources_.file(at.range.file_id).path();
      node.line = sources_.begin(at.range).line;
    }
    graph_.nodes.push_back(std::move(node));
  }

  void join(const ir::Address& from, const ir::Address& to, const char* kind,
            std::string title = "") {
    graph_.edges.insert({from.str(), to.str(), kind, std::move(title)});
  }

  void addPools() {
    for (const ir::Pool& pool : spec_.pools) {
      const std::string count =
          pool.nodes.min == pool.nodes.max
              ? std::to_string(pool.nodes.max)
              : std::to_string(pool.nodes.min) + ".." + std::to_string(pool.nodes.max);
      add(pool.address, "pool",
          pool.address.name + "\n" + count + " x " + (pool.vm->empty() ? *pool.device : *pool.vm),
          pool.cluster_id, pool.at);
    }
  }

  void addStacks() {
    for (const ir::Accelerator& accelerator : spec_.accelerators) {
      add(accelerator.address, "accelerator", accelerator.address.name + "\n" + *accelerator.stack,
          accelerator.cluster_id, accelerator.at);
      for (const ir::PoolId pool_id : spec_.poolsOf(accelerator.cluster_id)) {
        const ir::Pool& pool = spec_[pool_id];
        if (pool.vendor() == accelerator.vendor) join(accelerator.address, pool.address, "serves");
      }
    }
  }

  static std::string amountText(const ir::QuotaItem& item) {
    return std::to_string(item.amount) + " " + (item.profile.empty() ? "GPUs" : item.profile);
  }

  void addTeams() {
    for (const ir::Team& team : spec_.teams) {
      const bool one = team.cluster_ids.size() == 1;
      add(team.address, "team", team.address.name, one ? team.cluster_ids.front() : ir::ClusterId(),
          team.at);
      for (const ir::QuotaItem& item : team.quota) {
        if (item.pool_id.valid())
          join(team.address, spec_[item.pool_id].address, "uses", amountText(item));
      }
    }
  }

  void addWorkloads() {
    for (std::size_t i = 0; i < spec_.workloads.size(); ++i) {
      const ir::Workload& workload = spec_.workloads[i];
      const ir::PlacedWorkload& placed = placement_.workloads[i];
      add(workload.address, "workload", workload.address.name, workload.cluster_id, workload.at);
      if (workload.team_id.valid())
        join(workload.address, spec_[workload.team_id].address, "owned_by");
      const std::string wants =
          placed.amount == 0 ? "" : std::to_string(placed.amount) + " " + placed.resource;
      for (const ir::PoolId pool_id : placed.pool_ids)
        join(workload.address, spec_[pool_id].address, "runs_on", wants);
    }
  }

  void addPaths() {
    for (const ir::ClusterPaths& paths : placement_.paths) {
      for (const ir::TeamPath& path : passes::openPaths(spec_, paths))
        join(spec_[path.from_id].address, spec_[path.to_id].address, "open_path", path.reason);
    }
  }

  const Placement& placement_;
  const ir::Spec& spec_;
  const source::SourceMap& sources_;
  Graph graph_;
};

// `"`, `\` and line ends, as both DOT and Mermaid need them gone.
std::string escaped(const std::string& text, const char* line_end, const char* quote) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += line_end;
    } else if (c == '"') {
      out += quote;
    } else if (c == '\\') {
      out += "/";
    } else {
      out += c;
    }
  }
  return out;
}

std::string dotText(const std::string& text) {
  return "\"" + escaped(text, "\\n", "\\\"") + "\"";
}

const char* dotShape(const std::string& kind) {
  if (kind == "pool") return "box3d";
  if (kind == "team") return "tab";
  if (kind == "workload") return "component";
  return "box";
}

std::string dotNode(const Node& node, const char* indent) {
  return indent + dotText(node.id) + " [label=" + dotText(node.title) +
         ", shape=" + dotShape(node.kind) + "];\n";
}

std::string dot(const Graph& graph) {
  std::string out =
      "digraph gpuspec {\n  rankdir=LR;\n  compound=true;\n"
      "  node [fontname=\"sans-serif\"];\n  edge [fontname=\"sans-serif\"];\n";
  for (const Node& cluster : graph.nodes) {
    if (cluster.kind != "cluster") continue;
    out += "  subgraph " + dotText("cluster_" + cluster.id) +
           " {\n    label=" + dotText(cluster.title) + ";\n";
    for (const Node& node : graph.nodes) {
      if (node.cluster == cluster.id) out += dotNode(node, "    ");
    }
    out += "  }\n";
  }
  for (const Node& node : graph.nodes) {
    if (node.cluster.empty() && node.kind != "cluster") out += dotNode(node, "  ");
  }
  for (const Edge& edge : graph.edges) {
    out += "  " + dotText(edge.from) + " -> " + dotText(edge.to);
    const char* style = edge.kind == "open_path" ? "style=dashed, " : "";
    out += " [" + std::string(style) + "label=" + dotText(edge.title) + "];\n";
  }
  return out + "}\n";
}

std::string mermaid(const Graph& graph) {
  std::map<std::string, std::string> names;
  for (const Node& node : graph.nodes) names[node.id] = "n" + std::to_string(names.size());
  const auto line = [&](const Node& node, const char* indent) {
    return indent + names[node.id] + "[\"" + escaped(node.title, "<br>", "#quot;") + "\"]\n";
  };
  std::string out = "flowchart LR\n";
  for (const Node& cluster : graph.nodes) {
    if (cluster.kind != "cluster") continue;
    out +=
        "  subgraph " + names[cluster.id] + "[\"" + escaped(cluster.title, " ", "#quot;") + "\"]\n";
    for (const Node& node : graph.nodes) {
      if (node.cluster == cluster.id) out += line(node, "    ");
    }
    out += "  end\n";
  }
  for (const Node& node : graph.nodes) {
    if (node.cluster.empty() && node.kind != "cluster") out += line(node, "  ");
  }
  for (const Edge& edge : graph.edges) {
    out += "  " + names[edge.from] + (edge.kind == "open_path" ? " -.->" : " -->");
    if (!edge.title.empty()) out += "|\"" + escaped(edge.title, " ", "#quot;") + "\"|";
    out += " " + names[edge.to] + "\n";
  }
  return out;
}

std::string json(const Graph& graph) {
  ir::Tree nodes = ir::Tree::list(), edges = ir::Tree::list();
  for (const Node& node : graph.nodes) {
    nodes.push(ir::mapOf("address", node.id, "kind", node.kind, "cluster", node.cluster, "file",
                         node.file, "line", static_cast<std::int64_t>(node.line)));
  }
  for (const Edge& edge : graph.edges)
    edges.push(ir::mapOf("from", edge.from, "to", edge.to, "kind", edge.kind, "text", edge.title));
  return ir::toJson(ir::mapOf("schema", "gpuspec.graph/1", "nodes", std::move(nodes), "edges",
                              std::move(edges))) +
         "\n";
}

class GraphCommand final : public Command {
 public:
  explicit GraphCommand(bool help_wanted)
      : Command("graph", "Draw what a spec declares", kHelp, help_wanted),
        options_(*this, "dot, mermaid or json") {
    options_.format.setInitialValue("dot");
  }

  int run(Terminal& terminal) override {
    if (!options_.valid(terminal, {"dot", "mermaid", "json"})) return kUsage;
    const std::optional<driver::CompileOptions> compile = options_.compileOptions(terminal);
    if (!compile) return kUsage;
    const LoadedVendors vendors = options_.loadVendors(terminal);
    if (!vendors) return vendors.exitCode();
    const driver::RealFileSystem files;
    driver::Compilation compilation(files, *vendors, *compile);
    if (const std::optional<int> stop = loadProject(compilation, options_.path, terminal))
      return *stop;
    const bool good = compilation.run();
    const std::vector<diag::Diagnostic> findings = compilation.findings();
    showFindings(compilation.sources(), findings, "human", terminal);
    if (!good || countOf(findings).errors > 0) return kSpecWrong;
    const Graph graph = Drawing(*compilation.placement(), compilation.sources()).run();
    terminal.out(options_.format == "json"      ? json(graph)
                 : options_.format == "mermaid" ? mermaid(graph)
                                                : dot(graph));
    return options_.deny_warnings && countOf(findings).warnings > 0 ? kSpecWrong : kDone;
  }

 private:
  ProjectOptions options_;
};

}  // namespace

std::unique_ptr<Command> makeGraphCommand(bool help_wanted) {
  return std::make_unique<GraphCommand>(help_wanted);
}

}  // namespace gpuspec::cli
