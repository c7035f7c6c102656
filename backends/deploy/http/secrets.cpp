#include "backends/deploy/http/secrets.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

#include "backends/deploy/text/secret_names.h"

namespace gpuspec::deploy::http {
namespace {

constexpr std::size_t kShortest = 6;         // of a secret that is looked for
constexpr std::size_t kShortestChance = 20;  // of a word that may be one
constexpr std::size_t kLongestLine = 300;
constexpr std::string_view kHidden = "***";

bool isAlnum(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0;
}

std::string base64(std::string_view bytes, std::string_view last_two) {
  const std::string digits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + std::string(last_two);
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : bytes) {
    bits = bits << 8 | static_cast<unsigned char>(c);
    for (count += 8; count >= 6; count -= 6) out += digits[bits >> (count - 6) & 63];
  }
  return out;  // without the last, incomplete digit: it depends on what follows
}

// What base64 makes of the secret where `skipped` bytes of something stand before it.
std::string base64Within(std::string_view secret, std::size_t skipped, std::string_view last_two) {
  static constexpr std::array<std::size_t, 3> kTouched = {0, 2, 3};
  return base64(std::string(skipped, '\0') + std::string(secret), last_two)
      .substr(kTouched[skipped]);
}

std::string percentEncoded(std::string_view text, const char* digits) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = isAlnum(c) || std::string_view("-._~").find(c) != std::string_view::npos;
    out += plain ? std::string(1, c) : std::string{'%', digits[byte >> 4], digits[byte & 15]};
  }
  return out;
}

std::string jsonEscaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? "\\n" : std::string(1, c);
  }
  return out;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool isGuid(std::string_view word) {
  if (word.size() != 36) return false;
  for (std::size_t i = 0; i < word.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? word[i] != '-' : std::isxdigit(static_cast<unsigned char>(word[i])) == 0)
      return false;
  }
  return true;
}

// "shared-dns-1a2b3c4d.hcp.westeurope.azmk8s.io:443"
bool isHost(std::string_view word) {
  std::size_t label = 0, dots = 0;
  for (const char c : word) {
    if (std::isupper(static_cast<unsigned char>(c)) != 0) return false;
    if (!isAlnum(c) && c != '-' && c != '.' && c != ':') return false;
    dots += c == '.' ? 1 : 0;
    label = c == '.' ? 0 : label + 1;
    if (label > 32) return false;
  }
  return dots > 0;
}

bool isPath(std::string_view word) {
  return word.starts_with('/') || word.starts_with("./") || word.starts_with("http://") ||
         word.starts_with("https://");
}

bool looksDrawn(std::string_view word) {
  const bool digit =
      std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
  const bool letter =
      std::any_of(word.begin(), word.end(), [](unsigned char c) { return std::isalpha(c) != 0; });
  return word.size() >= kShortestChance && digit && letter && !isGuid(word) && !isHost(word) &&
         !isPath(word);
}

// Goes through a text word by word, and knows what stood before each.
class Hiding {
 public:
  explicit Hiding(const std::string& text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size()) {
      const std::size_t end = endOfWord();
      if (end == at_) {
        if (text_[at_] != ' ') gap_ += text_[at_];
        out_ += text_[at_++];
        continue;
      }
      const std::string word = text_.substr(at_, end - at_);
      at_ = end;
      out_ += shown(word);
      if (word == ":") {
        gap_ += word;
        continue;
      }
      before_ = word;
      gap_.clear();
    }
    return std::move(out_);
  }

 private:
  std::size_t endOfWord() const {
    return std::min(text_.find_first_of(" \t\r\n\"'`,;=<>(){}[]&", at_), text_.size());
  }

  // `a=b`, `"a":"b"`, `Bearer b`, `Authorization: b c`.
  bool followsName() const {
    const bool assigned =
        gap_.find('=') != std::string::npos || gap_.find("\":") != std::string::npos;
    const std::string before = lower(before_);
    return (assigned && text::maySoundSecret(before)) || before == "bearer" || before == "basic" ||
           before == "authorization:" || before == "password:";
  }

  std::string shown(const std::string& word) const {
    const std::size_t at = word.rfind('@'), slashes = word.find("://");
    if (at != std::string::npos && slashes != std::string::npos && slashes < at)
      return word.substr(0, slashes + 3) + std::string(kHidden) + word.substr(at);
    if (word == ":" || lower(word) == "bearer" || lower(word) == "basic") return word;
    return followsName() || looksDrawn(word) ? std::string(kHidden) : word;
  }

  const std::string& text_;
  std::string out_, before_, gap_;
  std::size_t at_ = 0;
};

}  // namespace

void Secrets::add(std::string_view secret) {
  if (secret.size() < kShortest) return;
  const auto form = [&](std::string text) {
    if (text.size() >= kShortest && std::find(forms_.begin(), forms_.end(), text) == forms_.end())
      forms_.push_back(std::move(text));
  };
  form(std::string(secret));
  form(jsonEscaped(secret));
  form(percentEncoded(secret, "0123456789ABCDEF"));
  form(percentEncoded(secret, "0123456789abcdef"));
  for (const std::size_t skipped : {0u, 1u, 2u}) {
    form(base64Within(secret, skipped, "+/"));
    form(base64Within(secret, skipped, "-_"));
  }
  // A longer one first: a part of it must not be taken out before.
  std::stable_sort(forms_.begin(), forms_.end(),
                   [](const auto& a, const auto& b) { return a.size() > b.size(); });
}

std::string Secrets::hiddenIn(std::string text) const {
  for (const std::string& form : forms_) {
    for (std::size_t at = text.find(form); at != std::string::npos; at = text.find(form, at))
      text.replace(at, form.size(), kHidden), at += kHidden.size();
  }
  return text;
}

std::string withoutLikelySecrets(const std::string& text) {
  return Hiding(text).run();
}

std::string oneLine(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n' && !out.empty()) break;
    const bool control = static_cast<unsigned char>(c) < ' ' || c == 0x7f;
    if ((control || c == ' ') && (out.empty() || out.back() == ' ')) continue;
    out += control ? ' ' : c;
  }
  const std::size_t end = out.find_last_not_of(' ');
  out.resize(end == std::string::npos ? 0 : end + 1);
  if (out.size() <= kLongestLine) return out;
  std::size_t cut = kLongestLine;
  while (cut > 0 && (static_cast<unsigned char>(out[cut]) & 0xC0) == 0x80) --cut;
  return out.substr(0, cut) + " ...";
}

}  // namespace gpuspec::deploy::http
