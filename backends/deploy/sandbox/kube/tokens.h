#pragma once

// Tokens of service accounts (TokenRequest): signed, with an end, and not kept anywhere.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace gpuspec::deploy::sandbox::api {

struct ServiceAccountRef {
  std::string account_namespace, name, uid;

  std::string user() const { return "system:serviceaccount:" + account_namespace + ":" + name; }
};

class ServiceTokens {
 public:
  using TimePoint = std::chrono::system_clock::time_point;

  // Whoever has the key can make tokens.
  explicit ServiceTokens(std::string key) : key_(std::move(key)) {}
  // A JWT (HS256).
  std::string issue(const ServiceAccountRef& account, TimePoint now,
                    std::chrono::seconds lifetime) const;
  // nullopt: not one of ours, or its end has come.
  std::optional<ServiceAccountRef> read(std::string_view token, TimePoint now) const;

 private:
  std::string sign(std::string_view text) const;

  std::string key_;
};

// In a time that does not depend on where the texts differ.
bool sameSecret(std::string_view a, std::string_view b);

}  // namespace gpuspec::deploy::sandbox::api
