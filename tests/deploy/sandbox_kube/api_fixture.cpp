#include "tests/deploy/sandbox_kube/api_fixture.h"

#include <charconv>

namespace gpuspec::deploy::sandbox {
namespace {

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

HttpRequest requestFor(const std::string& method, const std::string& path_and_query) {
  HttpRequest out;
  out.method = method;
  const std::size_t question = path_and_query.find('?');
  out.path = path_and_query.substr(0, question);
  std::string_view query =
      question == std::string::npos ? "" : std::string_view(path_and_query).substr(question + 1);
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    const std::size_t equals = std::min(pair.find('='), pair.size());
    out.query.emplace_back(decoded(pair.substr(0, equals)),
                           equals == pair.size() ? "" : decoded(pair.substr(equals + 1)));
    query.remove_prefix(std::min(end + 1, query.size()));
  }
  return out;
}

}  // namespace

Tree Reply::at(std::string_view dotted) const {
  const Tree* here = &json;
  while (!dotted.empty()) {
    const std::size_t dot = std::min(dotted.find('.'), dotted.size());
    const std::string_view key = dotted.substr(0, dot);
    dotted.remove_prefix(std::min(dot + 1, dotted.size()));
    if (here->isList()) {
      std::size_t index = 0;
      std::from_chars(key.data(), key.data() + key.size(), index);
      if (index >= here->asList().size()) return Tree();
      here = &here->asList()[index];
    } else {
      here = here->find(key);
      if (here == nullptr) return Tree();
    }
  }
  return *here;
}

std::string Reply::textAt(std::string_view dotted) const {
  const Tree found = at(dotted);
  return found.isString() ? found.asString() : "";
}

std::string Reply::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) return value;
  }
  return "";
}

ApiTest::ApiTest() : store_(makeMemoryStore()) {
  restart();
}

void ApiTest::restart() {
  api_.reset();
  api_ = makeKubeApi(*store_, {"test", {"secret-token"}}, nullptr);
}

HttpResponse ApiTest::raw(const std::string& method, const std::string& path_and_query,
                          const std::string& body, std::map<std::string, std::string> headers) {
  HttpRequest request = requestFor(method, path_and_query);
  request.headers = std::move(headers);
  request.headers.emplace("authorization", "Bearer secret-token");
  request.headers.emplace("user-agent", "tester/1.0");
  request.body = body;
  return api_->handle(request);
}

Reply ApiTest::send(const std::string& method, const std::string& path_and_query,
                    const std::string& body, std::map<std::string, std::string> headers) {
  headers.emplace("content-type", "application/json");
  HttpResponse response = raw(method, path_and_query, body, std::move(headers));
  Reply out;
  out.status = response.status;
  out.text = response.body;
  out.headers = response.headers;
  llvm::Expected<Tree> json = ir::parseJson(response.body);
  if (json) {
    out.json = std::move(*json);
  } else {
    llvm::consumeError(json.takeError());
  }
  return out;
}

Reply ApiTest::apply(const std::string& path, const std::string& yaml, const std::string& manager) {
  return send("PATCH", path + "?fieldManager=" + manager, yaml,
              {{"content-type", "application/apply-patch+yaml"}});
}

Reply ApiTest::merge(const std::string& path, const std::string& json) {
  return send("PATCH", path, json, {{"content-type", "application/merge-patch+json"}});
}

std::vector<Tree> ApiTest::watch(const std::string& path_and_query, std::size_t lines) {
  HttpResponse response = raw("GET", path_and_query, "", {});
  std::vector<Tree> out;
  if (!response.stream) return out;
  std::string text;
  const auto write = [&](std::string_view bytes) {
    text += bytes;
    return true;
  };
  bool more = true;
  while (more && out.size() < lines) {
    more = response.stream(write);
    for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
      out.push_back(llvm::cantFail(ir::parseJson(text.substr(0, end))));
      text.erase(0, end + 1);
    }
  }
  return out;
}

}  // namespace gpuspec::deploy::sandbox
