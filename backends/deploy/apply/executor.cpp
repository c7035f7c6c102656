#include "backends/deploy/apply/executor.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>

#include "backends/deploy/apply/schedule.h"
#include "backends/deploy/apply/views.h"
#include "lang/source/check.h"

namespace gpuspec::deploy::apply {

namespace {

using plan::Change;

// An outcome, and whether the API said that it was too much.
struct Answer {
  Outcome outcome;
  bool pushed_back = false;
};

bool isPushback(ApiError::Kind kind) {
  return kind == ApiError::Kind::Throttled || kind == ApiError::Kind::Server ||
         kind == ApiError::Kind::Unreachable;
}

Answer answerOf(llvm::Error error) {
  Answer answer;
  Outcome& outcome = answer.outcome;
  outcome.state = State::Done;
  llvm::handleAllErrors(
      std::move(error),
      [&](const ApiError& why) {
        outcome.state = why.kind == ApiError::Kind::Cancelled ? State::Interrupted : State::Failed;
        outcome.code = why.code;
        outcome.error = why.message;
        outcome.way_out = why.way_out;
        answer.pushed_back = isPushback(why.kind);
      },
      [&](const http::TransportError& why) {
        const bool cancelled = why.kind == http::TransportError::Kind::Cancelled;
        outcome.state = cancelled ? State::Interrupted : State::Failed;
        outcome.error = why.text;
        answer.pushed_back = !cancelled;
      },
      [&](const llvm::ErrorInfoBase& why) {
        outcome.state = State::Failed;
        outcome.error = why.message();
      });
  return answer;
}

// One walk over a plan. What has begun is told to the view, and what ended is followed by what it
// held up, within one hold of the lock: nobody sees anything in between.
class Walk {
 public:
  Walk(const plan::Plan& plan, const ExecuteOptions& options, View& view, Clock& clock)
      : plan_(plan),
        options_(options),
        view_(view),
        clock_(clock),
        schedule_(plan.changes, options.parallel, plan.gates),
        began_(clock.now()) {
    result_.outcomes.resize(plan.changes.size());
  }

  Result run() {
    {
      std::unique_lock lock(mutex_);
      dispatch();
      while (!schedule_.over()) {
        ended_.wait_for(lock, options_.tick, [this] { return schedule_.over(); });
        if (stopping()) abandonRest();
        view_.tick(clock_.now() - began_);
      }
      over_ = true;
    }
    work_.notify_all();
    for (std::thread& thread : threads_) thread.join();
    result_.took = clock_.now() - began_;
    result_.interrupted = result_.count(State::Interrupted) > 0;
    return std::move(result_);
  }

 private:
  static bool isSet(const http::CancelToken* token) {
    return token != nullptr && token->cancelled();
  }
  bool stopping() const { return isSet(options_.drain) || isSet(options_.stop); }

  // Everything that may begin now gets a thread.
  void dispatch() {
    if (stopping()) return abandonRest();
    while (const std::optional<std::size_t> id = schedule_.start()) {
      result_.outcomes[*id].state = State::Running;
      view_.started(plan_.changes[*id]);
      queue_.push_back(*id);
      if (queue_.size() > idle_) {
        addThread();
      } else {
        work_.notify_one();
      }
    }
  }

  void addThread() {
    ++idle_;
    try {
      threads_.emplace_back([this] { work(); });
    } catch (const std::system_error&) {  // the machine gives no more: go on with what there is
      --idle_;
      GPUSPEC_CHECK(!threads_.empty(), "one thread can be started");
    }
  }

  void work() {
    std::unique_lock lock(mutex_);
    while (true) {
      work_.wait(lock, [this] { return over_ || !queue_.empty(); });
      if (queue_.empty()) return;
      const std::size_t id = queue_.front();
      queue_.pop_front();
      --idle_;
      lock.unlock();
      const std::chrono::milliseconds from = clock_.now();
      Answer answer = answerOf(perform(plan_.changes[id]));
      answer.outcome.took = clock_.now() - from;
      lock.lock();
      ++idle_;
      finish(id, std::move(answer));
    }
  }

  llvm::Error perform(const Change& change) {
    const http::CancelToken& stop = options_.stop != nullptr ? *options_.stop : never_;
    ResourceClient* client = options_.client_for(change);
    GPUSPEC_CHECK(client != nullptr, "each change has a client");
    const Progress progress = [&](const std::string& text) {
      const std::lock_guard lock(mutex_);
      view_.progressed(change, text);
    };
    return client->perform(change, progress, stop);
  }

  void finish(std::size_t id, Answer answer) {
    const Outcome& outcome = result_.outcomes[id] = std::move(answer.outcome);
    view_.finished(plan_.changes[id], outcome);
    if (outcome.state == State::Done) {
      schedule_.succeeded(id, outcome.took);
    } else {
      if (stopping()) abandonRest();
      skip(schedule_.failed(id, answer.pushed_back), plan_.changes[id]);
    }
    dispatch();
    if (schedule_.over()) ended_.notify_one();
  }

  void skip(const std::vector<std::size_t>& ids, const Change& cause) {
    for (const std::size_t id : ids) {
      Outcome& outcome = result_.outcomes[id];
      outcome.state = State::Skipped;
      outcome.error = "waits for " + nameOf(cause) + ", which did not succeed";
      outcome.because = cause.key.id();
      view_.finished(plan_.changes[id], outcome);
    }
  }

  void abandonRest() {
    for (const std::size_t id : schedule_.abandon()) {
      result_.outcomes[id].state = State::Interrupted;
      view_.finished(plan_.changes[id], result_.outcomes[id]);
    }
  }

  const plan::Plan& plan_;
  const ExecuteOptions& options_;
  View& view_;
  Clock& clock_;
  const http::CancelToken never_;

  std::mutex mutex_;  // guards everything below
  std::condition_variable work_, ended_;
  Schedule schedule_;
  std::deque<std::size_t> queue_;  // begun, no thread has it yet
  std::vector<std::thread> threads_;
  std::size_t idle_ = 0;  // threads that run no change
  bool over_ = false;
  Result result_;
  const std::chrono::milliseconds began_;
};

}  // namespace

std::size_t Result::count(State state) const {
  return static_cast<std::size_t>(
      std::count_if(outcomes.begin(), outcomes.end(),
                    [&](const Outcome& outcome) { return outcome.state == state; }));
}

Result execute(const plan::Plan& plan, const ExecuteOptions& options, View& view, Clock& clock) {
  if (plan.changes.empty()) return {};
  return Walk(plan, options, view, clock).run();
}

}  // namespace gpuspec::deploy::apply
