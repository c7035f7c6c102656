#include <charconv>
#include <chrono>
#include <deque>

#include "backends/deploy/sandbox/kube/fields.h"
#include "backends/deploy/sandbox/kube/reads.h"
#include "backends/deploy/sandbox/kube/selectors.h"
#include "backends/deploy/sandbox/kube/status.h"
#include "backends/deploy/sandbox/kube/tables.h"
#include "compiler/ir/json.h"
#include "compiler/ir/make_tree.h"

namespace gpuspec::deploy::sandbox::api {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kTurn{900};
constexpr std::chrono::seconds kBookmarkEvery{30};
constexpr std::int64_t kUsualTimeout = 1800;

std::int64_t numberOf(std::string_view text, std::int64_t fallback) {
  std::int64_t out = fallback;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// One client's watch. Lines wait in `pending_` until the stream's next turn.
class WatchStream {
 public:
  WatchStream(Resource resource, Selector selector, const HttpRequest& request)
      : resource_(std::move(resource)),
        selector_(std::move(selector)),
        form_(formOf(request)),
        bookmarks_(flag(request, "allowWatchBookmarks")) {
    const std::int64_t timeout = numberOf(request.parameter("timeoutSeconds"), kUsualTimeout);
    end_ = Clock::now() + std::chrono::seconds(timeout > 0 ? timeout : kUsualTimeout);
    next_bookmark_ = Clock::now() + kBookmarkEvery;
    const std::string_view include = request.parameter("includeObject");
    if (include == "None") with_ = RowObject::None;
    if (include == "Object") with_ = RowObject::Whole;
  }

  // `initial`: what is there is told first, marked as the start where the client asked for that.
  llvm::Error start(const ClusterStore& cluster, const std::string& prefix, std::int64_t after,
                    bool initial, bool marks_start) {
    if (initial) {
      llvm::Expected<Page> page = cluster.store().list(prefix);
      if (!page) return page.takeError();
      for (const Entry& entry : page->entries) {
        if (selector_.matches(*entry.value)) add("ADDED", *entry.value);
      }
      after = page->revision;
    }
    revision_ = after;
    if (marks_start) addBookmark(true);
    llvm::Expected<std::unique_ptr<Watch>> watch = cluster.store().watch(prefix, after);
    if (!watch) return watch.takeError();
    watch_ = std::move(*watch);
    return llvm::Error::success();
  }

  bool turn(const std::function<bool(std::string_view)>& write) {
    if (pending_.empty() && Clock::now() < end_) read();
    const bool over = Clock::now() >= end_ || watch_->closed();
    if (bookmarks_ && (Clock::now() >= next_bookmark_ || over)) addBookmark(false);
    const std::string lines = std::move(pending_);
    pending_.clear();
    if (!lines.empty() && !write(lines)) return false;
    return !over;
  }

 private:
  void read() {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Clock::now());
    for (const Event& event :
         watch_->next(std::min(kTurn, std::max(left, std::chrono::milliseconds(1))))) {
      take(event);
      revision_ = event.entry.modified;
    }
  }

  // An object that begins or ceases to match appears or vanishes for this client.
  void take(const Event& event) {
    const bool was = event.before != nullptr && selector_.matches(*event.before);
    if (event.type == Event::Type::Remove) {
      if (!was) return;
      Tree last = *event.before;
      setAt(last, {"metadata", "resourceVersion"}, std::to_string(event.entry.modified));
      return add("DELETED", last);
    }
    const bool is = selector_.matches(*event.entry.value);
    if (is) return add(was ? "MODIFIED" : "ADDED", *event.entry.value);
    if (!was) return;
    Tree last = *event.before;
    setAt(last, {"metadata", "resourceVersion"}, std::to_string(event.entry.modified));
    add("DELETED", last);
  }

  void add(std::string_view type, const Tree& object) {
    std::string shown;
    if (form_ == Form::Table) {
      shown = ir::toJson(tableOf(*resource_, object, with_, !told_columns_));
      told_columns_ = true;
    } else if (form_ == Form::Metadata) {
      shown = ir::toJson(metadataOf(object));
    } else if (resource_->custom) {
      shown = ir::toJson(ObjectLayer::shownAs(*resource_, object));
    } else {
      shown = ir::toJson(object);
    }
    pending_ += "{\"type\":\"" + std::string(type) + "\",\"object\":" + shown + "}\n";
  }

  void addBookmark(bool start) {
    next_bookmark_ = Clock::now() + kBookmarkEvery;
    Tree metadata =
        ir::mapOf("resourceVersion", std::to_string(revision_), "creationTimestamp", Tree());
    if (start) metadata.set("annotations", ir::mapOf("k8s.io/initial-events-end", "true"));
    Tree object = ir::mapOf("kind", resource_->kind, "apiVersion", resource_->apiVersion(),
                            "metadata", std::move(metadata));
    if (form_ == Form::Metadata)
      object = object.set("kind", "PartialObjectMetadata").set("apiVersion", "meta.k8s.io/v1");
    if (form_ == Form::Table) {
      Tree row = ir::mapOf("cells", Tree::list(), "object", object);
      object =
          ir::mapOf("kind", "Table", "apiVersion", "meta.k8s.io/v1", "metadata",
                    ir::mapOf("resourceVersion", std::to_string(revision_)), "columnDefinitions",
                    Tree::list(), "rows", Tree(Tree::List{std::move(row)}));
    }
    pending_ += ir::toJson(ir::mapOf("type", "BOOKMARK", "object", std::move(object))) + "\n";
  }

  Resource resource_;
  Selector selector_;
  Form form_;
  RowObject with_ = RowObject::Metadata;
  bool bookmarks_, told_columns_ = false;
  Clock::time_point end_, next_bookmark_;
  std::int64_t revision_ = 0;
  std::unique_ptr<Watch> watch_;
  std::string pending_;
};

HttpResponse goneInStream(std::int64_t asked, std::int64_t now) {
  const Tree status = failureStatus(
      410, "Expired",
      "too old resource version: " + std::to_string(asked) + " (" + std::to_string(now) + ")");
  HttpResponse out;
  const std::string line = ir::toJson(ir::mapOf("type", "ERROR", "object", status)) + "\n";
  out.stream = [line](const std::function<bool(std::string_view)>& write) {
    write(line);
    return false;
  };
  return out;
}

}  // namespace

HttpResponse answerWatch(const ObjectLayer& objects, const Call& call, const HttpRequest& request) {
  const ResourceInfo& resource = *call.resource;
  std::string fields(request.parameter("fieldSelector"));
  if (!call.name.empty())
    fields += (fields.empty() ? "" : ",") + std::string("metadata.name=") + call.name;
  auto selector = parseSelector(request.parameter("labelSelector"), fields, resource);
  if (!selector) return errorResponse(selector.takeError());
  const std::string_view version = request.parameter("resourceVersion");
  const std::int64_t after = numberOf(version, 0);
  if (!version.empty() && version != "0" && after <= 0) {
    return errorResponse(badRequest("invalid resource version: \"" + std::string(version) + "\""));
  }
  const bool asked = flag(request, "sendInitialEvents");
  const bool refused = request.parameter("sendInitialEvents") == "false";
  const bool initial = asked || (after == 0 && !refused);
  const std::string prefix =
      objects.cluster().prefix(resource.group, resource.resource, call.object_namespace);
  auto stream = std::make_shared<WatchStream>(call.resource, std::move(*selector), request);
  const std::int64_t now = objects.cluster().store().revision();
  const std::int64_t from = after == 0 ? now : after;
  if (llvm::Error error = stream->start(objects.cluster(), prefix, from, initial, asked)) {
    if (!error.isA<Compacted>()) return errorResponse(std::move(error));
    llvm::consumeError(std::move(error));
    return goneInStream(after, now);
  }
  HttpResponse out;
  out.stream = [stream](const std::function<bool(std::string_view)>& write) {
    return stream->turn(write);
  };
  return out;
}

}  // namespace gpuspec::deploy::sandbox::api
