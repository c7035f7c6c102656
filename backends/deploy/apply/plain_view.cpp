#include <map>

#include "backends/deploy/apply/view_text.h"

namespace gpuspec::deploy::apply {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kReportEvery{30'000};
constexpr milliseconds kLong{10'000};  // an object that took longer has a line of its own

class PlainView final : public View {
 public:
  PlainView(const plan::Plan& plan, Write write) : write_(std::move(write)), objects_(plan) {}

  void started(const plan::Change& change) override {
    if (!isSmall(change)) running_[change.id] = {&change, "", elapsed_};
    if (isSmall(change) && objects_.of(change).began.count() < 0)
      objects_.of(change).began = elapsed_;
  }

  void progressed(const plan::Change& change, const std::string& text) override {
    if (const auto found = running_.find(change.id); found != running_.end())
      found->second.text = printable(text);
  }

  void finished(const plan::Change& change, const Outcome& outcome) override {
    running_.erase(change.id);
    if (isSmall(change)) {
      ++objects_.of(change).over;
      objects_.of(change).done += outcome.state == State::Done;
    }
    if (neverBegan(outcome)) return;
    const bool done = outcome.state == State::Done;
    if (!done || !isSmall(change) || outcome.took >= kLong) {
      line(wordOf(outcome.state), systemOf(change),
           objects_.nameIn(change) + (done ? "" : ": " + errorText(outcome)), outcome.took);
    }
    if (isSmall(change)) objectsDone(change.key.cluster);
  }

  // A job whose log stands still for long is taken for dead and killed.
  void tick(milliseconds elapsed) override {
    elapsed_ = elapsed;
    if (elapsed - reported_ < kReportEvery) return;
    reported_ = elapsed;
    for (const auto& [id, running] : running_) {
      const std::string text = running.text.empty() ? "" : ": " + running.text;
      line("running", systemOf(*running.change), objects_.nameIn(*running.change) + text,
           elapsed - running.since);
    }
    for (const auto& [cluster, count] : objects_.all()) {
      if (count.began.count() >= 0 && count.over < count.all)
        line("running", "Kubernetes", objects_.text(cluster), elapsed - count.began);
    }
  }

 private:
  struct Running {
    const plan::Change* change = nullptr;
    std::string text;
    milliseconds since{0};
  };

  void objectsDone(const std::string& cluster) {
    const ObjectCount& count = objects_.all().at(cluster);
    if (count.done == count.all)
      line("done", "Kubernetes", objects_.text(cluster), elapsed_ - count.began);
  }

  void line(std::string_view state, const std::string& system, const std::string& what,
            milliseconds time) {
    write_(padded(state, 9) + padded(system, 12) + what + "  (" + durationText(time) + ")\n");
  }

  Write write_;
  Objects objects_;
  std::map<std::size_t, Running> running_;
  milliseconds elapsed_{0}, reported_{0};
};

}  // namespace

std::unique_ptr<View> makePlainView(const plan::Plan& plan, Write write) {
  return std::make_unique<PlainView>(plan, std::move(write));
}

}  // namespace gpuspec::deploy::apply
