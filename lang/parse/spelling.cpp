#include <iterator>

#include "lang/parse/lexer.h"

namespace gpuspec::parse {

namespace {

constexpr const char* kSpellings[] = {"the end of the file",
                                      "an attribute",
                                      "a name",
                                      "a string",
                                      "a string",
                                      "`}`",
                                      "`}`",
                                      "a value",
                                      "`project`",
                                      "`import`",
                                      "`param`",
                                      "`secret`",
                                      "`let`",
                                      "`output`",
                                      "`module`",
                                      "`assert`",
                                      "`for`",
                                      "`if`",
                                      "`else`",
                                      "`in`",
                                      "`allow`",
                                      "`scale_on`",
                                      "`expect`",
                                      "`port`",
                                      "`except`",
                                      "`as`",
                                      "`from`",
                                      "an annotation",
                                      "`=`",
                                      "`{`",
                                      "`}`",
                                      "`(`",
                                      "`)`",
                                      "`[`",
                                      "`]`",
                                      "`,`",
                                      "`:`",
                                      "`?`",
                                      "`.`",
                                      "`...`",
                                      "`..`",
                                      "`=>`",
                                      "`<`",
                                      "`>`",
                                      "`<=`",
                                      "`>=`",
                                      "`==`",
                                      "`!=`",
                                      "`+`",
                                      "`-`",
                                      "`*`",
                                      "`/`",
                                      "`%`",
                                      "`!`",
                                      "`&&`",
                                      "`||`"};
static_assert(std::size(kSpellings) == static_cast<std::size_t>(TokenKind::Or) + 1);

}  // namespace

const char* spelling(TokenKind kind) {
  return kSpellings[static_cast<std::size_t>(kind)];
}

}  // namespace gpuspec::parse
