#pragma once

// What the sandbox's two APIs implement, and what its server calls for each request.

#include <cstdint>
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
  std::uint16_t client_port = 0, server_port = 0;  // of its connection

  // "" when absent.
  std::string_view header(std::string_view name) const;
  std::string_view parameter(std::string_view name) const;
  bool hasParameter(std::string_view name) const;
};

struct HttpResponse {
  // How much of it the client gets before the connection ends. A stream that is cut in its body
  // goes as far as it goes, and ends without saying so.
  enum class Ending : std::uint8_t { Whole, Dropped, CutInHeader, CutInBody };

  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  // A body that comes in pieces (watch, following logs): called until it returns false; each call
  // may wait up to about a second, writes nothing or something, and stops when `write` is false
  // (the client went away).
  std::function<bool(const std::function<bool(std::string_view)>& write)> stream;
  Ending ending = Ending::Whole;
};

class Handler {
 public:
  virtual ~Handler() = default;
  // Called from many threads at once.
  virtual HttpResponse handle(const HttpRequest& request) = 0;
};

}  // namespace gpuspec::deploy::sandbox
