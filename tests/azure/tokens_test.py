"""Signing in with azure-identity, and what is refused without a good token."""

import base64
import hashlib
import hmac
import json
import ssl
import time
import urllib.error
import urllib.request

from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError
from azure.identity import DefaultAzureCredential
from azure.mgmt.resource.resources import ResourceManagementClient
from sandbox_case import SCOPE, SandboxCase, main


def part(value):
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class StaticCredential:
    def __init__(self, text):
        self.text = text

    def get_token(self, *_scopes, **_options):
        return AccessToken(self.text, int(time.time()) + 3600)


class Tokens(SandboxCase):
    def groups_with(self, credential):
        client = ResourceManagementClient(credential, self.subscription, base_url=self.endpoint, credential_scopes=[SCOPE])
        return list(client.resource_groups.list())

    def signed(self, **claims):
        """A token as the sandbox signs its own, with other claims."""
        good = self.credential.get_token(SCOPE).token.split(".")
        middle = json.loads(base64.urlsafe_b64decode(good[1] + "=" * (-len(good[1]) % 4)))
        text = good[0] + "." + part(json.dumps({**middle, **claims}).encode())
        key = self.environment["AZURE_CLIENT_SECRET"].encode()
        return text + "." + part(hmac.new(key, text.encode(), hashlib.sha256).digest())

    def raw(self, authorization=None):
        """(status, headers, error) of a plain GET of the resource groups."""
        url = f"{self.endpoint}/subscriptions/{self.subscription}/resourcegroups?api-version=2025-04-01"
        request = urllib.request.Request(url, headers={"Authorization": authorization} if authorization else {})
        trusting = ssl.create_default_context(cafile=self.environment["REQUESTS_CA_BUNDLE"])
        try:
            with urllib.request.urlopen(request, context=trusting) as answer:
                return answer.status, answer.headers, None
        except urllib.error.HTTPError as answer:
            return answer.code, answer.headers, json.load(answer)["error"]

    def test_the_shells_environment_is_enough(self):
        credential = DefaultAzureCredential(disable_instance_discovery=True)
        self.assertEqual(self.groups_with(credential), [])

    def test_a_wrong_secret_is_refused(self):
        with self.assertRaises(ClientAuthenticationError) as caught:
            self.credential_with(client_secret="guess-4711").get_token(SCOPE)
        self.assertIn("AADSTS7000215", caught.exception.message)
        self.assertNotIn("guess-4711", caught.exception.message)

    def test_an_unknown_application_is_refused(self):
        with self.assertRaises(ClientAuthenticationError) as caught:
            self.credential_with(client_id="00000000-1111-4222-8333-444444444444").get_token(SCOPE)
        self.assertIn("AADSTS700016", caught.exception.message)

    def test_an_unknown_tenant_is_refused(self):
        with self.assertRaises(ClientAuthenticationError):
            self.credential_with(tenant_id="00000000-1111-4222-8333-444444444444").get_token(SCOPE)

    def test_the_token_says_how_long_it_lives(self):
        token = self.credential.get_token(SCOPE)
        self.assertAlmostEqual(token.expires_on, time.time() + 3600, delta=60)

    def test_without_a_token_nothing_is_shown(self):
        status, headers, error = self.raw()
        self.assertEqual((status, error["code"]), (401, "AuthenticationFailed"))
        challenge = headers["WWW-Authenticate"]
        self.assertTrue(challenge.startswith("Bearer "), challenge)
        authority = f'{self.environment["AZURE_AUTHORITY_HOST"]}/{self.environment["AZURE_TENANT_ID"]}'
        self.assertIn(f'authorization_uri="{authority}"', challenge)

    def test_an_expired_token_is_refused(self):
        past = int(time.time()) - 5
        expired = self.signed(exp=past)
        status, headers, error = self.raw("Bearer " + expired)
        self.assertEqual((status, error["code"]), (401, "ExpiredAuthenticationToken"))
        self.assertIn('error="invalid_token"', headers["WWW-Authenticate"])
        with self.refused(401, "ExpiredAuthenticationToken"):
            self.groups_with(StaticCredential(expired))
        self.assertEqual(self.raw("Bearer " + self.signed(exp=past + 600))[0], 200, "so it was the time alone")

    def test_a_forged_token_is_refused(self):
        good = self.credential.get_token(SCOPE).token
        head, middle, tail = good.split(".")
        other = part(json.dumps({"exp": int(time.time()) + 600, "tid": self.environment["AZURE_TENANT_ID"]}).encode())
        for forged in (f"{head}.{other}.{tail}", f"{head}.{middle}.", good[:-4] + "AAAA", "x",
                       self.signed(tid="00000000-1111-4222-8333-444444444444")):
            status, _, error = self.raw("Bearer " + forged)
            self.assertEqual((status, error["code"]), (401, "InvalidAuthenticationToken"), forged)

    def test_a_token_for_another_service_is_refused(self):
        with self.refused(401, "InvalidAuthenticationTokenAudience", "https://management.azure.com/"):
            self.groups_with(StaticCredential(self.credential.get_token("https://vault.azure.net/.default").token))


if __name__ == "__main__":
    main()
