#pragma once

// Credentials that a program gives (`exec` of a kubeconfig's user), kept until shortly before they
// end; internal to the library.

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "backends/deploy/kube/exec_config.h"
#include "backends/deploy/kube/kube_client.h"

namespace gpuspec::deploy::kube {

struct ExecTools {
  std::function<std::chrono::system_clock::time_point()> now = std::chrono::system_clock::now;
  std::chrono::milliseconds patience{60'000};  // until the program has to be done
};

// Thread-safe: whoever asks while the program runs waits for what it says.
class ExecCredential {
 public:
  explicit ExecCredential(ExecConfig config, ExecTools tools = {})
      : config_(std::move(config)), tools_(std::move(tools)) {}

  // "" where the program gives a certificate and no token. `renew` after a 401.
  [[nodiscard]] llvm::Expected<std::string> token(bool renew);
  // What the last run gave; empty texts where it gave none.
  ClientCertificate certificate() const;
  // "`kubelogin`", for errors.
  std::string program() const;

 private:
  using Time = std::chrono::system_clock::time_point;
  struct Status {
    std::string token;
    ClientCertificate certificate;
    Time renew_at = Time::max(), ends_at = Time::max();
  };

  llvm::Expected<Status> run() const;
  llvm::Expected<std::string> path() const;
  llvm::Expected<Status> read(const std::string& out) const;
  llvm::Error takeEnd(const Tree& status, Status& to) const;
  llvm::Error failed(const std::string& what, const std::string& said = "") const;
  std::string shown(const std::string& said) const;

  const ExecConfig config_;
  const ExecTools tools_;
  mutable std::mutex mutex_;
  std::optional<Status> status_;  // under mutex_
};

}  // namespace gpuspec::deploy::kube
