#pragma once

// What the sandbox's two APIs implement, and what its server calls for each request.

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gpuspec::deploy::sandbox {

struct HttpRequest {
  std::string method;                                      // upper case
  std::string path;                                        // decoded, without the query
  std::vector<std::pair<std::string, std::string>> query;  // decoded
  std::map<std::string, std::string> headers;              // names in lower case
  std::string body;

  // "" when absent.
  std::string_view header(std::string_view name) const;
  std::string_view parameter(std::string_view name) const;
  bool hasParameter(std::string_view name) const;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // A body that comes in pieces (watch, following logs): called until it returns false; each call
  // may wait up to about a second, writes nothing or something, and stops when `write` is false
  // (the client went away).
  std::function<bool(const std::function<bool(std::string_view)>& write)> stream;
};

class Handler {
 public:
  virtual ~Handler() = default;
  // Called from many threads at once.
  virtual HttpResponse handle(const HttpRequest& request) = 0;
};

}  // namespace gpuspec::deploy::sandbox
