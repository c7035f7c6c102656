#include <algorithm>

#include "compiler/passes/checks.h"
#include "compiler/passes/names.h"
#include "compiler/passes/text.h"
#include "lang/diag/catalogue.h"

namespace gpuspec::passes {

namespace {

void checkTwice(const ir::Team& team, diag::Sink& sink) {
  std::map<std::pair<bool, std::string>, const ir::Member*> seen;
  for (const ir::Member& member : team.members) {
    const auto [first, added] = seen.try_emplace({member.group, member.subject}, &member);
    if (added) continue;
    sink.report(member.at, diag::MemberTwice, member.subject, team.address.shortName())
        .note(first->second->at, "with role " + first->second->role)
        .help("keep one: `admin` may do what `edit` may, and `edit` what `view` may");
  }
}

bool onAnyAks(const ir::Spec& spec, const ir::Team& team) {
  return std::any_of(team.cluster_ids.begin(), team.cluster_ids.end(),
                     [&](ir::ClusterId id) { return spec[id].platform == ir::Platform::Aks; });
}

void checkIds(const ir::Team& team, diag::Sink& sink) {
  for (const ir::Member& member : team.members) {
    if (!member.group || isGuid(member.subject) || member.subject.starts_with("system:")) continue;
    sink.report(member.at, diag::MemberIdOdd, member.subject)
        .help("`az ad group show --group NAME --query id` prints the id");
  }
}

}  // namespace

void checkMembers(const ir::Spec& spec, diag::Sink& sink) {
  for (const ir::Team& team : spec.teams) {
    checkTwice(team, sink);
    if (onAnyAks(spec, team)) checkIds(team, sink);
  }
}

}  // namespace gpuspec::passes
