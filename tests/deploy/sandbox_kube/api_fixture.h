#pragma once

// A cluster's API over a store in memory, spoken to as clients do.

#include <map>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "backends/deploy/sandbox/kube/kube_api.h"
#include "compiler/ir/json.h"

namespace gpuspec::deploy::sandbox {

struct Reply {
  int status = 0;
  std::string text;
  std::vector<std::pair<std::string, std::string>> headers;
  Tree json;  // null when the body is none

  // "metadata.labels.app", "items.0.metadata.name"; null when there is no such value.
  Tree at(std::string_view dotted) const;
  std::string textAt(std::string_view dotted) const;
  std::string header(std::string_view name) const;
  std::string message() const { return textAt("message"); }
};

class ApiTest : public ::testing::Test {
 protected:
  ApiTest();

  Reply send(const std::string& method, const std::string& path_and_query,
             const std::string& body = "", std::map<std::string, std::string> headers = {});
  Reply get(const std::string& path) { return send("GET", path); }
  Reply create(const std::string& path, const std::string& json) {
    return send("POST", path, json);
  }
  Reply put(const std::string& path, const std::string& json) { return send("PUT", path, json); }
  Reply remove(const std::string& path, const std::string& json = "") {
    return send("DELETE", path, json);
  }
  // `manager` also goes for force: "name&force=true".
  Reply apply(const std::string& path, const std::string& yaml,
              const std::string& manager = "tester");
  Reply merge(const std::string& path, const std::string& json);
  // Runs a stream for one turn after another until it has told this many lines or ended.
  std::vector<Tree> watch(const std::string& path_and_query, std::size_t lines);
  // A new server over what the old one stored.
  void restart();
  HttpResponse raw(const std::string& method, const std::string& path_and_query,
                   const std::string& body, std::map<std::string, std::string> headers);

  std::unique_ptr<Store> store_;
  std::unique_ptr<KubeApi> api_;
};

}  // namespace gpuspec::deploy::sandbox
