#include <algorithm>
#include <filesystem>

#include "plugins/host/host.h"
#include "plugins/host/library.h"
#include "plugins/host/plugin_bytes.h"
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

llvm::Expected<std::vector<std::string>> allFiles(const std::vector<std::string>& paths) {
  std::vector<std::string> all;
  for (const std::string& path : paths) {
    llvm::Expected<std::vector<std::string>> files = pluginFiles(path);
    if (!files) return files.takeError();
    all.insert(all.end(), files->begin(), files->end());
  }
  return all;
}

llvm::Error addVendor(const std::string& file, const LoadOptions& options, LoadedPlugins& to) {
  llvm::Expected<std::unique_ptr<ir::Vendor>> vendor =
      isInside(file, options.installed) ? loadInside(file) : loadOutside(file, options.limits);
  if (!vendor) return vendor.takeError();
  for (const PluginFile& earlier : to.files) {
    if (earlier.name == (*vendor)->name())
      return pluginError(diag::PluginTwice, earlier.path, file, earlier.name);
  }
  to.files.push_back({file, (*vendor)->name(), (*vendor)->version(), ""});
  to.vendors.add(std::move(*vendor));
  return llvm::Error::success();
}

void report(llvm::Error error, diag::Sink& sink) {
  llvm::handleAllErrors(std::move(error),
                        [&](const PluginError& failure) { failure.report(sink, {}); });
}

// Nothing runs before its digest is known to be the one wanted.
class CheckedLoad {
 public:
  CheckedLoad(const LoadOptions& options, diag::Sink& sink) : options_(options), sink_(sink) {}

  std::optional<LoadedPlugins> load(const std::vector<std::string>& files) {
    std::vector<PluginBytes> bytes;
    for (const std::string& file : files) {
      llvm::Expected<PluginBytes> found = pluginBytes(file);
      if (!found) return failed(found.takeError());
      bytes.push_back(std::move(*found));
      if (options_.lock != nullptr)
        good_ &=
            admits(*options_.lock, {file, "", "", bytes.back().sha256}, options_.additions, sink_);
    }
    if (!good_) return std::nullopt;
    LoadedPlugins loaded;
    for (std::size_t i = 0; i < files.size(); ++i) {
      if (llvm::Error error = addVendor(files[i], options_, loaded))
        return failed(std::move(error));
      if (!isUnchanged(files[i], bytes[i].stamp))
        return failed(pluginError(diag::PluginReplaced, files[i]));
      loaded.files[i].sha256 = bytes[i].sha256;
      if (options_.lock != nullptr)
        good_ &= confirms(*options_.lock, loaded.files[i], options_.additions, sink_);
    }
    if (!good_) return std::nullopt;
    return loaded;
  }

 private:
  std::nullopt_t failed(llvm::Error error) {
    report(std::move(error), sink_);
    return std::nullopt;
  }

  const LoadOptions& options_;
  diag::Sink& sink_;
  bool good_ = true;
};

llvm::Expected<LoadedPlugins> loadUnchecked(const std::vector<std::string>& paths,
                                            const LoadOptions& options) {
  llvm::Expected<std::vector<std::string>> files = allFiles(paths);
  if (!files) return files.takeError();
  LoadedPlugins loaded;
  for (const std::string& file : *files) {
    if (llvm::Error error = addVendor(file, options, loaded)) return error;
  }
  return loaded;
}

}  // namespace

llvm::Expected<ir::VendorSet> loadVendors(const std::vector<std::string>& paths,
                                          const std::string& installed,
                                          const WorkerLimits& limits) {
  LoadOptions options;
  options.installed = installed;
  options.limits = limits;
  llvm::Expected<LoadedPlugins> loaded = loadUnchecked(paths, options);
  if (!loaded) return loaded.takeError();
  return std::move(loaded->vendors);
}

std::optional<LoadedPlugins> loadPlugins(const std::vector<std::string>& paths,
                                         const LoadOptions& options, diag::Sink& sink) {
  if (options.lock == nullptr && !options.digests) {
    llvm::Expected<LoadedPlugins> loaded = loadUnchecked(paths, options);
    if (loaded) return std::move(*loaded);
    report(loaded.takeError(), sink);
    return std::nullopt;
  }
  llvm::Expected<std::vector<std::string>> files = allFiles(paths);
  if (files) return CheckedLoad(options, sink).load(*files);
  report(files.takeError(), sink);
  return std::nullopt;
}

llvm::Expected<std::unique_ptr<ir::Vendor>> makeVendor(const gs_vendor_v1& api,
                                                       const std::string& label) {
  return vendorOf(api, nullptr, label);
}

}  // namespace gpuspec::host
