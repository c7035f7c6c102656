#include "plugins/host/library.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstring>

#include "plugins/host/plugin_error.h"
#include "plugins/host/reader.h"

namespace gpuspec::host {

namespace {

// Version 1.0 of the struct; a plugin of this major has at least that.
constexpr std::size_t kLeastSize = offsetof(gs_vendor_v1, emit) + sizeof(gs_vendor_v1::emit);
constexpr std::size_t kVersionEnd =
    offsetof(gs_vendor_v1, abi_minor) + sizeof(gs_vendor_v1::abi_minor);

std::string versionText(std::uint32_t major, std::uint32_t minor) {
  return std::to_string(major) + "." + std::to_string(minor);
}

bool isUsable(const gs_str& text) {
  return text.data != nullptr && text.size > 0 && text.size < 256;
}

}  // namespace

Library::Library(std::string path, void* handle) : path_(std::move(path)), handle_(handle) {}

Library::~Library() {
  dlclose(handle_);
}

llvm::Expected<std::shared_ptr<Library>> Library::open(const std::string& path) {
  // A name without a slash would be looked up in the system's library folders.
  const std::string file = path.find('/') == std::string::npos ? "./" + path : path;
  void* handle = dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) {
    const char* reason = dlerror();
    return pluginError(diag::PluginUnreadable, path,
                       std::string(reason != nullptr ? reason : "no reason given"));
  }
  return std::shared_ptr<Library>(new Library(path, handle));
}

llvm::Expected<const gs_vendor_v1*> Library::vendor() const {
  void* symbol = dlsym(handle_, "gpuspec_vendor_v1");
  if (symbol == nullptr) return pluginError(diag::PluginWithoutEntry, path_);
  const auto entry = reinterpret_cast<const gs_vendor_v1* (*)()>(symbol);
  const gs_vendor_v1* api = entry();
  if (api == nullptr)
    return pluginError(diag::PluginUnreadable, path_,
                       std::string("its vendor structure is missing"));
  return api;
}

llvm::Expected<gs_vendor_v1> checkedApi(const gs_vendor_v1& api, const std::string& label) {
  const auto too_small = [&] {
    return pluginError(diag::PluginStructTooSmall, label,
                       static_cast<std::int64_t>(api.struct_size),
                       static_cast<std::int64_t>(kLeastSize));
  };
  if (api.struct_size < kVersionEnd) return too_small();
  if (api.abi_major != GPUSPEC_ABI_MAJOR) {
    return pluginError(diag::PluginAbiMismatch, label, versionText(api.abi_major, api.abi_minor),
                       versionText(GPUSPEC_ABI_MAJOR, GPUSPEC_ABI_MINOR));
  }
  if (api.struct_size < kLeastSize) return too_small();
  gs_vendor_v1 known{};
  std::memcpy(&known, &api, std::min(api.struct_size, sizeof known));
  if (!isUsable(known.name) || !isPluginName({known.name.data, known.name.size})) {
    const std::string name =
        isUsable(known.name) ? std::string(known.name.data, known.name.size) : "";
    return pluginError(diag::PluginNameInvalid, label, name);
  }
  if (!isUsable(known.version))
    return pluginError(diag::PluginUnreadable, label, std::string("it has no version"));
  if (known.describe == nullptr || known.partition == nullptr || known.emit == nullptr) {
    return pluginError(diag::PluginUnreadable, label,
                       std::string("one of its functions is missing"));
  }
  return known;
}

}  // namespace gpuspec::host
