#include "compiler/ir/vendor.h"

#include <algorithm>

namespace gpuspec::ir {

llvm::Expected<NodeReport> Vendor::observe(const PoolObservation&) const {
  return llvm::createStringError("`" + name() + "` does not tell what its nodes report");
}

void VendorSet::add(std::unique_ptr<Vendor> vendor) {
  const auto place =
      std::upper_bound(vendors_.begin(), vendors_.end(), vendor,
                       [](const auto& a, const auto& b) { return a->name() < b->name(); });
  vendors_.insert(place, std::move(vendor));
}

const Vendor* VendorSet::find(std::string_view name) const {
  for (const auto& vendor : vendors_) {
    if (vendor->name() == name) return vendor.get();
  }
  return nullptr;
}

}  // namespace gpuspec::ir
