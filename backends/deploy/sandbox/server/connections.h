#pragma once

// Which sockets are open, so that a server that stops can let answers finish and wake the rest.

#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>

namespace gpuspec::deploy::sandbox {

class Connections {
 public:
  // False when the server stops: close the socket.
  bool add(int socket);
  void remove(int socket);
  // Between requests a connection is idle. False when the server stops.
  bool setBusy(int socket, bool busy);
  bool stopping() const;
  // Ends idle connections now, busy ones when they are done or after `grace`.
  void stop(std::chrono::milliseconds grace);

 private:
  bool anyBusy() const;

  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::map<int, bool> busy_;  // socket -> whether it answers something
  bool stopping_ = false;
};

}  // namespace gpuspec::deploy::sandbox
