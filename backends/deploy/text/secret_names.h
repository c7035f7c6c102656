#pragma once

// Which names sound secret: of fields, options, variables and headers. One list for what a plan
// shows, for what may be repeated of an API's error, and for what programs print.

#include <string_view>

namespace gpuspec::deploy::text {

// Of a field or its path, under which charts and APIs take credentials: "registry.adminPassword".
bool soundsSecret(std::string_view name);
// In a text that nobody knows the shape of, where hiding too much does no harm: `sig` and `key`,
// too.
bool maySoundSecret(std::string_view name);
// Of an environment variable, word by word: HF_TOKEN and DB_PASSWORD, but not
// TOKENIZERS_PARALLELISM.
bool isSecretVariable(std::string_view name);

}  // namespace gpuspec::deploy::text
