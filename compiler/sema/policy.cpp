#include <map>

#include "compiler/sema/analysis.h"

namespace gpuspec::sema {

namespace {

struct LevelList {
  const char* attribute;
  diag::Sink::Override level;
};

constexpr LevelList kLists[] = {{"deny", diag::Sink::Override::Deny},
                                {"warn", diag::Sink::Override::Warn},
                                {"off", diag::Sink::Override::Off}};

// What a code was set to, and where.
struct Setting {
  const char* list;
  source::Location at;
};

void reportUnknown(Analysis& analysis, const eval::Value& item) {
  analysis.sink.report(item.at(), diag::PolicyCodeUnknown, item.asText())
      .help("codes are written as findings show them, `" +
            diag::codeName(diag::VmSizeUnknownInfo.code) + "`");
}

void applyOne(Analysis& analysis, const eval::Value& item, const LevelList& list,
              std::map<std::uint16_t, Setting>& seen) {
  const std::uint16_t code = diag::parseCode(item.asText());
  if (code == 0) return reportUnknown(analysis, item);
  if (diag::findCode(code)->kind == diag::Kind::Hard) {
    analysis.sink.report(item.at(), diag::PolicyCodeHard, item.asText())
        .help("such a finding says that the output would be wrong; mend what it points at");
    return;
  }
  const auto [entry, is_new] = seen.insert({code, {list.attribute, item.at()}});
  if (!is_new && std::string_view(entry->second.list) != list.attribute) {
    analysis.sink.report(item.at(), diag::PolicyCodeTwice, item.asText(), entry->second.list)
        .note(entry->second.at, "the other list");
    return;
  }
  analysis.sink.setLevel(code, list.level);
}

}  // namespace

void applyPolicies(Analysis& analysis) {
  std::map<std::uint16_t, Setting> seen;
  for (eval::BlockId id : analysis.program.ofKind("policy")) {
    const eval::Block& block = analysis.program[id];
    for (const LevelList& list : kLists) {
      for (const eval::Value* item : itemsOf(block.value(list.attribute)))
        applyOne(analysis, *item, list, seen);
    }
  }
}

}  // namespace gpuspec::sema
