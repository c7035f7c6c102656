#pragma once

#include <string>
#include <vector>

#include <llvm/Support/Error.h>

#include "lang/diag/catalogue.h"

namespace gpuspec::host {

// "The world said no" about a plugin, with the catalogue's code, so that whoever handles it can
// report it as a finding.
class PluginError : public llvm::ErrorInfo<PluginError> {
 public:
  PluginError(const diag::CodeInfo& info, std::vector<std::string> args);

  const diag::CodeInfo& info() const { return *info_; }
  const std::vector<std::string>& args() const { return args_; }
  diag::Report report(diag::Sink& sink, const source::Location& at) const {
    return sink.add(at, *info_, args_);
  }

  void log(llvm::raw_ostream& out) const override;
  std::error_code convertToErrorCode() const override { return llvm::inconvertibleErrorCode(); }

  static char ID;

 private:
  const diag::CodeInfo* info_;
  std::vector<std::string> args_;
};

inline std::string errorText(const std::string& text) {
  return text;
}
inline std::string errorText(std::int64_t number) {
  return std::to_string(number);
}

// Arguments are checked against the catalogue, as in Sink::report.
template <class... Params, class... Args>
llvm::Error pluginError(diag::Code<Params...> code, const Args&... args) {
  static_assert(sizeof...(Params) == sizeof...(Args),
                "the catalogue says how many arguments this code takes");
  return llvm::make_error<PluginError>(
      *code.info, std::vector<std::string>{errorText(static_cast<const Params&>(args))...});
}

}  // namespace gpuspec::host
