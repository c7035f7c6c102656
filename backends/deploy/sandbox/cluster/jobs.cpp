#include <algorithm>
#include <charconv>

#include "backends/deploy/sandbox/cluster/pods.h"
#include "backends/deploy/sandbox/cluster/workloads.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

constexpr std::string_view kIndexNote = "batch.kubernetes.io/job-completion-index";

std::int64_t indexOf(const Tree& pod) {
  const std::string text = annotationOf(pod, kIndexNote);
  std::int64_t out = -1;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

bool isIndexed(const Tree& job) {
  return textAt(job, {"spec", "completionMode"}) == "Indexed";
}

bool isOver(const Tree& job) {
  return conditionStatus(job, "Complete") == "True" || conditionStatus(job, "Failed") == "True";
}

// "1,3-5"
std::set<std::int64_t> parseRanges(const std::string& text) {
  std::set<std::int64_t> out;
  const char* at = text.data();
  const char* const end = text.data() + text.size();
  while (at < end) {
    std::int64_t first = 0;
    auto [stop, error] = std::from_chars(at, end, first);
    if (error != std::errc()) break;
    std::int64_t last = first;
    if (stop < end && *stop == '-') stop = std::from_chars(stop + 1, end, last).ptr;
    for (std::int64_t i = first; i <= last; ++i) out.insert(i);
    at = stop + 1;
  }
  return out;
}

std::string rangesText(const std::set<std::int64_t>& numbers) {
  std::string out;
  for (auto at = numbers.begin(); at != numbers.end();) {
    const std::int64_t first = *at;
    std::int64_t last = first;
    while (++at != numbers.end() && *at == last + 1) ++last;
    out += (out.empty() ? "" : ",") + std::to_string(first);
    if (last != first) out += (last == first + 1 ? "," : "-") + std::to_string(last);
  }
  return out;
}

// What the pods of one Job show.
struct Count {
  std::vector<Object> active;
  std::int64_t ready = 0, succeeded = 0, failed = 0, restarts = 0, terminating = 0;
  std::set<std::int64_t> done;  // indexes
};

class Jobs : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    enqueueOwn(change, kJob);
    if (change.key.is(kPod)) enqueueController(change, kJob);
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    const Object job = world_.cache().get(key);
    if (job == nullptr || isDeleting(*job)) return llvm::Error::success();
    if (isOver(*job)) return expire(key, *job);
    const Count count = countPods(*job);
    if (const auto [reason, message] = failureOf(key, *job, count); !reason.empty()) {
      return finish(key, *job, count, "Failed", reason, message);
    }
    if (isComplete(*job, count)) {
      return finish(key, *job, count, "Complete", "CompletionsReached",
                    "Reached expected number of succeeded pods");
    }
    std::string refusal;
    if (llvm::Error error = adjust(key, *job, count)) refusal = llvm::toString(std::move(error));
    if (llvm::Error error = report(key, *job)) return error;
    if (refusal.empty()) return llvm::Error::success();
    return llvm::createStringError(refusal);
  }

 private:
  Count countPods(const Tree& job) const {
    Count out;
    out.done = parseRanges(textAt(job, {"status", "completedIndexes"}));
    for (const Object& pod : world_.cache().controlledBy(job, kPod)) {
      const std::string phase = phaseOf(*pod);
      if (phase == "Succeeded") {
        ++out.succeeded;
        out.done.insert(indexOf(*pod));
      } else if (phase == "Failed") {
        ++out.failed;
      } else if (isDeleting(*pod)) {
        ++out.terminating;
      } else {
        out.active.push_back(pod);
        out.ready += isPodReady(*pod) ? 1 : 0;
        for (const Tree& status : listAt(*pod, {"status", "containerStatuses"})) {
          out.restarts += intAt(status, {"restartCount"});
        }
      }
    }
    // Pods that ended and were deleted since still count.
    out.succeeded = std::max(out.succeeded, intAt(job, {"status", "succeeded"}));
    out.failed = std::max(out.failed, intAt(job, {"status", "failed"}));
    if (isIndexed(job)) out.succeeded = static_cast<std::int64_t>(out.done.size());
    return out;
  }

  static bool isComplete(const Tree& job, const Count& count) {
    const Tree* completions = findAt(job, {"spec", "completions"});
    if (completions != nullptr && completions->isInt())
      return count.succeeded >= completions->asInt();
    // A work queue: one success and nobody at work any more.
    return count.succeeded > 0 && count.active.empty();
  }

  std::pair<std::string, std::string> failureOf(const ObjectKey& key, const Tree& job,
                                                const Count& count) {
    const std::int64_t limit = intAt(job, {"spec", "backoffLimit"}, 6);
    if (count.failed > limit || (count.restarts > 0 && count.failed + count.restarts > limit)) {
      return {"BackoffLimitExceeded", "Job has reached the specified backoff limit"};
    }
    const Tree* deadline = findAt(job, {"spec", "activeDeadlineSeconds"});
    const auto started = timeOf(textAt(job, {"status", "startTime"}));
    if (deadline == nullptr || !deadline->isInt() || !started) return {};
    const TimePoint end = *started + std::chrono::seconds(deadline->asInt());
    if (world_.now() >= end) {
      return {"DeadlineExceeded", "Job was active longer than specified deadline"};
    }
    enqueueAt(key, end);
    return {};
  }

  llvm::Error removeAll(const std::vector<Object>& pods) {
    for (const Object& pod : pods) {
      if (llvm::Error error = world_.remove(keyOf(kPod, *pod))) return error;
    }
    return llvm::Error::success();
  }

  llvm::Error adjust(const ObjectKey& key, const Tree& job, const Count& count) {
    if (flagAt(job, {"spec", "suspend"})) return removeAll(count.active);
    const std::int64_t parallel = intAt(job, {"spec", "parallelism"}, 1);
    std::int64_t wanted = parallel;
    if (const Tree* completions = findAt(job, {"spec", "completions"});
        completions && completions->isInt()) {
      wanted = std::min(parallel, completions->asInt() - count.succeeded);
    } else if (count.succeeded > 0) {
      wanted = std::min(parallel, static_cast<std::int64_t>(count.active.size()));
    }
    const std::int64_t missing = wanted - static_cast<std::int64_t>(count.active.size());
    if (missing > kBatch) enqueue(key);
    if (missing < 0) {
      return removeAll({count.active.begin(), count.active.begin() - missing});
    }
    std::set<std::int64_t> taken = count.done;
    for (const Object& pod : count.active) taken.insert(indexOf(*pod));
    std::int64_t index = 0;
    for (std::int64_t i = 0; i < std::min(missing, kBatch); ++i) {
      while (taken.contains(index)) ++index;
      taken.insert(index);
      if (llvm::Error error = addPod(job, index)) return error;
    }
    return llvm::Error::success();
  }

  llvm::Error addPod(const Tree& job, std::int64_t index) {
    const Tree* pod_template = findAt(job, {"spec", "template"});
    if (pod_template == nullptr) return llvm::Error::success();
    Tree pod = fromTemplate(*pod_template, job, kJob);
    for (std::string_view prefix : {"", "batch.kubernetes.io/"}) {
      setAt(pod, {"metadata", "labels", std::string(prefix) + "controller-uid"}, uidOf(job));
      setAt(pod, {"metadata", "labels", std::string(prefix) + "job-name"}, nameOf(job));
    }
    std::string base = nameOf(job);
    if (isIndexed(job)) {
      const std::string number = std::to_string(index);
      base += "-" + number;
      setAt(pod, {"metadata", "labels", kIndexNote}, number);
      setAt(pod, {"metadata", "annotations", kIndexNote}, number);
      setAt(pod, {"spec", "hostname"}, base);
      giveIndex(pod, number);
    }
    auto made = createPod(world_, job, kJob, std::move(pod), base);
    if (!made) return made.takeError();
    world_.tell(job, kJob, "Normal", "SuccessfulCreate", "Created pod: " + nameOf(**made),
                "job-controller");
    return llvm::Error::success();
  }

  static void giveIndex(Tree& pod, const std::string& number) {
    for (std::string_view field : {"containers", "initContainers"}) {
      Tree* list = pod.at("spec").find(field);
      if (list == nullptr || !list->isList()) continue;
      for (Tree& container : list->asList()) {
        container.at("env").push(
            Tree::map().set("name", "JOB_COMPLETION_INDEX").set("value", number));
      }
    }
  }

  Tree statusOf(const Tree& job, const Count& count) const {
    Tree status = Tree::map();
    const auto amount = [&status](std::string_view name, std::int64_t value) {
      status.set(name, value == 0 ? Tree() : Tree(value));
    };
    amount("active", static_cast<std::int64_t>(count.active.size()));
    amount("succeeded", count.succeeded);
    amount("failed", count.failed);
    status.set("ready", count.ready).set("terminating", count.terminating);
    if (isIndexed(job)) status.set("completedIndexes", rangesText(count.done));
    return status;
  }

  llvm::Error report(const ObjectKey& key, const Tree& job) {
    Tree status = statusOf(job, countPods(job));
    const std::string now = world_.nowText();
    const bool suspended = flagAt(job, {"spec", "suspend"});
    const bool was_suspended = conditionStatus(job, "Suspended") == "True";
    if (suspended) {
      status.set("startTime", Tree());
    } else if (textAt(job, {"status", "startTime"}).empty()) {
      status.set("startTime", now);
      enqueue(key);  // the deadline runs from here
    }
    if (suspended != was_suspended) {
      Tree conditions = Tree(listAt(job, {"status", "conditions"}));
      setCondition(conditions, "Suspended", suspended ? "True" : "False",
                   suspended ? "JobSuspended" : "JobResumed",
                   suspended ? "Job suspended" : "Job resumed", now);
      status.set("conditions", std::move(conditions));
    }
    return world_.patchStatus(key, std::move(status), kManager);
  }

  // The last condition comes when no pod is left at work.
  llvm::Error finish(const ObjectKey& key, const Tree& job, const Count& count,
                     std::string_view type, const std::string& reason, const std::string& message) {
    if (llvm::Error error = removeAll(count.active)) return error;
    const Count left = countPods(job);
    const std::string now = world_.nowText();
    Tree status = statusOf(job, left);
    Tree conditions = Tree(listAt(job, {"status", "conditions"}));
    const bool complete = type == "Complete";
    setCondition(conditions, complete ? "SuccessCriteriaMet" : "FailureTarget", "True", reason,
                 message, now);
    const bool over = left.active.empty() && left.terminating == 0;
    if (over) {
      setCondition(conditions, type, "True", reason, message, now);
      if (complete) status.set("completionTime", now);
      if (textAt(job, {"status", "startTime"}).empty()) status.set("startTime", now);
    }
    status.set("conditions", std::move(conditions));
    if (llvm::Error error = world_.patchStatus(key, std::move(status), kManager)) return error;
    if (!over) return llvm::Error::success();
    world_.tell(job, kJob, complete ? "Normal" : "Warning", complete ? "Completed" : reason,
                complete ? "Job completed" : message, "job-controller");
    return llvm::Error::success();
  }

  llvm::Error expire(const ObjectKey& key, const Tree& job) {
    const Tree* seconds = findAt(job, {"spec", "ttlSecondsAfterFinished"});
    if (seconds == nullptr || !seconds->isInt()) return llvm::Error::success();
    for (const Tree& condition : listAt(job, {"status", "conditions"})) {
      const std::string type = textAt(condition, {"type"});
      if (type != "Complete" && type != "Failed") continue;
      const auto ended = timeOf(textAt(condition, {"lastTransitionTime"}));
      if (!ended) continue;
      const TimePoint end = *ended + std::chrono::seconds(seconds->asInt());
      if (world_.now() >= end) return world_.remove(key);
      enqueueAt(key, end);
    }
    return llvm::Error::success();
  }
};

}  // namespace

std::unique_ptr<Controller> makeJobs(World& world) {
  return std::make_unique<Jobs>(world);
}

}  // namespace gpuspec::deploy::sandbox::live
