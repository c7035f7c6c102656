#include <sys/stat.h>

#include <fstream>
#include <set>
#include <sstream>

#include <gtest/gtest.h>

#include "backends/deploy/sandbox/server/server.h"
#include "tests/deploy/server/temp_folder.h"

namespace gpuspec::deploy::sandbox {
namespace {

namespace fs = std::filesystem;

std::string read(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(Certificates, AreMadeOnceAndPrivate) {
  TempFolder folder;
  const Certificates first = llvm::cantFail(openCertificates(folder.path() + "/tls"));
  const std::string server = read(first.server_certificate_file);
  for (const fs::directory_entry& file : fs::directory_iterator(folder.path() + "/tls")) {
    struct stat facts{};
    ASSERT_EQ(::stat(file.path().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777, 0600u) << file.path();
  }
  const Certificates second = llvm::cantFail(openCertificates(folder.path() + "/tls"));
  EXPECT_EQ(first.ca_pem, second.ca_pem);
  EXPECT_EQ(read(first.ca_file), first.ca_pem);
  EXPECT_EQ(read(second.server_certificate_file), server);
}

TEST(Certificates, ADamagedServerCertificateIsMadeAnewByTheSameCa) {
  TempFolder folder;
  const Certificates first = llvm::cantFail(openCertificates(folder.path()));
  std::ofstream(first.server_key_file, std::ios::trunc) << "half a";
  const Certificates second = llvm::cantFail(openCertificates(folder.path()));
  EXPECT_EQ(first.ca_pem, second.ca_pem);
  EXPECT_NE(read(second.server_key_file), "half a");
}

TEST(Certificates, ANewCaSignsANewServerCertificate) {
  TempFolder folder;
  const Certificates first = llvm::cantFail(openCertificates(folder.path()));
  const std::string server = read(first.server_certificate_file);
  fs::remove(first.ca_file);
  const Certificates second = llvm::cantFail(openCertificates(folder.path()));
  EXPECT_NE(first.ca_pem, second.ca_pem);
  EXPECT_NE(read(second.server_certificate_file), server);
}

TEST(Certificates, SayWhereTheyCannotBeWritten) {
  llvm::Expected<Certificates> got = openCertificates("/proc/nowhere");
  ASSERT_FALSE(static_cast<bool>(got));
  EXPECT_NE(llvm::toString(got.takeError()).find("/proc/nowhere"), std::string::npos);
}

TEST(Certificates, TokensAreLongAndDifferent) {
  std::set<std::string> tokens;
  for (int i = 0; i < 50; ++i) {
    const std::string token = randomToken();
    EXPECT_EQ(token.size(), 43u);
    EXPECT_EQ(token.find_first_of("+/="), std::string::npos);
    tokens.insert(token);
  }
  EXPECT_EQ(tokens.size(), 50u);
}

}  // namespace
}  // namespace gpuspec::deploy::sandbox
