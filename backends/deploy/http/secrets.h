#pragma once

// Texts of others (error bodies, what programs print) may repeat what these were told. Whatever is
// taken from them into a message goes through here first.

#include <string>
#include <string_view>
#include <vector>

namespace gpuspec::deploy::http {

class Secrets {
 public:
  // Very short ones are left out: they would blot out words that mean nothing.
  void add(std::string_view secret);
  // With *** in place of each: as it is, in base64 (also as a part of something), percent-encoded
  // or escaped for JSON.
  std::string hiddenIn(std::string text) const;

 private:
  std::vector<std::string> forms_;
};

// For texts whose secrets nobody knows: hides what follows `Bearer` and `password=` and their like,
// users and passwords in URLs, and long words that look drawn by chance; ids (GUIDs), host names
// and paths stay.
std::string withoutLikelySecrets(const std::string& text);

// The first line that says something, shortened, with spaces for everything that no terminal should
// be told.
std::string oneLine(std::string_view text);

}  // namespace gpuspec::deploy::http
