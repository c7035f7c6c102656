#include <algorithm>
#include <array>
#include <cctype>

#include "backends/deploy/azure/arm_error.h"

namespace gpuspec::deploy::azure {
namespace {

struct Hint {
  std::string_view code, text;
};

constexpr std::string_view kQuota =
    "ask for more quota of this VM family in the region (portal: Quotas), or lower nodes.max; "
    "surge "
    "nodes of an upgrade count, too";
constexpr std::string_view kCapacity =
    "Azure has no such hardware free there now: try again later, or another zone, region or size, "
    "or "
    "reserve capacity";
constexpr std::string_view kSize =
    "choose a size that the subscription has in this region and zone: az vm list-skus --location "
    "REGION --size SIZE --all shows its restrictions";
constexpr std::string_view kRole =
    "give the identity that applies the role it lacks (Contributor on the resource group, or Azure "
    "Kubernetes Service Contributor on the cluster); a new role takes some minutes to work";
constexpr std::string_view kSubnet = "use a larger subnet, fewer nodes, or a smaller max_pods";
constexpr std::string_view kBudget =
    "a PodDisruptionBudget lets no pod go: relax it, or delete the pods that it guards, then apply "
    "again";
constexpr std::string_view kRegister =
    "register what the message names (az feature register, az provider register), wait some "
    "minutes, "
    "apply again";

// Codes of Azure that users of pools meet: learn.microsoft.com, "Troubleshoot Azure Kubernetes
// Service", and the list of common deployment errors of Azure Resource Manager.
constexpr std::array kHints = {
    Hint{"QuotaExceeded", kQuota},
    Hint{"InsufficientVCPUQuota", kQuota},
    Hint{"ErrCode_InsufficientVCPUQuota", kQuota},
    Hint{"ManagedClusterCountExceedsQuotaLimit",
         "delete a cluster of the region, or ask for more quota"},
    Hint{"SkuNotAvailable", kSize},
    Hint{"VMSizeNotSupported", kSize},
    Hint{"AvailabilityZoneNotSupported", "leave the zone out, or choose one that has this size"},
    Hint{"AllocationFailed", kCapacity},
    Hint{"ZonalAllocationFailed", kCapacity},
    Hint{"OverconstrainedAllocationRequest", kCapacity},
    Hint{"OverconstrainedZonalAllocationRequest", kCapacity},
    Hint{"AksCapacityHeavyUsage", kCapacity},
    Hint{"AuthorizationFailed", kRole},
    Hint{"LinkedAuthorizationFailed", kRole},
    Hint{"SubscriptionNotFound",
         "AZURE_SUBSCRIPTION_ID or the cluster's `subscription` names one that this "
         "identity cannot see"},
    Hint{"ResourceGroupNotFound",
         "make the resource group first: az group create --name NAME --location REGION"},
    Hint{"PropertyChangeNotAllowed",
         "this property needs a new resource: gpuspec apply --allow-replace"},
    Hint{"InvalidTemplateDeployment",
         "Azure refused the resource before it began; the message says which property"},
    Hint{"InvalidTemplate", "look for the named place in an `arm` block of the spec"},
    Hint{"RequestDisallowedByPolicy",
         "a policy of the subscription forbids it: change the spec as the message "
         "says, or ask for an exemption"},
    Hint{"SubnetIsFull", kSubnet},
    Hint{"InsufficientSubnetSize", kSubnet},
    Hint{"UnsatisfiablePDB", kBudget},
    Hint{"PodDrainFailure", kBudget},
    Hint{"MissingSubscriptionRegistration", kRegister},
    Hint{"FeatureNotRegistered", kRegister},
    Hint{"NodePoolMcVersionIncompatible",
         "upgrade the cluster before the pool, or set the pool's version lower"},
    Hint{"ScopeLocked",
         "a lock on the resource or its group forbids it: remove the lock, or leave the resource "
         "alone"},
    Hint{"OperationNotAllowed",
         "wait until the cluster's running operation is over, then apply again"},
    Hint{"TooManyRequests",
         "Azure limits how often it is asked: run it again in some minutes, or with a lower "
         "--parallel"},
    Hint{"ResourceGroupBeingDeleted", "wait until the resource group is gone, then apply again"},
    Hint{"DeploymentQuotaExceeded",
         "delete old deployments of the resource group: az deployment group delete"},
    Hint{"ExpiredAuthenticationToken", "check this machine's clock, then apply again"},
};

bool same(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

}  // namespace

std::string wayOut(std::string_view code) {
  for (const Hint& hint : kHints)
    if (same(hint.code, code)) return std::string(hint.text);
  return code.starts_with("VMExtension") ? "the node's own set-up failed; its code is explained at "
                                           "https://aka.ms/aks-vm-extension-errors"
                                         : "";
}

}  // namespace gpuspec::deploy::azure
