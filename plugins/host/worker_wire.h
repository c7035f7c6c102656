#pragma once

// Bytes between gpuspec and the process that a plugin runs in. Each read has a deadline and a limit
// of size; nothing that comes back is trusted.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gpuspec::host {

using Deadline = std::chrono::steady_clock::time_point;

enum class WireState { Good, Ended, Late, TooLarge };

class WireReader {
 public:
  WireReader(int fd, std::optional<Deadline> deadline) : fd_(fd), deadline_(deadline) {}

  std::uint64_t number();  // 0 after a failure
  std::string text(std::size_t limit);
  WireState state() const { return state_; }
  bool good() const { return state_ == WireState::Good; }
  void fail(WireState state) { state_ = state; }

 private:
  bool waits();
  bool read(char* to, std::size_t size);

  int fd_;
  std::optional<Deadline> deadline_;
  WireState state_ = WireState::Good;
};

void putNumber(std::string& out, std::uint64_t number);
void putText(std::string& out, std::string_view text);
// False when the other side is gone, or does not read before the deadline.
bool sendAll(int fd, std::string_view bytes, std::optional<Deadline> deadline);

}  // namespace gpuspec::host
