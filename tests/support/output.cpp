#include "tests/support/output.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/data/yaml_reader.h"
#include "compiler/ir/json.h"

namespace gpuspec::test {

std::vector<Json> armResources(const Outcome& outcome, const std::string& cluster,
                               const std::string& type) {
  std::vector<Json> out;
  const Json document =
      Json::parse(outcome.file(cluster + "/arm/azuredeploy.json"), nullptr, false);
  if (document.is_discarded()) {
    ADD_FAILURE() << "the ARM template is no JSON";
    return out;
  }
  for (const Json& resource : document.at("resources")) {
    if (resource.at("type").get<std::string>().ends_with("/" + type)) out.push_back(resource);
  }
  return out;
}

std::vector<ir::Tree> readYaml(const std::string& text) {
  source::SourceMap sources;
  diag::Sink sink;
  const auto documents = data::readYaml(sources, sources.add("output.yaml", text), sink);
  for (const diag::Diagnostic& finding : sink.finish(sources))
    ADD_FAILURE() << finding.message << "\n" << text;
  return documents.value_or(std::vector<ir::Tree>{});
}

std::vector<ir::Tree> objects(const Outcome& outcome, const std::string& cluster) {
  std::vector<ir::Tree> out;
  for (const artifact::File& file : outcome.files) {
    if (!file.path.starts_with(cluster + "/kubernetes/") ||
        file.path.ends_with("kustomization.yaml"))
      continue;
    for (ir::Tree& object : readYaml(file.bytes)) out.push_back(std::move(object));
  }
  return out;
}

std::vector<ir::Tree> objectsOf(const std::vector<ir::Tree>& all, std::string_view kind,
                                std::string_view object_namespace) {
  std::vector<ir::Tree> out;
  for (const ir::Tree& object : all) {
    if (at(object, {"kind"}) != ir::Tree(kind)) continue;
    if (!object_namespace.empty() &&
        at(object, {"metadata", "namespace"}) != ir::Tree(object_namespace))
      continue;
    out.push_back(object);
  }
  return out;
}

ir::Tree objectNamed(const std::vector<ir::Tree>& all, std::string_view kind,
                     std::string_view name) {
  std::vector<ir::Tree> found = objectsOf(all, kind);
  std::erase_if(found, [&](const ir::Tree& object) {
    return at(object, {"metadata", "name"}) != ir::Tree(name);
  });
  EXPECT_EQ(found.size(), 1u) << kind << " " << name;
  return found.size() == 1 ? found.front() : ir::Tree();
}

ir::Tree values(const Outcome& outcome, const std::string& cluster, const std::string& release) {
  const std::vector<ir::Tree> documents =
      readYaml(outcome.file(cluster + "/helm/" + release + "/values.yaml"));
  return documents.empty() ? ir::Tree() : documents.front();
}

ir::Tree at(const ir::Tree& tree, std::initializer_list<std::string_view> steps) {
  const ir::Tree* here = &tree;
  for (const std::string_view step : steps) {
    if (here->isList()) {
      const std::size_t place = std::stoul(std::string(step));
      here = place < here->asList().size() ? &here->asList()[place] : nullptr;
    } else {
      here = here->find(step);
    }
    if (here == nullptr) return {};
  }
  return *here;
}

std::string text(const ir::Tree& tree, std::initializer_list<std::string_view> steps) {
  return ir::toJson(at(tree, steps));
}

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\' || c == '$') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (c == '\r') {
      out += "\\r";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      const char* digits = "0123456789abcdef";
      out += std::string("\\u{") + digits[(c >> 4) & 15] + digits[c & 15] + "}";
    } else {
      out += c;
    }
  }
  return out + "\"";
}

}  // namespace gpuspec::test
