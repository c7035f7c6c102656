#pragma once

// The way to a plugin. Today a call in this process; a worker process with a deadline can stand
// behind the same interface, as nothing but text crosses it.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "plugins/abi/gpuspec_plugin.h"
#include "plugins/host/library.h"

namespace gpuspec::host {

enum class Function : std::uint8_t { Describe, Partition, Emit, Observe };
const char* functionName(Function function);

struct Answer {
  gs_status status = GS_INTERNAL;
  std::string reply;
  std::vector<std::string> findings;
  bool too_large = false;  // more than kReplyLimit came; what is here is cut
};

inline constexpr std::size_t kReplyLimit = std::size_t{16} << 20;

class Channel {
 public:
  virtual ~Channel() = default;
  virtual Answer call(Function function, std::string_view request) = 0;
};

// One call at a time, as the interface promises its vendors. `library` (may be null) lives as long
// as the channel.
std::unique_ptr<Channel> inProcess(const gs_vendor_v1& api, std::shared_ptr<Library> library);

}  // namespace gpuspec::host
