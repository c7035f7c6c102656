#include "backends/deploy/sandbox/server/connections.h"

#include <sys/socket.h>

#include <algorithm>

namespace gpuspec::deploy::sandbox {

bool Connections::add(int socket) {
  const std::lock_guard lock(mutex_);
  if (stopping_) return false;
  busy_[socket] = false;
  return true;
}

void Connections::remove(int socket) {
  const std::lock_guard lock(mutex_);
  busy_.erase(socket);
  changed_.notify_all();
}

bool Connections::setBusy(int socket, bool busy) {
  const std::lock_guard lock(mutex_);
  busy_[socket] = busy && !stopping_;
  changed_.notify_all();
  return !stopping_;
}

bool Connections::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_;
}

void Connections::stop(std::chrono::milliseconds grace) {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  for (const auto& [socket, busy] : busy_) {
    if (!busy) ::shutdown(socket, SHUT_RDWR);
  }
  changed_.wait_for(lock, grace, [this] { return !anyBusy(); });
  for (const auto& [socket, busy] : busy_) ::shutdown(socket, SHUT_RDWR);
}

bool Connections::anyBusy() const {
  return std::ranges::any_of(busy_, [](const auto& entry) { return entry.second; });
}

}  // namespace gpuspec::deploy::sandbox
