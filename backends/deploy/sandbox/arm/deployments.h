#pragma once

// Microsoft.Resources/deployments in resource groups: templates, carried out in the order of their
// dependsOn.

#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "backends/deploy/sandbox/arm/containers.h"
#include "backends/deploy/sandbox/arm/template.h"

namespace gpuspec::deploy::sandbox::arm {

class Deployments {
 public:
  Deployments(State& state, Operations& operations, Containers& containers,
              const ArmOptions& options);

  [[nodiscard]] llvm::Expected<Tree> get(const std::string& group, const std::string& name) const;
  [[nodiscard]] llvm::Expected<Accepted> put(const std::string& group, const std::string& name,
                                             const Tree& body);
  // What `put` would say; as GET would show it.
  [[nodiscard]] llvm::Expected<Tree> validate(const std::string& group, const std::string& name,
                                              const Tree& body) const;
  [[nodiscard]] llvm::Expected<Accepted> whatIf(const std::string& group, const std::string& name,
                                                const Tree& body);
  [[nodiscard]] llvm::Error cancel(const std::string& group, const std::string& name);
  [[nodiscard]] llvm::Expected<Accepted> remove(const std::string& group, const std::string& name);
  [[nodiscard]] llvm::Expected<Tree> operationsOf(const std::string& group,
                                                  const std::string& name) const;
  [[nodiscard]] llvm::Expected<Tree> operationOf(const std::string& group, const std::string& name,
                                                 const std::string& id) const;
  [[nodiscard]] llvm::Expected<Tree> exportTemplate(const std::string& group,
                                                    const std::string& name) const;

 private:
  // One resource on its way.
  struct Step {
    enum class State : std::uint8_t { Waiting, Running, Done, Failed } state = State::Waiting;
    std::string operation, started, ended;
    int status = 0;
    Tree error;
  };

  [[nodiscard]] llvm::Expected<Template> read(const std::string& group, const std::string& name,
                                              const Tree& properties) const;
  [[nodiscard]] llvm::Error preflight(const std::string& group, const std::string& name,
                                      const Template& made) const;
  // The resource as it would be.
  [[nodiscard]] llvm::Expected<Tree> preview(const std::string& group,
                                             const TemplateResource& resource,
                                             const Template& made) const;
  Tree resourceOf(const std::string& group, const std::string& name, const Tree& properties,
                  const Template& made) const;
  [[nodiscard]] llvm::Expected<std::shared_ptr<const Tree>> record(const std::string& group,
                                                                   const std::string& name) const;

  [[nodiscard]] llvm::Expected<Tree> run(const Tree& operation);
  [[nodiscard]] llvm::Error walk(const Tree& operation, const Template& made,
                                 std::vector<Step>& steps, bool resumed);
  // True when it changed something.
  [[nodiscard]] llvm::Expected<bool> advance(const std::string& group,
                                             const TemplateResource& resource, Step& step,
                                             bool resumed);
  [[nodiscard]] llvm::Expected<Accepted> putResource(const std::string& group,
                                                     const TemplateResource& resource);
  [[nodiscard]] llvm::Expected<Tree> existing(const std::string& group,
                                              const TemplateResource& resource) const;
  [[nodiscard]] llvm::Error note(const Tree& operation, const Template& made,
                                 const std::vector<Step>& steps,
                                 std::string_view provisioning_state, const Tree& error);
  bool isCanceled(const Tree& operation) const;

  State& state_;
  Operations& operations_;
  Containers& containers_;
  const ArmOptions& options_;
};

// What would change from `before` (null = nothing there) to `after`, as what-if says it.
Tree whatIfChange(const std::string& id, const Tree& before, const Tree& after,
                  std::string_view kind);

}  // namespace gpuspec::deploy::sandbox::arm
