#pragma once

// Cron expressions as Kubernetes' CronJob controller reads them (robfig/cron, its standard parser).

#include <string>
#include <string_view>

namespace gpuspec::sema {

// What is wrong with it; "" = nothing.
std::string cronFault(std::string_view text);

}  // namespace gpuspec::sema
