#include "tools/gpuspec/live/guarded_view.h"

#include "backends/deploy/apply/views.h"

namespace gpuspec::cli {

GuardedView::GuardedView(std::unique_ptr<deploy::apply::View> shown, Limits limits)
    : shown_(std::move(shown)), limits_(std::move(limits)) {}

void GuardedView::started(const deploy::plan::Change& change) {
  shown_->started(change);
}

void GuardedView::progressed(const deploy::plan::Change& change, const std::string& text) {
  shown_->progressed(change, text);
}

void GuardedView::finished(const deploy::plan::Change& change,
                           const deploy::apply::Outcome& outcome) {
  shown_->finished(change, outcome);
}

void GuardedView::tick(std::chrono::milliseconds elapsed) {
  shown_->tick(elapsed);
  if (!why_.empty()) return;
  if (limits_.lock_lost()) {
    why_ = "the lock could not be renewed, and another run may have begun";
  } else if (elapsed >= limits_.timeout) {
    why_ = "--timeout is over: " + deploy::apply::durationText(limits_.timeout);
  }
  if (!why_.empty()) limits_.stop();
}

}  // namespace gpuspec::cli
