#pragma once

// Charts that stand in a folder or archive beside the spec.

#include "backends/deploy/model/resource.h"
#include "compiler/driver/file_system.h"

namespace gpuspec::cli {

// A release whose chart begins with `./`, `../` or `/` gets the chart's absolute path (`folder`):
// it is relative to the file that declares the release. Where that is a folder, `chart_name` and
// `version` are those of its Chart.yaml.
void findLocalCharts(const std::string& root, const driver::FileSystem& files,
                     deploy::model::DesiredSet& desired);

}  // namespace gpuspec::cli
