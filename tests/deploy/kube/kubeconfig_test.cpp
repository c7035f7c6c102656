#include "backends/deploy/kube/kubeconfig.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace gpuspec::test {
namespace {

namespace fs = std::filesystem;
using namespace deploy::kube;

constexpr const char* kSecret = "canary-7f3a";

class Folder {
 public:
  Folder() {
    std::string path = (fs::temp_directory_path() / "gpuspec-kubeconfig-XXXXXX").string();
    path_ = ::mkdtemp(path.data());
  }
  ~Folder() { fs::remove_all(path_); }
  std::string write(const std::string& name, const std::string& text) const {
    fs::create_directories((fs::path(path_) / name).parent_path());
    const std::string path = (fs::path(path_) / name).string();
    std::ofstream(path) << text;
    return path;
  }
  std::string at(const std::string& name) const { return (fs::path(path_) / name).string(); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) {
    if (const char* old = ::getenv(name)) old_ = old;
    ::setenv(name, value.c_str(), 1);
  }
  ~Variable() {
    if (old_) {
      ::setenv(name_, old_->c_str(), 1);
    } else {
      ::unsetenv(name_);
    }
  }

 private:
  const char* name_;
  std::optional<std::string> old_;
};

// A kubeconfig of one context "c" whose cluster and user say this.
std::string config(const std::string& cluster, const std::string& user,
                   const std::string& context = "c") {
  return "apiVersion: v1\nkind: Config\ncurrent-context: " + context +
         "\ncontexts:\n- name: " + context +
         "\n  context: {cluster: k, user: u}\nclusters:\n- name: k\n  cluster: {" + cluster +
         "}\nusers:\n- name: u\n  user: {" + user + "}\n";
}

const std::string kCluster = "server: 'https://k.test:6443/'";

std::string refused(const std::string& text, const std::string& context = "") {
  llvm::Expected<Connection> connection = connectionFrom(text, ".", context);
  EXPECT_FALSE(static_cast<bool>(connection)) << text;
  if (connection) return "";
  const std::string message = llvm::toString(connection.takeError());
  EXPECT_EQ(message.find(kSecret), std::string::npos) << message;
  return message;
}

Connection accepted(llvm::Expected<Connection> connection) {
  if (connection) return std::move(*connection);
  ADD_FAILURE() << llvm::toString(connection.takeError());
  return {};
}

std::string tokenOf(const Connection& connection) {
  llvm::Expected<std::string> token = connection.token(false);
  return token ? *token : "error: " + llvm::toString(token.takeError());
}

TEST(Kubeconfig, TokenAndAuthority) {
  // base64 of "-----BEGIN CERTIFICATE-----"
  const Connection found = accepted(
      connectionFrom(config(kCluster + ", tls-server-name: api.k, certificate-authority-data: "
                                       "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t",
                            std::string("token: ") + kSecret),
                     ".", ""));
  EXPECT_EQ(found.server, "https://k.test:6443");
  EXPECT_EQ(found.tls.ca_pem, "-----BEGIN CERTIFICATE-----");
  EXPECT_EQ(found.tls.server_name, "api.k");
  EXPECT_EQ(tokenOf(found), kSecret);
}

TEST(Kubeconfig, JsonIsAsGood) {
  const Connection found = accepted(connectionFrom(
      R"({"kind":"Config","contexts":[{"name":"x","context":{"cluster":"k","user":"u"}}],)"
      R"("clusters":[{"name":"k","cluster":{"server":"https://k"}}],)"
      R"("users":[{"name":"u","user":{"token":"t"}}]})",
      ".", "x"));
  EXPECT_EQ(found.server, "https://k");
}

TEST(Kubeconfig, ListsAreMergedAndTheFirstStands) {
  const Folder folder;
  const std::string first =
      folder.write("a/config", "current-context: two\nusers:\n- name: u\n  user: {token: first}\n");
  const std::string second = folder.write(
      "b/config",
      config("server: 'https://k', certificate-authority: ca.pem", "token: second", "two"));
  folder.write("b/ca.pem", "-----BEGIN CERTIFICATE-----\nx\n");
  const Variable variable("KUBECONFIG", first + "::" + folder.at("missing") + ":" + second);
  const Connection found = accepted(loadConnection("", ""));
  EXPECT_EQ(tokenOf(found), "first");
  // Relative to the file that names it.
  EXPECT_EQ(found.tls.ca_pem, "-----BEGIN CERTIFICATE-----\nx\n");
}

TEST(Kubeconfig, TheHomeFolderIsTheLastResort) {
  const Folder folder;
  folder.write(".kube/config", config(kCluster, "token: home"));
  const Variable home("HOME", folder.path());
  const Variable none("KUBECONFIG", "");
  EXPECT_EQ(tokenOf(accepted(loadConnection("", ""))), "home");
}

TEST(Kubeconfig, NoFileAtAll) {
  const Folder folder;
  const Variable home("HOME", folder.path());
  const Variable none("KUBECONFIG", "");
  const std::string why = llvm::toString(loadConnection("", "").takeError());
  EXPECT_EQ(why, "there is no kubeconfig at `" + folder.at(".kube/config") +
                     "` (give --kubeconfig FILE, set KUBECONFIG, or use --sandbox)");
  EXPECT_EQ(llvm::toString(loadConnection(folder.at("no"), "").takeError()),
            "cannot read `" + folder.at("no") + "`: No such file or directory");
}

TEST(Kubeconfig, ATokenFileIsReadEachTime) {
  const Folder folder;
  folder.write("token", "old\n");
  const std::string file = folder.write("config", config(kCluster, "token: no, tokenFile: token"));
  const Connection found = accepted(loadConnection(file, ""));
  EXPECT_EQ(tokenOf(found), "old");
  folder.write("token", "new\n");
  EXPECT_EQ(tokenOf(found), "new");
  folder.write("token", "\n");
  EXPECT_EQ(tokenOf(found),
            "error: `" + file + "`: user `u`: `" + folder.at("token") + "` is empty");
}

TEST(Kubeconfig, ClientCertificates) {
  const Folder folder;
  folder.write("cert.pem", "-----BEGIN CERTIFICATE-----\n");
  folder.write("key.pem", "-----BEGIN PRIVATE KEY-----\n");
  const std::string file =
      folder.write("config", config(kCluster, "client-certificate: cert.pem, client-key: key.pem"));
  const Connection found = accepted(loadConnection(file, ""));
  EXPECT_EQ(found.tls.client_certificate_pem, "-----BEGIN CERTIFICATE-----\n");
  EXPECT_EQ(found.tls.client_key_pem, "-----BEGIN PRIVATE KEY-----\n");
  EXPECT_EQ(tokenOf(found), "");
  const std::string half = folder.write("half", config(kCluster, "client-certificate: cert.pem"));
  EXPECT_EQ(llvm::toString(loadConnection(half, "").takeError()),
            "`" + half + "`: user `u` has a client certificate without its key (`client-key`)");
  const std::string gone = folder.write("gone", config(kCluster, "client-key: no.pem"));
  EXPECT_EQ(llvm::toString(loadConnection(gone, "").takeError()),
            "`" + gone + "`: user `u`: `client-key`: cannot read `" + folder.at("no.pem") +
                "`: No such file or directory");
}

TEST(Kubeconfig, WhatIsNotDoneIsRefused) {
  struct Case {
    const char *cluster, *user, *says;
  };
  const Case cases[] = {
      {"", "auth-provider: {name: gcp, config: {access-token: canary-7f3a}}", "`auth-provider`"},
      {"", "username: admin, password: canary-7f3a", "user name and password"},
      {"", "password: canary-7f3a", "user name and password"},
      {"", "token: canary-7f3a, as: root", "somebody else (`as`)"},
      {", insecure-skip-tls-verify: true", "token: canary-7f3a", "`insecure-skip-tls-verify`"},
      {", proxy-url: 'ftp://me:canary-7f3a@p'", "token: x", "`proxy-url` is none"},
      {", certificate-authority-data: '!canary-7f3a'", "token: x", "no base64"},
      {", certificate-authority-data: eHg=", "token: x", "is no PEM"},
      {"", "", "no token and no client certificate"},
      {"", "token: 12345", "put it in quotes"},
  };
  for (const Case& c : cases) {
    const std::string why = refused(config(kCluster + c.cluster, c.user));
    EXPECT_NE(why.find(c.says), std::string::npos) << why;
    EXPECT_TRUE(why.starts_with("the kubeconfig handed out: ")) << why;
  }
}

TEST(Kubeconfig, WhatIsMissingIsNamed) {
  EXPECT_EQ(
      refused(config(kCluster, "token: t"), "prod"),
      "the kubeconfig handed out: no context `prod`; there is: c (`--context NAME` picks another "
      "one)");
  EXPECT_EQ(refused("kind: Config\n"),
            "the kubeconfig handed out: no current context (`--context NAME` picks one)");
  EXPECT_EQ(refused("contexts:\n- name: a\n  context: {cluster: k}\n", "a"),
            "the kubeconfig handed out: context `a` names the cluster `k`, which is not there");
  EXPECT_EQ(refused("contexts:\n- name: a\n  context: {cluster: k}\nclusters:\n- name: k\n"
                    "  cluster: {server: 'https://k'}\n",
                    "a"),
            "the kubeconfig handed out: context `a` names no user");
  EXPECT_EQ(refused(config("", "token: t")),
            "the kubeconfig handed out: cluster `k` has no `server`");
}

TEST(Kubeconfig, WhatIsNoneIsNotQuoted) {
  EXPECT_EQ(refused(std::string("{\"token\": \"") + kSecret),
            "the kubeconfig handed out is no kubeconfig: it is neither YAML nor JSON");
  EXPECT_EQ(refused(std::string("- ") + kSecret),
            "the kubeconfig handed out is no kubeconfig: it is no map");
  EXPECT_EQ(refused("kind: Secret\n"),
            "the kubeconfig handed out is no kubeconfig: its kind is `Secret`");
}

// A folder as Kubernetes mounts it in pods.
TEST(Kubeconfig, InAPodTheServiceAccountIsTheLastResort) {
  const Folder folder;
  const Variable home("HOME", folder.path());
  const Variable none("KUBECONFIG", "");
  const Variable host("KUBERNETES_SERVICE_HOST", "fd00::1");
  const Variable port("KUBERNETES_SERVICE_PORT", "443");
  folder.write("pod/token", "first\n");
  folder.write("pod/ca.crt", "-----BEGIN CERTIFICATE-----\n");
  const InCluster pod{folder.at("pod")};
  const Connection found = accepted(loadConnection("", "", pod));
  EXPECT_EQ(found.server, "https://[fd00::1]:443");
  EXPECT_EQ(found.tls.ca_pem, "-----BEGIN CERTIFICATE-----\n");
  EXPECT_EQ(tokenOf(found), "first");
  folder.write("pod/token", "renewed\n");
  EXPECT_EQ(tokenOf(found), "renewed");
  // Another context than that of the pod is another cluster, perhaps.
  const std::string why = llvm::toString(loadConnection("", "prod", pod).takeError());
  EXPECT_NE(why.find("for the context `prod` (`--context in-cluster` uses"), std::string::npos)
      << why;
  EXPECT_EQ(tokenOf(accepted(loadConnection("", "in-cluster", pod))), "renewed");
  // A kubeconfig goes before it, unless it is asked for by name.
  folder.write(".kube/config", config(kCluster, "token: file"));
  EXPECT_EQ(tokenOf(accepted(loadConnection("", "", pod))), "file");
  EXPECT_EQ(tokenOf(accepted(loadConnection("", "in-cluster", pod))), "renewed");
  folder.write(".kube/config", config(kCluster, "token: named", "in-cluster"));
  EXPECT_EQ(tokenOf(accepted(loadConnection("", "in-cluster", pod))), "named");
}

TEST(Kubeconfig, OutsideOfAPodThereIsNoServiceAccount) {
  const Folder folder;
  const Variable home("HOME", folder.path());
  const Variable none("KUBECONFIG", "");
  const Variable host("KUBERNETES_SERVICE_HOST", "");
  const InCluster pod{folder.at("pod")};
  const std::string why = llvm::toString(loadConnection("", "in-cluster", pod).takeError());
  EXPECT_NE(why.find("this is no pod with a service account"), std::string::npos) << why;
}

TEST(Kubeconfig, AProxyOfItsOwn) {
  const Connection found = accepted(
      connectionFrom(config(kCluster + ", proxy-url: 'http://me:pw@p:1'", "token: t"), ".", ""));
  EXPECT_EQ(found.proxy, "http://me:pw@p:1");
  EXPECT_EQ(found.identity, "user `u` of the kubeconfig handed out, context `c`");
  llvm::Expected<std::string> text = kubeconfigText(found);
  ASSERT_TRUE(static_cast<bool>(text));
  EXPECT_EQ(accepted(connectionFrom(*text, ".", "")).proxy, found.proxy);
}

TEST(Kubeconfig, ForOthersATokenInAFileStaysThere) {
  const Folder folder;
  std::ofstream(folder.at("token")) << "one";
  const Connection found =
      accepted(connectionFrom(config(kCluster, "tokenFile: token"), folder.path(), ""));
  llvm::Expected<std::string> told = kubeconfigText(found);
  ASSERT_TRUE(static_cast<bool>(told));
  const Connection again = accepted(connectionFrom(*told, "/", ""));
  std::ofstream(folder.at("token")) << "two";
  EXPECT_EQ(tokenOf(again), "two");
}

TEST(Kubeconfig, WrittenForOthersItMeansTheSame) {
  Connection made;
  made.server = "https://k:1/prefix";
  made.tls.ca_pem = "-----BEGIN CERTIFICATE-----\nca\n";
  made.tls.client_certificate_pem = "-----BEGIN CERTIFICATE-----\nme\n";
  made.tls.client_key_pem = "-----BEGIN PRIVATE KEY-----\n\"\\\n";
  made.tls.server_name = "api";
  made.token = [](bool) -> llvm::Expected<std::string> { return std::string("a'b\"c"); };
  llvm::Expected<std::string> text = kubeconfigText(made);
  ASSERT_TRUE(static_cast<bool>(text));
  const Connection read = accepted(connectionFrom(*text, ".", ""));
  EXPECT_EQ(read.server, made.server);
  EXPECT_EQ(read.tls.ca_pem, made.tls.ca_pem);
  EXPECT_EQ(read.tls.client_certificate_pem, made.tls.client_certificate_pem);
  EXPECT_EQ(read.tls.client_key_pem, made.tls.client_key_pem);
  EXPECT_EQ(read.tls.server_name, "api");
  EXPECT_EQ(tokenOf(read), "a'b\"c");
}

}  // namespace
}  // namespace gpuspec::test
