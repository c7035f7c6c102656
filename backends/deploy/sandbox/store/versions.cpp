#include "backends/deploy/sandbox/store/versions.h"

#include <algorithm>

namespace gpuspec::deploy::sandbox {

void Versions::load(std::vector<Entry> entries, std::int64_t revision) {
  revision_ = oldest_ = revision;
  for (Entry& entry : entries) {
    std::string key = entry.key;
    keys_[std::move(key)] = {std::move(entry)};
  }
}

const Entry* Versions::find(std::string_view key) const {
  const auto found = keys_.find(key);
  if (found == keys_.end() || !found->second.back().value) return nullptr;
  return &found->second.back();
}

const Entry* Versions::findAt(const History& history, std::int64_t revision) const {
  const auto after = std::upper_bound(
      history.begin(), history.end(), revision,
      [](std::int64_t wanted, const Entry& entry) { return wanted < entry.modified; });
  if (after == history.begin()) return nullptr;
  const Entry& entry = *std::prev(after);
  return entry.value ? &entry : nullptr;
}

Page Versions::list(std::string_view prefix, std::size_t limit, std::string_view from_key,
                    std::int64_t at_revision) const {
  Page page;
  page.revision = at_revision == 0 ? revision_ : std::min(at_revision, revision_);
  for (auto at = keys_.lower_bound(std::max(prefix, from_key));
       at != keys_.end() && std::string_view(at->first).starts_with(prefix); ++at) {
    const Entry* entry = findAt(at->second, page.revision);
    if (entry == nullptr) continue;
    if (limit == 0 || page.entries.size() < limit) {
      page.entries.push_back(*entry);
    } else {
      if (page.remaining++ == 0) page.next_key = at->first;
    }
  }
  return page;
}

std::vector<std::string> Versions::keys(std::string_view prefix) const {
  std::vector<std::string> keys;
  for (auto at = keys_.lower_bound(prefix);
       at != keys_.end() && std::string_view(at->first).starts_with(prefix); ++at) {
    if (at->second.back().value) keys.push_back(at->first);
  }
  return keys;
}

void Versions::apply(Event event) {
  revision_ = event.entry.modified;
  keys_[event.entry.key].push_back(event.entry);
  events_.push_back(std::move(event));
  // In steps, so that a key that changes often is not moved along at each change.
  if (revision_ - oldest_ > history_ + history_ / 8) compact(revision_ - history_);
}

std::vector<Event> Versions::eventsAfter(std::string_view prefix, std::int64_t revision) const {
  std::vector<Event> events;
  auto at = std::upper_bound(
      events_.begin(), events_.end(), revision,
      [](std::int64_t wanted, const Event& event) { return wanted < event.entry.modified; });
  for (; at != events_.end(); ++at) {
    if (std::string_view(at->entry.key).starts_with(prefix)) events.push_back(*at);
  }
  return events;
}

void Versions::compact(std::int64_t before_revision) {
  oldest_ = std::max(oldest_, std::min(before_revision, revision_));
  while (!events_.empty() && events_.front().entry.modified <= oldest_) {
    prune(events_.front().entry.key);
    events_.pop_front();
  }
}

// Keeps what is newer than the oldest state, and what that state shows.
void Versions::prune(const std::string& key) {
  const auto found = keys_.find(key);
  if (found == keys_.end()) return;
  History& history = found->second;
  auto keep = std::upper_bound(
      history.begin(), history.end(), oldest_,
      [](std::int64_t wanted, const Entry& entry) { return wanted < entry.modified; });
  if (keep != history.begin() && std::prev(keep)->value) --keep;
  history.erase(history.begin(), keep);
  if (history.empty()) keys_.erase(found);
}

}  // namespace gpuspec::deploy::sandbox
