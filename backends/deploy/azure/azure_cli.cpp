#include <ctime>

#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/sign_in.h"
#include "backends/deploy/http/secrets.h"
#include "backends/deploy/process/process.h"
#include "compiler/ir/json.h"

// Whoever is signed in with `az login`.

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;
using std::chrono::seconds;

constexpr seconds kPatience{60};
constexpr std::size_t kLargestAnswer = 1u << 20;

std::string textAt(const Tree& answer, std::string_view key) {
  const Tree* value = answer.find(key);
  return value != nullptr && value->isString() ? value->asString() : "";
}

// `expires_on` since Azure CLI 2.54; `expiresOn` is local time and says no zone. -1 = neither.
std::int64_t endOf(const Tree& answer) {
  if (const std::int64_t end = numberAt(answer, "expires_on"); end >= 0) return end;
  std::tm parts{};
  const std::string text = textAt(answer, "expiresOn");
  if (::strptime(text.c_str(), "%Y-%m-%d %H:%M:%S", &parts) == nullptr) return -1;
  parts.tm_isdst = -1;
  return static_cast<std::int64_t>(std::mktime(&parts));
}

class AzureCli : public SignIn {
 public:
  AzureCli(const Environment& environment, apply::Clock& clock)
      : environment_(environment), clock_(clock) {}

  std::string name() const override {
    return "the login of `az`" + (tenant_.empty() ? "" : ", tenant " + tenant_);
  }

  llvm::Expected<Token> fetch(const std::string& scope) override {
    const std::string program = process::findProgram("az");
    if (program.empty()) return unavailable("`az` is not on PATH");
    static const http::CancelToken kNever;
    // Not in this folder: Python would take modules from it.
    llvm::Expected<process::ProcessResult> result =
        process::runProcess(words(program, scope), kNever,
                            {.timeout = kPatience,
                             .keep = kLargestAnswer,
                             .with = {"AZURE_CORE_NO_COLOR=true"},
                             .folder = "/"});
    if (!result) return result.takeError();
    if (result->timed_out)
      return failure("did not end within " + std::to_string(kPatience.count()) + " s", "");
    if (result->exit_code != 0)
      return failure("ended with " + std::to_string(result->exit_code), result->err);
    return read(result->out);
  }

 private:
  std::vector<std::string> words(const std::string& program, const std::string& scope) const {
    std::vector<std::string> words = {program,   "account", "get-access-token", "--output", "json",
                                      "--scope", scope};
    if (!environment_.tenant_id.empty()) {
      words.insert(words.end(), {"--tenant", environment_.tenant_id});
    } else if (!environment_.subscription_id.empty()) {
      words.insert(words.end(), {"--subscription", environment_.subscription_id});
    }
    return words;
  }

  static llvm::Error failure(const std::string& what, const std::string& said) {
    const bool nobody = said.find("az login") != std::string::npos ||
                        said.find("az account set") != std::string::npos;
    if (nobody && said.find("AADSTS") == std::string::npos)
      return unavailable("nobody is signed in (az login)");
    const std::string line = http::withoutLikelySecrets(http::oneLine(said));
    return apiError(Kind::Unauthorized, 0, "",
                    "`az account get-access-token` " + what + (line.empty() ? "" : ": " + line),
                    "run it by hand to see more; `az login` signs in anew");
  }

  // What it prints is a token, and is repeated nowhere.
  llvm::Expected<Token> read(const std::string& out) {
    llvm::Expected<Tree> answer = ir::parseJson(out);
    if (!answer) {
      llvm::consumeError(answer.takeError());
      return failure("printed something else than a token", "");
    }
    const std::string text = textAt(*answer, "accessToken");
    const std::int64_t end = endOf(*answer);
    if (text.empty() || end < 0 || text.find_first_of("\r\n") != std::string::npos)
      return failure("printed something else than a token", "");
    tenant_ = textAt(*answer, "tenant");
    return tokenFor(text, seconds(end - static_cast<std::int64_t>(std::time(nullptr))), clock_);
  }

  const Environment environment_;
  apply::Clock& clock_;
  std::string tenant_;  // of the last token
};

}  // namespace

std::unique_ptr<SignIn> makeAzureCli(const Environment& environment, apply::Clock& clock) {
  return std::make_unique<AzureCli>(environment, clock);
}

}  // namespace gpuspec::deploy::azure
