#pragma once

// Which process a lock is of. Whoever comes later on the same machine sees that it is gone, and
// need not wait until the lock runs out.

#include <string>
#include <string_view>

namespace gpuspec::deploy::apply {

// "5f0c9a...:4711:8812345": where this process runs (its kernel's boot and its namespace of process
// ids, as a digest), its id, and when it began, as the kernel counts. "" where /proc says less.
std::string processMark();

// Only when that is certain: it was of this kernel and this namespace, and is no more. False for
// every other machine, container and text.
bool isSurelyGone(std::string_view mark);

// 16 hexadecimal digits, others at each call: whose a lock or a claim is, whoever the holder says
// it is.
std::string newRunId();

}  // namespace gpuspec::deploy::apply
