#include "backends/deploy/plan/plan.h"

namespace gpuspec::deploy::plan {

std::string_view str(Action action) {
  switch (action) {
    case Action::Create:
      return "create";
    case Action::Update:
      return "update";
    case Action::Replace:
      return "replace";
    case Action::Delete:
      return "delete";
    case Action::Adopt:
      return "adopt";
    case Action::Move:
      return "move";
    case Action::Release:
      return "release";
    case Action::Wait:
      return "wait";
    case Action::NoOp:
      return "no-op";
  }
  return "";
}

}  // namespace gpuspec::deploy::plan
