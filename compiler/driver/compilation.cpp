#include "compiler/driver/compilation.h"

#include <algorithm>
#include <set>

#include "compiler/driver/loader.h"
#include "compiler/driver/parameters.h"
#include "compiler/driver/vm_catalogue.h"
#include "compiler/eval/sound_part.h"
#include "compiler/passes/passes.h"
#include "compiler/sema/sema.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::driver {

namespace {

constexpr const char* kMainFile = "main.gpuspec";
constexpr std::uint16_t kFirstAfterSyntax = 2000;  // codes below are of the parser
constexpr int kMostLooks = 8;

llvm::Error worldSaysNo(const std::string& message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), "%s", message.c_str());
}

// What such a finding says, nothing else depends on.
bool standsAlone(const diag::CodeInfo& info) {
  return &info == diag::AssertionFailed.info || &info == diag::CheckFailed.info;
}

void addPlaces(const diag::Sink& sink, std::set<source::Range>& places) {
  for (const diag::Diagnostic* error : sink.errors()) {
    if (!standsAlone(*error->info)) places.insert(error->at.range);
  }
}

}  // namespace

std::string findRoot(const FileSystem& files, const std::string& entry) {
  const std::string canonical = files.canonical(entry);
  const std::string own =
      files.kind(canonical) == FileKind::Folder ? canonical : folderOf(canonical);
  for (std::string folder = own;; folder = folderOf(folder)) {
    if (files.kind(joined(folder, kLockFile)) != FileKind::Missing) return folder;
    if (folder == "/" || folder == ".") return own;
  }
}

llvm::Expected<schema::Table> schemaTable(const ir::VendorSet& vendors) {
  schema::Table table;
  for (const auto& vendor : vendors.all()) {
    std::vector<schema::Table::PluginRow> rows;
    for (const ir::SchemaRow& row : vendor->schemaRows()) {
      rows.push_back({row.path, row.form, row.type, row.default_text, row.doc, row.target,
                      row.since, row.args});
    }
    std::string error;
    if (!table.extend(vendor->name(), rows, error))
      return worldSaysNo("plugin `" + vendor->name() + "`: " + error);
  }
  return table;
}

struct Compilation::Inside {
  Inside(const FileSystem& file_system, const ir::VendorSet& vendor_set, CompileOptions given)
      : files(file_system), vendors(vendor_set), options(std::move(given)) {}

  const FileSystem& files;
  const ir::VendorSet& vendors;
  CompileOptions options;
  source::SourceMap sources;
  diag::Sink sink;
  std::unique_ptr<schema::Table> table;
  std::unique_ptr<Loader> loader;
  std::vector<const syntax::Tree*> entry;
  eval::Options eval_options;
  std::unique_ptr<eval::Evaluation> evaluation;
  std::optional<eval::Program> program;
  std::optional<ir::Spec> spec;
  std::optional<ir::Placement> placement;
  std::optional<VmCatalogue> vm_catalogue;
  bool parameters_unknown = false;  // the file of --params is broken, and was reported

  llvm::Error loadEntries(const std::string& path);
  llvm::Error prepare(const std::string& path);
  VmCatalogue& vmSizes();
  sema::SemaContext semaContext();
  bool place();
  void judgeRest();
};

llvm::Error Compilation::Inside::prepare(const std::string& path) {
  llvm::Expected<schema::Table> made = schemaTable(vendors);
  if (!made) return made.takeError();
  table = std::make_unique<schema::Table>(std::move(*made));
  const std::string root =
      options.root.empty() ? findRoot(files, path) : files.canonical(options.root);
  const std::string stdlib = options.stdlib.empty() ? "" : files.canonical(options.stdlib);
  loader = std::make_unique<Loader>(files, sources, root, stdlib);
  if (options.parameters_file.empty()) return llvm::Error::success();
  llvm::Expected<std::vector<eval::GivenParameter>> given =
      readParameters(files, options.parameters_file, sources, sink);
  if (!given) return given.takeError();
  parameters_unknown = !sink.ok();
  // `--param` stands above the file.
  options.parameters.insert(options.parameters.begin(), given->begin(), given->end());
  return llvm::Error::success();
}

llvm::Error Compilation::Inside::loadEntries(const std::string& path) {
  const auto take = [&](const std::string& file) -> llvm::Error {
    llvm::Expected<const syntax::Tree*> tree = loader->entry(file, sink);
    if (!tree) return tree.takeError();
    entry.push_back(*tree);
    return llvm::Error::success();
  };
  const FileKind kind = files.kind(path);
  if (kind == FileKind::Missing)
    return worldSaysNo("cannot read `" + path + "`: no such file or folder");
  if (kind != FileKind::Folder) return take(path);
  const std::string main = joined(path, kMainFile);
  if (files.kind(main) != FileKind::Missing) return take(main);
  llvm::Expected<std::vector<std::string>> names = files.list(path);
  if (!names)
    return worldSaysNo("cannot read the folder `" + path +
                       "`: " + llvm::toString(names.takeError()));
  for (const std::string& name : *names) {
    if (!name.ends_with(".gpuspec") || name.starts_with(".")) continue;  // the tool's own folder
    if (llvm::Error error = take(joined(path, name))) return error;
  }
  if (entry.empty()) return worldSaysNo("the folder `" + path + "` holds no .gpuspec file");
  return llvm::Error::success();
}

VmCatalogue& Compilation::Inside::vmSizes() {
  if (vm_catalogue) return *vm_catalogue;
  vm_catalogue.emplace();
  diag::Sink library_sink;
  const syntax::Tree* tree = loader->library("azure/vm_sizes", library_sink);
  if (tree != nullptr)
    vm_catalogue.emplace(
        std::make_unique<eval::LibraryTable>(*tree, "sizes", *table, sources, *loader));
  return *vm_catalogue;
}

sema::SemaContext Compilation::Inside::semaContext() {
  return {*table, vendors, [this](std::string_view name) { return vmSizes().find(name); },
          [this] { return vmSizes().names(); },
          [this](const eval::Value& path, diag::Sink& to) {
            return loader->objects(path.asText(), path.at(), to);
          }};
}

bool Compilation::Inside::place() {
  spec = sema::analyze(*program, semaContext(), sink);
  // After an error references may lead nowhere, which the passes do not expect.
  if (!spec || !sink.ok() || options.until == Phase::Analyze) return sink.ok();
  placement = passes::runPasses(*spec, vendors, {options.as_of}, sink);
  return sink.ok() && placement.has_value();
}

// One mistake does not hide what is wrong with declarations that have nothing to do with it. What
// is found there may leave still less to look at.
void Compilation::Inside::judgeRest() {
  const std::vector<const diag::Diagnostic*> errors = sink.errors();
  const bool unread = std::any_of(errors.begin(), errors.end(), [](const diag::Diagnostic* error) {
    return error->info->code < kFirstAfterSyntax;
  });
  if (unread) return;
  sink.stoppedEarly();
  std::set<source::Range> places;
  addPlaces(sink, places);
  for (int looks = 0; looks < kMostLooks; ++looks) {
    const std::optional<eval::Program> part = eval::soundPart(*program, places);
    if (!part) return;
    diag::Sink found;
    std::optional<ir::Spec> rest = sema::analyze(*part, semaContext(), found);
    if (rest) {
      rest->left_out = part->kindsLeftOut();
      found = diag::Sink();
      const bool complete = passes::runPasses(*rest, vendors, {options.as_of}, found).has_value();
      sink.absorb(found);
      if (complete) return;
    }
    const std::size_t known = places.size();
    addPlaces(found, places);
    if (places.size() == known) return;
  }
}

Compilation::Compilation(const FileSystem& files, const ir::VendorSet& vendors,
                         CompileOptions options)
    : inside_(std::make_unique<Inside>(files, vendors, std::move(options))) {}

Compilation::~Compilation() = default;

llvm::Error Compilation::load(const std::string& path) {
  if (llvm::Error error = inside_->prepare(path)) return error;
  return inside_->loadEntries(path);
}

void Compilation::loadText(const std::string& name, const std::string& text) {
  llvm::cantFail(inside_->prepare("."));
  inside_->entry.push_back(inside_->loader->entryText(name, text, inside_->sink));
}

bool Compilation::run() {
  Inside& in = *inside_;
  if (in.options.until != Phase::Place) in.sink.stoppedEarly();
  if (in.options.until == Phase::Parse) return in.sink.ok();
  if (in.parameters_unknown) {
    in.sink.stoppedEarly();
    return false;
  }
  in.eval_options = {in.options.environment, in.options.parameters, in.options.as_of,
                     in.options.limits};
  in.evaluation = std::make_unique<eval::Evaluation>(in.entry, *in.table, in.sources, *in.loader,
                                                     in.eval_options, in.sink);
  in.program = in.evaluation->run();
  if (in.program->incomplete) in.sink.stoppedEarly();
  if (in.program->incomplete || in.options.until == Phase::Evaluate) return in.sink.ok();
  const bool placed = in.place();
  if (!in.placement && in.options.until == Phase::Place) in.judgeRest();
  return placed;
}

std::vector<diag::Diagnostic> Compilation::findings() {
  return inside_->sink.finish(inside_->sources);
}
const source::SourceMap& Compilation::sources() const {
  return inside_->sources;
}
diag::Sink& Compilation::sink() {
  return inside_->sink;
}
const std::vector<const syntax::Tree*>& Compilation::entryTrees() const {
  return inside_->entry;
}
const eval::Program* Compilation::program() const {
  return inside_->program ? &*inside_->program : nullptr;
}
const ir::Spec* Compilation::spec() const {
  return inside_->spec ? &*inside_->spec : nullptr;
}
const ir::Placement* Compilation::placement() const {
  return inside_->placement ? &*inside_->placement : nullptr;
}
bool Compilation::isSecret(std::string_view parameter) const {
  for (const syntax::Tree* tree : projectTrees()) {
    for (const syntax::NodeId item : tree->children(tree->root())) {
      if ((*tree)[item].kind == syntax::NodeKind::Param &&
          ((*tree)[item].flags & syntax::kSecret) != 0 &&
          tree->name(tree->child(item, 0)) == parameter)
        return true;
    }
  }
  return false;
}
std::vector<std::string> Compilation::vmSizeNames() {
  return inside_->vmSizes().names();
}

const ir::VmSize* Compilation::vmSize(std::string_view name) {
  return inside_->vmSizes().find(name);
}
const std::string& Compilation::root() const {
  return inside_->loader->root();
}

std::vector<const syntax::Tree*> Compilation::projectTrees() const {
  std::vector<const syntax::Tree*> out;
  for (const syntax::Tree& tree : inside_->loader->trees()) {
    const std::string& path = inside_->sources.file(tree.fileId()).path();
    if (path.ends_with(".gpuspec") && !path.starts_with("std/")) out.push_back(&tree);
  }
  return out;
}

std::vector<eval::TestCase> Compilation::tests() {
  if (inside_->evaluation == nullptr) return {};
  return inside_->evaluation->tests();
}

eval::Value Compilation::evaluate(const syntax::Tree& tree, syntax::NodeId expression,
                                  eval::ModelQueries& queries) {
  return inside_->evaluation->evaluate(tree, expression, queries);
}

}  // namespace gpuspec::driver
