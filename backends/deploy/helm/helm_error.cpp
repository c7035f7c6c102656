#include "backends/deploy/helm/helm_error.h"

#include "backends/deploy/plan/diff.h"

namespace gpuspec::deploy::helm {

namespace {

using apply::ApiError;
using model::Tree;

constexpr std::size_t kLongest = 600;  // characters of what helm said

// What comes after the last "Error: ", else the last line that says something; as one line.
std::string reasonIn(const std::string& text) {
  const std::size_t end = text.find_last_not_of("\r\n ");
  if (end == std::string::npos) return "";
  constexpr std::string_view kMark = "Error: ";
  std::size_t begin = text.rfind(kMark);
  const bool marked = begin == 0 || (begin != std::string::npos && text[begin - 1] == '\n');
  if (marked) {
    begin += kMark.size();
  } else {
    begin = text.rfind('\n', end);
    begin = begin == std::string::npos ? 0 : begin + 1;
  }
  std::string out;
  for (std::size_t i = begin; i <= end; ++i) {
    const bool space = text[i] == '\n' || text[i] == '\r' || text[i] == '\t' || text[i] == ' ';
    if (!space) out += text[i];
    if (space && !out.empty() && out.back() != ' ') out += ' ';
  }
  if (out.size() > kLongest) out = out.substr(0, kLongest) + " ...";
  return out;
}

void collectSecrets(const model::ResourceKey& key, const Tree& value, const std::string& path,
                    std::vector<std::string>& out) {
  if (value.isMap()) {
    for (const auto& [name, below] : value.asMap())
      collectSecrets(key, below, path.empty() ? name : path + "." + name, out);
  } else if (value.isList()) {
    for (const Tree& item : value.asList()) collectSecrets(key, item, path, out);
  } else if (value.isString() && value.asString().size() >= 4 && plan::isSensitive(key, path)) {
    out.push_back(value.asString());
  }
}

std::string withoutSecrets(std::string text, const plan::Change& change) {
  std::vector<std::string> secrets;
  if (const Tree* values = change.body.find("values"))
    collectSecrets(change.key, *values, "values", secrets);
  for (const std::string& secret : secrets) {
    for (std::size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
      text.replace(at, secret.size(), "***");
  }
  return text;
}

struct Known {
  const char *says, *way_out;
};
constexpr Known kKnown[] = {
    {"unknown flag: --labels", "install Helm 3.13 or newer"},
    {"unknown flag: --ignore-not-found", "install Helm 3.13 or newer"},
    {"another operation (install/upgrade/rollback) is in progress",
     "a helm that did not end well left it so: `helm rollback` to its last good revision, or `helm "
     "uninstall` it where there is none; then run it again"},
    {"invalid ownership metadata",
     "objects of the chart's names belong to somebody else; remove or rename these"},
    {"Kubernetes cluster unreachable", "see whether the cluster's API answers; run it again"},
    {"context deadline exceeded", "run it again; a longer --timeout gives it more time"},
    {"timed out waiting", "see what its pods wait for; a longer --timeout gives it more time"},
    {"failed to download", "see whether the chart's repository can be reached from here"},
    {"looks like", "see whether the chart's repository can be reached from here"},
    {"not found in", "see whether the repository has this chart in this version"},
    {"no chart version found", "see whether the repository has this chart in this version"},
    {"don't meet the specifications of the schema", "the chart refuses these values"},
};

std::string wayOut(const std::string& reason, const plan::Change& change) {
  for (const Known& known : kKnown) {
    if (reason.find(known.says) != std::string::npos) return known.way_out;
  }
  return "see `helm status " + change.key.name + " -n " + change.key.scope +
         "`; running it again tries it again";
}

}  // namespace

llvm::Error helmError(const ProcessResult& result, const plan::Change& change,
                      std::chrono::seconds timeout) {
  if (result.cancelled)
    return llvm::make_error<ApiError>(ApiError::Kind::Cancelled, 0, "", "interrupted");
  const std::string reason =
      withoutSecrets(reasonIn(result.err.empty() ? result.out : result.err), change);
  std::string message = "helm ended with " + std::to_string(result.exit_code);
  if (result.timed_out) message = "helm did not end in " + std::to_string(timeout.count()) + " s";
  ApiError error(result.timed_out ? ApiError::Kind::Busy : ApiError::Kind::Server, 0, "HelmFailed",
                 message + (reason.empty() ? "" : ": " + reason));
  error.way_out = wayOut(reason, change);
  return llvm::make_error<ApiError>(std::move(error));
}

}  // namespace gpuspec::deploy::helm
