#pragma once

// The inside of Evaluation: module instances, lazy values, declared blocks. Private to
// compiler/eval.

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "compiler/eval/evaluate.h"

namespace gpuspec::eval {

using schema::Type;
using source::Location;
using syntax::Node;
using syntax::NodeId;
using syntax::NodeKind;

struct ModuleInstance;

// Names visible at some place: loop variables, outward to the module.
struct Scope {
  const Scope* parent = nullptr;
  ModuleInstance* module = nullptr;
  source::TraceId trace_id;
  std::vector<std::pair<std::string, Value>> bindings;
};

// An expression and where it stands.
struct Code {
  const syntax::Tree* tree = nullptr;
  NodeId node;
  const Scope* scope = nullptr;
};

enum class State : std::uint8_t { Waiting, Running, Done };

struct Lazy {
  Code code;
  Value value;
  State state = State::Waiting;
};

// One item of a block's body once loops and conditions around it are expanded.
struct BodyItem {
  const syntax::Tree* tree = nullptr;
  NodeId node;
  const Scope* scope = nullptr;
  Value value;  // Attribute: once it was asked for
  State state = State::Waiting;
};

struct Declaration {
  std::string kind, label;
  const syntax::Tree* tree = nullptr;
  NodeId node;
  const Scope* scope = nullptr;
  ModuleInstance* module = nullptr;
  Location at;  // of the label
  State body_state = State::Waiting;
  std::deque<BodyItem> body;
  bool complete = true;  // no error hides a part of the body
};

// A top-level item that can declare blocks: a block with a computed name, a loop, a condition, a
// module.
struct Unit {
  const syntax::Tree* tree = nullptr;
  NodeId node;
  std::set<std::string> kinds;  // of the blocks inside; "module" for instances
  State state = State::Waiting;
};

struct Parameter {
  const syntax::Tree* tree = nullptr;
  NodeId node;
  schema::TypePtr type;  // once it was asked for
  Value value;
  State state = State::Waiting;
};

struct KindTable {
  std::map<std::string, BlockId> by_label;
  State state = State::Waiting;
};

struct ModuleInstance {
  std::string path;  // "" = entry, "eastus", "a.b"
  const ModuleInstance* parent = nullptr;
  Location at;  // the instance, for notes
  std::vector<const syntax::Tree*> trees;
  Scope scope;  // no bindings of its own: lets and params are looked up in the module
  std::map<std::string, Lazy, std::less<>> lets;
  std::map<std::string, Lazy, std::less<>> outputs;
  std::map<std::string, Parameter, std::less<>> params;
  std::map<std::string, Code, std::less<>> arguments;  // parameter values written at the instance
  std::map<std::string, ModuleInstance*, std::less<>> aliases;  // import ... as
  std::map<std::string, ModuleInstance*, std::less<>> instances;
  std::set<std::string, std::less<>> lost_instances;  // that could not be made, which was reported
  std::map<std::string, KindTable, std::less<>> kinds;
  std::deque<Unit> units;
  std::vector<Code> asserts;
  std::map<std::string, Location, std::less<>> names;  // taken by let, param, import, module
  std::set<const syntax::Tree*> joined;                // by import
  std::set<std::string, std::less<>> used;             // lets and params that were read
  std::set<std::string, std::less<>>
      misnamed;  // kinds that a value was named after, which was reported
  // Items, or blocks that loops and conditions make, may be missing because of an error that was
  // reported.
  bool lost_items = false;
  bool lost_blocks = false;
  bool library = false;
  bool entry = false;
};

// What the head of a loop is called while it is evaluated.
inline constexpr std::string_view kLoopOver = "the loop over ";

// What to do about a limit.
inline constexpr const char* kSplit =
    "is a number too large? A project that needs this much is split: several entry files, or "
    "environments that choose a part";
inline constexpr const char* kShortenChain =
    "each needs the next: give one in the middle a value of its own, or make a list with a "
    "comprehension";

class Evaluator {
 public:
  Evaluator(const schema::Table& table, source::SourceMap& sources, Files& files,
            const Options& options, diag::Sink& sink);

  ModuleInstance* makeModule(std::string path, const ModuleInstance* parent,
                             std::vector<const syntax::Tree*> trees, Location at,
                             source::TraceId trace_id, bool library);
  Program run(std::vector<const syntax::Tree*> entry);
  std::vector<TestCase> tests();
  Value evaluateTest(const syntax::Tree& tree, NodeId node, ModelQueries& queries);
  std::map<std::string, Value> valuesOf(ModuleInstance& module);

  // expressions.cpp. `expected` may be null: any type.
  Value eval(const Code& code, const Type* expected = nullptr);
  // eval + conform.
  Value evalAs(const Code& code, const Type& expected, const std::string& what);

 private:
  friend class Builtins;
  friend class ExpressionEvaluator;

  // modules.cpp
  void declareItems(ModuleInstance& module, const syntax::Tree& tree);
  void declareImport(ModuleInstance& module, const syntax::Tree& tree, NodeId node);
  void declareParam(ModuleInstance& module, const syntax::Tree& tree, NodeId node);
  void declareValue(ModuleInstance& module, const syntax::Tree& tree, NodeId node,
                    std::map<std::string, Lazy, std::less<>>& table);
  void declareProject(ModuleInstance& module, const syntax::Tree& tree, NodeId node);
  void declareUnit(ModuleInstance& module, const syntax::Tree& tree, NodeId node);
  void readAnnotations(const syntax::Tree& tree, NodeId body);
  void readAnnotation(const syntax::Tree& tree, NodeId annotation, NodeId target);
  void checkLibrary(const ModuleInstance& module, const syntax::Tree& tree, const Location& at,
                    const std::string& path);
  void applyEnvironment();
  void applyGivenParameters();
  void reportUnknownParameter(const ModuleInstance& module, const std::string& name,
                              const Location& where, const std::string& origin);
  Value parameterValue(ModuleInstance& module, const std::string& name, Parameter& parameter);
  schema::TypePtr readType(const syntax::Tree& tree, NodeId node, const Scope* scope);
  schema::TypePtr readTypeCall(const syntax::Tree& tree, NodeId node, const Scope* scope);
  bool readBounds(Type& type, const Code& code);
  Value parseGiven(const GivenParameter& given, const Type& type);
  bool claimName(ModuleInstance& module, const std::string& name, const Location& at);
  bool isKind(std::string_view name) const;

  // expansion.cpp
  void collectKinds(const syntax::Tree& tree, NodeId node, std::set<std::string>& kinds) const;
  void expandKind(ModuleInstance& module, const std::string& kind, const Location& asked_at);
  void expandAll(ModuleInstance& module);
  void expandUnit(ModuleInstance& module, Unit& unit, const Location& asked_at);
  void expandTop(ModuleInstance& module, const syntax::Tree& tree, NodeId node, const Scope* scope);
  void declareBlock(ModuleInstance& module, const syntax::Tree& tree, NodeId node,
                    const Scope* scope);
  void declareInstance(ModuleInstance& module, const syntax::Tree& tree, NodeId node,
                       const Scope* scope);
  // Calls `visit(scope)` for each iteration. False when nobody can tell what it loops over.
  template <class Visit>
  bool forEach(const syntax::Tree& tree, NodeId node, const Scope* scope, Visit visit);
  // Nothing when it cannot be told, which was reported.
  std::optional<bool> condition(const Code& code);
  void expandBody(Declaration& declaration);
  // False when an error that was reported may hide items.
  bool expandItems(std::deque<BodyItem>& out, const syntax::Tree& tree, NodeId body,
                   const Scope* scope);
  const Scope* childScope(const Scope* parent, source::TraceId trace_id,
                          std::vector<std::pair<std::string, Value>> bindings);
  // Nothing when it cannot be told or is empty; that was reported.
  std::optional<std::string> labelText(const Code& code, const std::string& kind);
  // Labels of clusters and module instances become folders of the output.
  bool checkFolderLabel(const std::string& label, const char* noun, const Location& at);

  // names.cpp
  static bool mayBeLost(const ModuleInstance& module, bool is_block) {
    return module.lost_items || (is_block && module.lost_blocks);
  }
  const Value* localVariable(const Scope* scope, std::string_view name) const;
  // A loop variable, let or parameter; nullopt when there is none.
  std::optional<Value> variable(const Scope* scope, const std::string& name, const Location& at);
  Value force(Lazy& lazy, const std::string& name, const Type* expected, const Location& at);
  bool hasVariable(const Scope* scope, const std::string& name) const;
  std::vector<std::string> variableNames(const Scope* scope) const;
  Value evalName(const Code& code, const Type* expected);
  bool reportModuleAsValue(const Code& code, const std::string& name);
  void reportUnknownName(const Code& code, const std::string& name, const Type* expected);
  // Member and index chains: kinds, modules, aliases, then values.
  Value evalPath(const Code& code, const Type* expected);
  Value kindAsMap(ModuleInstance& module, const std::string& kind, const Location& at);
  Value blockByLabel(ModuleInstance& module, const std::string& kind, const std::string& label,
                     const Location& at);
  Value memberOf(const Value& value, const std::string& name, const Location& name_at);
  Value attributeOf(BlockId id, const std::string& name, const Location& at);
  Value nestedValue(BodyItem& item, const std::string& path, const Location& at);
  // `label`: of the declaration, "" when it is not at hand.
  Value itemValue(BodyItem& item, const std::string& path, const std::string& label);
  Value resolveIn(ModuleInstance& module, const Code& code, const std::vector<NodeId>& steps,
                  std::size_t next);
  Value applySteps(Value value, const Code& code, const std::vector<NodeId>& steps,
                   std::size_t next);
  std::optional<std::string> stepText(const Code& code, NodeId step, Location& at);
  Value reportCycle(const std::string& name, const Location& at);
  bool tooDeep(const Location& at);
  std::string expectedKind(const Type* expected) const;
  // The enumeration that a parameter or a block's attribute is declared with; null when it cannot
  // be told.
  const Type* enumerationOf(const Code& code);
  std::string attributePath(const Code& code);

  // conform.cpp: holds a value against a type; reports and returns Poison when it does not fit.
  Value conform(Value value, const Type& type, const std::string& what);
  Value conformOne(Value value, const Type& type, const std::string& what);
  Value conformList(const Value& value, const Type& type, const std::string& what);
  Value conformMap(const Value& value, const Type& type, const std::string& what);
  Value conformObject(const Value& value, const Type& type, const std::string& what);
  Value inBounds(Value value, const Type& type, const std::string& what);
  void reportMismatch(const Value& value, const Type& type, const std::string& what);

  // blocks.cpp: declared blocks to Block, held against the schema table.
  Block buildDeclaration(BlockId id);
  void buildBody(Block& block, std::deque<BodyItem>& items, const std::string& path);
  void buildItem(Block& block, BodyItem& item, const std::string& path);
  void buildAttribute(Block& block, BodyItem& item, const std::string& path);
  void buildFreeAttribute(Block& block, BodyItem& item, const schema::Row& row);
  void buildLabelled(Block& block, BodyItem& item, const std::string& path);
  void buildCall(Block& block, BodyItem& item, const std::string& path);
  void buildNested(Block& block, BodyItem& item, const std::string& path);
  void buildPhrase(Block& block, BodyItem& item, const std::string& path);
  bool checkPreposition(const Phrase& phrase, const BodyItem& item);
  void buildTarget(Phrase& phrase, const BodyItem& item, NodeId target);
  void buildFreeMap(Block& block, const Code& code, const schema::Row& row,
                    const Location& name_at);
  Value freeBlockAsMap(BodyItem& item);
  const schema::Row* rowFor(const Block& block, const BodyItem& item, const std::string& path,
                            const std::string& name);
  bool formFits(const schema::Row& row, schema::Form form, const Location& at,
                const std::string& name);
  bool usable(const schema::Row& row, const Location& at);
  void reportUnknownAttribute(const Block& block, const std::string& path, const std::string& name,
                              const Location& at, const char* noun);
  void requireAttributes(const Block& block, const std::string& path);
  Block buildMoved(const Declaration& declaration);
  std::string addressText(const syntax::Tree& tree, NodeId node);
  void runCheck(const Declaration& declaration);
  void runAsserts();
  // The values on both sides of a comparison that was the reason.
  void noteOperands(diag::Report& report, const Code& condition);
  void warnUnused();

  // Common
  Location at(const Code& code) const {
    return {code.tree->range(code.node),
            code.scope != nullptr ? code.scope->trace_id : source::TraceId::none()};
  }
  Location at(const syntax::Tree& tree, NodeId node, const Scope* scope) const {
    return at(Code{&tree, node, scope});
  }
  bool step(const Location& at);
  bool countIteration(const Location& at);
  bool countElements(std::uint64_t count, const Location& at);
  bool countBytes(std::uint64_t bytes, const Location& at);
  void overLimit(const Location& at, std::uint64_t limit, const char* what,
                 const char* help = kSplit);
  bool exhausted() const { return exhausted_; }

  const schema::Table& table_;
  source::SourceMap& sources_;
  Files& files_;
  const Options& options_;
  diag::Sink& sink_;
  std::deque<ModuleInstance> modules_;
  std::deque<Declaration> declarations_;  // index = BlockId
  std::deque<Scope> scopes_;
  ModuleInstance* entry_ = nullptr;
  Program program_;
  std::set<std::uint32_t> annotated_files_;
  std::vector<std::pair<std::string, Location>>
      running_;  // values that wait for each other, for the cycle's text
  ModelQueries* queries_ = nullptr;
  std::uint64_t duplicates_ = 0, iterations_ = 0, steps_ = 0, elements_ = 0, bytes_ = 0,
                body_items_ = 0;
  std::uint32_t expression_depth_ = 0;
  bool exhausted_ = false;
};

}  // namespace gpuspec::eval
