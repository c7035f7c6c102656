#pragma once

// Our lexer behind ANTLR's TokenStream: tokens are made on demand and thrown away after each
// top-level item.

#include <memory>
#include <string>
#include <vector>

#include <antlr4-runtime.h>

#include "lang/parse/lexer.h"

namespace gpuspec::parse {

// One Lexeme as ANTLR wants to see it.
class SpecToken final : public antlr4::Token {
 public:
  Lexeme lexeme;
  std::size_t index = 0;

  std::string getText() const override { return {}; }
  size_t getType() const override {
    return lexeme.kind == TokenKind::EndOfFile ? antlr4::Token::EOF
                                               : static_cast<size_t>(lexeme.kind);
  }
  size_t getLine() const override { return 0; }
  size_t getCharPositionInLine() const override { return 0; }
  size_t getChannel() const override { return antlr4::Token::DEFAULT_CHANNEL; }
  size_t getTokenIndex() const override { return index; }
  size_t getStartIndex() const override { return lexeme.begin; }
  size_t getStopIndex() const override { return lexeme.end; }
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  antlr4::CharStream* getInputStream() const override { return nullptr; }
  std::string toString() const override { return {}; }
};

class SpecTokenStream final : public antlr4::TokenStream {
 public:
  // Reads from the lexer as far as needed.
  explicit SpecTokenStream(Lexer* lexer) : lexer_(lexer) {}
  // Reads a fixed list that ends with EndOfFile.
  explicit SpecTokenStream(const std::vector<Lexeme>& lexemes);

  // Forgets consumed tokens; the current one becomes number 0.
  void startItem();
  void restart(Lexer* lexer);
  const Lexeme& current() { return at(position_).lexeme; }
  const Lexeme& previous() const { return (*tokens_[position_ - 1]).lexeme; }
  std::size_t position() const { return position_; }

  antlr4::Token* LT(ssize_t k) override;
  antlr4::Token* get(size_t index) const override { return tokens_[index].get(); }
  antlr4::TokenSource* getTokenSource() const override { return nullptr; }
  std::string getText(const antlr4::misc::Interval&) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext*) override { return {}; }
  std::string getText(antlr4::Token*, antlr4::Token*) override { return {}; }
  void consume() override;
  size_t LA(ssize_t i) override { return i == 1 ? at(position_).getType() : LT(i)->getType(); }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return position_; }
  void seek(size_t index) override { position_ = index; }
  size_t size() override { return count_; }
  std::string getSourceName() const override { return {}; }

 private:
  SpecToken& at(std::size_t index) { return index < count_ ? *tokens_[index] : fetch(index); }
  SpecToken& fetch(std::size_t index);

  Lexer* lexer_ = nullptr;
  std::vector<std::unique_ptr<SpecToken>> tokens_;  // reused from item to item
  std::size_t count_ = 0;                           // of them in use
  std::size_t position_ = 0;
};

}  // namespace gpuspec::parse
