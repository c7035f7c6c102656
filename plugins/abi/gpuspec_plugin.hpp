#pragma once

// What a vendor written in C++ puts between its functions and the C contract: views instead of
// gs_str, and the guard that turns an exception into GS_INTERNAL. Header-only, needs C++17 and the
// standard library alone.

#include <exception>
#include <string>
#include <string_view>

#include "gpuspec_plugin.h"

namespace gpuspec::plugin {

inline gs_str str(std::string_view text) {
  return gs_str{text.data(), text.size()};
}
inline std::string_view view(gs_str text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

// Text as a JSON string, quotes included. Bytes of UTF-8 pass as they are.
inline std::string quoted(std::string_view text) {
  static const char* const kHex = "0123456789abcdef";
  std::string out = "\"";
  for (const char c : text) {
    const unsigned char byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20) {
      out += "\\u00";
      out += kHex[byte >> 4];
      out += kHex[byte & 0xf];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

inline void write(const gs_sink& sink, std::string_view bytes) {
  sink.write(sink.ctx, str(bytes));
}
inline void diagnose(const gs_sink& sink, std::string_view json) {
  sink.diagnose(sink.ctx, str(json));
}

// Code 5007 is gpuspec's "plugin failed"; the host adds which plugin and which function.
inline gs_status internalError(const gs_sink& sink, std::string_view what) {
  diagnose(sink, "{\"code\":5007,\"at\":0,\"message\":" + quoted(what) + "}");
  return GS_INTERNAL;
}

// `gs_status fn(std::string_view request, const gs_sink& reply)` as a function of gs_vendor_v1.
template <auto Fn>
gs_status guarded(gs_str request, const gs_sink* reply) noexcept {
  try {
    return Fn(view(request), *reply);
  } catch (const std::exception& e) {
    return internalError(*reply, e.what());
  } catch (...) {
    return internalError(*reply, "unknown exception");
  }
}

// The same for `gs_status fn(const gs_sink& reply)`: describe.
template <auto Fn>
gs_status guarded(const gs_sink* reply) noexcept {
  try {
    return Fn(*reply);
  } catch (const std::exception& e) {
    return internalError(*reply, e.what());
  } catch (...) {
    return internalError(*reply, "unknown exception");
  }
}

}  // namespace gpuspec::plugin
