#include "backends/deploy/kube/caller.h"

#include <ctime>

#include "backends/deploy/kube/base64.h"
#include "backends/deploy/kube/tree_text.h"
#include "backends/deploy/text/secret_names.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::kube {

llvm::Expected<http::Response> Caller::sendOnce(const Call& call, const std::string& token) {
  http::Request request;
  request.method = call.method;
  request.url = connection_.server + call.path;
  request.headers = {{"Accept", call.accept}};
  request.cancel = call.cancel;
  if (!call.content_type.empty()) request.headers.emplace_back("Content-Type", call.content_type);
  request.body = call.body;
  if (!token.empty()) request.headers.emplace_back("Authorization", "Bearer " + token);
  http::RetryPolicy policy = retry_;
  // Server-side apply twice is the same as once.
  policy.idempotent = call.method != "POST";
  policy.is_final = isMisfit;
  count_.fetch_add(1);
  return http::sendWithRetry(*transport_, request, policy);
}

llvm::Expected<Caller::Shown> Caller::shown(bool renew) const {
  llvm::Expected<std::string> token = connection_.token(renew);
  if (!token) return token.takeError();
  return Shown{std::move(*token),
               connection_.certificate ? connection_.certificate() : ClientCertificate()};
}

// Many threads are refused at once when a token ends: the first one renews it, the others find it.
llvm::Expected<Caller::Shown> Caller::renewed(const Shown& refused) {
  const std::lock_guard lock(renewing_);
  llvm::Expected<Shown> known = shown(false);
  if (!known || *known != refused || final_ == refused) return known;
  llvm::Expected<Shown> fresh = shown(true);
  if (fresh && *fresh == refused) final_ = refused;
  return fresh;
}

llvm::Expected<http::Response> Caller::send(const Call& call) {
  llvm::Expected<Shown> by = shown(false);
  if (!by) return errorOf(by.takeError());
  llvm::Expected<http::Response> response = sendOnce(call, by->token);
  if (response && response->status == 401) {
    llvm::Expected<Shown> fresh = renewed(*by);
    if (!fresh) return errorOf(fresh.takeError());
    if (*fresh != *by) {
      by = std::move(*fresh);
      response = sendOnce(call, by->token);
    }
  }
  if (!response) return errorOf(response.takeError());
  learnTime(*response);
  if (response->status < 200 || response->status > 299) return refused(*response, call, *by);
  return response;
}

// What the server says may repeat what it was sent.
llvm::Error Caller::refused(const http::Response& response, const Call& call,
                            const Shown& by) const {
  http::Secrets secrets;
  secrets.add(by.token);
  addSecretsOf(call.body, secrets);
  return llvm::handleErrors(
      errorOf(response, call), [&](std::unique_ptr<apply::ApiError> error) -> llvm::Error {
        error->message = secrets.hiddenIn(std::move(error->message));
        error->way_out = secrets.hiddenIn(std::move(error->way_out));
        const bool about_us = response.status == 401 || response.status == 403;
        if (about_us && error->kind != apply::ApiError::Kind::Quota &&
            !connection_.identity.empty())
          error->message += " (as " + connection_.identity + ")";
        return llvm::Error(std::move(error));
      });
}

namespace {

void addTexts(const Tree& value, http::Secrets& to) {
  if (value.isString()) {
    to.add(value.asString());
    if (const auto bytes = decodeBase64(value.asString())) to.add(*bytes);
  }
  if (value.isMap()) {
    for (const Tree::Entry& entry : value.asMap()) addTexts(entry.second, to);
  }
  for (const Tree& item : itemsOf(&value)) addTexts(item, to);
}

// Environment variables whose names say so, wherever containers stand in the object.
void addVariables(const Tree& value, http::Secrets& to) {
  if (value.isMap()) {
    const Tree* text = value.find("value");
    if (text != nullptr && text->isString() && text::isSecretVariable(textAt(value, "name")))
      to.add(text->asString());
    for (const Tree::Entry& entry : value.asMap()) addVariables(entry.second, to);
  }
  for (const Tree& item : itemsOf(&value)) addVariables(item, to);
}

}  // namespace

void addSecretsOf(const std::string& body, http::Secrets& to) {
  llvm::Expected<Tree> object = ir::parseJson(body);
  if (!object) return llvm::consumeError(object.takeError());
  if (!object->isMap()) return;
  addVariables(*object, to);
  if (textAt(*object, "kind") != "Secret") return;
  for (const char* key : {"data", "stringData"}) {
    if (const Tree* values = object->find(key)) addTexts(*values, to);
  }
}

llvm::Expected<std::string> Caller::text(const Call& call) {
  llvm::Expected<http::Response> response = send(call);
  if (!response) return response.takeError();
  return std::move(response->body);
}

llvm::Expected<Tree> Caller::tree(const Call& call) {
  return parsed(call, nullptr);
}

llvm::Expected<Tree> Caller::list(const Call& call, const std::function<void(Tree)>& take) {
  return parsed(call, &take);
}

llvm::Expected<Tree> Caller::parsed(const Call& call, const std::function<void(Tree)>* take) {
  llvm::Expected<std::string> body = text(call);
  if (!body) return body.takeError();
  llvm::Expected<Tree> tree =
      take != nullptr ? ir::parseJsonList(*body, "items", *take) : ir::parseJson(*body);
  if (tree && tree->isMap()) return tree;
  if (!tree) llvm::consumeError(tree.takeError());
  return llvm::make_error<apply::ApiError>(apply::ApiError::Kind::Server, 200, "",
                                           "the answer to " + call.method + " " +
                                               call.path.substr(0, call.path.find('?')) +
                                               " is no JSON object; is this a Kubernetes API?");
}

void Caller::learnTime(const http::Response& response) {
  const std::string date(response.header("date"));
  std::tm utc{};
  if (date.empty() || ::strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &utc) == nullptr)
    return;
  ahead_s_.store(static_cast<std::int64_t>(::timegm(&utc) - std::time(nullptr)));
}

std::chrono::system_clock::time_point Caller::serverTime() const {
  return std::chrono::system_clock::now() + std::chrono::seconds(ahead_s_.load());
}

std::string urlEncoded(std::string_view text) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    const auto byte = static_cast<unsigned char>(c);
    out += plain ? std::string(1, c) : std::string{'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
  return out;
}

}  // namespace gpuspec::deploy::kube
