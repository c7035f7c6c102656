#include "backends/deploy/sandbox/store/watches.h"

#include <utility>

namespace gpuspec::deploy::sandbox {

void Channel::push(const Event& event) {
  if (event.entry.modified <= after_ || !std::string_view(event.entry.key).starts_with(prefix_))
    return;
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  waiting_.push_back(event);
  if (waiting_.size() > capacity_) {
    closed_ = true;
    waiting_.clear();
  }
  wake_.notify_all();
}

std::vector<Event> Channel::next(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, timeout, [this] { return closed_ || !waiting_.empty(); });
  return std::exchange(waiting_, {});
}

bool Channel::closed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

void Channel::close() {
  const std::lock_guard lock(mutex_);
  closed_ = true;
  wake_.notify_all();
}

namespace {

class ChannelWatch final : public Watch {
 public:
  explicit ChannelWatch(std::shared_ptr<Channel> channel) : channel_(std::move(channel)) {}
  ~ChannelWatch() override { channel_->close(); }
  std::vector<Event> next(std::chrono::milliseconds timeout) override {
    return channel_->next(timeout);
  }
  bool closed() const override { return channel_->closed(); }
  void close() override { channel_->close(); }

 private:
  std::shared_ptr<Channel> channel_;
};

}  // namespace

Watches::~Watches() {
  for (const std::shared_ptr<Channel>& channel : channels_) channel->close();
}

std::unique_ptr<Watch> Watches::add(std::shared_ptr<Channel> channel) {
  const std::lock_guard lock(mutex_);
  channels_.push_back(channel);
  return std::make_unique<ChannelWatch>(std::move(channel));
}

void Watches::publish(const std::vector<Event>& events) {
  const std::lock_guard lock(mutex_);
  std::erase_if(channels_,
                [](const std::shared_ptr<Channel>& channel) { return channel->closed(); });
  for (const std::shared_ptr<Channel>& channel : channels_) {
    for (const Event& event : events) channel->push(event);
  }
}

}  // namespace gpuspec::deploy::sandbox
