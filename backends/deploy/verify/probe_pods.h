#pragma once

// Pods that try connections, and what they found; internal to the library.

#include <map>

#include "backends/deploy/verify/scratch.h"

namespace gpuspec::deploy::verify {

constexpr int kTries = 3;

class ProbePods {
 public:
  ProbePods(const Cluster& cluster, Scratch& scratch, const kube::ApiResource& pods)
      : cluster_(cluster), scratch_(scratch), pods_(pods) {}

  // One pod in each namespace that accepts connections: its address, or why there is none.
  struct Listener {
    std::string address, problem;
  };
  std::map<std::string, Listener> listen(const std::vector<std::string>& namespaces);

  // One pod in each namespace that tries each of its addresses three times.
  struct Answers {
    std::map<std::string, int> connected;  // by address: how many of the tries
    std::string problem;                   // why an address has no answer
  };
  std::map<std::string, Answers> connect(
      const std::map<std::string, std::vector<std::string>>& addresses);

 private:
  std::string nameOfPod(const char* role) const;
  Tree pod(const std::string& object_namespace, const char* role, Tree command, bool listens) const;
  // Calls `look` with each pod as it is now until that is true for all, or time is up.
  void watch(const char* role, const std::vector<std::string>& namespaces,
             const std::function<bool(const std::string& object_namespace, const Tree& pod)>& look);
  std::string scriptFor(const std::vector<std::string>& addresses) const;
  void readAnswers(const std::string& object_namespace, const Tree& pod,
                   const std::vector<std::string>& addresses, Answers& answers) const;

  const Cluster& cluster_;
  Scratch& scratch_;
  const kube::ApiResource& pods_;
};

}  // namespace gpuspec::deploy::verify
