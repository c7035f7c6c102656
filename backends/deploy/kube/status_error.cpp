#include <algorithm>

#include "backends/deploy/kube/caller.h"
#include "backends/deploy/kube/tree_text.h"
#include "compiler/ir/json.h"

// metav1.Status as ApiError: what the server said, sorted by what to do about it.

namespace gpuspec::deploy::kube {

namespace {

using apply::ApiError;
using Kind = ApiError::Kind;

bool says(const std::string& message, std::string_view part) {
  return message.find(part) != std::string::npos;
}

// What stands between two marks; "" when either is missing.
std::string between(const std::string& text, std::string_view begin, std::string_view end) {
  const std::size_t from = text.find(begin);
  if (from == std::string::npos) return "";
  const std::size_t at = from + begin.size();
  const std::size_t until = text.find(end, at);
  return until == std::string::npos ? "" : text.substr(at, until - at);
}

// Of an error 500 that trying again does not change.
constexpr std::string_view kMisfit = "failed to create typed patch object";

class Reading {
 public:
  Reading(int status, const Tree& body)
      : status_(status),
        reason_(textAt(body, "reason")),
        message_(textAt(body, "message")),
        causes_(itemsOf(below(body, {"details", "causes"}))) {}

  std::string code() const {
    if (isReplaced()) return "Replaced";
    for (const std::string_view known : {"FieldManagerConflict", "NamespaceTerminating"}) {
      if (hasCause(known)) return std::string(known);
    }
    return reason_;
  }

  Kind kind() const {
    if (isReplaced()) return Kind::Conflict;
    if (hasCause("NamespaceTerminating")) return Kind::Busy;
    if (status_ == 403 && says(message_, "exceeded quota")) return Kind::Quota;
    if (status_ == 422 && isImmutable()) return Kind::Immutable;
    if (status_ == 500 && says(message_, kMisfit)) return Kind::Invalid;
    switch (status_) {
      case 401:
        return Kind::Unauthorized;
      case 403:
        return Kind::Forbidden;
      case 404:
        return Kind::NotFound;
      case 409:
        return Kind::Conflict;
      case 410:
        return Kind::Gone;
      case 429:
        return Kind::Throttled;
      default:
        return status_ >= 500 ? Kind::Server : Kind::Invalid;
    }
  }

  // The causes, as far as the message does not hold them already.
  std::string message() const {
    std::string out = message_;
    if (hasCause("FieldManagerConflict")) return out;  // it lists them all
    for (const Tree& cause : causes_) {
      const std::string text = textAt(cause, "message");
      const std::string field = textAt(cause, "field");
      if (text.empty() || says(message_, text)) continue;
      out += (out.empty() ? "" : "; ") + (field.empty() ? "" : field + ": ") + text;
    }
    return out;
  }

  std::string wayOut() const {
    if (isReplaced()) return "it was deleted and made again by somebody; plan again";
    if (hasCause("FieldManagerConflict"))
      return managers() +
             " set these fields; `gpuspec apply --adopt` takes them over, "
             "`lifecycle { ignore = [...] }` leaves them";
    if (hasCause("NamespaceTerminating"))
      return "its namespace is on its way out; run it again when that is done";
    if (const std::string webhook = between(message_, "admission webhook \"", "\"");
        !webhook.empty())
      return "the admission webhook `" + webhook + "` of the cluster refuses it";
    if (const std::string webhook = between(message_, "failed calling webhook \"", "\"");
        !webhook.empty())
      return "the admission webhook `" + webhook +
             "` does not answer; see whether what serves it runs";
    if (const std::string policy = between(message_, "ValidatingAdmissionPolicy '", "'");
        !policy.empty())
      return "the admission policy `" + policy + "` of the cluster refuses it";
    if (says(message_, "violates PodSecurity"))
      return "the namespace's Pod Security level refuses such pods";
    return byKind();
  }

 private:
  std::string byKind() const {
    switch (kind()) {
      case Kind::Unauthorized:
        return "the credentials have expired, or are another cluster's; get new ones";
      case Kind::Forbidden:
        return missingRight();
      case Kind::Quota:
        return "raise the quota, or ask for less";
      case Kind::Immutable:
        return "`gpuspec apply --allow-replace` deletes it and makes it anew";
      case Kind::Throttled:
        return "the API server is overloaded; try again, or with fewer side by side (--parallel)";
      case Kind::NotFound:
        return says(message_, "namespaces \"") ? "the namespace has to be there before" : "";
      case Kind::Invalid:
        return says(message_, kMisfit) ? "see which fields this version of the kind has" : "";
      default:
        return "";
    }
  }

  // `User "u" cannot patch resource "pods" in API group "" in the namespace "n"`
  std::string missingRight() const {
    const std::string user = between(message_, "User \"", "\"");
    const std::string verb = between(message_, " cannot ", " resource");
    const std::string resource = between(message_, "resource \"", "\"");
    if (user.empty() || verb.empty() || resource.empty())
      return "whoever runs this has no right to do it";
    const std::string group = between(message_, "API group \"", "\"");
    const std::string where = between(message_, "in the namespace \"", "\"");
    return "give `" + user + "` the right to " + verb + " " + resource +
           (group.empty() ? "" : "." + group) +
           (where.empty() ? " in the whole cluster" : " in namespace " + where);
  }

  bool hasCause(std::string_view reason) const {
    return std::any_of(causes_.begin(), causes_.end(),
                       [&](const Tree& cause) { return textAt(cause, "reason") == reason; });
  }

  // The object of this name is another one than the plan saw: a patch with a uid.
  bool isReplaced() const {
    if (says(message_, "uid mismatch") || says(message_, "UID in precondition")) return true;
    return status_ == 422 && std::any_of(causes_.begin(), causes_.end(), [](const Tree& cause) {
             return textAt(cause, "field") == "metadata.uid";
           });
  }

  bool isImmutable() const {
    for (const std::string_view part :
         {"field is immutable", "may not change once set", "fields other than",
          "may not be changed", "cannot change roleRef", "field is not mutable"}) {
      if (says(message_, part)) return true;
    }
    return false;
  }

  // `conflict with "kubectl" using apps/v1`
  std::string managers() const {
    std::vector<std::string> names;
    for (const Tree& cause : causes_) {
      const std::string name = between(textAt(cause, "message"), "conflict with \"", "\"");
      if (!name.empty() && std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);
    }
    std::string out;
    for (const std::string& name : names) out += (out.empty() ? "`" : ", `") + name + "`";
    return out.empty() ? "another manager" : out;
  }

  int status_;
  std::string reason_, message_;
  const Tree::List& causes_;
};

std::string answeredText(int status, const Call& call) {
  return "the API server answered " + std::to_string(status) + " to " + call.method + " " +
         call.path.substr(0, call.path.find('?'));
}

}  // namespace

llvm::Error errorOf(const http::Response& response, const Call& call) {
  Tree body;
  if (llvm::Expected<Tree> parsed = ir::parseJson(response.body)) {
    body = std::move(*parsed);
  } else {
    llvm::consumeError(parsed.takeError());
  }
  const Reading reading(response.status, body);
  std::string message = reading.message();
  if (message.empty() || message == "Unauthorized") {
    message = answeredText(response.status, call) + (message.empty() ? "" : ": " + message);
  }
  auto error = std::make_unique<ApiError>(reading.kind(), response.status, reading.code(),
                                          std::move(message));
  error->way_out = reading.wayOut();
  if (const auto after = http::retryAfter(response, std::chrono::system_clock::now()))
    error->retry_after_ms = after->count();
  return llvm::Error(std::move(error));
}

bool isMisfit(const http::Response& response) {
  return response.status == 500 && says(response.body, kMisfit);
}

namespace {

// Looks without taking: handlers consume, so this visits.
const ApiError* apiError(const llvm::Error& error) {
  const ApiError* found = nullptr;
  llvm::visitErrors(error, [&](const llvm::ErrorInfoBase& why) {
    if (why.isA<ApiError>()) found = static_cast<const ApiError*>(&why);
  });
  return found;
}

}  // namespace

llvm::Error errorOf(llvm::Error transport_error) {
  // What a credential said is one already.
  if (apiError(transport_error) != nullptr) return transport_error;
  Kind kind = Kind::Unreachable;
  std::string text;
  llvm::handleAllErrors(
      std::move(transport_error),
      [&](const http::TransportError& why) {
        if (why.kind == http::TransportError::Kind::Cancelled) kind = Kind::Cancelled;
        text = why.text;
      },
      [&](const llvm::ErrorInfoBase& why) { text = why.message(); });
  return llvm::make_error<ApiError>(kind, 0, "", text);
}

Kind kindOf(const llvm::Error& error) {
  const ApiError* found = apiError(error);
  return found != nullptr ? found->kind : Kind::Server;
}

std::string codeOf(const llvm::Error& error) {
  const ApiError* found = apiError(error);
  return found != nullptr ? found->code : "";
}

std::string messageOf(const llvm::Error& error) {
  const ApiError* found = apiError(error);
  return found != nullptr ? found->message : "";
}

}  // namespace gpuspec::deploy::kube
