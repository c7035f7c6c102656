// What others say, without what they were told.

#include "backends/deploy/http/secrets.h"
#include "backends/deploy/text/secret_names.h"

#include <gtest/gtest.h>

namespace gpuspec::deploy::http {
namespace {

TEST(HiddenSecrets, InEveryFormThatAServerMayRepeat) {
  Secrets secrets;
  secrets.add("p&ss\"w0rd~1");
  for (const char* text : {"p&ss\"w0rd~1", "p%26ss%22w0rd~1", "p&ss\\\"w0rd~1",
                           "cCZzcyJ3MHJkfjE=", "dXNlcjpwJnNzIncwcmR+MQ==", "eDpwJnNzIncwcmR-MQ",
                           "eHk6cCZzcyJ3MHJkfjE="}) {
    const std::string hidden = secrets.hiddenIn("it said: " + std::string(text) + " indeed");
    EXPECT_TRUE(hidden.find("***") != std::string::npos) << hidden;
    EXPECT_EQ(hidden.find("w0rd"), std::string::npos) << hidden;
    EXPECT_EQ(hidden.find("cwcmR"), std::string::npos) << hidden;
    EXPECT_EQ(hidden.find("3MHJk"), std::string::npos) << hidden;
  }
  EXPECT_EQ(secrets.hiddenIn("nothing of it"), "nothing of it");
}

TEST(HiddenSecrets, ShortOnesBlotOutNoWords) {
  Secrets secrets;
  secrets.add("a");
  secrets.add("");
  EXPECT_EQ(secrets.hiddenIn("a plan"), "a plan");
}

TEST(HiddenSecrets, WhatLooksLikeOne) {
  const std::pair<const char*, const char*> cases[] = {
      {"client_secret=hunter2&scope=x", "client_secret=***&scope=x"},
      {"{\"token\": \"hunter2\", \"user\": \"me\"}", "{\"token\": \"***\", \"user\": \"me\"}"},
      {"{\"token\":\"hunter2\"}", "{\"token\":\"***\"}"},
      {"sent Authorization: Bearer abc.def", "sent Authorization: Bearer ***"},
      {"proxy http://me:pw@host:80 said no", "proxy http://***@host:80 said no"},
      {"got eyJhbGciOi.J9.eyJhdWQiOiJ4In0_x9", "got ***"},
      {"the secret 8Q~abcDEF0123456789xyzXYZ is old", "the secret *** is old"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(withoutLikelySecrets(text), expected);
}

TEST(HiddenSecrets, WhatPeopleNeedStays) {
  for (const char* text :
       {"AADSTS700016: Application with identifier 'a' was not found in the directory 'x'. Trace "
        "ID: "
        "6f2e1c34-0b1d-4c7e-9d55-0123456789ab",
        "failed to get token: expected an empty error but received: context deadline exceeded",
        "dial tcp: lookup shared-dns-1a2b3c4d.hcp.westeurope.azmk8s.io:443: no such host",
        "open /home/runner/.azure/msal_token_cache.json: permission denied",
        "ERROR: Please run 'az login' to setup account."})
    EXPECT_EQ(withoutLikelySecrets(text), text);
}

TEST(HiddenSecrets, OneLineForATerminal) {
  EXPECT_EQ(oneLine("\n  \x1b[31mERROR\x1b[0m:\tno\r\nmore"), "[31mERROR [0m: no");
  EXPECT_EQ(oneLine(std::string(400, 'x')).size(), 304u);
}

TEST(SecretNames, OfFieldsAndTheirPaths) {
  for (const char* name : {"registry.adminPassword", "clientSecret", "API_TOKEN", "s3.accessKey",
                           "db.connectionString", "credentials", "tls.private-key"}) {
    EXPECT_TRUE(text::soundsSecret(name)) << name;
    EXPECT_TRUE(text::maySoundSecret(name)) << name;
  }
  for (const char* name : {"nodeSelector.key", "author", "signature", "bypass", "image"})
    EXPECT_FALSE(text::soundsSecret(name)) << name;
}

TEST(SecretNames, InTextsOfUnknownShape) {
  for (const char* name : {"sig", "SharedAccessKey", "client_assertion", "pwd", "authorization"})
    EXPECT_TRUE(text::maySoundSecret(name)) << name;
  EXPECT_FALSE(text::maySoundSecret("region"));
}

TEST(SecretNames, OfVariablesWordByWord) {
  for (const char* name : {"HF_TOKEN", "DB_PASSWORD", "OPENAIAPI_KEY", "AWS_SECRET_ACCESS_KEY",
                           "token", "GOOGLE_CREDENTIALS", "STORAGE_CONNECTION_STRING"})
    EXPECT_TRUE(text::isSecretVariable(name)) << name;
  for (const char* name :
       {"TOKENIZERS_PARALLELISM", "MAX_TOKENS", "KEY", "MONKEY", "API_KEYS_FILE"})
    EXPECT_FALSE(text::isSecretVariable(name)) << name;
}

}  // namespace
}  // namespace gpuspec::deploy::http
