#include "compiler/passes/names.h"

#include <algorithm>

namespace gpuspec::passes {

namespace {

bool isLower(char c) {
  return c >= 'a' && c <= 'z';
}
bool isUpper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool isDigit(char c) {
  return c >= '0' && c <= '9';
}
bool isAlnum(char c) {
  return isLower(c) || isUpper(c) || isDigit(c);
}

template <class Allowed>
std::string strangeIn(std::string_view text, Allowed allowed) {
  const auto at = std::find_if_not(text.begin(), text.end(), allowed);
  if (at == text.end()) return "";
  if (static_cast<unsigned char>(*at) >= 0x80) return "it has a character outside of ASCII";
  if (isUpper(*at)) return "it has the capital letter `" + std::string(1, *at) + "`";
  return *at == ' ' ? "it has a blank" : "it has `" + std::string(1, *at) + "`";
}

std::string lengthFault(std::string_view text, std::size_t longest) {
  if (text.empty()) return "it is empty";
  if (text.size() <= longest) return "";
  return "it has " + std::to_string(text.size()) + " characters, " + std::to_string(longest) +
         " are allowed";
}

// The first complaint that is one.
std::string firstOf(std::initializer_list<std::string> faults) {
  for (const std::string& fault : faults) {
    if (!fault.empty()) return fault;
  }
  return "";
}

template <class Edge>
std::string edgesFault(std::string_view text, Edge edge, const char* what) {
  if (!text.empty() && !edge(text.front())) return std::string("it does not begin with ") + what;
  if (!text.empty() && !edge(text.back())) return std::string("it does not end with ") + what;
  return "";
}

std::size_t longestPoolName(bool windows) {
  return windows ? 6 : 12;
}

}  // namespace

std::string poolNameFault(std::string_view name, bool windows) {
  const std::string first =
      name.empty() || isLower(name[0]) || isUpper(name[0]) ? "" : "it does not begin with a letter";
  std::string length = lengthFault(name, longestPoolName(windows));
  if (windows && !length.empty()) length += " on Windows";
  return firstOf({strangeIn(name, [](char c) { return isLower(c) || isDigit(c); }), first, length});
}

std::string poolNameFrom(std::string_view name, bool windows) {
  std::string legal;
  for (char c : name) {
    if (isUpper(c)) c = static_cast<char>(c - 'A' + 'a');
    if (isLower(c) || (isDigit(c) && !legal.empty())) legal += c;
  }
  return legal.substr(0, longestPoolName(windows));
}

std::string clusterNameFault(std::string_view name) {
  const auto allowed = [](char c) { return isAlnum(c) || c == '_' || c == '-'; };
  return firstOf({lengthFault(name, 63), strangeIn(name, allowed),
                  edgesFault(name, isAlnum, "a letter or digit")});
}

std::string resourceGroupFault(std::string_view name) {
  const auto allowed = [](char c) {
    return isAlnum(c) || std::string_view("_-.()").find(c) != std::string_view::npos ||
           static_cast<unsigned char>(c) >=
               0x80;  // letters of any script; the service has the last word
  };
  const std::string dot = name.ends_with('.') ? "it ends with a dot" : "";
  return firstOf({lengthFault(name, 90), strangeIn(name, allowed), dot});
}

std::string dnsLabelFault(std::string_view name, std::size_t longest) {
  const auto allowed = [](char c) { return isLower(c) || isDigit(c) || c == '-'; };
  const auto edge = [](char c) { return isLower(c) || isDigit(c); };
  return firstOf({strangeIn(name, allowed), edgesFault(name, edge, "a letter or digit"),
                  lengthFault(name, longest)});
}

std::string serviceNameFault(std::string_view name, std::size_t longest) {
  const std::string first = !name.empty() && isDigit(name[0]) ? "it begins with a digit" : "";
  return firstOf({dnsLabelFault(name, longest), first});
}

std::string portNameFault(std::string_view name) {
  const std::string letter =
      std::any_of(name.begin(), name.end(), isLower) ? "" : "it has no letter";
  const std::string dashes =
      name.find("--") == std::string_view::npos ? "" : "it has two dashes in a row";
  return firstOf({dnsLabelFault(name, 15), letter, dashes});
}

std::string labelValueFault(std::string_view value) {
  if (value.empty()) return "";
  const auto allowed = [](char c) { return isAlnum(c) || c == '-' || c == '_' || c == '.'; };
  return firstOf({strangeIn(value, allowed), edgesFault(value, isAlnum, "a letter or digit"),
                  lengthFault(value, 63)});
}

std::string labelKeyFault(std::string_view key) {
  const std::size_t slash = key.find('/');
  if (slash == std::string_view::npos) return key.empty() ? "it is empty" : labelValueFault(key);
  const std::string_view prefix = key.substr(0, slash);
  const std::string_view name = key.substr(slash + 1);
  const auto allowed = [](char c) { return isLower(c) || isDigit(c) || c == '-' || c == '.'; };
  const auto edge = [](char c) { return isLower(c) || isDigit(c); };
  if (name.empty()) return "nothing stands after `/`";
  if (name.find('/') != std::string_view::npos) return "it has two `/`";
  if (prefix.empty()) return "nothing stands before `/`";
  return firstOf({strangeIn(prefix, allowed), edgesFault(prefix, edge, "a letter or digit"),
                  lengthFault(prefix, 253), labelValueFault(name)});
}

// Kubernetes 1.34 and later take nearly any text; programs that read the environment do not.
std::string envNameFault(std::string_view name) {
  const auto allowed = [](char c) { return isAlnum(c) || c == '_' || c == '-' || c == '.'; };
  const std::string first = !name.empty() && isDigit(name[0]) ? "it begins with a digit" : "";
  const std::string empty = name.empty() ? "it is empty" : "";
  const std::string capital_ok = strangeIn(name, allowed);
  return firstOf({empty, capital_ok, first});
}

bool isGuid(std::string_view text) {
  constexpr std::string_view kShape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  if (text.size() != kShape.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool hex = isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (kShape[i] == '-' ? c != '-' : !hex) return false;
  }
  return true;
}

}  // namespace gpuspec::passes
