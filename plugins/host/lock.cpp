#include "plugins/host/lock.h"

#include <algorithm>
#include <filesystem>

#include "lang/diag/catalogue.h"
#include "lang/source/sha256.h"
#include "plugins/host/reader.h"

namespace gpuspec::host {

namespace {

constexpr std::string_view kFormat = "1";
constexpr std::string_view kDigestMark = "sha256:";
constexpr std::string_view kHead =
    "# The plugins that this project is compiled with. Written by `gpuspec lock`; commit it.\n";

struct Word {
  std::string_view text;
  std::uint32_t begin = 0;  // of the file
};

std::vector<Word> wordsOf(std::string_view line, std::uint32_t line_begin) {
  std::vector<Word> words;
  std::size_t at = 0;
  while ((at = line.find_first_not_of(" \t\r", at)) != std::string_view::npos) {
    const std::size_t end = std::min(line.find_first_of(" \t\r", at), line.size());
    words.push_back({line.substr(at, end - at), line_begin + static_cast<std::uint32_t>(at)});
    at = end;
  }
  return words;
}

class LockReader {
 public:
  LockReader(const source::SourceMap& sources, source::FileId file_id, diag::Sink& sink)
      : file_(sources.file(file_id)), file_id_(file_id), sink_(sink) {}

  LockFile read() {
    for (std::uint32_t number = 1; good_ && number <= file_.lineCount(); ++number) {
      const std::vector<Word> words = wordsOf(file_.line(number), file_.lineStart(number));
      if (words.empty() || words[0].text.starts_with('#')) continue;
      lock_ ? readPlugin(words) : readFormat(words);
    }
    return {good_ ? std::move(lock_) : std::nullopt, good_};
  }

 private:
  source::Location place(const Word& first, const Word& last) const {
    return {{file_id_, first.begin, last.begin + static_cast<std::uint32_t>(last.text.size())}, {}};
  }
  source::Location place(const Word& word) const { return place(word, word); }

  diag::Report broken(const source::Location& at, const std::string& what) {
    good_ = false;
    return sink_.report(at, diag::LockBroken, what)
        .help("`gpuspec lock --update` writes it anew, from the plugins that are loaded now");
  }

  void readFormat(const std::vector<Word>& words) {
    if (words.size() != 2 || words[0].text != "format") {
      broken(place(words.front(), words.back()), "a lock file begins with `format 1`");
    } else if (words[1].text != kFormat) {
      good_ = false;
      sink_
          .report(place(words[1]), diag::LockFormatUnknown, std::string(words[1].text),
                  std::string(kFormat))
          .help("use the version of gpuspec that wrote it, or `gpuspec lock --update`");
    } else {
      lock_.emplace().at = place(words[0], words[1]);
    }
  }

  void readPlugin(const std::vector<Word>& words) {
    const bool shaped = words.size() == 4 && words[0].text == "plugin";
    if (!shaped) {
      broken(place(words.front(), words.back()),
             "a line is `plugin NAME VERSION sha256:DIGEST`, and this is none");
      return;
    }
    std::string_view digest = words[3].text;
    const bool marked = digest.starts_with(kDigestMark);
    if (marked) digest.remove_prefix(kDigestMark.size());
    if (!isPluginName(words[1].text)) {
      broken(place(words[1]), "`" + std::string(words[1].text) + "` is no plugin name");
    } else if (!isVersion(words[2].text)) {
      broken(place(words[2]), "`" + std::string(words[2].text) + "` is no version");
    } else if (!marked || !source::isSha256Hex(digest)) {
      broken(place(words[3]), "this is no `sha256:` with 64 digits of 0-9 and a-f");
    } else if (const LockedPlugin* earlier = lock_->find(words[1].text)) {
      broken(place(words[1]), "the plugin `" + earlier->name + "` has two lines")
          .note(earlier->at, "the other one");
    } else {
      lock_->plugins.push_back({std::string(words[1].text), std::string(words[2].text),
                                std::string(digest), place(words[1], words[3])});
    }
  }

  const source::File& file_;
  const source::FileId file_id_;
  diag::Sink& sink_;
  std::optional<Lock> lock_;
  bool good_ = true;
};

bool differs(const LockedPlugin& expected, const PluginFile& found, diag::Sink& sink) {
  diag::Report report = sink.report(expected.at, diag::PluginDiffers, expected.name);
  report.fact("expected " + expected.version + ", sha256:" + expected.sha256);
  report.fact("found " + (found.version.empty() ? "" : found.version + ", ") +
              "sha256:" + found.sha256 + " in " + found.path);
  report.help("if the change is wanted, `gpuspec lock --update` takes it over");
  return false;
}

bool unknown(const Lock& lock, const PluginFile& found, diag::Sink& sink) {
  diag::Report report =
      sink.report(lock.at, diag::PluginNotLocked,
                  found.name.empty() ? found.path : found.name + "` from `" + found.path);
  std::string names;
  for (const LockedPlugin& plugin : lock.plugins)
    names += (names.empty() ? "" : ", ") + plugin.name + " " + plugin.version;
  report.fact("it names: " + (names.empty() ? "none" : names));
  report.fact("found sha256:" + found.sha256);
  report.help("if the plugin is wanted, `gpuspec lock` with the same options adds it");
  return false;
}

}  // namespace

const LockedPlugin* Lock::find(std::string_view name) const {
  const auto found = std::find_if(plugins.begin(), plugins.end(),
                                  [&](const LockedPlugin& plugin) { return plugin.name == name; });
  return found == plugins.end() ? nullptr : &*found;
}

const LockedPlugin* Lock::findDigest(std::string_view sha256) const {
  const auto found = std::find_if(plugins.begin(), plugins.end(), [&](const LockedPlugin& plugin) {
    return plugin.sha256 == sha256;
  });
  return found == plugins.end() ? nullptr : &*found;
}

LockFile readLock(const source::SourceMap& sources, source::FileId file_id, diag::Sink& sink) {
  return LockReader(sources, file_id, sink).read();
}

std::string lockText(std::vector<LockedPlugin> plugins) {
  std::sort(plugins.begin(), plugins.end(),
            [](const LockedPlugin& a, const LockedPlugin& b) { return a.name < b.name; });
  std::string text = std::string(kHead) + "format " + std::string(kFormat) + "\n";
  for (const LockedPlugin& plugin : plugins) {
    text += "plugin " + plugin.name + " " + plugin.version + " " + std::string(kDigestMark) +
            plugin.sha256 + "\n";
  }
  return text;
}

bool admits(const Lock& lock, const PluginFile& file, bool additions, diag::Sink& sink) {
  if (lock.findDigest(file.sha256) != nullptr) return true;
  // A plugin's file is mostly called as the plugin is.
  const std::string stem = std::filesystem::path(file.path).stem().string();
  if (const LockedPlugin* expected = lock.find(stem)) return differs(*expected, file, sink);
  return additions || unknown(lock, file, sink);
}

bool confirms(const Lock& lock, const PluginFile& file, bool additions, diag::Sink& sink) {
  const LockedPlugin* expected = lock.find(file.name);
  if (expected == nullptr) return additions || unknown(lock, file, sink);
  const bool same = expected->version == file.version && expected->sha256 == file.sha256;
  return same || differs(*expected, file, sink);
}

}  // namespace gpuspec::host
