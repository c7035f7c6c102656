#include "backends/deploy/kube/conflicts.h"

#include <algorithm>

#include "backends/deploy/model/compare.h"

namespace gpuspec::deploy::kube {

namespace {

using apply::ApiError;

std::string withoutBrackets(const std::string& path) {
  std::string out;
  int depth = 0;
  for (const char c : path) {
    if (c == '[') ++depth;
    if (depth == 0) out += c;
    if (c == ']') --depth;
  }
  return out;
}

// Equal, or one holds the other.
bool related(const std::string& a, const std::string& b) {
  const std::string& shorter = a.size() < b.size() ? a : b;
  const std::string& longer = a.size() < b.size() ? b : a;
  return longer == shorter || longer.starts_with(shorter + ".");
}

// A field begins with a dot, behind `using v1: ` or `- `.
bool beginsField(const std::string& text, std::size_t at) {
  return text[at] == '.' && at >= 2 && text[at - 1] == ' ' &&
         (text[at - 2] == ':' || text[at - 2] == '-');
}

// Up to the end of the line, or of the sentence when brackets do not hold it.
std::string fieldAt(const std::string& text, std::size_t at) {
  int depth = 0;
  std::string field;
  for (std::size_t i = at + 1; i < text.size() && text[i] != '\n' && text[i] != ';'; ++i) {
    if (text[i] == '[') ++depth;
    if (text[i] == ']') --depth;
    if (text[i] == ' ' && depth == 0) break;
    field += text[i];
  }
  return withoutBrackets(field);
}

}  // namespace

std::vector<std::string> conflictingFields(const llvm::Error& error) {
  std::vector<std::string> fields;
  if (codeOf(error) != "FieldManagerConflict") return fields;
  const std::string message = messageOf(error);
  for (std::size_t at = 0; at < message.size(); ++at) {
    if (beginsField(message, at)) fields.push_back(fieldAt(message, at));
  }
  return fields;
}

bool isInPlan(const llvm::Error& error, const std::vector<plan::FieldChange>& changes) {
  const std::vector<std::string> fields = conflictingFields(error);
  return !fields.empty() && std::all_of(fields.begin(), fields.end(), [&](const auto& field) {
    return std::any_of(changes.begin(), changes.end(), [&](const plan::FieldChange& change) {
      return related(field, withoutBrackets(change.path));
    });
  });
}

bool isPassing(const llvm::Error& error) {
  const std::string message = messageOf(error);
  const auto says = [&](std::string_view part) { return message.find(part) != std::string::npos; };
  switch (kindOf(error)) {
    case ApiError::Kind::NotFound:
      return says("could not find the requested resource");
    case ApiError::Kind::Forbidden:
      return says("status unknown for quota");
    default:
      return false;
  }
}

bool isRace(const llvm::Error& error) {
  return kindOf(error) == ApiError::Kind::Conflict &&
         messageOf(error).find("the object has been modified") != std::string::npos;
}

bool isGuardedKind(const std::string& kind) {
  return model::isGuardedKind(kind);
}

}  // namespace gpuspec::deploy::kube
