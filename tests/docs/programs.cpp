#include "tests/docs/programs.h"

namespace gpuspec::docs {

test::Outcome compile(const Fence& fence) {
  test::CompileRequest request;
  for (const auto& [name, text] : filesOf(fence)) request.files.push_back({name, text});
  if (fence.has("fragment")) request.until = driver::Phase::Parse;
  for (const std::string& name : fence.options("env")) request.environment = name;
  for (const std::string& date : fence.options("as-of")) request.as_of = date;
  for (const std::string& given : fence.options("param")) {
    const std::size_t equals = given.find('=');
    request.parameters.push_back(
        {given.substr(0, equals), given.substr(equals + 1), "--param", true});
  }
  return test::compileInMemory(request);
}

std::set<std::string> codesOf(const test::Outcome& outcome) {
  std::set<std::string> codes;
  for (const test::Finding& finding : outcome.findings) {
    if (finding.level != "allowed") codes.insert(finding.code);
  }
  return codes;
}

std::set<std::string> errorsOf(const test::Outcome& outcome) {
  std::set<std::string> codes;
  for (const test::Finding& finding : outcome.findings) {
    if (finding.level == "error") codes.insert(finding.code);
  }
  return codes;
}

}  // namespace gpuspec::docs
