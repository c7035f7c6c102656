#include "backends/deploy/kube/connecting.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "backends/deploy/kube/base64.h"
#include "backends/deploy/kube/exec_credential.h"
#include "backends/deploy/kube/tree_text.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::kube {

namespace {

namespace fs = std::filesystem;

constexpr const char* kProxySchemes[] = {"http://", "https://", "socks5://", "socks5h://"};
constexpr std::uintmax_t kLargestFile = std::uintmax_t{64} << 20;

std::string trimmed(std::string text) {
  const std::size_t end = text.find_last_not_of("\r\n\t ");
  text.resize(end == std::string::npos ? 0 : end + 1);
  return text;
}

std::string joined(const std::vector<std::string>& items) {
  std::string out;
  for (const std::string& item : items) out += (out.empty() ? "" : ", ") + item;
  return out;
}

// What a user says that gpuspec does not do, and what to do instead. Left unsaid, another
// identity than the one meant would act.
struct Refused {
  const char* key;
  const char* why;
};
constexpr Refused kRefusedOfUser[] = {
    {"auth-provider",
     "says `auth-provider`, which Kubernetes has given up; use `exec` with a program that signs in "
     "(`kubelogin convert-kubeconfig` writes it for AKS), a token or a client certificate"},
    {"username",
     "has a user name and password, which Kubernetes has given up; use a token, a client "
     "certificate or `exec`"},
    {"password",
     "has a user name and password, which Kubernetes has given up; use a token, a client "
     "certificate or `exec`"},
    {"as", "acts for somebody else (`as`), which gpuspec does not do; use a context of its own"},
    {"as-uid", "acts for somebody else (`as-uid`), which gpuspec does not do"},
    {"as-groups", "acts for somebody else (`as-groups`), which gpuspec does not do"},
    {"as-user-extra", "acts for somebody else (`as-user-extra`), which gpuspec does not do"},
};

bool isProxy(const std::string& url) {
  if (url.empty()) return true;
  return std::any_of(std::begin(kProxySchemes), std::end(kProxySchemes), [&](const char* scheme) {
    return url.starts_with(scheme) && url.size() > std::string_view(scheme).size();
  });
}

class Connecting {
 public:
  Connecting(const Kubeconfig& config, std::string context)
      : config_(config), context_(std::move(context)) {}

  llvm::Expected<Connection> run() {
    if (context_.empty()) context_ = config_.current_context;
    if (context_.empty())
      return kubeconfigError(files() + ": no current context", "`--context NAME` picks one");
    const auto context = config_.contexts.find(context_);
    if (context == config_.contexts.end())
      return kubeconfigError(unknownContext(), "`--context NAME` picks another one");
    if (llvm::Error error = takeCluster(context->second)) return error;
    if (llvm::Error error = takeUser(context->second)) return error;
    connection_.identity += ", context `" + context_ + "`";
    return std::move(connection_);
  }

 private:
  std::string files() const { return joined(config_.files); }

  std::string unknownContext() const {
    std::vector<std::string> known;
    for (const auto& entry : config_.contexts) known.push_back(entry.first);
    return files() + ": no context `" + context_ + "`; there " +
           (known.empty() ? "is none" : (known.size() == 1 ? "is: " : "are: ") + joined(known));
  }

  std::string missing(const Named& context, const std::string& what,
                      const std::string& name) const {
    const std::string head = context.file + ": context `" + context_ + "` names ";
    if (name.empty()) return head + "no " + what;
    return head + "the " + what + " `" + name + "`, which is not there";
  }

  // `key`-data in base64, or the file that `key` names.
  llvm::Error takePem(const Named& from, const std::string& key, const std::string& what,
                      std::string& pem) {
    if (const std::string data = textAt(from.body, key + "-data"); !data.empty()) {
      std::optional<std::string> decoded = decodeBase64(data);
      if (!decoded) return kubeconfigError(what + ": `" + key + "-data` is no base64");
      pem = std::move(*decoded);
    } else if (const std::string file = textAt(from.body, key); !file.empty()) {
      llvm::Expected<std::string> text = readWhole((fs::path(from.folder) / file).string());
      if (!text)
        return kubeconfigError(what + ": `" + key + "`: " + llvm::toString(text.takeError()));
      pem = std::move(*text);
    } else {
      return llvm::Error::success();
    }
    if (pem.find("-----BEGIN ") == std::string::npos)
      return kubeconfigError(what + ": `" + key + "` is no PEM");
    return llvm::Error::success();
  }

  llvm::Error takeCluster(const Named& context) {
    const std::string name = textAt(context.body, "cluster");
    const auto found = config_.clusters.find(name);
    if (found == config_.clusters.end()) return kubeconfigError(missing(context, "cluster", name));
    const Named& cluster = found->second;
    const std::string what = cluster.file + ": cluster `" + name + "`";
    connection_.server = textAt(cluster.body, "server");
    while (connection_.server.ends_with('/')) connection_.server.pop_back();
    if (connection_.server.empty()) return kubeconfigError(what + " has no `server`");
    if (!connection_.server.starts_with("https://") && !connection_.server.starts_with("http://"))
      return kubeconfigError(what + ": `server` is no URL", "write it as https://HOST:PORT");
    if (flagAt(cluster.body, "insecure-skip-tls-verify")) {
      return kubeconfigError(what +
                             " says `insecure-skip-tls-verify`; gpuspec always verifies: give the "
                             "server's CA as `certificate-authority`");
    }
    connection_.proxy = textAt(cluster.body, "proxy-url");
    if (!isProxy(connection_.proxy))
      return kubeconfigError(
          what + ": `proxy-url` is none",
          "write it as http://HOST:PORT, https://HOST:PORT or socks5://HOST:PORT");
    cluster_ = &cluster.body;
    connection_.tls.server_name = textAt(cluster.body, "tls-server-name");
    return takePem(cluster, "certificate-authority", what, connection_.tls.ca_pem);
  }

  llvm::Error takeUser(const Named& context) {
    const std::string name = textAt(context.body, "user");
    const auto found = config_.users.find(name);
    if (found == config_.users.end()) return kubeconfigError(missing(context, "user", name));
    const Named& user = found->second;
    const std::string what = user.file + ": user `" + name + "`";
    for (const Refused& refused : kRefusedOfUser) {
      const Tree* value = user.body.find(refused.key);
      if (value != nullptr && !value->empty()) return kubeconfigError(what + " " + refused.why);
    }
    http::TlsOptions& tls = connection_.tls;
    if (llvm::Error error = takePem(user, "client-certificate", what, tls.client_certificate_pem))
      return error;
    if (llvm::Error error = takePem(user, "client-key", what, tls.client_key_pem)) return error;
    if (tls.client_certificate_pem.empty() != tls.client_key_pem.empty()) {
      return kubeconfigError(what + " has " +
                             (tls.client_key_pem.empty()
                                  ? "a client certificate without its key (`client-key`)"
                                  : "a client key without its certificate (`client-certificate`)"));
    }
    connection_.identity = "user `" + name + "` of " + user.file;
    return takeToken(what, user);
  }

  // As a program of others has to be told: where it runs does not matter, and nobody is there to
  // ask.
  static Tree execForOthers(const Tree& exec, const std::string& folder) {
    Tree shown = exec;
    const std::string command = textAt(exec, "command");
    if (command.find('/') != std::string::npos)
      shown.set("command", fs::absolute(fs::path(folder) / command).lexically_normal().string());
    shown.set("interactiveMode", "Never");
    return ir::mapOf("exec", std::move(shown));
  }

  // A program runs only where the kubeconfig gives nothing itself, as with kubectl.
  llvm::Error takeExec(const std::string& what, const Named& user, const Tree& exec) {
    llvm::Expected<ExecConfig> config =
        readExec(what, exec, user.folder, *cluster_, connection_.tls.ca_pem);
    if (!config) return config.takeError();
    const auto program = std::make_shared<ExecCredential>(std::move(*config));
    connection_.identity += ", signed in by " + program->program();
    connection_.token = [program](bool renew) { return program->token(renew); };
    connection_.certificate = [program] { return program->certificate(); };
    connection_.renewing_user = execForOthers(exec, user.folder);
    if (const Tree* extensions = cluster_->find("extensions")) connection_.extensions = *extensions;
    return llvm::Error::success();
  }

  llvm::Error takeToken(const std::string& what, const Named& user) {
    const Tree* token = user.body.find("token");
    const std::string file = textAt(user.body, "tokenFile");
    if (!file.empty()) {
      const std::string path = (fs::path(user.folder) / file).string();
      connection_.token = tokenFrom(path, what);
      connection_.renewing_user = ir::mapOf("tokenFile", fs::absolute(path).string());
      return llvm::Error::success();
    }
    if (token != nullptr && !token->isString() && !token->isNull())
      return kubeconfigError(what + ": `token` is no text; put it in quotes");
    const std::string text = trimmed(textAt(user.body, "token"));
    const Tree* exec = user.body.find("exec");
    const bool gives_nothing = text.empty() && connection_.tls.client_certificate_pem.empty();
    if (gives_nothing && exec != nullptr && exec->isMap()) return takeExec(what, user, *exec);
    if (gives_nothing) return kubeconfigError(what + " has no token and no client certificate");
    connection_.token = [text](bool) -> llvm::Expected<std::string> { return text; };
    return llvm::Error::success();
  }

  const Kubeconfig& config_;
  std::string context_;
  const Tree* cluster_ = nullptr;  // of the context
  Connection connection_;
};

}  // namespace

llvm::Expected<Connection> connect(const Kubeconfig& config, std::string context) {
  return Connecting(config, std::move(context)).run();
}

llvm::Error kubeconfigError(const std::string& text, std::string way_out) {
  apply::ApiError error(apply::ApiError::Kind::Invalid, 0, "", text);
  error.way_out = std::move(way_out);
  return llvm::make_error<apply::ApiError>(std::move(error));
}

std::function<llvm::Expected<std::string>(bool)> tokenFrom(std::string path, std::string what) {
  return [path = std::move(path), what = std::move(what)](bool) -> llvm::Expected<std::string> {
    llvm::Expected<std::string> text = readWhole(path);
    if (!text) return kubeconfigError(what + ": the token: " + llvm::toString(text.takeError()));
    if (trimmed(*text).empty()) return kubeconfigError(what + ": `" + path + "` is empty");
    return trimmed(std::move(*text));
  };
}

llvm::Expected<std::string> readWhole(const std::string& path) {
  const auto unreadable = [&](const std::string& why) {
    return kubeconfigError("cannot read `" + path + "`: " + why);
  };
  std::error_code ignored;
  const fs::file_status status = fs::status(path, ignored);
  // `<(...)` of a shell is a pipe that somebody writes to; any other one could wait for ever.
  const bool piped = fs::is_fifo(status) && path.starts_with("/dev/fd/");
  if (fs::is_directory(status)) return unreadable("it is a folder");
  if (fs::exists(status) && !fs::is_regular_file(status) && !piped)
    return unreadable("it is no regular file");
  if (fs::is_regular_file(status) && fs::file_size(path, ignored) > kLargestFile)
    return unreadable("it is larger than any such file is");
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open()) return unreadable(std::generic_category().message(errno));
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (in.bad()) return unreadable("it ends in the middle");
  return text;
}

}  // namespace gpuspec::deploy::kube
