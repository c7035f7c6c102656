#include "plugins/nvidia/block_yaml.h"

#include <charconv>

namespace gpuspec::nvidia {

namespace {

struct Line {
  std::size_t indent = 0;
  std::string_view text;
};

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

// The position of `wanted` outside of quotes.
template <class Wanted>
std::size_t findUnquoted(std::string_view text, Wanted&& wanted) {
  char quote = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quote != 0) {
      if (text[i] == quote) quote = 0;
    } else if (wanted(i)) {
      return i;
    } else if (text[i] == '"' || text[i] == '\'') {
      quote = text[i];
    }
  }
  return std::string_view::npos;
}

std::string_view withoutComment(std::string_view line) {
  return line.substr(0, findUnquoted(line, [line](std::size_t i) {
                       return line[i] == '#' && (i == 0 || line[i - 1] == ' ');
                     }));
}

// The colon that ends a key; npos: this is no entry of a map.
std::size_t keyEnd(std::string_view text) {
  return findUnquoted(text, [text](std::size_t i) {
    return text[i] == ':' && (i + 1 == text.size() || text[i + 1] == ' ');
  });
}

std::string unquoted(std::string_view text) {
  if (text.size() >= 2 && (text.front() == '"' || text.front() == '\'') &&
      text.back() == text.front())
    text = text.substr(1, text.size() - 2);
  return std::string(text);
}

Json scalar(std::string_view text) {
  if (text == "true" || text == "false") return text == "true";
  if (text == "{}") return Json::object();
  if (text.empty() || text == "null" || text == "~") return nullptr;
  if (text.front() == '[' && text.back() == ']') {
    Json list = Json::array();
    for (std::string_view rest = text.substr(1, text.size() - 2); !trimmed(rest).empty();) {
      const std::size_t comma =
          findUnquoted(rest, [&rest](std::size_t i) { return rest[i] == ','; });
      list.push_back(scalar(trimmed(rest.substr(0, comma))));
      rest = comma == std::string_view::npos ? std::string_view() : rest.substr(comma + 1);
    }
    return list;
  }
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error == std::errc() && end == text.data() + text.size()) return number;
  return unquoted(text);
}

class Parser {
 public:
  explicit Parser(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      const std::string_view line = withoutComment(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
      const std::string_view content = trimmed(line);
      if (content.empty() || content == "---") continue;
      lines_.push_back({line.find_first_not_of(' '), content});
    }
  }

  std::optional<Json> parse() {
    if (lines_.empty()) return Json(nullptr);
    Json out = block(lines_[0].indent, 0);
    if (failed_ || at_ < lines_.size()) return std::nullopt;
    return out;
  }

 private:
  static bool isItem(std::string_view text) { return text == "-" || text.substr(0, 2) == "- "; }
  bool here(std::size_t indent) const {
    return at_ < lines_.size() && lines_[at_].indent == indent;
  }

  Json fail() {
    failed_ = true;
    at_ = lines_.size();
    return nullptr;
  }

  Json block(std::size_t indent, int depth) {
    constexpr int kDeepest = 32;
    if (depth > kDeepest) return fail();
    if (isItem(lines_[at_].text)) return list(indent, depth);
    if (keyEnd(lines_[at_].text) != std::string_view::npos) return map(indent, depth);
    return scalar(lines_[at_++].text);
  }

  Json list(std::size_t indent, int depth) {
    Json out = Json::array();
    while (here(indent) && isItem(lines_[at_].text)) {
      Line& line = lines_[at_];
      const std::string_view rest = trimmed(line.text.substr(1));
      if (rest.empty()) {
        ++at_;
        out.push_back(below(indent, false, depth));
        continue;
      }
      // What follows the dash is a block of its own, as deep as it stands.
      line.indent += static_cast<std::size_t>(rest.data() - line.text.data());
      line.text = rest;
      out.push_back(block(line.indent, depth + 1));
    }
    return out;
  }

  Json map(std::size_t indent, int depth) {
    Json out = Json::object();
    while (here(indent) && !isItem(lines_[at_].text)) {
      const std::string_view text = lines_[at_].text;
      const std::size_t end = keyEnd(text);
      if (end == std::string_view::npos) return fail();
      const std::string key = unquoted(trimmed(text.substr(0, end)));
      const std::string_view rest = trimmed(text.substr(end + 1));
      ++at_;
      out[key] = rest.empty() ? below(indent, true, depth) : scalar(rest);
    }
    return out;
  }

  // What stands below a key or a dash; a list may stand as deep as its key.
  Json below(std::size_t indent, bool of_key, int depth) {
    if (at_ >= lines_.size()) return nullptr;
    const Line& line = lines_[at_];
    const bool deeper = line.indent > indent;
    const bool list_beside = of_key && line.indent == indent && isItem(line.text);
    return deeper || list_beside ? block(line.indent, depth + 1) : Json(nullptr);
  }

  std::vector<Line> lines_;
  std::size_t at_ = 0;
  bool failed_ = false;
};

}  // namespace

std::optional<Json> parseBlockYaml(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace gpuspec::nvidia
