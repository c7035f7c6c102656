// delay_proxy PORT MILLISECONDS: passes connections on to PORT of this machine, and every byte half
// of that time later in each direction. Prints the port that it listens on; ends with its standard
// input.

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <string>
#include <string_view>

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kPiece = 64u << 10;

// One direction of a connection: what has been read and is not yet due, or not yet taken.
struct Pipe {
  struct Piece {
    Clock::time_point due;
    std::string bytes;
  };
  int from = -1, to = -1;
  std::deque<Piece> waiting;
  bool ended = false;  // `from` has no more
};

int listenOn(std::uint16_t& port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* raw = reinterpret_cast<sockaddr*>(&address);
  if (::bind(socket, raw, size) != 0 || ::listen(socket, 1024) != 0 ||
      ::getsockname(socket, raw, &size) != 0)
    return -1;
  port = ntohs(address.sin_port);
  return socket;
}

int connectTo(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return socket;
  ::close(socket);
  return -1;
}

void prepare(int socket) {
  const int on = 1;
  ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

class Proxy {
 public:
  Proxy(int listener, std::uint16_t target, std::chrono::microseconds delay)
      : listener_(listener), target_(target), delay_(delay), poll_(::epoll_create1(EPOLL_CLOEXEC)) {
    watch(listener_);
    watch(STDIN_FILENO);
  }

  void run() {
    while (true) {
      epoll_event events[64];
      const int count = waitFor(events, 64);
      for (int i = 0; i < count; ++i) {
        const int socket = events[i].data.fd;
        if (socket == STDIN_FILENO) return;
        if (socket == listener_) {
          acceptAll();
        } else {
          readFrom(socket);
        }
      }
      pass();
    }
  }

 private:
  void watch(int socket) const {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.fd = socket;
    ::epoll_ctl(poll_, EPOLL_CTL_ADD, socket, &event);
  }

  // In nanoseconds: whole milliseconds would be too coarse for a delay of ten.
  int waitFor(epoll_event* events, int most) const {
    timespec timeout{};
    const timespec* until = nullptr;
    if (!due_.empty()) {
      const auto left = std::max(due_.begin()->first - Clock::now(), Clock::duration::zero());
      const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
      timeout = {ns / 1'000'000'000, ns % 1'000'000'000};
      until = &timeout;
    }
    return ::epoll_pwait2(poll_, events, most, until, nullptr);
  }

  void acceptAll() {
    while (true) {
      const int client = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
      if (client < 0) return;
      const int server = connectTo(target_);
      if (server < 0) {
        ::close(client);
        continue;
      }
      for (const auto& [from, to] : {std::pair(client, server), std::pair(server, client)}) {
        prepare(from);
        pipes_[from] = {from, to, {}, false};
        watch(from);
      }
    }
  }

  void readFrom(int socket) {
    const auto found = pipes_.find(socket);
    if (found == pipes_.end() || found->second.ended) return;
    Pipe& pipe = found->second;
    std::string bytes(kPiece, '\0');
    const ssize_t got = ::recv(socket, bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
    if (got <= 0) {
      pipe.ended = true;
      ::epoll_ctl(poll_, EPOLL_CTL_DEL, socket, nullptr);
    }
    bytes.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    const auto due = Clock::now() + delay_;
    pipe.waiting.push_back({due, std::move(bytes)});
    due_.emplace(due, socket);
  }

  // Everything that is due; no bytes: the end.
  void pass() {
    const auto now = Clock::now();
    while (!due_.empty() && due_.begin()->first <= now) {
      const int socket = due_.begin()->second;
      due_.erase(due_.begin());
      const auto found = pipes_.find(socket);
      if (found == pipes_.end() || found->second.waiting.empty()) continue;
      Pipe& pipe = found->second;
      const std::string bytes = std::move(pipe.waiting.front().bytes);
      pipe.waiting.pop_front();
      if (bytes.empty() || !sendAll(pipe.to, bytes)) end(pipe);
    }
  }

  // Blocks where the receiver is slow; on loopback it reads at once.
  static bool sendAll(int socket, std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  void end(const Pipe& pipe) {
    const int from = pipe.from, to = pipe.to;
    ::shutdown(to, SHUT_WR);
    const auto back = pipes_.find(to);
    const bool other_lives =
        back != pipes_.end() && !(back->second.ended && back->second.waiting.empty());
    if (other_lives) return;
    pipes_.erase(from);
    pipes_.erase(to);
    ::close(from);
    ::close(to);
  }

  const int listener_;
  const std::uint16_t target_;
  const std::chrono::microseconds delay_;
  const int poll_;
  std::map<int, Pipe> pipes_;  // by the socket that is read
  std::multimap<Clock::time_point, int> due_;
};

}  // namespace

int main(int count, char** words) {
  std::uint16_t port = 0;
  const int listener = count == 3 ? listenOn(port) : -1;
  if (listener < 0) {
    std::fprintf(stderr, "usage: delay_proxy PORT MILLISECONDS\n");
    return 64;
  }
  std::printf("%d\n", static_cast<int>(port));
  std::fflush(stdout);
  const auto round_trip = std::chrono::microseconds(std::llround(std::atof(words[2]) * 1000));
  Proxy(listener, static_cast<std::uint16_t>(std::atoi(words[1])), round_trip / 2).run();
  return 0;
}
