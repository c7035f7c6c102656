#include "backends/deploy/sandbox/server/peer.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace gpuspec::deploy::sandbox {

namespace {

namespace fs = std::filesystem;

// As /proc/net/tcp writes 127.0.0.1 and a port.
std::string loopback(std::uint16_t port) {
  const unsigned char address[] = {127, 0, 0, 1};
  std::uint32_t number = 0;
  __builtin_memcpy(&number, address, sizeof number);
  char text[16];
  std::snprintf(text, sizeof text, "%08X:%04X", number, port);
  return text;
}

// The inode of the client's socket; "" when there is none.
std::string socketOf(std::uint16_t client_port, std::uint16_t server_port) {
  const std::string from = loopback(client_port), to = loopback(server_port);
  for (const char* file : {"/proc/net/tcp", "/proc/net/tcp6"}) {
    std::ifstream table(file);
    for (std::string line; std::getline(table, line);) {
      std::istringstream words(line);
      std::string slot, local, remote, skipped, inode;
      words >> slot >> local >> remote;
      for (int i = 0; i < 6; ++i) words >> skipped;
      // Clients of both address families reach 127.0.0.1; the longer form ends like the shorter.
      if (words >> inode && local.ends_with(from) && remote.ends_with(to)) return inode;
    }
  }
  return "";
}

bool holds(const fs::path& process, const std::string& socket) {
  std::error_code none;
  fs::directory_iterator files(process / "fd", none);
  while (!none && files != fs::directory_iterator()) {
    std::error_code gone;
    if (fs::read_symlink(files->path(), gone) == socket && !gone) return true;
    files.increment(none);
  }
  return false;
}

}  // namespace

std::optional<pid_t> clientOf(std::uint16_t client_port, std::uint16_t server_port,
                              const std::vector<pid_t>& likely) {
  const std::string inode = socketOf(client_port, server_port);
  if (inode.empty() || inode == "0") return std::nullopt;
  const std::string socket = "socket:[" + inode + "]";
  for (const pid_t pid : likely) {
    if (holds(fs::path("/proc") / std::to_string(pid), socket)) return pid;
  }
  std::error_code none;
  fs::directory_iterator processes("/proc", none);
  while (!none && processes != fs::directory_iterator()) {
    const std::string name = processes->path().filename();
    const bool is_process = name.find_first_not_of("0123456789") == std::string::npos;
    if (is_process && holds(processes->path(), socket)) return std::atoi(name.c_str());
    processes.increment(none);
  }
  return std::nullopt;
}

}  // namespace gpuspec::deploy::sandbox
