#include "backends/deploy/helm/helm_error.h"

#include "backends/deploy/http/secrets.h"
#include "backends/deploy/plan/diff.h"

namespace gpuspec::deploy::helm {

namespace {

using apply::ApiError;
using model::Tree;

constexpr std::size_t kLongest = 600;  // characters of what helm said

// What comes after the last "Error: ", else the last line that says something; as one line.
// `cut`: helm was ended while it ran.
std::string reasonIn(const std::string& text, bool cut) {
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
  // Without the mark, or before helm had an end of its own, it may be anybody's: of the program
  // that signs in, for instance.
  if (!marked || cut) out = http::withoutLikelySecrets(out);
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

// https://user:password@host, as a repository's address may hold it.
void hideUserInfo(std::string& text) {
  for (std::size_t at = text.find("://"); at != std::string::npos; at = text.find("://", at)) {
    at += 3;
    const std::size_t end = text.find_first_of("/ \"'`?#", at);
    const std::size_t sign = text.substr(at, end - at).rfind('@');
    if (sign != std::string::npos) text.replace(at, sign, "***");
  }
}

std::string withoutSecrets(std::string text, const plan::Change& change) {
  hideUserInfo(text);
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
    {"unknown flag: --", "install Helm 3.13 or newer"},
    {"another operation (install/upgrade/rollback) is in progress",
     "another helm is at it; run it again once that has ended"},
    {"invalid ownership metadata",
     "objects of the chart's names belong to somebody else; remove or rename these"},
    {"getting credentials: exec",
     "the program that signs in (`exec` of the kubeconfig's user) failed when helm ran it"},
    {"Kubernetes cluster unreachable", "see whether the cluster's API answers; run it again"},
    {"context deadline exceeded", "run it again; a longer --timeout gives it more time"},
    {"timed out waiting", "see what its pods wait for; a longer --timeout gives it more time"},
    {"Too long: ",
     "Helm keeps chart and values in one Secret, of 1 MiB at most: make them smaller"},
    {"not found in", "see whether the repository has this chart in this version"},
    {"no chart version found", "see whether the repository has this chart in this version"},
    {"improper constraint", "see whether the repository has this chart in this version"},
    {"failed to download", "see whether the chart's repository can be reached from here"},
    {"failed to perform",
     "see whether the chart's registry can be reached from here, and whether "
     "it wants `helm registry login`"},
    {"failed to do request", "see whether the chart's registry can be reached from here"},
    {"is not a valid chart repository",
     "see whether the chart's repository can be reached from here"},
    {"repo not found", "`helm repo add` it, or give the release a `repository`"},
    {"non-absolute URLs should be in form of repo_name/path_to_chart",
     "give the release a `repository`, or write a folder as `./folder`"},
    {"don't meet the specifications of the schema", "the chart refuses these values"},
    {"is forbidden", "whoever applies this needs these rights in the cluster"},
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
  const std::string reason = withoutSecrets(
      reasonIn(result.err.empty() ? result.out : result.err, result.timed_out), change);
  std::string message = "helm ended with " + std::to_string(result.exit_code);
  if (result.timed_out) message = "helm did not end in " + std::to_string(timeout.count()) + " s";
  ApiError error(result.timed_out ? ApiError::Kind::Busy : ApiError::Kind::Server, 0, "HelmFailed",
                 message + (reason.empty() ? "" : ": " + reason));
  error.way_out = wayOut(reason, change);
  return llvm::make_error<ApiError>(std::move(error));
}

}  // namespace gpuspec::deploy::helm
