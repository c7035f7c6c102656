#include <algorithm>

#include "backends/deploy/sandbox/kube/validate.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

bool isLower(char c) {
  return c >= 'a' && c <= 'z';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isUpper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool isLetterOrDigit(char c) {
  return isLower(c) || isUpper(c) || isDigit(c);
}

bool isLabel(std::string_view text) {
  const auto edge = [](char c) { return isLower(c) || isDigit(c); };
  return !text.empty() && edge(text.front()) && edge(text.back()) &&
         std::all_of(text.begin(), text.end(), [&](char c) { return edge(c) || c == '-'; });
}

bool isSubdomain(std::string_view text) {
  for (;;) {
    const std::size_t dot = text.find('.');
    if (!isLabel(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

bool isNamePart(std::string_view text) {
  return !text.empty() && isLetterOrDigit(text.front()) && isLetterOrDigit(text.back()) &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return isLetterOrDigit(c) || c == '-' || c == '_' || c == '.'; });
}

std::string tooLongText(std::size_t most) {
  return "must be no more than " + std::to_string(most) + " characters";
}

}  // namespace

std::string badSubdomain(std::string_view text) {
  if (text.size() > 253) return tooLongText(253);
  if (isSubdomain(text)) return "";
  return "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' "
         "or '.', "
         "and must start and end with an alphanumeric character (e.g. 'example.com', regex used "
         "for "
         "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
}

std::string badLabel(std::string_view text) {
  if (text.size() > 63) return tooLongText(63);
  if (isLabel(text)) return "";
  return "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
         "and must "
         "start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used "
         "for "
         "validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
}

std::string badLabel1035(std::string_view text) {
  if (text.size() > 63) return tooLongText(63);
  if (isLabel(text) && isLower(text.front())) return "";
  return "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with "
         "an "
         "alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or "
         "'abc-123', "
         "regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
}

std::string badQualifiedName(std::string_view text) {
  constexpr std::string_view kRule =
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an "
      "alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for "
      "validation is "
      "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
  const std::size_t slash = text.find('/');
  std::string_view name = text;
  if (slash != std::string_view::npos) {
    const std::string_view prefix = text.substr(0, slash);
    if (prefix.empty()) return "prefix part must be non-empty";
    if (const std::string why = badSubdomain(prefix); !why.empty()) return "prefix part " + why;
    name = text.substr(slash + 1);
    if (name.find('/') != std::string_view::npos) {
      return "a qualified name " + std::string(kRule) +
             " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
    }
  }
  if (name.empty()) return "name part must be non-empty";
  if (name.size() > 63) return "name part " + tooLongText(63);
  return isNamePart(name) ? "" : "name part " + std::string(kRule);
}

std::string badLabelValue(std::string_view text) {
  if (text.size() > 63) return tooLongText(63);
  if (text.empty() || isNamePart(text)) return "";
  return "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or "
         "'.', "
         "and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  "
         "or "
         "'12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
}

std::string badName(NameRule rule, std::string_view text) {
  switch (rule) {
    case NameRule::Label:
      return badLabel(text);
    case NameRule::Label1035:
      return badLabel1035(text);
    case NameRule::PathSegment:
      if (text == "." || text == "..") return "may not be '" + std::string(text) + "'";
      if (text.find('/') != std::string_view::npos) return "may not contain '/'";
      return text.find('%') != std::string_view::npos ? "may not contain '%'" : "";
    case NameRule::Subdomain:
      break;
  }
  return badSubdomain(text);
}

}  // namespace gpuspec::deploy::sandbox::api
