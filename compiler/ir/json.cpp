#include "compiler/ir/json.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <nlohmann/json.hpp>

namespace gpuspec::ir {

namespace {

using Json = nlohmann::ordered_json;

// Trees are walked by recursion everywhere: what would end the process is refused here.
constexpr std::size_t kDeepest = 2000;

bool isTooDeep(std::string_view text) {
  std::size_t depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '[' || c == '{')) {
      if (++depth > kDeepest) return true;
    } else if (!quoted && (c == ']' || c == '}') && depth > 0) {
      --depth;
    }
  }
  return false;
}

// Of keys that a map has twice the last value stands, at the first one's place.
void keepLast(Tree::Map& map) {
  constexpr std::size_t kFew = 16;  // compared each with each
  bool twice = false;
  if (map.size() <= kFew) {
    for (auto one = map.begin(); one != map.end() && !twice; ++one)
      twice =
          std::any_of(map.begin(), one, [&](const auto& each) { return each.first == one->first; });
  } else {
    std::unordered_set<std::string_view> keys;
    twice = !std::all_of(map.begin(), map.end(),
                         [&](const auto& entry) { return keys.insert(entry.first).second; });
  }
  if (!twice) return;
  Tree once = Tree::map();
  for (auto& [key, value] : map) once.set(key, std::move(value));
  map = std::move(once.asMap());
}

// Makes the tree while the text is read. What is complete waits on one stack until its list or map
// ends, so that each of these is made once, in its size.
class Reader {
 public:
  // Elements of the list at `streamed` of the document go to `take` (null: there is none).
  Reader(std::string_view streamed, const std::function<void(Tree)>* take)
      : streamed_(streamed), take_(take) {}

  Tree document() { return std::move(waiting_.back().second); }
  const std::string& failure() const { return failure_; }

  bool null() { return add(nullptr); }
  bool boolean(bool value) { return add(value); }
  bool number_integer(std::int64_t value) { return add(value); }
  bool number_unsigned(std::uint64_t value) {
    if (value > static_cast<std::uint64_t>(INT64_MAX)) return add(static_cast<double>(value));
    return add(static_cast<std::int64_t>(value));
  }
  bool number_float(double value, const std::string&) { return add(value); }
  bool string(std::string& value) { return add(std::move(value)); }
  bool binary(Json::binary_t&) { return false; }  // JSON has none

  bool key(std::string& name) {
    key_ = std::move(name);
    return true;
  }
  bool start_object(std::size_t) { return begin(false, false); }
  bool start_array(std::size_t) {
    const bool streams =
        take_ != nullptr && open_.size() == 1 && !open_.back().list && key_ == streamed_;
    return begin(true, streams);
  }
  bool end_object() {
    const auto first = firstOfOpen();
    Tree::Map map(std::make_move_iterator(first), std::make_move_iterator(waiting_.end()));
    keepLast(map);
    return end(std::move(map));
  }
  bool end_array() {
    Tree::List list;
    const auto first = firstOfOpen();
    list.reserve(static_cast<std::size_t>(waiting_.end() - first));
    for (auto item = first; item != waiting_.end(); ++item) list.push_back(std::move(item->second));
    return end(std::move(list));
  }

  bool parse_error(std::size_t, const std::string&, const Json::exception& error) {
    failure_ = error.what();
    return false;
  }

 private:
  struct Open {
    std::string key;  // its own
    std::size_t first;
    bool list, streams;
  };

  std::vector<Tree::Entry>::iterator firstOfOpen() {
    return waiting_.begin() + static_cast<std::ptrdiff_t>(open_.back().first);
  }

  bool begin(bool list, bool streams) {
    open_.push_back({std::exchange(key_, {}), waiting_.size(), list, streams});
    return true;
  }

  bool end(Tree value) {
    waiting_.erase(firstOfOpen(), waiting_.end());
    key_ = std::move(open_.back().key);
    open_.pop_back();
    return add(std::move(value));
  }

  bool add(Tree value) {
    if (!open_.empty() && open_.back().streams) {
      (*take_)(std::move(value));
    } else {
      waiting_.emplace_back(std::exchange(key_, {}), std::move(value));
    }
    return true;
  }

  std::string_view streamed_;
  const std::function<void(Tree)>* take_;
  std::string key_, failure_;
  std::vector<Tree::Entry> waiting_;
  std::vector<Open> open_;
};

llvm::Expected<Tree> read(std::string_view text, Reader& reader) {
  if (isTooDeep(text))
    return llvm::createStringError(llvm::inconvertibleErrorCode(),
                                   "it nests deeper than %zu lists and objects", kDeepest);
  if (Json::sax_parse(text, &reader)) return reader.document();
  const std::string_view what(reader.failure());
  const std::size_t kind_end = what.find("] ");  // "[json.exception.parse_error.101] "
  return llvm::createStringError(
      llvm::inconvertibleErrorCode(), "%s",
      std::string(kind_end == std::string_view::npos ? what : what.substr(kind_end + 2)).c_str());
}

void writeText(const std::string& text, std::string& out) {
  const bool plain = std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return c >= ' ' && c < 128 && c != '"' && c != '\\';
  });
  if (!plain) {
    out += Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
    return;
  }
  out += '"';
  out += text;
  out += '"';
}

void write(const Tree& tree, std::string& out);

void writeMap(const Tree::Map& map, std::string& out) {
  char sign = '{';
  for (const auto& [key, value] : map) {
    out += std::exchange(sign, ',');
    writeText(key, out);
    out += ':';
    write(value, out);
  }
  out += map.empty() ? "{}" : "}";
}

void writeList(const Tree::List& list, std::string& out) {
  char sign = '[';
  for (const Tree& item : list) {
    out += std::exchange(sign, ',');
    write(item, out);
  }
  out += list.empty() ? "[]" : "]";
}

void write(const Tree& tree, std::string& out) {
  if (tree.isString()) return writeText(tree.asString(), out);
  if (tree.isMap()) return writeMap(tree.asMap(), out);
  if (tree.isList()) return writeList(tree.asList(), out);
  if (tree.isInt()) {
    out += std::to_string(tree.asInt());
  } else if (tree.isDouble()) {
    out += Json(tree.asDouble()).dump();
  } else if (tree.isBool()) {
    out += tree.asBool() ? "true" : "false";
  } else {
    out += "null";
  }
}

}  // namespace

llvm::Expected<Tree> parseJson(std::string_view text) {
  Reader reader({}, nullptr);
  return read(text, reader);
}

llvm::Expected<Tree> parseJsonList(std::string_view text, std::string_view key,
                                   const std::function<void(Tree)>& take) {
  Reader reader(key, &take);
  return read(text, reader);
}

std::string toJson(const Tree& tree) {
  std::string out;
  write(tree, out);
  return out;
}

}  // namespace gpuspec::ir
