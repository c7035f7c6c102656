#include "backends/deploy/azure/claim.h"

#include <algorithm>
#include <ctime>

#include "backends/deploy/apply/process_mark.h"
#include "backends/deploy/apply/renewal.h"
#include "backends/deploy/apply/utc_text.h"
#include "backends/deploy/azure/arm_error.h"
#include "backends/deploy/azure/operation.h"
#include "backends/deploy/azure/paths.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::azure {
namespace {

using Kind = ApiError::Kind;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kLook{500};          // between two looks at another's claim
constexpr milliseconds kLeastSettling{50};  // before the read that shows who came last
constexpr int kRaces = 60;                  // meetings with a claim that is just being written
constexpr int kReleases = 20;
constexpr seconds kSlack{2};  // servers' clocks are known to the second

std::optional<std::chrono::system_clock::time_point> httpTime(const std::string& text) {
  std::tm utc{};
  if (::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &utc) == nullptr) return std::nullopt;
  return std::chrono::system_clock::from_time_t(::timegm(&utc));
}

// A claim as ARM shows it.
struct Shown {
  std::string run, holder, since;
  bool over = false;  // not renewed in time, or of a process of this machine that is no more

  std::string text() const { return holder + (since.empty() ? "" : ", since " + since); }
};

std::string parameterOf(const Tree& deployment, std::string_view name) {
  const Tree* at = deployment.find("properties");
  for (const std::string_view key :
       {std::string_view("parameters"), name, std::string_view("value")})
    at = at != nullptr && at->isMap() ? at->find(key) : nullptr;
  return at != nullptr && at->isString() ? at->asString() : "";
}

// Both times are ARM's own, so that the clocks of two machines need not agree.
Shown shownIn(const ArmReply& reply) {
  Shown shown{parameterOf(reply.body, "run"), parameterOf(reply.body, "holder"),
              parameterOf(reply.body, "since")};
  const Tree* properties = reply.body.find("properties");
  const Tree* stamp = properties != nullptr ? properties->find("timestamp") : nullptr;
  const auto renewed =
      apply::timeOf(stamp != nullptr && stamp->isString() ? stamp->asString() : "");
  const auto now = httpTime(std::string(reply.response.header("date")))
                       .value_or(std::chrono::system_clock::now());
  const seconds lasts(std::atol(parameterOf(reply.body, "seconds").c_str()));
  const bool late = renewed && now > *renewed + lasts + kSlack;
  shown.over = late || apply::isSurelyGone(parameterOf(reply.body, "process"));
  return shown;
}

class Place {
 public:
  Place(Session& session, const ClaimPlace& place) : session_(session), cluster_(place.cluster) {
    model::ResourceKey key;
    key.name = place.cluster + ".lock";
    path_ = place.group_path + "/providers/Microsoft.Resources/deployments/" +
            percentEncoded(deploymentName(key));
  }

  llvm::Expected<std::optional<Shown>> look() const {
    auto found = session_.find(call("GET"));
    if (!found) return found.takeError();
    if (!*found) return std::optional<Shown>();
    return std::optional<Shown>(shownIn(**found));
  }

  llvm::Error write(const ClaimOptions& options, const std::string& run,
                    const std::string& since) const {
    Tree declared = Tree::map(), given = Tree::map();
    const auto add = [&](const char* name, const std::string& value) {
      declared.set(name, ir::mapOf("type", "string"));
      given.set(name, ir::mapOf("value", value));
    };
    const auto lasts = std::chrono::ceil<seconds>(options.duration).count();
    add("holder", options.holder);
    add("run", run);
    add("process", apply::processMark());
    add("since", since);
    add("seconds", std::to_string(lasts));
    ArmCall put = call("PUT");
    put.body = ir::mapOf(
        "properties", ir::mapOf("mode", "Incremental", "parameters", std::move(given), "template",
                                ir::mapOf("$schema",
                                          "https://schema.management.azure.com/schemas/2019-04-01/"
                                          "deploymentTemplate.json#",
                                          "contentVersion", "1.0.0.0", "parameters",
                                          std::move(declared), "resources", Tree::list())));
    llvm::Expected<ArmReply> reply = session_.call(put);
    return reply ? llvm::Error::success() : reply.takeError();
  }

  llvm::Error remove() const {
    auto reply = session_.find(call("DELETE"));
    return reply ? llvm::Error::success() : reply.takeError();
  }

  llvm::Error busy(const Shown& by) const {
    return apiError(Kind::Busy, 409, "Locked",
                    "another run works on cluster " + cluster_ + ": " + by.text(),
                    "wait for it with --lock-timeout 10m; a run that was killed loses the lock "
                    "30 s later");
  }

  Session& session() const { return session_; }

 private:
  ArmCall call(const char* method) const {
    ArmCall call;
    call.method = method;
    call.path = path_;
    call.version = kDeploymentsVersion;
    call.what = "lock cluster " + cluster_;
    return call;
  }

  Session& session_;
  std::string cluster_, path_;
};

class HeldClaim final : public Claim {
 public:
  HeldClaim(Place place, const ClaimOptions& options, std::string run, std::string since)
      : place_(std::move(place)),
        options_(options),
        run_(std::move(run)),
        since_(std::move(since)),
        renewal_(options.duration, [this] { return renew(); }) {}

  ~HeldClaim() override {
    renewal_.stop();
    if (!renewal_.taken()) release();
  }

  bool lost() const override { return renewal_.lost(); }

 private:
  apply::Renewed renew() const {
    if (!isOurs()) return apply::Renewed::Taken;
    return failedBadly(place_.write(options_, run_, since_)) ? apply::Renewed::No
                                                             : apply::Renewed::Yes;
  }

  // A doubt is none: who cannot ask goes on until the time is over.
  bool isOurs() const {
    llvm::Expected<std::optional<Shown>> shown = place_.look();
    if (!shown) {
      llvm::consumeError(shown.takeError());
      return true;
    }
    return !*shown || (*shown)->run == run_;
  }

  static bool failedBadly(llvm::Error error) {
    if (!error) return false;
    // The last one still runs: it was sent a moment ago.
    return !sameName(asApiError(std::move(error)).code, "DeploymentActive");
  }

  // Given back at once; what cannot be is over by itself. Never another's.
  void release() const {
    static const http::CancelToken kNever;
    llvm::Expected<std::optional<Shown>> shown = place_.look();
    const bool ours = shown && *shown && (*shown)->run == run_;
    if (!shown) llvm::consumeError(shown.takeError());
    for (int tries = 0; ours && tries < kReleases; ++tries) {
      llvm::Error error = place_.remove();
      if (!error) return;
      if (asApiError(std::move(error)).status != 409) return;
      place_.session().clock().sleep(kLook / 5, kNever);
    }
  }

  const Place place_;
  const ClaimOptions options_;
  const std::string run_, since_;
  apply::Renewal renewal_;  // the last member: its thread uses the others
};

class Taking {
 public:
  Taking(Session& session, const ClaimPlace& place, const ClaimOptions& options,
         const http::CancelToken& cancel)
      : place_(session, place), options_(options), cancel_(cancel) {}

  llvm::Expected<std::unique_ptr<Claim>> run() {
    for (int races = 0; races < kRaces; ++races) {
      if (llvm::Error error = untilFree(options_.wait)) return error;
      llvm::Expected<bool> ours = attempt();
      if (!ours) return ours.takeError();
      if (*ours) return std::make_unique<HeldClaim>(place_, options_, run_, since_);
      if (cancel_.cancelled()) break;
    }
    return apiError(Kind::Busy, 409, "Locked", "the lock of the cluster changes hands all the time",
                    "try again in a minute");
  }

  // Whether what untilFree() saw last is the claim of a run that is no more.
  bool leftover() const { return leftover_; }

  llvm::Error untilFree(milliseconds wait) {
    const milliseconds until = clock().now() + wait;
    while (true) {
      llvm::Expected<std::optional<Shown>> shown = place_.look();
      if (!shown) return shown.takeError();
      leftover_ = *shown && (*shown)->over && (*shown)->run != run_;
      if (!*shown || leftover_ || (*shown)->run == run_) return llvm::Error::success();
      if (clock().now() >= until) return place_.busy(**shown);
      clock().sleep(std::min(kLook, until - clock().now()), cancel_);
      if (cancel_.cancelled()) return apiError(Kind::Cancelled, 0, "", "interrupted", "");
    }
  }

 private:
  apply::Clock& clock() const { return place_.session().clock(); }

  // Writes, lets others that saw it free at the same time write, too, and looks who was the last:
  // all of them find the same one.
  llvm::Expected<bool> attempt() {
    const milliseconds began = clock().now();
    since_ = apply::utcText(std::time(nullptr));
    if (llvm::Error error = place_.write(options_, run_, since_)) {
      ApiError reason = asApiError(std::move(error));
      if (!sameName(reason.code, "DeploymentActive")) return failed(std::move(reason));
      clock().sleep(kLook / 5, cancel_);
      return false;
    }
    clock().sleep(std::max(kLeastSettling, 3 * (clock().now() - began)), cancel_);
    llvm::Expected<std::optional<Shown>> shown = place_.look();
    if (!shown) return shown.takeError();
    return *shown && (*shown)->run == run_;
  }

  const Place place_;
  const ClaimOptions& options_;
  const http::CancelToken& cancel_;
  const std::string run_ = apply::newRunId();
  std::string since_;
  bool leftover_ = false;
};

}  // namespace

llvm::Expected<std::string> claimedBy(Session& session, const ClaimPlace& place) {
  llvm::Expected<std::optional<Shown>> shown = Place(session, place).look();
  if (!shown) return shown.takeError();
  return *shown && !(*shown)->over ? (*shown)->text() : std::string();
}

llvm::Expected<std::unique_ptr<Claim>> takeClaim(Session& session, const ClaimPlace& place,
                                                 const ClaimOptions& options,
                                                 const http::CancelToken& cancel) {
  return Taking(session, place, options, cancel).run();
}

llvm::Error awaitNoClaim(Session& session, const ClaimPlace& place, milliseconds wait,
                         const http::CancelToken& cancel) {
  const ClaimOptions options{.holder = "a run that begins"};
  Taking taking(session, place, options, cancel);
  if (llvm::Error error = taking.untilFree(wait)) return error;
  // Whoever takes it and lets it go removes it. Where that fails, it is over all the same.
  if (taking.leftover()) llvm::consumeError(taking.run().takeError());
  return llvm::Error::success();
}

}  // namespace gpuspec::deploy::azure
