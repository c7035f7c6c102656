#include <cstdlib>

#include "backends/deploy/helm/helm_client.h"
#include "backends/deploy/helm/helm_error.h"

namespace gpuspec::deploy::helm {

namespace {

constexpr std::chrono::seconds kPatience{30};

struct Version {
  int major = 0, minor = 0;
  friend auto operator<=>(const Version&, const Version&) = default;
};

// The first "3.13" of a text; nullopt: there is none.
std::optional<Version> versionIn(const std::string& text) {
  const auto isDigit = [](char c) { return c >= '0' && c <= '9'; };
  for (std::size_t dot = text.find('.'); dot != std::string::npos; dot = text.find('.', dot + 1)) {
    std::size_t begin = dot;
    while (begin > 0 && isDigit(text[begin - 1])) --begin;
    if (begin == dot || dot + 1 >= text.size() || !isDigit(text[dot + 1])) continue;
    return Version{std::atoi(text.c_str() + begin), std::atoi(text.c_str() + dot + 1)};
  }
  return std::nullopt;
}

}  // namespace

std::string findHelm() {
  return process::findProgram("helm");
}

std::string whyNoHelm(const std::string& helm) {
  if (helm.empty()) return "`helm` is not on PATH";
  static const http::CancelToken kNever;
  llvm::Expected<ProcessResult> result =
      runProcess({helm, "version", "--template", "{{.Version}}"}, kNever, {.timeout = kPatience});
  if (!result) return "`" + helm + "` cannot be run: " + llvm::toString(result.takeError());
  if (result->timed_out)
    return "`" + helm + " version` did not end in " + std::to_string(kPatience.count()) + " s";
  if (result->exit_code == 127 || result->exit_code == 126) return "`" + helm + "` cannot be run";
  const std::optional<Version> found = versionIn(result->out);
  // A helm that does not say so may well do.
  if (!found || *found >= *versionIn(kOldestHelm)) return "";
  return "`" + helm + "` is version " + std::to_string(found->major) + "." +
         std::to_string(found->minor);
}

}  // namespace gpuspec::deploy::helm
