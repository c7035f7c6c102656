#pragma once

// The port through which plans are made and carried out. One client for each system and cluster.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/http/transport.h"
#include "backends/deploy/plan/plan.h"

namespace gpuspec::deploy::apply {

using model::Tree;

// What the API answered, in its own words.
struct ApiError : public llvm::ErrorInfo<ApiError> {
  enum class Kind : std::uint8_t {
    NotFound,
    Conflict,
    Invalid,
    Forbidden,
    Unauthorized,
    Throttled,
    Gone,
    Quota,
    Busy,
    Server,
    Unreachable,
    Cancelled,
    Immutable,
  };
  ApiError(Kind error_kind, int http_status, std::string api_code, std::string message_text);
  void log(llvm::raw_ostream& out) const override;
  std::error_code convertToErrorCode() const override;
  static char ID;
  Kind kind;
  int status = 0;
  std::string code;     // "QuotaExceeded", "FieldManagerConflict"
  std::string message;  // one paragraph, no secret
  std::string way_out;  // "" = none known
  std::int64_t retry_after_ms = -1;
};

// Told while an action runs; may be called from any thread.
using Progress = std::function<void(const std::string& text)>;  // "2 of 3 nodes ready"

class ResourceClient {
 public:
  virtual ~ResourceClient() = default;
  // Carries one change out and returns when the API has finished it (a pool: nodes ready; a CRD:
  // established). Safe to repeat after a crash: a create that finds its own result is done. Retries
  // what is transient by itself, within bounds.
  [[nodiscard]] virtual llvm::Error perform(const plan::Change& change, const Progress& progress,
                                            const http::CancelToken& cancel) = 0;
};

}  // namespace gpuspec::deploy::apply
