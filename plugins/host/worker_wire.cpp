#include "plugins/host/worker_wire.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace gpuspec::host {

namespace {

// Milliseconds for poll(); -1 waits for ever.
int waitTime(const std::optional<Deadline>& deadline) {
  if (!deadline) return -1;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      *deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

bool isReady(int fd, short events, const std::optional<Deadline>& deadline) {
  pollfd waiting{fd, events, 0};
  int found = 0;
  do {
    found = poll(&waiting, 1, waitTime(deadline));
  } while (found < 0 && errno == EINTR);
  return found > 0;
}

}  // namespace

bool WireReader::waits() {
  if (isReady(fd_, POLLIN, deadline_)) return true;
  state_ = WireState::Late;
  return false;
}

bool WireReader::read(char* to, std::size_t size) {
  while (size > 0 && good() && waits()) {
    const ssize_t got = ::read(fd_, to, size);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      state_ = WireState::Ended;
      return false;
    }
    to += got;
    size -= static_cast<std::size_t>(got);
  }
  return good();
}

std::uint64_t WireReader::number() {
  std::uint64_t number = 0;
  char bytes[sizeof number];
  if (read(bytes, sizeof bytes)) std::memcpy(&number, bytes, sizeof number);
  return number;
}

std::string WireReader::text(std::size_t limit) {
  const std::uint64_t size = number();
  if (good() && size > limit) state_ = WireState::TooLarge;
  if (!good()) return {};
  std::string out(static_cast<std::size_t>(size), '\0');
  return read(out.data(), out.size()) ? out : std::string();
}

void putNumber(std::string& out, std::uint64_t number) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof bytes);
}

void putText(std::string& out, std::string_view text) {
  putNumber(out, text.size());
  out += text;
}

bool sendAll(int fd, std::string_view bytes, std::optional<Deadline> deadline) {
  while (!bytes.empty()) {
    if (!isReady(fd, POLLOUT, deadline)) return false;
    const ssize_t sent = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace gpuspec::host
