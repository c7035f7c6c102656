"""Servers on loopback that stand between gpuspec and a sandbox: an API that takes other credentials than the sandbox's, and a proxy."""

import base64
import http.client
import http.server
import json
import os
import pathlib
import select
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

GPUSPEC, ROOT = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])

SPEC = """project "cred"
cluster shared { resource_group = "rg-cred"  location = "westeurope"  version = "1.36"
  network { plugin = azure_overlay  policy = cilium  dataplane = cilium } }
pool system { cluster = shared  mode = system  vm = "Standard_D4s_v5"  nodes = 1 }
team vision { clusters = [shared]  quota { cpu = 8cpu } }
"""

PLAIN = """project "cred"
cluster lab { platform = kubernetes  context = "lab" }
manifest settings { cluster = lab  object = { apiVersion = "v1", kind = "ConfigMap",
  metadata = { name = "settings", namespace = "default" }, data = { a = "1" } } }
"""


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64
    context = None

    def finish_request(self, request, client_address):
        if not self.context:
            return super().finish_request(request, client_address)
        request.settimeout(60)
        with self.context.wrap_socket(request, server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)

    def handle_error(self, request, client_address):
        """Clients that hang up are no news."""

    def begin(self):
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    @property
    def port(self):
        return self.server_address[1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def answer(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)


class GatewayHandler(Handler):
    def do(self):
        gateway, body = self.server.gateway, self.body()
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        certificate = self.connection.getpeercert() if gateway.wants_certificate else None
        gateway.seen.append((self.command, self.path, bearer, certificate))
        if gateway.on_request:
            gateway.on_request(self.path)
        if self.path.endswith("/oauth2/v2.0/token"):
            return self.answer(*gateway.token(urllib.parse.parse_qs(body.decode())))
        is_kube = self.path.startswith("/clusters/")
        refused = gateway.refusal(self.command, self.path)
        known = gateway.kube_tokens if is_kube else gateway.arm_tokens
        if bearer not in known and not (is_kube and certificate):
            refused = refused or 401
        if refused:
            said = f"you sent {dict(self.headers)} and {body.decode(errors='replace')}"
            status = {"kind": "Status", "status": "Failure", "message": said, "reason": "Refused", "code": refused}
            return self.answer(refused, status if is_kube else {"error": {"code": "Refused", "message": said}})
        self.forward(gateway, body, gateway.access["token"] if is_kube else gateway.arm_token())

    do_GET = do_PUT = do_POST = do_PATCH = do_DELETE = do_HEAD = do

    def forward(self, gateway, body, token):
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("host", "connection")}
        headers["Authorization"] = "Bearer " + token
        upstream = gateway.connect()
        upstream.request(self.command, self.path, body or None, headers)
        response = upstream.getresponse()
        data = response.read()
        upstream.close()
        ours, theirs = f"127.0.0.1:{self.server.port}", f"127.0.0.1:{gateway.access['port']}"
        if self.path.split("?")[0].endswith("/listClusterUserCredential") and response.status == 200:
            data = gateway.kubeconfig_answer(data)
        kept = [(name, value.replace(theirs, ours)) for name, value in response.getheaders()
                if name.lower() not in ("content-length", "transfer-encoding", "connection", "keep-alive")]
        self.answer(response.status, data.replace(theirs.encode(), ours.encode()), kept)


class Gateway:
    """The sandbox behind credentials of the test's own."""

    def __init__(self, folder, wants_certificate=False):
        self.access = json.loads(pathlib.Path(folder, "access.json").read_text())
        self.wants_certificate = wants_certificate
        self.seen, self.on_request = [], None
        self.kube_tokens, self.arm_tokens = set(), set()
        self.proofs = {}  # the form's field -> what it has to be
        self.token_body = None  # in place of a token: (status, text of the error)
        self.refusal = lambda method, path: None
        self.user = None  # of the kubeconfigs that ARM hands out
        self._arm = None
        self.trust = ssl.create_default_context(cafile=self.access["ca_file"])
        self.server = Server(("127.0.0.1", 0), GatewayHandler)
        self.server.gateway = self
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(f"{folder}/tls/server.pem", f"{folder}/tls/server.key")
        if wants_certificate:
            context.verify_mode = ssl.CERT_OPTIONAL
            context.load_verify_locations(self.access["ca_file"])
        self.server.context = context
        self.server.begin()
        self.url = f"https://127.0.0.1:{self.server.port}"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def connect(self):
        return http.client.HTTPSConnection("127.0.0.1", self.access["port"], context=self.trust, timeout=60)

    def arm_token(self):
        if not self._arm:
            form = {"grant_type": "client_credentials", "client_id": self.access["client_id"],
                    "client_secret": self.access["client_secret"], "scope": "https://management.azure.com/.default"}
            upstream = self.connect()
            upstream.request("POST", f"/{self.access['tenant_id']}/oauth2/v2.0/token", urllib.parse.urlencode(form))
            self._arm = json.loads(upstream.getresponse().read())["access_token"]
            upstream.close()
        return self._arm

    def token(self, form):
        for name, value in self.proofs.items():
            if self.token_body or form.get(name) != [value]:
                return 401, {"error": "invalid_client", "error_description": f"AADSTS1: you sent {form}"}
        return 200, {"token_type": "Bearer", "expires_in": 3600, "access_token": sorted(self.arm_tokens)[0]}

    def kubeconfig_answer(self, data):
        if not self.user:
            return data
        answer = json.loads(data)
        config = json.loads(base64.b64decode(answer["kubeconfigs"][0]["value"]))
        config["users"][0]["user"] = self.user
        config["clusters"][0]["cluster"]["server"] = config["clusters"][0]["cluster"]["server"].replace(
            str(self.access["port"]), str(self.server.port))
        answer["kubeconfigs"][0]["value"] = base64.b64encode(json.dumps(config).encode()).decode()
        return json.dumps(answer).encode()


class IdentityHandler(Handler):
    def do_GET(self):
        server = self.server
        server.asked.append((self.path, dict(self.headers)))
        if server.refuses or self.headers.get("X-IDENTITY-HEADER") != server.header:
            return self.answer(400, {"statusCode": 400, "message": f"you sent {dict(self.headers)}"})
        self.answer(200, {"access_token": server.token, "expires_in": "3600", "token_type": "Bearer"})


def identity_endpoint(header, token):
    server = Server(("127.0.0.1", 0), IdentityHandler)
    server.asked, server.header, server.token, server.refuses = [], header, token, False
    return server.begin()


class ProxyHandler(Handler):
    """CONNECT to whatever host, which is always 127.0.0.1 in truth."""

    def do_CONNECT(self):
        self.server.asked.append((self.path, self.headers.get("Proxy-Authorization")))
        if self.server.password and self.headers.get("Proxy-Authorization") != self.server.password:
            return self.answer(407, b"who are you", [("Proxy-Authenticate", 'Basic realm="p"')])
        with socket.create_connection(("127.0.0.1", int(self.path.rsplit(":", 1)[1]))) as target:
            self.send_response(200)
            self.end_headers()
            while ready := select.select([self.connection, target], [], [], 60)[0]:
                for one in ready:
                    data = one.recv(65536)
                    if not data:
                        self.close_connection = True
                        return
                    (target if one is self.connection else self.connection).sendall(data)


def proxy(user="", password=""):
    server = Server(("127.0.0.1", 0), ProxyHandler)
    server.asked = []
    server.password = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode() if user else None
    return server.begin()


class CredentialTest(unittest.TestCase):
    """Tests of one sandbox, which is empty before each of them."""

    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory(prefix="gpuspec-credentials-")
        cls.folder = pathlib.Path(cls.temporary.name)
        cls.sandbox = cls.folder / "sandbox"
        cls.gpuspec("sandbox", "start", "--operation-ms", "20", "--dir", cls.sandbox)
        cls.access = json.loads((cls.sandbox / "access.json").read_text())

    @classmethod
    def tearDownClass(cls):
        cls.gpuspec("sandbox", "stop", "--dir", cls.sandbox)
        cls.temporary.cleanup()

    @classmethod
    def environment(cls, variables):
        """This process's, without what it may say about credentials, proxies and clusters, and with a HOME and PATH of its own."""
        names = ("AZURE_", "KUBE", "IDENTITY_", "MSI_", "ARM_", "GPUSPEC_", "AAD_", "SSL_CERT", "HTTP", "NO_PROXY", "ALL_PROXY", "IMDS")
        kept = {name: value for name, value in os.environ.items() if not name.upper().startswith(names)}
        return {**kept, "HOME": str(cls.folder), "PATH": f"{cls.folder}/bin:/usr/bin:/bin", **variables}

    @classmethod
    def gpuspec(cls, *words, code=0, **variables):
        result = subprocess.run([GPUSPEC, *map(str, words)], capture_output=True, text=True, timeout=240, cwd=cls.folder,
                                stdin=subprocess.DEVNULL, env=cls.environment(variables))
        if code is not None and result.returncode != code:
            raise AssertionError(f"{words}: exit {result.returncode}, not {code}\n{result.stdout[-4000:]}{result.stderr[-4000:]}")
        return result

    def setUp(self):
        self.gpuspec("sandbox", "reset", "--dir", self.sandbox)
        (self.folder / "bin").mkdir(exist_ok=True)
        self.gateway = Gateway(self.sandbox)
        self.addCleanup(self.gateway.close)

    def write(self, name, text, mode=0o600):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)
        return path

    def azure(self, **more):
        """The variables of everybody who uses the gateway as Azure."""
        return {"GPUSPEC_ARM_ENDPOINT": self.gateway.url, "AZURE_AUTHORITY_HOST": self.gateway.url,
                "AZURE_SUBSCRIPTION_ID": self.access["subscription_id"], "SSL_CERT_FILE": self.access["ca_file"],
                # Where nothing listens: the chain must not ask the machine that the test runs on.
                "AZURE_POD_IDENTITY_AUTHORITY_HOST": "http://127.0.0.1:1", **more}

    def kubeconfig(self, user, name="config", **cluster):
        ca = base64.b64encode(pathlib.Path(self.access["ca_file"]).read_bytes()).decode()
        entry = {"server": self.gateway.url + "/clusters/sandbox", "certificate-authority-data": ca, **cluster}
        entry = {key: value for key, value in entry.items() if value is not None}
        return self.write(name, json.dumps({
            "apiVersion": "v1", "kind": "Config", "current-context": "lab",
            "clusters": [{"name": "k", "cluster": entry}], "users": [{"name": "u", "user": user}],
            "contexts": [{"name": "lab", "context": {"cluster": "k", "user": "u"}}]}))

    def plugin(self, token_file, version="v1", name="plugin", lines=""):
        """A program that gives the token in that file, and notes each run down."""
        text = (f"#!/bin/sh\necho run >> '{self.folder}/runs'\n{lines}\n"
                f"printf '{{\"apiVersion\":\"client.authentication.k8s.io/{version}\",\"kind\":\"ExecCredential\","
                f"\"status\":{{\"token\":\"%s\"}}}}' \"$(cat '{token_file}')\"\n")
        path = self.write(f"bin/{name}", text, 0o755)
        (self.folder / "runs").unlink(missing_ok=True)
        return {"exec": {"apiVersion": f"client.authentication.k8s.io/{version}", "command": path.name, "interactiveMode": "Never"}}

    def runs(self):
        path = self.folder / "runs"
        return len(path.read_text().splitlines()) if path.exists() else 0


def main():
    unittest.main(argv=sys.argv[:1] + sys.argv[3:], verbosity=2)
