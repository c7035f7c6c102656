#include "backends/deploy/azure/operation.h"

#include <algorithm>

#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/paths.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr milliseconds kFirstLook{1'000}, kLongestLook{10'000}, kShortestLook{50};
constexpr milliseconds kLongestAsked = std::chrono::minutes(5);  // whatever the server asks for
// The longest that Azure itself works on one deployment is well below.
constexpr milliseconds kPatience = hours(4);

class Poll {
 public:
  Poll(Session& session, const Waiting& waiting)
      : session_(session), waiting_(waiting), began_(session.clock().now()) {}

  // Follows what the headers name.
  llvm::Error follow(const ArmReply& started) {
    const http::Response& response = started.response;
    asked_ = http::retryAfter(response, std::chrono::system_clock::now());
    for (const std::string_view header : {"azure-asyncoperation", "location"}) {
      const std::string url(response.header(header));
      if (!url.empty() && session_.trusts(url)) return untilOver(url, header == "location");
    }
    if (started.status == 204) return llvm::Error::success();
    const std::string state = provisioningState(started.body);
    if (started.status == 200 && (state.empty() || isFinal(state)))
      return outcome(state, started.body);
    return resource();
  }

  llvm::Error resource() {
    while (true) {
      auto found = session_.find(callTo(waiting_.path, waiting_.version));
      if (!found) return found.takeError();
      if (!*found) return absent();
      const std::string state = provisioningState((*found)->body);
      if (state.empty() || isFinal(state)) return outcome(state, (*found)->body);
      if (llvm::Error error = pause((*found)->response)) return error;
    }
  }

 private:
  ArmCall callTo(const std::string& path, const std::string& version) const {
    ArmCall call;
    call.path = path;
    call.version = version;
    call.what = waiting_.what;
    call.cancel = &waiting_.cancel;
    call.sent = waiting_.sent;
    return call;
  }

  llvm::Error untilOver(const std::string& url, bool location) {
    while (true) {
      if (llvm::Error error = pause({})) return error;
      auto found = session_.find(callTo(url, ""));
      if (!found) return found.takeError();
      // Operations are forgotten after a while; the resource itself is not.
      if (!*found) return resource();
      const ArmReply& reply = **found;
      const Tree* status = reply.body.find("status");
      const std::string state = status != nullptr && status->isString() ? status->asString() : "";
      if (isFinal(state)) return outcome(state, reply.body);
      // A Location ends with the resource, with nothing, or goes on with 202.
      const std::string resource_state = provisioningState(reply.body);
      const bool ended = location && reply.status != 202 && state.empty();
      if (ended && (resource_state.empty() || isFinal(resource_state)))
        return outcome(resource_state, reply.body);
      if (!location && state.empty()) return resource();
      asked_ = http::retryAfter(reply.response, std::chrono::system_clock::now());
    }
  }

  llvm::Error outcome(const std::string& state, const Tree& body) const {
    if (state.empty() || sameName(state, "Succeeded")) return llvm::Error::success();
    if (sameName(state, "Canceled")) return canceled(failureIn(body));
    return failed(shown(readError(failureIn(body), 200, waiting_.what + " failed")));
  }

  // An operation's error may repeat what the request sent.
  ApiError shown(ApiError error) const {
    return session_.withoutSecrets(std::move(error), callTo("", ""));
  }

  llvm::Error canceled(const Tree& body) const {
    ApiError reason = shown(readError(body, 200, waiting_.what + " was cancelled in Azure"));
    const bool said = !reason.code.empty() && !sameName(reason.code, "OperationCanceled");
    if (said) return failed(std::move(reason));
    return apiError(Kind::Conflict, 0, "Canceled",
                    waiting_.what + ": somebody cancelled it in Azure", "apply again");
  }

  // An operation has its error at the top; deployments and pools keep it in their properties.
  static const Tree& failureIn(const Tree& body) {
    if (body.find("error") != nullptr) return body;
    const Tree* properties = body.find("properties");
    if (properties == nullptr) return body;
    if (properties->find("error") != nullptr) return *properties;
    const Tree* status = properties->find("status");
    const Tree* reason = status == nullptr ? nullptr : status->find("provisioningError");
    return reason == nullptr ? body : *reason;
  }

  llvm::Error absent() const {
    if (waiting_.deleting) return llvm::Error::success();
    return apiError(Kind::NotFound, 404, "", waiting_.what + ": it is gone again", "apply again");
  }

  llvm::Error pause(const http::Response& response) {
    if (!response.headers.empty())
      asked_ = http::retryAfter(response, std::chrono::system_clock::now());
    const milliseconds elapsed = session_.clock().now() - began_;
    if (elapsed > kPatience)
      return apiError(Kind::Server, 0, "",
                      waiting_.what + ": Azure is still at it after " + elapsedText(elapsed),
                      "apply again to go on waiting");
    if (waiting_.progress && !told_) waiting_.progress(waiting_.verb);
    told_ = true;
    session_.clock().sleep(asked_ ? std::clamp(*asked_, kShortestLook, kLongestAsked) : look_,
                           waiting_.cancel);
    look_ = std::min(look_ * 2, kLongestLook);
    if (waiting_.cancel.cancelled())
      return apiError(Kind::Cancelled, 0, "",
                      waiting_.what + ": not waited for; Azure carries it on",
                      "apply again to go on");
    return llvm::Error::success();
  }

  Session& session_;
  const Waiting& waiting_;
  milliseconds began_;
  milliseconds look_ = kFirstLook;
  std::optional<milliseconds> asked_;
  bool told_ = false;
};

}  // namespace

std::string provisioningState(const Tree& resource) {
  const Tree* properties = resource.find("properties");
  const Tree* state = properties == nullptr ? nullptr : properties->find("provisioningState");
  return state != nullptr && state->isString() ? state->asString() : "";
}

bool isFinal(std::string_view state) {
  return sameName(state, "Succeeded") || sameName(state, "Failed") || sameName(state, "Canceled");
}

std::string elapsedText(milliseconds time) {
  const std::int64_t seconds = time.count() / 1000;
  if (seconds < 60) return std::to_string(seconds) + " s";
  const std::int64_t rest = seconds % 60;
  return std::to_string(seconds / 60) + " min " + (rest < 10 ? "0" : "") + std::to_string(rest) +
         " s";
}

llvm::Error awaitOperation(Session& session, const ArmReply& started, const Waiting& waiting) {
  return Poll(session, waiting).follow(started);
}

llvm::Error awaitResource(Session& session, const Waiting& waiting) {
  return Poll(session, waiting).resource();
}

}  // namespace gpuspec::deploy::azure
