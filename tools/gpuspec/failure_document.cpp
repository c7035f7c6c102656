#include "tools/gpuspec/failure_document.h"

#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::cli {

std::string failureDocument(const std::string& command, int exit_code, const Kept& kept) {
  ir::Tree findings = ir::Tree::list();
  for (const std::string& array : kept.findings) {
    const ir::Tree some = llvm::cantFail(ir::parseJson(array));
    for (const ir::Tree& finding : some.asList()) findings.push(finding);
  }
  return ir::toJson(ir::mapOf("schema", "gpuspec.failure/1", "command", command, "exit_code",
                              static_cast<std::int64_t>(exit_code), "findings", std::move(findings),
                              "messages", ir::Tree::strings(kept.messages))) +
         "\n";
}

}  // namespace gpuspec::cli
