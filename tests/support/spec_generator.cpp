#include "tests/support/spec_generator.h"

#include <algorithm>

namespace gpuspec::test {

namespace {

struct VmSize {
  std::string name;
  int gpus;
  std::vector<std::string> profiles;  // of MIG that fit several times; none = no MIG
  std::vector<int> profile_counts;    // how many of each on one GPU
};

const std::vector<VmSize>& gpuSizes() {
  static const std::vector<VmSize> sizes = {
      {"Standard_NC4as_T4_v3", 1, {}, {}},
      {"Standard_NC64as_T4_v3", 4, {}, {}},
      {"Standard_NC24ads_A100_v4", 1, {"1g.10gb", "2g.20gb", "3g.40gb"}, {7, 3, 2}},
      {"Standard_NC48ads_A100_v4", 2, {"1g.10gb", "2g.20gb", "3g.40gb"}, {7, 3, 2}},
      {"Standard_ND96asr_v4", 8, {"1g.5gb", "2g.10gb", "3g.20gb"}, {7, 3, 2}},
      {"Standard_ND96isr_H100_v5", 8, {"1g.10gb", "2g.20gb", "3g.40gb"}, {7, 3, 2}},
  };
  return sizes;
}

const std::vector<std::string>& regions() {
  static const std::vector<std::string> names = {"eastus", "southcentralus", "swedencentral",
                                                 "westeurope"};
  return names;
}

SpecItem item(std::string head) {
  return {std::move(head), false, {}};
}
SpecItem block(std::string head, std::vector<SpecItem> body) {
  return {std::move(head), true, std::move(body)};
}
std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}
std::string text(int number) {
  return std::to_string(number);
}

struct Pool {
  std::string name;
  int gpus = 0;         // of the whole pool at its smallest
  std::string profile;  // "" = whole GPUs
  int slices = 0;
};

// `team` has a quota of at least one in `pool`.
struct Grant {
  std::string team;
  Pool pool;
};

// One cluster and what stands on it, in one file.
class ClusterWriter {
 public:
  ClusterWriter(Random& random, SpecFile& file, std::string name, std::string location)
      : random_(random), file_(file), name_(std::move(name)), location_(std::move(location)) {}

  void write() {
    writeCluster();
    writePools();
    writeTeams();
    writeWorkloads();
  }

 private:
  void add(SpecItem declaration) { file_.declarations.push_back(std::move(declaration)); }
  void writeCluster();
  void writePools();
  Pool writePool(int index);
  void writeMig(Pool& pool, const VmSize& size, int nodes, std::vector<SpecItem>& body);
  void writeTeams();
  SpecItem quota(int share, const std::vector<std::string>& teams);
  SpecItem network();
  void writeWorkloads();
  SpecItem job(int index, const Grant& grant);
  SpecItem service(const Grant& grant);

  Random& random_;
  SpecFile& file_;
  std::string name_, location_;
  std::vector<Pool> pools_;
  std::vector<Grant> grants_;
};

void ClusterWriter::writeCluster() {
  std::vector<SpecItem> body = {item("platform = aks"),
                                item("resource_group = " + quoted("rg-" + name_)),
                                item("location = " + location_), item("version = \"1.36\"")};
  const bool existing = random_.oneIn(3);
  if (existing) body.push_back(item("existing = true"));
  if (!existing) {
    body.push_back(block("network", {item("plugin = azure_overlay"), item("dataplane = cilium"),
                                     item("policy = cilium")}));
    if (random_.oneIn(2)) body.push_back(item("tier = standard"));
    if (random_.oneIn(3)) body.push_back(block("addons", {item("keda = true")}));
    if (random_.oneIn(3)) body.push_back(block("monitoring", {item("prometheus = true")}));
    if (random_.oneIn(3)) body.push_back(block("upgrades", {item("node_image = weekly")}));
    if (random_.oneIn(3))
      body.push_back(item(
          "tags = { owner = \"ml\", stage = " + quoted(random_.oneIn(2) ? "dev" : "prod") + " }"));
  }
  add(block("cluster " + name_, body));
  if (!existing) {
    add(block("pool " + name_ + "sys",
              {item("cluster = " + name_), item("mode = system"), item("vm = \"Standard_D4s_v5\""),
               item("nodes = 3"), item("zones = [1, 2, 3]")}));
  }
  std::vector<SpecItem> accelerator = {item("cluster = " + name_), item("stack = device_plugin")};
  if (random_.oneIn(2)) accelerator.push_back(item("discovery = true"));
  add(block("accelerator nvidia", accelerator));
}

void ClusterWriter::writeMig(Pool& pool, const VmSize& size, int nodes,
                             std::vector<SpecItem>& body) {
  const std::size_t which =
      static_cast<std::size_t>(random_.number(0, static_cast<int>(size.profiles.size()) - 1));
  pool.profile = size.profiles[which];
  pool.slices = size.profile_counts[which] * size.gpus * nodes;
  body.push_back(block("mig", {item("strategy = mixed"), item("profile = " + pool.profile)}));
}

Pool ClusterWriter::writePool(int index) {
  const VmSize& size = random_.pick(gpuSizes());
  const int nodes = random_.number(1, 3);
  Pool pool{name_ + "g" + text(index), size.gpus * nodes, "", 0};
  std::vector<SpecItem> body = {item("cluster = " + name_), item("vm = " + quoted(size.name))};
  const bool mig = !size.profiles.empty() && random_.oneIn(3);
  const bool grows = !mig && random_.oneIn(2);
  body.push_back(
      item("nodes = " + text(nodes) + (grows ? ".." + text(nodes + random_.number(1, 3)) : "")));
  if (mig) writeMig(pool, size, nodes, body);
  if (random_.oneIn(4))
    body.push_back(
        block("labels", {item("tier = " + quoted(random_.oneIn(2) ? "training" : "serving"))}));
  if (random_.oneIn(6)) body.push_back(item("max_pods = " + text(random_.number(2, 5) * 25)));
  if (random_.oneIn(6))
    body.push_back(block("disk", {item("type = managed"),
                                  item("size = " + text(random_.number(1, 4) * 128) + "GiB")}));
  add(block("pool " + pool.name, body));
  return pool;
}

void ClusterWriter::writePools() {
  const int count = random_.number(1, 3);
  for (int i = 0; i < count; ++i) pools_.push_back(writePool(i));
}

// One of `share` equal parts of every pool, for each of `teams`.
SpecItem ClusterWriter::quota(int share, const std::vector<std::string>& teams) {
  std::vector<SpecItem> body;
  for (const Pool& pool : pools_) {
    const int amount = (pool.profile.empty() ? pool.gpus : pool.slices) / share;
    if (amount == 0) continue;
    const std::string what = pool.profile.empty()
                                 ? "gpu(pool." + pool.name + ")"
                                 : "slice(pool." + pool.name + ", " + pool.profile + ")";
    body.push_back(item(what + " = " + text(random_.number(1, amount))));
    for (const std::string& team : teams) grants_.push_back({team, pool});
  }
  if (random_.oneIn(2)) body.push_back(item("cpu = " + text(random_.number(1, 8) * 4) + "cpu"));
  if (random_.oneIn(2)) body.push_back(item("memory = " + text(random_.number(1, 8) * 32) + "GiB"));
  if (body.empty()) body.push_back(item("pods = 20"));
  return block("quota", body);
}

SpecItem ClusterWriter::network() {
  std::vector<SpecItem> body = {item("default = deny"), item("allow egress to dns")};
  if (random_.oneIn(2)) {
    body.push_back(item("allow ingress from self"));
    body.push_back(item("allow egress to self"));
  }
  if (random_.oneIn(2))
    body.push_back(item("allow ingress from namespace \"monitoring\" port 9400"));
  if (random_.oneIn(4))
    body.push_back(
        item("allow egress to cidr \"10.0.0.0/8\" except [\"10.1.0.0/16\"] port [443, 8443]"));
  return block("network", body);
}

void ClusterWriter::writeTeams() {
  const int count = random_.number(1, 3);
  std::vector<std::string> teams;
  for (int i = 0; i < count; ++i) teams.push_back(name_ + "-t" + text(i));
  if (random_.oneIn(3)) {
    const std::string list = name_ + "_teams";
    std::string names = "let " + list + " = [";
    for (int i = 0; i < count; ++i) {
      names += (i > 0 ? ", " : "") + std::string("{ name = ") +
               quoted(teams[static_cast<std::size_t>(i)]) + ", cpus = " + text(4 * (i + 1)) +
               "cpu }";
    }
    add(item(names + "]"));
    const SpecItem team =
        block("team \"${t.name}\"",
              {item("clusters = [" + name_ + "]"), quota(count, teams),
               block("limits", {block("default", {item("cpu = t.cpus")})}), network()});
    add(block("for t in " + list, {team}));
    return;
  }
  for (int i = 0; i < count; ++i) {
    const std::string& team = teams[static_cast<std::size_t>(i)];
    std::vector<SpecItem> body = {item("clusters = [" + name_ + "]"), quota(count, {team}),
                                  network()};
    if (random_.oneIn(3)) body.push_back(item("pod_security = restricted"));
    if (random_.oneIn(3))
      body.push_back(block("members", {item("group \"a3d7c1f8-4b52-4a60-9a0e-5d1f7c2b9e4" +
                                            text(i) + "\" = edit")}));
    add(block("team " + team, body));
  }
}

SpecItem ClusterWriter::job(int index, const Grant& grant) {
  const Pool& pool = grant.pool;
  std::vector<SpecItem> body = {
      item("team = team[" + quoted(grant.team) + "]"), item("pool = pool." + pool.name),
      item("image = \"registry.example.com/train:1." + text(index) + "\"")};
  body.push_back(item(pool.profile.empty() ? "gpus = 1" : "gpus = 1 x " + pool.profile));
  if (random_.oneIn(2))
    body.push_back(item("args = [\"--epochs\", " + quoted(text(random_.number(1, 90))) + "]"));
  if (random_.oneIn(3))
    body.push_back(block(
        "env", {item("SEED = " + quoted(text(random_.number(1, 999)))), item("MODE = \"fast\"")}));
  return block("job " + name_ + "-job" + text(index), body);
}

SpecItem ClusterWriter::service(const Grant& grant) {
  const Pool& pool = grant.pool;
  return block(
      "service " + name_ + "-api",
      {item("team = team[" + quoted(grant.team) + "]"), item("pool = pool." + pool.name),
       item("image = \"registry.example.com/serve:2\""),
       item(pool.profile.empty() ? "gpus = 1" : "gpus = 1 x " + pool.profile), item("port = 8000"),
       item("replicas = 1"), block("probe readiness", {item("http = \"/healthz\"")})});
}

void ClusterWriter::writeWorkloads() {
  if (grants_.empty()) return;
  const int jobs = random_.number(0, 2);
  for (int i = 0; i < jobs; ++i) add(job(i, random_.pick(grants_)));
  if (random_.oneIn(3)) add(service(random_.pick(grants_)));
}

class Printer {
 public:
  explicit Printer(std::uint64_t mess_seed) : messy_(mess_seed != 0), random_(mess_seed) {}

  std::string print(const std::vector<SpecItem>& items) {
    printItems(items, 0);
    if (messy_ && random_.oneIn(3)) out_ += comment();
    return std::move(out_);
  }

 private:
  void printItems(const std::vector<SpecItem>& items, int depth);
  void printItem(const SpecItem& what, int depth);
  void printHead(const std::string& head);
  void separator(int depth);
  std::string comment();
  std::string gap(char next);

  bool messy_;
  Random random_;
  int comments_ = 0;
  std::string out_;
};

// Ends its line when it has to.
std::string Printer::comment() {
  const std::string number = text(++comments_);
  switch (random_.number(0, 3)) {
    case 0:
      return " /* note " + number + " */ ";
    case 1:
      return " /// doc " + number + "\n";
    case 2:
      return "\n// own line " + number + "  \n";
    default:
      return " // trailing " + number + "\n";
  }
}

// A place inside of an item where a blank may stand. `(`, `[` and `-` may not begin a line.
std::string Printer::gap(char next) {
  const bool may_break = next != '(' && next != '[' && next != '-';
  switch (random_.number(0, 15)) {
    case 0:
      return may_break ? "\n" : " ";
    case 1:
      return may_break ? comment() : " ";
    case 2:
      return " /* in " + text(++comments_) + " */ ";
    case 3:
      return "\t ";
    default:
      return " ";
  }
}

bool isLiteralWord(const std::string& head, std::size_t blank) {
  const std::string_view before = std::string_view(head).substr(0, blank),
                         after = std::string_view(head).substr(blank + 1);
  const auto startsWord = [&](std::string_view word) {
    return after.substr(0, word.size() + 1) == std::string(word) + " ";
  };
  const bool counted =
      startsWord("x") || before.substr(before.size() < 2 ? 0 : before.size() - 2) == " x";
  return counted || startsWord("per") ||
         (before.size() > 4 && before.substr(before.size() - 4) == " per");
}

void Printer::printHead(const std::string& head) {
  bool in_string = false;
  for (std::size_t i = 0; i < head.size(); ++i) {
    const char c = head[i];
    if (c == '"' && (i == 0 || head[i - 1] != '\\')) in_string = !in_string;
    const bool literal = c == ' ' && isLiteralWord(head, i);
    const bool free_blank = messy_ && c == ' ' && !in_string && !literal;
    free_blank ? out_ += gap(i + 1 < head.size() ? head[i + 1] : ' ') : out_ += c;
    const bool after_bracket = messy_ && !in_string && (c == '[' || c == ',') && random_.oneIn(6);
    if (after_bracket) out_ += "\n    ";
  }
}

void Printer::printItem(const SpecItem& what, int depth) {
  printHead(what.head);
  if (!what.has_body) return;
  out_ += messy_ && random_.oneIn(4) ? gap('{') + "{" : " {";
  const bool one_line = messy_ && depth > 0 && random_.oneIn(2);
  if (!one_line) out_ += '\n';
  printItems(what.body, one_line ? -1000 : depth + 1);
  out_ += one_line ? " }" : "}";
}

void Printer::separator(int depth) {
  if (depth < 0) {
    out_ += "  ";
    return;
  }
  if (messy_ && random_.oneIn(5)) out_ += comment();
  if (messy_ && random_.oneIn(6)) {
    out_ += "  ";
    return;
  }
  out_ += messy_ && random_.oneIn(6) ? "\n\n\n" : "\n";
}

void Printer::printItems(const std::vector<SpecItem>& items, int depth) {
  for (const SpecItem& each : items) {
    if (depth >= 0)
      out_.append(static_cast<std::size_t>(messy_ ? random_.number(0, 6) : depth * 2), ' ');
    printItem(each, depth);
    separator(depth);
  }
  if (depth > 0) out_.append(static_cast<std::size_t>((depth - 1) * 2), ' ');
}

}  // namespace

std::uint64_t Random::next() {
  std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

int Random::number(int first, int last) {
  return first + static_cast<int>(next() % static_cast<std::uint64_t>(last - first + 1));
}

GeneratedSpec generateSpec(std::uint64_t seed) {
  Random random(seed);
  GeneratedSpec spec;
  spec.files.push_back({"main.gpuspec", {}});
  SpecFile main = {"main.gpuspec", {}};
  main.declarations.push_back(item("project \"generated\""));
  main.declarations.push_back(
      item("param location: string = " + quoted(random.pick(regions())) + " \"where\""));
  if (random.oneIn(2))
    main.declarations.push_back(
        item("let limit = $" + text(random.number(1, 9)) + "00_000 per month"));
  ClusterWriter(random, main, "alpha", "location").write();
  for (const std::string name : {"near", "far"}) {
    if (!random.oneIn(3)) continue;
    SpecFile part = {name + ".gpuspec", {item("param location: string")}};
    ClusterWriter(random, part, name, "location").write();
    const std::string place = random.oneIn(2) ? "location" : quoted(random.pick(regions()));
    main.declarations.push_back(
        block("module " + name + " from \"./" + part.name + "\"", {item("location = " + place)}));
    spec.files.push_back(std::move(part));
  }
  if (random.oneIn(2)) main.declarations.push_back(item("output first = location"));
  if (random.oneIn(2)) main.declarations.push_back(item("assert len(location) > 3, \"no region\""));
  if (random.oneIn(3))
    main.declarations.push_back(block("env prod", {item("location = \"westeurope\"")}));
  spec.files[0] = std::move(main);
  return spec;
}

SpecTexts printSpec(const GeneratedSpec& spec, const SpecLayout& layout) {
  SpecTexts texts;
  for (const SpecFile& file : spec.files) {
    std::vector<SpecItem> declarations = file.declarations;
    if (layout.shuffle_seed != 0) Random(layout.shuffle_seed).shuffle(declarations);
    texts.emplace_back(file.name, Printer(layout.mess_seed).print(declarations));
  }
  return texts;
}

}  // namespace gpuspec::test
