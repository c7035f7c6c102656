#include "compiler/eval/sound_part.h"

#include <algorithm>
#include <map>

namespace gpuspec::eval {

namespace {

// Values are shared, so a few lines can stand for more of them than can be looked at.
constexpr std::uint64_t kMostValues = 20'000'000;

// What the values of one declaration lead to.
struct Uses {
  std::vector<BlockId> blocks;
  bool poison = false;
};

class Walk {
 public:
  // False when there are too many values to look at.
  bool block(const Block& block, Uses& uses) {
    for (const Attribute& attribute : block.attributes) {
      for (const Value& arg : attribute.args) value(arg, uses);
      value(attribute.value, uses);
    }
    for (const Phrase& phrase : block.phrases) {
      for (const Value* part : {&phrase.target, &phrase.except, &phrase.port, &phrase.threshold})
        value(*part, uses);
    }
    bool all = left_ > 0;
    for (const Block& inner : block.blocks) all = all && this->block(inner, uses);
    return all;
  }

 private:
  void value(const Value& value, Uses& uses) {
    if (value.weight() > left_) {
      left_ = 0;
      return;
    }
    left_ -= value.weight();
    visit(value, uses);
  }

  void visit(const Value& value, Uses& uses) {
    if (value.isPoison()) uses.poison = true;
    if (value.is(ValueKind::Ref)) uses.blocks.push_back(value.asRef());
    if (value.is(ValueKind::List)) {
      for (const Value& item : value.asList()) visit(item, uses);
    }
    if (value.is(ValueKind::Map)) {
      for (const auto& [key, item] : value.asMap()) visit(item, uses);
    }
  }

  std::uint64_t left_ = kMostValues;
};

// The declarations by the text that wrote them: a loop makes many of one. Such texts do not
// overlap.
class Texts {
 public:
  explicit Texts(const std::vector<Block>& blocks) {
    for (std::uint32_t i = 0; i < blocks.size(); ++i) {
      const source::Range& range = blocks[i].body_at.range;
      if (range.valid()) by_begin_[{range.file_id.index, range.begin}].push_back({range.end, i});
    }
  }

  // The declarations whose text holds `range`.
  std::vector<std::uint32_t> around(const source::Range& range) const {
    std::vector<std::uint32_t> found;
    if (!range.valid()) return found;
    auto next = by_begin_.upper_bound({range.file_id.index, range.begin});
    if (next == by_begin_.begin()) return found;
    const auto& [begin, blocks] = *std::prev(next);
    if (begin.first != range.file_id.index) return found;
    for (const auto& [end, index] : blocks) {
      if (range.end <= end) found.push_back(index);
    }
    return found;
  }

 private:
  std::map<std::pair<std::uint32_t, std::uint32_t>,
           std::vector<std::pair<std::uint32_t, std::uint32_t>>>
      by_begin_;
};

// Marks what refers to a marked declaration, and what refers to that.
void spread(const std::vector<std::vector<std::uint32_t>>& users, std::vector<bool>& marked) {
  std::vector<std::uint32_t> open;
  for (std::uint32_t i = 0; i < marked.size(); ++i) {
    if (marked[i]) open.push_back(i);
  }
  while (!open.empty()) {
    const std::uint32_t next = open.back();
    open.pop_back();
    for (const std::uint32_t user : users[next]) {
      if (marked[user]) continue;
      marked[user] = true;
      open.push_back(user);
    }
  }
}

}  // namespace

std::optional<Program> soundPart(const Program& program, const std::set<source::Range>& errors) {
  if (program.incomplete) return std::nullopt;
  const std::size_t count = program.blocks.size();
  std::vector<bool> left_out(count);
  const Texts texts(program.blocks);
  for (const source::Range& error : errors) {
    const std::vector<std::uint32_t> around = texts.around(error);
    if (around.empty()) return std::nullopt;
    for (const std::uint32_t index : around) left_out[index] = true;
  }
  std::vector<std::vector<std::uint32_t>> users(count);
  Walk walk;
  for (std::uint32_t i = 0; i < count; ++i) {
    Uses uses;
    if (!walk.block(program.blocks[i], uses)) return std::nullopt;
    if (uses.poison || program.blocks[i].broken) left_out[i] = true;
    for (const BlockId used : uses.blocks) users[used.index].push_back(i);
  }
  spread(users, left_out);
  // A policy says how everything is judged.
  const auto concernsAll = [&](std::uint32_t i) {
    return left_out[i] && program.blocks[i].kind == "policy";
  };
  bool something = false;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (concernsAll(i)) return std::nullopt;
    something = something || !left_out[i];
  }
  if (!something) return std::nullopt;
  Program part = program;
  part.left_out = std::move(left_out);
  return part;
}

}  // namespace gpuspec::eval
