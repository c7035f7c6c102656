#pragma once

// What people and programs see of an apply. Each writes through `write`; the caller decides where
// that goes.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "backends/deploy/apply/executor.h"

namespace gpuspec::deploy::apply {

using Write = std::function<void(std::string_view text)>;

struct ViewLook {
  bool color = false, unicode = true;
  std::uint32_t width = 80;
};

// A terminal: finished lines stay, running actions are redrawn below them.
std::unique_ptr<View> makeTerminalView(const plan::Plan& plan, const ViewLook& look, Write write);
// A pipeline's log: finished lines only; many small objects in one line now and then.
std::unique_ptr<View> makePlainView(const plan::Plan& plan, Write write);
// "gpuspec.apply-event/1", one JSON document a line: started, progress and finished of each change.
std::unique_ptr<View> makeJsonlView(Write write);
// The last line of such a stream.
std::string summaryEvent(const plan::Plan& plan, const Result& result);

// "Applied in 6 min 40 s: 1 added, 3 changed." and, where something failed, what and the way out.
std::string summaryText(const plan::Plan& plan, const Result& result, const std::string& next);
Tree summaryTree(const plan::Plan& plan, const Result& result);  // "gpuspec.apply/1"
Tree changeTree(const plan::Change& change);  // which change: address, kind, id, cluster, action
Tree outcomeTree(const Outcome& outcome);     // what became of it: state, took_ms, error ...

std::string durationText(std::chrono::milliseconds time);  // "0.3 s", "6 min 40 s"
std::string_view str(State state);                         // "done"
// "pool h100", "Job ml/train"
std::string nameOf(const plan::Change& change);
std::string systemOf(const plan::Change& change);  // "Azure"

}  // namespace gpuspec::deploy::apply
