#include "backends/deploy/text/secret_names.h"

#include <algorithm>
#include <string>

namespace gpuspec::deploy::text {

namespace {

struct Hint {
  std::string_view text;  // in lower case
  bool only_in_texts = false;
};

constexpr Hint kHints[] = {
    {"password"},          {"passwd"},      {"secret"},     {"token"},      {"credential"},
    {"credentials"},       {"apikey"},      {"api_key"},    {"api-key"},    {"privatekey"},
    {"private_key"},       {"private-key"}, {"access_key"}, {"accesskey"},  {"connectionstring"},
    {"connection_string"}, {"key", true},   {"pwd", true},  {"pass", true}, {"auth", true},
    {"assertion", true},   {"sig", true},
};

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) {
    return static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  });
  return out;
}

template <class Matches>
bool anyHint(bool in_text, Matches matches) {
  return std::any_of(std::begin(kHints), std::end(kHints), [&](const Hint& hint) {
    return (in_text || !hint.only_in_texts) && matches(hint.text);
  });
}

}  // namespace

bool soundsSecret(std::string_view name) {
  const std::string text = lower(name);
  return anyHint(false, [&](auto hint) { return text.find(hint) != std::string::npos; });
}

bool maySoundSecret(std::string_view name) {
  const std::string text = lower(name);
  return anyHint(true, [&](auto hint) { return text.find(hint) != std::string::npos; });
}

bool isSecretVariable(std::string_view name) {
  const std::string text = "_" + lower(name) + "_";
  return anyHint(false, [&](std::string_view hint) {
    // Two words may have a third before them without a line between: OPENAIAPI_KEY.
    const bool is_two = hint.find('_') != std::string_view::npos;
    const std::string wanted = (is_two ? "" : "_") + std::string(hint) + "_";
    return text.find(wanted) != std::string::npos;
  });
}

}  // namespace gpuspec::deploy::text
