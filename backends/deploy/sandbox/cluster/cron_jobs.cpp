#include <algorithm>

#include "backends/deploy/sandbox/cluster/cron_schedule.h"
#include "backends/deploy/sandbox/cluster/pods.h"
#include "backends/deploy/sandbox/cluster/workloads.h"

namespace gpuspec::deploy::sandbox::live {
namespace {

bool isOver(const Tree& job, std::string_view type) {
  return conditionStatus(job, type) == "True";
}

std::string createdAt(const Tree& object) {
  return textAt(object, {"metadata", "creationTimestamp"});
}

class CronJobs : public Controller {
 public:
  using Controller::Controller;

  void observe(const Change& change) override {
    enqueueOwn(change, kCronJob);
    if (change.key.is(kJob)) enqueueController(change, kCronJob);
  }

 protected:
  llvm::Error reconcile(const ObjectKey& key) override {
    const Object cron = world_.cache().get(key);
    if (cron == nullptr || isDeleting(*cron)) return llvm::Error::success();
    if (llvm::Error error = prune(*cron)) return error;
    if (llvm::Error error = report(key, *cron)) return error;
    if (flagAt(*cron, {"spec", "suspend"})) return llvm::Error::success();
    const std::string zone = textAt(*cron, {"spec", "timeZone"}, "UTC");
    const auto schedule = CronSchedule::parse(textAt(*cron, {"spec", "schedule"}));
    if (!schedule || (zone != "UTC" && zone != "Etc/UTC")) {
      world_.tell(*cron, kCronJob, "Warning", schedule ? "UnknownTimeZone" : "UnparseableSchedule",
                  schedule ? "the sandbox knows UTC only, not " + zone
                           : "unparseable schedule: " + textAt(*cron, {"spec", "schedule"}),
                  "cronjob-controller");
      return llvm::Error::success();
    }
    return runDue(key, *cron, *schedule);
  }

 private:
  // Of the times that have passed since the last run only the latest counts.
  llvm::Error runDue(const ObjectKey& key, const Tree& cron, const CronSchedule& schedule) {
    const std::string last = textAt(cron, {"status", "lastScheduleTime"}, createdAt(cron));
    TimePoint since = timeOf(last).value_or(world_.now());
    const Tree* deadline = findAt(cron, {"spec", "startingDeadlineSeconds"});
    if (deadline != nullptr && deadline->isInt()) {
      since = std::max(since, world_.now() - std::chrono::seconds(deadline->asInt()));
    }
    // Old times need not be gone through one by one.
    since = std::max(since, world_.now() - std::chrono::hours(24 * 366));
    std::optional<TimePoint> due;
    auto next = schedule.after(since);
    for (; next && *next <= world_.now(); next = schedule.after(*next)) due = next;
    if (next) enqueueAt(key, *next);
    return due ? run(key, cron, *due) : llvm::Error::success();
  }

  std::vector<Object> active(const Tree& cron) const {
    auto jobs = world_.cache().controlledBy(cron, kJob);
    std::erase_if(jobs, [](const Object& job) {
      return isDeleting(*job) || isOver(*job, "Complete") || isOver(*job, "Failed");
    });
    return jobs;
  }

  llvm::Error run(const ObjectKey& key, const Tree& cron, TimePoint due) {
    const std::string policy = textAt(cron, {"spec", "concurrencyPolicy"}, "Allow");
    const auto busy = active(cron);
    if (policy == "Forbid" && !busy.empty()) return llvm::Error::success();
    if (policy == "Replace") {
      for (const Object& job : busy) {
        if (llvm::Error error = world_.remove(keyOf(kJob, *job))) return error;
      }
    }
    const auto minutes =
        std::chrono::duration_cast<std::chrono::minutes>(due.time_since_epoch()).count();
    const std::string name = nameOf(cron) + "-" + std::to_string(minutes);
    if (world_.cache().get(kJob, key.object_namespace, name) == nullptr) {
      const Tree* pattern = findAt(cron, {"spec", "jobTemplate"});
      Tree job = fromTemplate(pattern == nullptr ? Tree() : *pattern, cron, kCronJob);
      setAt(job, {"metadata", "name"}, name);
      setAt(job, {"metadata", "annotations", "batch.kubernetes.io/cronjob-scheduled-timestamp"},
            timeText(due));
      auto made = world_.create(kJob, std::move(job), kManager);
      if (!made) return made.takeError();
      world_.tell(cron, kCronJob, "Normal", "SuccessfulCreate", "Created job " + name,
                  "cronjob-controller");
    }
    return world_.patchStatus(key, Tree::map().set("lastScheduleTime", timeText(due)), kManager);
  }

  llvm::Error prune(const Tree& cron) {
    if (llvm::Error error =
            keep(cron, "Complete", intAt(cron, {"spec", "successfulJobsHistoryLimit"}, 3))) {
      return error;
    }
    return keep(cron, "Failed", intAt(cron, {"spec", "failedJobsHistoryLimit"}, 1));
  }

  llvm::Error keep(const Tree& cron, std::string_view type, std::int64_t limit) {
    auto jobs = world_.cache().controlledBy(cron, kJob);
    std::erase_if(jobs,
                  [type](const Object& job) { return isDeleting(*job) || !isOver(*job, type); });
    std::sort(jobs.begin(), jobs.end(), [](const Object& a, const Object& b) {
      return std::pair(createdAt(*a), nameOf(*a)) < std::pair(createdAt(*b), nameOf(*b));
    });
    for (std::int64_t i = 0; i + limit < static_cast<std::int64_t>(jobs.size()); ++i) {
      const ObjectKey key = keyOf(kJob, *jobs[static_cast<std::size_t>(i)]);
      if (llvm::Error error = world_.remove(key)) return error;
    }
    return llvm::Error::success();
  }

  llvm::Error report(const ObjectKey& key, const Tree& cron) {
    Tree references = Tree::list();
    for (const Object& job : active(cron)) {
      Tree reference = Tree::map().set("apiVersion", kJob.apiVersion()).set("kind", kJob.kind);
      reference.set("name", nameOf(*job))
          .set("namespace", namespaceOf(*job))
          .set("uid", uidOf(*job));
      references.push(std::move(reference));
    }
    Tree status = Tree::map().set("active", references.empty() ? Tree() : std::move(references));
    std::string latest;
    for (const Object& job : world_.cache().controlledBy(cron, kJob)) {
      latest = std::max(latest, textAt(*job, {"status", "completionTime"}));
    }
    if (latest > textAt(cron, {"status", "lastSuccessfulTime"}))
      status.set("lastSuccessfulTime", latest);
    return world_.patchStatus(key, std::move(status), kManager);
  }
};

}  // namespace

std::unique_ptr<Controller> makeCronJobs(World& world) {
  return std::make_unique<CronJobs>(world);
}

}  // namespace gpuspec::deploy::sandbox::live
