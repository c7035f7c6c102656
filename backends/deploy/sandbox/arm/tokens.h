#pragma once

// The token endpoint, and what it takes for a token to be taken. Tokens are signed, not stored:
// they stay good over a restart.

#include <chrono>
#include <string>
#include <string_view>

#include "backends/deploy/sandbox/arm/arm_api.h"

namespace gpuspec::deploy::sandbox::arm {

class Tokens {
 public:
  explicit Tokens(const ArmOptions& options) : options_(options) {}

  // Null when `path` is none of its own.
  bool serves(const HttpRequest& request) const;
  HttpResponse handle(const HttpRequest& request) const;

  enum class Verdict { Good, Missing, Expired, Wrong, OtherAudience };
  Verdict check(const HttpRequest& request) const;
  HttpResponse refuse(Verdict verdict) const;

 private:
  std::string audienceFor(const std::string& scope) const;
  HttpResponse issue(const HttpRequest& request) const;
  HttpResponse discovery(const std::string& tenant) const;
  HttpResponse instances(const HttpRequest& request) const;
  std::string sign(std::string_view text) const;

  const ArmOptions& options_;
};

}  // namespace gpuspec::deploy::sandbox::arm
