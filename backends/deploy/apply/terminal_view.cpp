#include <algorithm>
#include <map>

#include "backends/deploy/apply/view_text.h"

namespace gpuspec::deploy::apply {

namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMostRows = 12;  // more would push the rest away
constexpr std::size_t kMostWaiting = 3;
constexpr std::size_t kMostColumns = 90;  // the eye loses the line in what is wider
constexpr milliseconds kLong{3'000};      // an object that takes longer has a line of its own

struct Running {
  const plan::Change* change = nullptr;
  std::string text;
  milliseconds since{0};
};

class TerminalView final : public View {
 public:
  TerminalView(const plan::Plan& plan, const ViewLook& look, Write write)
      : plan_(plan),
        look_(look),
        write_(std::move(write)),
        objects_(plan),
        over_(plan.changes.size()) {}
  ~TerminalView() override { erase(); }

  void started(const plan::Change& change) override {
    running_[change.id] = {&change, "", elapsed_};
    if (!isSmall(change)) return;
    ObjectCount& count = objects_.of(change);
    ++count.running;
    if (count.began.count() < 0) count.began = elapsed_;
  }

  void progressed(const plan::Change& change, const std::string& text) override {
    if (const auto found = running_.find(change.id); found != running_.end())
      found->second.text = printable(text);
  }

  void finished(const plan::Change& change, const Outcome& outcome) override {
    running_.erase(change.id);
    over_[change.id] = true;
    if (isSmall(change)) countObject(change, outcome);
    if (neverBegan(outcome)) return;
    const bool has_line = outcome.state != State::Done || !isSmall(change) || outcome.took >= kLong;
    if (has_line) {
      const std::string what = objects_.nameIn(change);
      const std::string why = outcome.state == State::Done ? "" : ": " + errorText(outcome);
      stay(wordOf(outcome.state), systemOf(change), what + why, durationText(outcome.took));
    }
    if (isSmall(change)) objectsDone(change.key.cluster);
  }

  void tick(milliseconds elapsed) override {
    elapsed_ = elapsed;
    draw();
  }

 private:
  void countObject(const plan::Change& change, const Outcome& outcome) {
    ObjectCount& count = objects_.of(change);
    if (!neverBegan(outcome)) --count.running;
    ++count.over;
    count.done += outcome.state == State::Done;
  }

  void objectsDone(const std::string& cluster) {
    const ObjectCount& count = objects_.all().at(cluster);
    if (count.done == count.all)
      stay("done", "Kubernetes", objects_.text(cluster), durationText(elapsed_ - count.began));
  }

  // `what` gives way where the line is too long: one that wraps cannot be taken back.
  std::string row(std::string_view state, const std::string& system, const std::string& what,
                  const std::string& time) const {
    const std::size_t columns =
        std::min<std::size_t>(look_.width > 1 ? look_.width - 1 : 1, kMostColumns);
    const std::string head = "  " + padded(state, 9) + padded(system, 12);
    const std::size_t taken = columnsOf(head) + 2 + columnsOf(time);
    if (taken + 8 > columns) return cutTo(head + what + "  " + time, columns, look_.unicode);
    const std::size_t room = columns - taken;
    const std::string cut = cutTo(what, room, look_.unicode);
    return time.empty() ? head + cut : head + padded(cut, room) + "  " + time;
  }

  std::string colored(std::string_view state, const std::string& text) const {
    if (!look_.color) return text;
    const char* code = state == "done" ? "32" : state == "failed" ? "31" : "33";
    const std::size_t end = std::min<std::size_t>(11, text.size());
    return "\x1B[" + std::string(code) + "m" + text.substr(0, end) + "\x1B[0m" + text.substr(end);
  }

  void stay(std::string_view state, const std::string& system, const std::string& what,
            const std::string& time) {
    erase();
    write_(colored(state, row(state, system, what, time)) + "\n");
  }

  using Rows = std::vector<std::pair<std::string_view, std::string>>;  // state, row

  void addRunning(Rows& rows) const {
    for (const auto& [id, running] : running_) {
      const milliseconds time = elapsed_ - running.since;
      if (isSmall(*running.change) && time < kLong) continue;
      const std::string text = running.text.empty() ? "" : ": " + running.text;
      rows.emplace_back("running",
                        row("running", systemOf(*running.change),
                            objects_.nameIn(*running.change) + text, durationText(time)));
    }
    for (const auto& [cluster, count] : objects_.all()) {
      if (count.running == 0 || count.all == 1) continue;
      rows.emplace_back("running", row("running", "Kubernetes", objects_.text(cluster),
                                       durationText(elapsed_ - count.began)));
    }
  }

  // What has a line of its own and has not begun, with the first thing that it waits for.
  void addWaiting(Rows& rows) const {
    std::size_t shown = 0;
    for (const plan::Change& change : plan_.changes) {
      if (isSmall(change) || over_[change.id] || running_.count(change.id) != 0) continue;
      const auto open = std::find_if(change.after.begin(), change.after.end(),
                                     [&](std::size_t before) { return !over_[before]; });
      if (open == change.after.end()) continue;
      if (++shown > kMostWaiting) return;
      rows.emplace_back("waiting",
                        row("waiting", systemOf(change),
                            objects_.nameIn(change) + ": for " + nameOf(plan_.changes[*open]), ""));
    }
  }

  void draw() {
    Rows rows;
    addRunning(rows);
    if (!rows.empty()) addWaiting(rows);
    std::string all = erasing();
    drawn_ = std::min(rows.size(), kMostRows);
    for (std::size_t i = 0; i < drawn_; ++i) {
      const bool last = i + 1 == kMostRows && rows.size() > kMostRows;
      const std::string more = "  and " + std::to_string(rows.size() - i) + " more";
      all += last ? more : colored(rows[i].first, rows[i].second);
      all += "\n";
    }
    if (!all.empty()) write_(all);
  }

  std::string erasing() const {
    return drawn_ == 0 ? "" : "\x1B[" + std::to_string(drawn_) + "A\x1B[J";
  }

  void erase() {
    if (drawn_ > 0) write_(erasing());
    drawn_ = 0;
  }

  const plan::Plan& plan_;
  ViewLook look_;
  Write write_;
  Objects objects_;
  std::vector<bool> over_;
  std::map<std::size_t, Running> running_;
  milliseconds elapsed_{0};
  std::size_t drawn_ = 0;
};

}  // namespace

std::unique_ptr<View> makeTerminalView(const plan::Plan& plan, const ViewLook& look, Write write) {
  return std::make_unique<TerminalView>(plan, look, std::move(write));
}

}  // namespace gpuspec::deploy::apply
