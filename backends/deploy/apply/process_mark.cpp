#include "backends/deploy/apply/process_mark.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <fstream>
#include <optional>
#include <random>
#include <sstream>

#include <unistd.h>

#include "backends/deploy/model/digest.h"

namespace gpuspec::deploy::apply {

namespace {

constexpr std::size_t kDigits = 16;

// "" when it cannot be told.
std::string placeOfThisProcess() {
  std::ifstream file("/proc/sys/kernel/random/boot_id");
  std::string boot;
  char space[64];
  const ssize_t size = ::readlink("/proc/self/ns/pid", space, sizeof space);
  if (!std::getline(file, boot) || boot.empty() || size <= 0) return "";
  const std::string place = boot + " " + std::string(space, static_cast<std::size_t>(size));
  return model::sha256Hex(place).substr(0, kDigits);
}

struct Found {
  std::string began;
  bool over = false;  // ended, and nobody has asked how
};

// proc_pid_stat(5): the name in brackets may hold anything.
std::optional<Found> find(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  if (!std::getline(file, text)) return std::nullopt;
  const std::size_t close = text.rfind(')');
  if (close == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(close + 1));
  Found found;
  std::string state, word;
  int threads = 0;
  rest >> state;
  for (int field = 4; field < 20; ++field) rest >> word;
  rest >> threads >> word >> found.began;
  if (!rest) return std::nullopt;
  found.over = (state == "Z" || state == "X") && threads <= 1;
  return found;
}

}  // namespace

std::string processMark() {
  const std::string place = placeOfThisProcess();
  const std::optional<Found> self = find(::getpid());
  if (place.empty() || !self) return "";
  return place + ":" + std::to_string(::getpid()) + ":" + self->began;
}

bool isSurelyGone(std::string_view mark) {
  const std::size_t first = mark.find(':'), last = mark.rfind(':');
  if (first == std::string_view::npos || first == last) return false;
  if (mark.substr(0, first) != placeOfThisProcess()) return false;
  const std::string_view id = mark.substr(first + 1, last - first - 1);
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(id.data(), id.data() + id.size(), pid);
  if (error != std::errc() || end != id.data() + id.size() || pid <= 0) return false;
  // Where /proc hides the processes of others, a signal still tells.
  if (::kill(pid, 0) != 0 && errno == ESRCH) return true;
  const std::optional<Found> found = find(pid);
  return found && (found->over || found->began != mark.substr(last + 1));
}

std::string newRunId() {
  static constexpr char kHex[] = "0123456789abcdef";
  std::random_device random;
  std::string run;
  for (int i = 0; i < 16; ++i) run += kHex[random() % 16];
  return run;
}

}  // namespace gpuspec::deploy::apply
