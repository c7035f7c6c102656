// How fast a large file is read, and in how much memory: parse_bench [MB] [rounds].

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>

#include "lang/diag/diagnostic.h"
#include "lang/format/format.h"
#include "lang/parse/parser.h"
#include "tests/support/spec_generator.h"

namespace {

// Of the processor: other programs on the machine do not count.
double seconds() {
  return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

std::string largeFile(std::size_t bytes) {
  std::string text;
  text.reserve(bytes + 65536);
  for (std::uint64_t seed = 1; text.size() < bytes; ++seed) {
    for (const auto& [name, part] : gpuspec::test::printSpec(gpuspec::test::generateSpec(seed)))
      text += part;
  }
  return text;
}

double peakMegabytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) * 1024 / 1e6;
}

}  // namespace

int main(int argc, char** argv) {
  const std::size_t megabytes = argc > 1 ? static_cast<std::size_t>(std::atoi(argv[1])) : 10;
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 3;
  gpuspec::source::SourceMap sources;
  const auto file_id = sources.add("large.gpuspec", largeFile(megabytes * 1'000'000));
  const double size = static_cast<double>(sources.file(file_id).text().size()) / 1e6;
  const double before = peakMegabytes();
  double best = 0, nodes = 0, format_speed = 0;
  std::size_t errors = 0;
  for (int i = 0; i < rounds; ++i) {
    gpuspec::diag::Sink sink;
    const auto start = seconds();
    const auto tree = gpuspec::parse::parse(sources, file_id, sink);
    best = std::max(best, size / (seconds() - start));
    nodes = static_cast<double>(tree.size());
    errors = sink.errorCount();
    if (i + 1 < rounds) continue;
    std::printf(
        "parsed %.1f MB, %.0f nodes, %zu errors: %.1f MB/s, peak RSS %.1f MB (%.1f before, text "
        "included)\n",
        size, nodes, errors, best, peakMegabytes(), before);
    const auto start_format = seconds();
    const std::string formatted = gpuspec::format::format(tree, sources.file(file_id));
    format_speed = size / (seconds() - start_format);
    std::printf("formatted: %.1f MB/s, peak RSS %.1f MB\n", format_speed, peakMegabytes());
  }
  return errors == 0 ? 0 : 1;
}
