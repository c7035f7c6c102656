#include "backends/deploy/kube/exec_credential.h"

#include <filesystem>

#include "backends/deploy/apply/utc_text.h"
#include "backends/deploy/http/secrets.h"
#include "backends/deploy/kube/connecting.h"
#include "backends/deploy/kube/tree_text.h"
#include "backends/deploy/process/process.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::kube {

namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

constexpr std::size_t kLargestAnswer = 1u << 20;
constexpr seconds kRenewBefore{60};
constexpr const char* kSignInHint =
    "let it sign in without a person; of kubelogin: AAD_LOGIN_METHOD=workloadidentity, msi, spn or "
    "azurecli";

}  // namespace

std::string ExecCredential::program() const {
  return "`" + fs::path(config_.words[0]).filename().string() + "`";
}

llvm::Expected<std::string> ExecCredential::token(bool renew) {
  const std::lock_guard lock(mutex_);
  const Time now = tools_.now();
  if (!renew && status_ && now < status_->renew_at) return status_->token;
  llvm::Expected<Status> fresh = run();
  if (fresh) {
    status_ = std::move(*fresh);
    return status_->token;
  }
  if (renew || !status_ || now >= status_->ends_at) return fresh.takeError();
  // It is good for a while yet; the next call tries again.
  llvm::consumeError(fresh.takeError());
  return status_->token;
}

ClientCertificate ExecCredential::certificate() const {
  const std::lock_guard lock(mutex_);
  return status_ ? status_->certificate : ClientCertificate();
}

std::string ExecCredential::shown(const std::string& said) const {
  http::Secrets known;
  for (const std::string& variable : config_.variables)
    known.add(std::string_view(variable).substr(variable.find('=') + 1));
  return http::withoutLikelySecrets(known.hiddenIn(http::oneLine(said)));
}

llvm::Error ExecCredential::failed(const std::string& what, const std::string& said) const {
  const std::string line = shown(said);
  return kubeconfigError(
      config_.label + ": " + program() + " " + what + (line.empty() ? "" : ": " + line),
      config_.install_hint.empty() ? kSignInHint : http::oneLine(config_.install_hint));
}

llvm::Expected<std::string> ExecCredential::path() const {
  const std::string& command = config_.words[0];
  if (command.find('/') == std::string::npos) {
    std::string found = process::findProgram(command);
    if (found.empty()) return failed("is not on PATH, and gives this user its credentials");
    return found;
  }
  std::string path = (fs::path(config_.folder) / command).string();
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored))
    return failed("is not there (`" + path + "`), and gives this user its credentials");
  return path;
}

llvm::Expected<ExecCredential::Status> ExecCredential::run() const {
  if (config_.wants_terminal)
    return failed("wants to ask a person (`interactiveMode: Always`), and gpuspec runs it alone");
  llvm::Expected<std::string> program = path();
  if (!program) return program.takeError();
  std::vector<std::string> words = config_.words;
  words[0] = *program;
  std::vector<std::string> with = config_.variables;
  with.push_back("KUBERNETES_EXEC_INFO=" + config_.info);
  static const http::CancelToken kNever;
  llvm::Expected<process::ProcessResult> result = process::runProcess(
      words, kNever, {.timeout = tools_.patience, .keep = kLargestAnswer, .with = with});
  if (!result) return result.takeError();
  if (result->timed_out)
    return failed("did not end within " + std::to_string(tools_.patience.count() / 1000) + " s",
                  result->err);
  if (result->exit_code != 0)
    return failed("ended with " + std::to_string(result->exit_code), result->err);
  return read(result->out);
}

// Whatever the program printed stays here: it is a credential, or may be one.
llvm::Expected<ExecCredential::Status> ExecCredential::read(const std::string& out) const {
  llvm::Expected<Tree> answer = ir::parseJson(out);
  if (!answer || !answer->isMap()) {
    if (!answer) llvm::consumeError(answer.takeError());
    return failed(out.empty() ? "printed nothing"
                              : "printed something else than an ExecCredential");
  }
  if (textAt(*answer, "kind") != "ExecCredential")
    return failed("printed something else than an ExecCredential");
  if (textAt(*answer, "apiVersion") != config_.api_version)
    return failed("answered in another version than the kubeconfig names, " + config_.api_version);
  const Tree* body = answer->find("status");
  Status status;
  status.token = textAt(body, "token");
  status.certificate.pem = textAt(body, "clientCertificateData");
  status.certificate.key_pem = textAt(body, "clientKeyData");
  if (status.certificate.pem.empty() != status.certificate.key_pem.empty())
    return failed("gave a certificate and no key for it, or a key alone");
  if (status.token.empty() && status.certificate.pem.empty())
    return failed("gave neither a token nor a certificate");
  if (status.token.find_first_of("\r\n") != std::string::npos)
    return failed("gave a token of more than one line");
  if (llvm::Error error = takeEnd(*body, status)) return error;
  return status;
}

llvm::Error ExecCredential::takeEnd(const Tree& body, Status& to) const {
  const std::string end = textAt(body, "expirationTimestamp");
  if (end.empty()) return llvm::Error::success();
  const std::optional<Time> time = apply::timeOf(end);
  if (!time) return failed("gave an `expirationTimestamp` that is none");
  to.ends_at = *time;
  const auto life = std::chrono::duration_cast<seconds>(*time - tools_.now());
  to.renew_at = *time - std::min(kRenewBefore, std::max(life / 4, seconds(0)));
  return llvm::Error::success();
}

}  // namespace gpuspec::deploy::kube
