#include <algorithm>
#include <filesystem>
#include <map>

#include "plugins/host/host.h"
#include "plugins/host/library.h"
#include "plugins/host/plugin_error.h"
#include "plugins/host/vendor.h"

namespace gpuspec::host {

namespace {

namespace fs = std::filesystem;

llvm::Expected<std::unique_ptr<ir::Vendor>> vendorOf(const gs_vendor_v1& api,
                                                     std::shared_ptr<Library> library,
                                                     const std::string& label) {
  llvm::Expected<gs_vendor_v1> known = checkedApi(api, label);
  if (!known) return known.takeError();
  const std::string name(known->name.data, known->name.size);
  return adapt(inProcess(*known, std::move(library)), name, label);
}

bool isInside(const std::string& path, const std::string& folder) {
  if (folder.empty()) return false;
  std::error_code error;
  const fs::path file = fs::canonical(path, error);
  if (error) return false;
  const fs::path parent = fs::canonical(folder, error);
  return !error && file.parent_path() == parent;
}

llvm::Expected<std::unique_ptr<ir::Vendor>> loadOutside(const std::string& path,
                                                        const WorkerLimits& limits) {
  llvm::Expected<Worker> worker = startWorker(path, limits);
  if (!worker) return worker.takeError();
  return adapt(std::move(worker->channel), worker->name, path);
}

llvm::Expected<std::unique_ptr<ir::Vendor>> loadInside(const std::string& path) {
  llvm::Expected<std::shared_ptr<Library>> library = Library::open(path);
  if (!library) return library.takeError();
  llvm::Expected<const gs_vendor_v1*> api = (*library)->vendor();
  if (!api) return api.takeError();
  return vendorOf(**api, std::move(*library), path);
}

llvm::Expected<std::vector<std::string>> pluginFiles(const std::string& path) {
  std::error_code error;
  if (!fs::exists(path, error)) return pluginError(diag::PluginPathMissing, path);
  if (!fs::is_directory(path, error)) return std::vector<std::string>{path};
  std::vector<std::string> files;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->path().extension() == ".so") files.push_back(entry->path().string());
  }
  if (error) return pluginError(diag::PluginUnreadable, path, error.message());
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

llvm::Expected<ir::VendorSet> loadVendors(const std::vector<std::string>& paths,
                                          const std::string& installed,
                                          const WorkerLimits& limits) {
  ir::VendorSet vendors;
  std::map<std::string, std::string> loaded_from;
  for (const std::string& path : paths) {
    llvm::Expected<std::vector<std::string>> files = pluginFiles(path);
    if (!files) return files.takeError();
    for (const std::string& file : *files) {
      llvm::Expected<std::unique_ptr<ir::Vendor>> vendor =
          isInside(file, installed) ? loadInside(file) : loadOutside(file, limits);
      if (!vendor) return vendor.takeError();
      const auto [earlier, is_new] = loaded_from.emplace((*vendor)->name(), file);
      if (!is_new) return pluginError(diag::PluginTwice, earlier->second, file, (*vendor)->name());
      vendors.add(std::move(*vendor));
    }
  }
  return vendors;
}

llvm::Expected<std::unique_ptr<ir::Vendor>> makeVendor(const gs_vendor_v1& api,
                                                       const std::string& label) {
  return vendorOf(api, nullptr, label);
}

}  // namespace gpuspec::host
