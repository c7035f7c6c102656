#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "lang/diag/diagnostic.h"
#include "plugins/host/node_ids.h"

namespace gpuspec::host {

struct Relayed {
  std::optional<std::string> failure;  // the plugin says of itself that it is broken, and how
  std::optional<std::string> problem;  // the finding cannot be shown, and why
};

// The findings that a plugin declares, by code.
using DeclaredFindings = std::map<std::string, const diag::CodeInfo*, std::less<>>;

// One finding document to one report. Codes of the vendor family (3200-3299) are a plugin's to use,
// and those that it declares; any other number is reported as GS3200 with the finding's own
// `message`.
Relayed relayFinding(std::string_view json, const NodeIds& ids, diag::Sink& sink,
                     const DeclaredFindings& declared = {});

}  // namespace gpuspec::host
