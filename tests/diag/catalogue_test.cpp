#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "lang/diag/catalogue.h"

namespace gpuspec::diag {
namespace {

struct Family {
  const char* file;
  std::uint16_t first;
  std::uint16_t last;
  std::vector<std::uint16_t> codes;
};

std::vector<Family> families() {
  return {
#define GPUSPEC_DIAG(code, name, level, kind, format, ...) code,
      {"syntax",
       1000,
       1999,
       {
#include "lang/diag/catalogue/syntax.def"
       }},
      {"names",
       2000,
       2199,
       {
#include "lang/diag/catalogue/names.def"
       }},
      {"spec",
       2200,
       2499,
       {
#include "lang/diag/catalogue/spec.def"
       }},
      {"capacity",
       3000,
       3199,
       {
#include "lang/diag/catalogue/capacity.def"
       }},
      {"vendor",
       3200,
       3299,
       {
#include "lang/diag/catalogue/vendor.def"
       }},
      {"targets",
       4000,
       4999,
       {
#include "lang/diag/catalogue/targets.def"
       }},
      {"plugins",
       5000,
       5999,
       {
#include "lang/diag/catalogue/plugins.def"
       }},
      {"world",
       6000,
       6999,
       {
#include "lang/diag/catalogue/world.def"
       }},
      {"live",
       6050,
       6079,
       {
#include "lang/diag/catalogue/live.def"
       }},
      {"isolation",
       7000,
       7999,
       {
#include "lang/diag/catalogue/isolation.def"
       }},
      {"lifecycle",
       8000,
       8999,
       {
#include "lang/diag/catalogue/lifecycle.def"
       }},
      {"allow",
       8090,
       8099,
       {
#include "lang/diag/catalogue/allow.def"
       }},
#undef GPUSPEC_DIAG
  };
}

TEST(Catalogue, EveryFamilyKeepsToItsRange) {
  std::size_t count = 0;
  for (const Family& family : families()) {
    for (const std::uint16_t code : family.codes) {
      EXPECT_TRUE(code >= family.first && code <= family.last)
          << codeName(code) << " in " << family.file << ".def";
      const bool about_allowances = code >= 8090 && code <= 8099;
      EXPECT_EQ(about_allowances, std::string(family.file) == "allow") << codeName(code);
    }
    count += family.codes.size();
  }
  EXPECT_EQ(count, allCodes().size()) << "a family file is missing in all.def or in this test";
}

TEST(Catalogue, CodesAreSortedAndUnique) {
  const std::vector<const CodeInfo*>& codes = allCodes();
  ASSERT_FALSE(codes.empty());
  for (std::size_t i = 1; i < codes.size(); ++i) {
    EXPECT_LT(codes[i - 1]->code, codes[i]->code)
        << codes[i - 1]->name << " and " << codes[i]->name;
  }
}

TEST(Catalogue, TextsKeepTheirStyle) {
  for (const CodeInfo* info : allCodes()) {
    const std::string text = info->format;
    ASSERT_FALSE(text.empty()) << info->name;
    EXPECT_NE(text.back(), '.') << codeName(info->code);
    EXPECT_EQ(std::count(text.begin(), text.end(), '`') % 2, 0) << codeName(info->code);
    EXPECT_EQ(text.find('\n'), std::string::npos) << codeName(info->code);
  }
}

template <class... Args>
constexpr std::size_t argumentCount(const Code<Args...>&) {
  return sizeof...(Args);
}

TEST(Catalogue, EveryArgumentIsShown) {
  const std::map<std::uint16_t, std::size_t> counts = {
#define GPUSPEC_DIAG(code, name, level, kind, format, ...) {code, argumentCount(name)},
#include "lang/diag/catalogue/all.def"
#undef GPUSPEC_DIAG
  };
  for (const CodeInfo* info : allCodes()) {
    const std::string text = info->format;
    const std::size_t count = counts.at(info->code);
    EXPECT_EQ(text.find("{" + std::to_string(count) + "}"), std::string::npos)
        << codeName(info->code) << " shows an argument that it does not take";
    // The last may be left out: what only a fix or a help text needs.
    for (std::size_t i = 0; i + 1 < count; ++i) {
      EXPECT_NE(text.find("{" + std::to_string(i) + "}"), std::string::npos)
          << codeName(info->code) << " argument " << i;
    }
  }
}

TEST(Catalogue, CodesAreFoundByNumberAndByName) {
  ASSERT_NE(findCode(1002), nullptr);
  EXPECT_STREQ(findCode(1002)->name, "UnterminatedString");
  EXPECT_EQ(findCode(0), nullptr);
  EXPECT_EQ(findCode(9999), nullptr);
  EXPECT_EQ(codeName(1002), "GS1002");
  EXPECT_EQ(codeName(7), "GS0007");
  EXPECT_EQ(parseCode("GS1002"), 1002);
  EXPECT_EQ(parseCode("gs1002"), 1002);
  EXPECT_EQ(parseCode("1002"), 1002);
  for (const char* wrong :
       {"", "GS", "GS9999", "GS1002x", "-1002", "GSGS1002", "99991002", " 1002"}) {
    EXPECT_EQ(parseCode(wrong), 0) << wrong;
  }
}

TEST(Format, FitsTheArticleToTheWord) {
  EXPECT_EQ(format("a {0} has no `{1}`", {"accelerator", "x"}), "an accelerator has no `x`");
  EXPECT_EQ(format("name of a {0}", {"object"}), "name of an object");
  EXPECT_EQ(format("name of a {0}", {"pool"}), "name of a pool");
  EXPECT_EQ(format("extra {0}", {"object"}), "extra object");
  EXPECT_EQ(withArticle("integer"), "an integer");
  EXPECT_EQ(withArticle(""), "a ");
}

TEST(Format, ReplacesNumberedFields) {
  EXPECT_EQ(format("{0} of {1}, {0}", {"a", "b"}), "a of b, a");
  EXPECT_EQ(format("{} {x} {2} {", {"a", "b"}), "{} {x} {2} {");
  EXPECT_EQ(format("{0}", {"{1}", "b"}), "{1}") << "an argument is not a pattern";
  EXPECT_EQ(format("{99999999999999999999}", {"a"}), "{99999999999999999999}");
}

TEST(Nearest, FindsWhatWasMeant) {
  const std::vector<std::string> names = {"profile", "strategy", "layout", "layouts", "vm"};
  using Names = std::vector<std::string>;
  EXPECT_EQ(nearest("profle", names), Names{"profile"});
  EXPECT_EQ(nearest("startegy", names), Names{"strategy"});
  EXPECT_EQ(nearest("Profile", names), Names{"profile"});
  EXPECT_EQ(nearest("layot", names, 2), (Names{"layout", "layouts"}));
  EXPECT_EQ(nearest("layot", names, 0), Names{});
  EXPECT_EQ(nearest("mv", names), Names{"vm"});
  EXPECT_EQ(nearest("x", names), Names{});
  EXPECT_EQ(nearest("", {"a"}), Names{});
  EXPECT_EQ(nearest("taints", {}), Names{});
}

TEST(Nearest, DoesNotDependOnTheOrderOfCandidates) {
  EXPECT_EQ(nearest("pool", {"poll", "pola", "tool"}, 3),
            nearest("pool", {"tool", "pola", "poll"}, 3));
}

}  // namespace
}  // namespace gpuspec::diag
