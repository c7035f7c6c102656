#include "plugins/host/channel.h"

#include <mutex>

namespace gpuspec::host {

namespace {

struct Collector {
  Answer answer;
  std::size_t taken = 0;

  bool admit(std::size_t size) {
    if (answer.too_large || size > kReplyLimit - taken) {
      answer.too_large = true;
      return false;
    }
    taken += size;
    return true;
  }
  static void write(void* ctx, gs_str bytes) {
    auto& self = *static_cast<Collector*>(ctx);
    if (bytes.size > 0 && self.admit(bytes.size)) self.answer.reply.append(bytes.data, bytes.size);
  }
  static void diagnose(void* ctx, gs_str json) {
    auto& self = *static_cast<Collector*>(ctx);
    if (self.admit(json.size)) self.answer.findings.emplace_back(json.data, json.size);
  }
};

class InProcess : public Channel {
 public:
  InProcess(const gs_vendor_v1& api, std::shared_ptr<Library> library)
      : library_(std::move(library)), api_(api) {}

  Answer call(Function function, std::string_view request) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    Collector collector;
    const gs_sink sink{sizeof(gs_sink), &collector, &Collector::write, &Collector::diagnose};
    const gs_str text{request.data(), request.size()};
    switch (function) {
      case Function::Describe:
        collector.answer.status = api_.describe(&sink);
        break;
      case Function::Partition:
        collector.answer.status = api_.partition(text, &sink);
        break;
      case Function::Emit:
        collector.answer.status = api_.emit(text, &sink);
        break;
      case Function::Observe:
        collector.answer.status =
            api_.observe == nullptr ? GS_UNSUPPORTED : api_.observe(text, &sink);
        break;
    }
    return std::move(collector.answer);
  }

 private:
  std::shared_ptr<Library> library_;
  gs_vendor_v1 api_;
  std::mutex mutex_;
};

}  // namespace

const char* functionName(Function function) {
  switch (function) {
    case Function::Describe:
      return "describe";
    case Function::Partition:
      return "partition";
    case Function::Emit:
      return "emit";
    case Function::Observe:
      return "observe";
  }
  return "";
}

std::unique_ptr<Channel> inProcess(const gs_vendor_v1& api, std::shared_ptr<Library> library) {
  return std::make_unique<InProcess>(api, std::move(library));
}

}  // namespace gpuspec::host
