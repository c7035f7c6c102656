#include "lang/parse/token_stream.h"

#include <algorithm>
#include <utility>

namespace gpuspec::parse {

SpecTokenStream::SpecTokenStream(const std::vector<Lexeme>& lexemes) {
  for (const Lexeme& lexeme : lexemes) {
    tokens_.push_back(std::make_unique<SpecToken>());
    tokens_.back()->lexeme = lexeme;
    tokens_.back()->index = count_++;
  }
}

SpecToken& SpecTokenStream::fetch(std::size_t index) {
  while (index >= count_) {
    if (lexer_ == nullptr) return *tokens_[count_ - 1];
    if (count_ == tokens_.size()) tokens_.push_back(std::make_unique<SpecToken>());
    tokens_[count_]->lexeme = lexer_->next();
    tokens_[count_]->index = count_;
    ++count_;
  }
  return *tokens_[index];
}

void SpecTokenStream::startItem() {
  // Kept: the token before (for ranges) and what was looked at already.
  const std::size_t keep_from = position_;
  for (std::size_t i = keep_from; i < count_; ++i) {
    std::swap(tokens_[i - keep_from], tokens_[i]);
    tokens_[i - keep_from]->index = i - keep_from;
  }
  count_ -= keep_from;
  position_ = 0;
}

void SpecTokenStream::restart(Lexer* lexer) {
  lexer_ = lexer;
  count_ = position_ = 0;
}

antlr4::Token* SpecTokenStream::LT(ssize_t k) {
  if (k > 0) return &fetch(position_ + static_cast<std::size_t>(k) - 1);
  const auto back = static_cast<std::size_t>(-k);
  return back == 0 || back > position_ ? nullptr : tokens_[position_ - back].get();
}

void SpecTokenStream::consume() {
  fetch(position_);
  ++position_;
}

}  // namespace gpuspec::parse
