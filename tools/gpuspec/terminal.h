#pragma once

// Where commands write: results to standard output, everything else to standard error. Knows what
// the terminal can show.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace gpuspec::cli {

enum ExitCode : int {
  kDone = 0,
  kSpecWrong = 1,    // errors in the spec, a failed check or test
  kChanges = 2,      // with --detailed-exitcode
  kWorldSaysNo = 3,  // file, disk, network, plugin, credentials
  kRefused = 4,      // conflict, lock, policy, edited output
  kUsage = 64,
  kFault = 70,
  kInterrupted = 130,
};

// What was said of a command's failure.
struct Kept {
  std::vector<std::string> findings;  // JSON arrays
  std::vector<std::string> messages;
};

class Terminal {
 public:
  // `color`: auto, always or never.
  explicit Terminal(std::string_view color);

  void out(std::string_view text);
  void err(std::string_view text);
  // "gpuspec: text" on standard error.
  void complain(std::string_view text);
  // From now on what is complained about, and findings, are kept beside being shown.
  void keepFailures() { keeps_ = true; }
  bool keeps() const { return keeps_; }
  void keepFindings(std::string json) { kept_.findings.push_back(std::move(json)); }
  const Kept& kept() const { return kept_; }
  bool hasWritten() const { return has_written_; }  // to standard output
  bool color() const { return color_; }             // of standard error, where findings go
  bool colorOut() const { return color_out_; }
  bool unicode() const { return unicode_; }
  std::uint32_t width() const { return width_; }
  // False when standard output could not be written (closed pipe, full disk).
  bool flush();

 private:
  bool color_ = false, color_out_ = false, unicode_ = false;
  bool broken_ = false, has_written_ = false, keeps_ = false;
  Kept kept_;
  std::uint32_t width_ = 80;
};

}  // namespace gpuspec::cli
