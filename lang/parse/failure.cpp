#include "lang/parse/failure.h"

#include "lang/parse/generated/GpuspecParser.h"

namespace gpuspec::parse {

void FailureStrategy::stop(antlr4::Parser* parser) {
  failure = {};
  failure.token = parser->getCurrentToken()->getTokenIndex();
  bool item_found = false;
  for (auto* context = parser->getContext(); context != nullptr;
       context = dynamic_cast<antlr4::ParserRuleContext*>(context->parent)) {
    const std::size_t start =
        context->start != nullptr ? context->start->getTokenIndex() : failure.token;
    failure.rules.push_back(context->getRuleIndex());
    failure.starts.push_back(start);
    if (context->getRuleIndex() == GpuspecParser::RuleItem && !item_found) {
      failure.item_start = start;
      item_found = true;
    }
  }
  if (!item_found && !failure.starts.empty()) failure.item_start = failure.starts.back();
  for (ssize_t kind : parser->getExpectedTokens().toList()) {
    if (kind > 0) failure.expected.push_back(static_cast<std::size_t>(kind));
  }
  throw antlr4::ParseCancellationException();
}

}  // namespace gpuspec::parse
