#include "tools/gpuspec/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace gpuspec::cli {

namespace {

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool wantsColor(std::string_view choice, int stream) {
  if (choice == "always") return true;
  if (choice == "never" || !environment("NO_COLOR").empty()) return false;
  if (!environment("CLICOLOR_FORCE").empty() && environment("CLICOLOR_FORCE") != "0") return true;
  return ::isatty(stream) != 0 && environment("TERM") != "dumb";
}

bool speaksUtf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = environment(name);
    if (value.empty()) continue;
    return value.find("UTF-8") != std::string_view::npos ||
           value.find("utf8") != std::string_view::npos ||
           value.find("utf-8") != std::string_view::npos ||
           value.find("UTF8") != std::string_view::npos;
  }
  return false;
}

std::uint32_t terminalWidth() {
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  const std::string columns(environment("COLUMNS"));
  const long given = std::strtol(columns.c_str(), nullptr, 10);
  return given >= 20 && given <= 1000 ? static_cast<std::uint32_t>(given) : 100;
}

}  // namespace

Terminal::Terminal(std::string_view color)
    : color_(wantsColor(color, STDERR_FILENO)),
      color_out_(wantsColor(color, STDOUT_FILENO)),
      unicode_(speaksUtf8()),
      width_(terminalWidth()) {}

void Terminal::out(std::string_view text) {
  has_written_ = true;
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) broken_ = true;
}

void Terminal::err(std::string_view text) {
  std::fwrite(text.data(), 1, text.size(), stderr);
}

void Terminal::complain(std::string_view text) {
  err("gpuspec: " + std::string(text) + "\n");
  if (keeps_) kept_.messages.emplace_back(text);
}

bool Terminal::flush() {
  return std::fflush(stdout) == 0 && !broken_;
}

}  // namespace gpuspec::cli
