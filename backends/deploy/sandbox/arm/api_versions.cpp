#include "backends/deploy/sandbox/arm/api_versions.h"

#include <algorithm>
#include <cctype>
#include <string>

#include "backends/deploy/sandbox/arm/error.h"

namespace gpuspec::deploy::sandbox::arm {

namespace {

// Older ones lack required properties, newer ones did not exist when this was written.
constexpr std::string_view kOldestContainer = "2023-01-01", kNewestContainer = "2026-08-01";
constexpr std::string_view kOldestManager = "2015-01-01";

// "2026-05-01" with or without "-preview".
bool isDate(std::string_view version) {
  if (isPreview(version)) version.remove_suffix(std::string_view("-preview").size());
  constexpr std::string_view kShape = "dddd-dd-dd";
  const bool shaped =
      version.size() == kShape.size() &&
      std::equal(version.begin(), version.end(), kShape.begin(), [](char letter, char shape) {
        return shape == 'd' ? std::isdigit(static_cast<unsigned char>(letter)) != 0
                            : letter == shape;
      });
  return shaped && version.substr(5, 2) >= "01" && version.substr(5, 2) <= "12" &&
         version.substr(8, 2) >= "01" && version.substr(8, 2) <= "31";
}

llvm::Error checkGiven(std::string_view version) {
  if (!version.empty()) return llvm::Error::success();
  return fail(400, "MissingApiVersionParameter",
              "The api-version query parameter (?api-version=) is required for all requests.");
}

llvm::Error invalidVersion(std::string_view version) {
  return fail(400, "InvalidApiVersionParameter",
              "The api-version '" + std::string(version) +
                  "' is invalid. It is a date, 'YYYY-MM-DD', with or without '-preview'.");
}

}  // namespace

llvm::Error checkManagerVersion(std::string_view api_version) {
  if (llvm::Error error = checkGiven(api_version)) return error;
  if (isDate(api_version) && api_version >= kOldestManager) return llvm::Error::success();
  return invalidVersion(api_version);
}

llvm::Error checkContainerVersion(std::string_view api_version, std::string_view type) {
  if (llvm::Error error = checkGiven(api_version)) return error;
  if (!isDate(api_version)) return invalidVersion(api_version);
  if (api_version >= kOldestContainer && api_version <= kNewestContainer)
    return llvm::Error::success();
  return fail(400, "NoRegisteredProviderFound",
              "No registered resource provider found for API version '" + std::string(api_version) +
                  "' for type '" + std::string(type) + "'. The supported api-versions are from '" +
                  std::string(kOldestContainer) + "' to '" + std::string(kNewestContainer) + "'.");
}

}  // namespace gpuspec::deploy::sandbox::arm
