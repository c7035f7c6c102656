#include "tools/gpuspec/live/shapes.h"

#include <algorithm>

#include <llvm/Support/CommandLine.h>

namespace gpuspec::cli {

namespace {

namespace cl = llvm::cl;

OptionShape shapeOf(const cl::Option& option) {
  std::string value = option.ValueStr.str();
  const bool takes = option.getValueExpectedFlag() == cl::ValueRequired || !value.empty();
  if (takes && value.empty()) value = "value";
  return {option.ArgStr.str(), option.HelpStr.str(), takes ? value : ""};
}

CommandShape shapeOf(cl::SubCommand& sub) {
  CommandShape shape;
  shape.name = sub.getName().str();
  const auto [summary, text] = sub.getDescription().split('\n');
  shape.summary = summary.str();
  shape.text = text.ltrim('\n').str();
  for (const auto& entry : sub.OptionsMap) {
    const cl::Option& option = *entry.getValue();
    const bool shown = option.getOptionHiddenFlag() == cl::NotHidden && entry.getKey() != "h";
    if (shown) shape.options.push_back(shapeOf(option));
  }
  std::sort(shape.options.begin(), shape.options.end(),
            [](const OptionShape& a, const OptionShape& b) { return a.name < b.name; });
  for (const cl::Option* option : sub.PositionalOpts)
    shape.positional.push_back(option->HelpStr.str());
  return shape;
}

}  // namespace

std::vector<CommandShape> commandShapes() {
  std::vector<CommandShape> shapes;
  for (cl::SubCommand* sub : cl::getRegisteredSubcommands()) {
    if (!sub->getName().empty()) shapes.push_back(shapeOf(*sub));
  }
  std::sort(shapes.begin(), shapes.end(),
            [](const CommandShape& a, const CommandShape& b) { return a.name < b.name; });
  return shapes;
}

}  // namespace gpuspec::cli
