#include "backends/deploy/apply/view_text.h"

#include <set>

namespace gpuspec::deploy::apply {

namespace {

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

bool isSmall(const plan::Change& change) {
  return change.key.system == model::System::Kubernetes;
}

bool neverBegan(const Outcome& outcome) {
  return outcome.state == State::Skipped || (outcome.state == State::Interrupted &&
                                             outcome.took.count() == 0 && outcome.error.empty());
}

std::string_view wordOf(State state) {
  return state == State::Interrupted ? "stopped" : str(state);
}

std::string printable(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool control = byte < 0x20 || byte == 0x7F;
    if (!control) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::size_t columnsOf(std::string_view text) {
  std::size_t columns = 0;
  for (const char c : text) columns += !continues(c);
  return columns;
}

std::string padded(std::string_view text, std::size_t columns) {
  std::string out(text);
  const std::size_t has = columnsOf(text);
  if (has < columns) out.append(columns - has, ' ');
  return out;
}

std::string cutTo(std::string_view text, std::size_t columns, bool unicode) {
  if (columnsOf(text) <= columns) return std::string(text);
  const std::string_view dots = unicode ? "…" : "...";
  const std::size_t dot_columns = columnsOf(dots);
  const std::size_t keep = columns > dot_columns ? columns - dot_columns : 0;
  std::size_t at = 0, kept = 0;
  while (at < text.size()) {
    if (!continues(text[at]) && ++kept > keep) break;
    ++at;
  }
  return std::string(text.substr(0, at)) +
         (columns >= dot_columns ? std::string(dots) : std::string());
}

std::string groupedNumber(std::size_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

std::string errorText(const Outcome& outcome) {
  return printable(outcome.code.empty() ? outcome.error : outcome.code + ": " + outcome.error);
}

Objects::Objects(const plan::Plan& plan) {
  std::set<std::string> clusters;
  for (const plan::Change& change : plan.changes) {
    clusters.insert(change.key.cluster);
    if (isSmall(change)) ++of(change).all;
  }
  many_clusters_ = clusters.size() > 1;
}

std::string Objects::text(const std::string& cluster) const {
  const ObjectCount& count = counts_.at(cluster);
  const std::string all = groupedNumber(count.all) + (count.all == 1 ? " object" : " objects");
  return (count.done == count.all ? all : groupedNumber(count.done) + " of " + all) +
         (many_clusters_ ? " in " + cluster : "");
}

std::string Objects::nameIn(const plan::Change& change) const {
  const std::string name = nameOf(change);
  const bool says_it = change.key.name == change.key.cluster;  // "cluster shared"
  return printable(many_clusters_ && !says_it ? name + " in " + change.key.cluster : name);
}

}  // namespace gpuspec::deploy::apply
