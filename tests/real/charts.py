"""Charts that tests write, published ones as their projects' Go modules carry them, and a server that has both."""

import hashlib
import http.server
import io
import json
import os
import pathlib
import re
import ssl
import subprocess
import tarfile
import threading

# Chart: the module, its version, the hash of the module's contents, the folder in it.
PUBLISHED = {
    "descheduler": ("sigs.k8s.io/descheduler", "v0.36.0", "h1:fBemfJD1RhmbsdH94lKwGMOwQcbsrw67A5IK2c2fANA="),
    "metrics-server": ("sigs.k8s.io/metrics-server", "v0.9.0", "h1:nlqqZ2H0Xfko8eJC/1qaNVVT17hu4rxndkOi22KTZ4w="),
    "kwok": ("sigs.k8s.io/kwok", "v0.7.0", "h1:+eGsNOIPapjsSzeZlOEcwbpyEVa2Vqlcafa0qIjaKV4="),
}

DEFINITION = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: gadgets.NAME.test}
spec:
  group: NAME.test
  names: {kind: Gadget, plural: gadgets, singular: gadget}
  scope: Namespaced
  versions:
  - name: v1
    served: true
    storage: true
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
"""
SETTINGS = """apiVersion: v1
kind: ConfigMap
metadata: {name: {{ .Release.Name }}-settings, namespace: {{ .Release.Namespace }}}
data:
  values: {{ .Values | toJson | quote }}
"""
# A hook that never ends: a helm that waits for it can be killed while it does.
HOOK = """{{- if .Values.stuck }}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-stuck
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-delete-policy: before-hook-creation
spec:
  template:
    spec:
      restartPolicy: Never
      nodeSelector: {test/nowhere: "yes"}
      containers: [{name: c, image: example.com/never:1}]
{{- end }}
"""


class MissingChart(Exception):
    """The text says what is missing."""


def published(name):
    """The chart's folder; its module is downloaded where it is not here yet."""
    module, version, expected = PUBLISHED[name]
    result = subprocess.run(["go", "mod", "download", "-json", f"{module}@{version}"], capture_output=True, text=True,
                            cwd="/", env={**os.environ, "GOWORK": "off", "GOFLAGS": "-mod=mod"})
    answer = json.loads(result.stdout or "{}")
    if result.returncode != 0:
        raise MissingChart(f"needs the Go module {module}: {answer.get('Error') or result.stderr.strip()}")
    if answer["Sum"] != expected:
        raise AssertionError(f"{module} {version} is {answer['Sum']}, not {expected}")
    return pathlib.Path(answer["Dir"]) / "charts" / name


def write(folder, name, version, templates=None, definitions=None, values="", more=""):
    """A chart; without templates its only object is a ConfigMap that holds its values."""
    folder = pathlib.Path(folder)
    files = {"Chart.yaml": f"apiVersion: v2\nname: {name}\nversion: {version}\n{more}", "values.yaml": values}
    for path, text in (templates or {"settings.yaml": SETTINGS, "hook.yaml": HOOK}).items():
        files[f"templates/{path}"] = text
    for path, text in (definitions or {}).items():
        files[f"crds/{path}"] = text
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


def package(folder, version=None):
    """(name, version, the archive's bytes); `version` in place of the chart's own."""
    text = (folder / "Chart.yaml").read_text(encoding="utf-8")
    if version:
        text = re.sub(r"^version:.*$", f"version: {version}", text, flags=re.M)
    name, version = (re.search(rf"^{key}: *(\S+)", text, re.M)[1].strip("'\"") for key in ("name", "version"))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path in sorted(folder.rglob("*")):
            if not path.is_file():
                continue
            content = text.encode() if path == folder / "Chart.yaml" else path.read_bytes()
            entry = tarfile.TarInfo(f"{name}/{path.relative_to(folder)}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return name, version, packed.getvalue()


class Repository:
    """Serves charts over TLS on loopback: at /charts as a Helm repository, and as an OCI registry."""

    def __init__(self, certificate, key):
        self.archives, self.blobs, self.tags = {}, {}, {}
        repository = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(True)

            def do_HEAD(self):
                self.answer(False)

            def answer(self, with_body):
                found = repository.find(self.path)
                content_type, body = found or ("text/plain", b"there is none")
                self.send_response(200 if found else 404)
                self.send_header("Content-Type", content_type)
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Docker-Content-Digest", digest(body))
                self.end_headers()
                if with_body:
                    self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"https://localhost:{self.server.server_address[1]}/charts"
        self.registry = f"oci://localhost:{self.server.server_address[1]}/charts"

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def add(self, folder, version=None):
        name, version, archive = package(folder, version)
        self.archives[(name, version)] = archive
        config = json.dumps({"apiVersion": "v2", "name": name, "version": version}).encode()
        layers = [(config, "application/vnd.cncf.helm.config.v1+json"),
                  (archive, "application/vnd.cncf.helm.chart.content.v1.tar+gzip")]
        described = [{"mediaType": kind, "digest": digest(blob), "size": len(blob)} for blob, kind in layers]
        manifest = json.dumps({"schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
                               "config": described[0], "layers": described[1:]}).encode()
        for blob in (config, archive, manifest):
            self.blobs[digest(blob)] = blob
        self.tags[(name, version)] = manifest

    def index(self):
        entries = {}
        for (name, version), archive in self.archives.items():
            entries.setdefault(name, []).append({
                "apiVersion": "v2", "name": name, "version": version, "digest": hashlib.sha256(archive).hexdigest(),
                "created": "2026-01-01T00:00:00Z", "urls": [f"{name}-{version}.tgz"]})
        return json.dumps({"apiVersion": "v1", "entries": entries, "generated": "2026-01-01T00:00:00Z"}).encode()

    def find(self, path):
        if path == "/charts/index.yaml":
            return "application/yaml", self.index()
        for (name, version), archive in self.archives.items():
            if path == f"/charts/{name}-{version}.tgz":
                return "application/gzip", archive
        if path == "/v2/":
            return "application/json", b"{}"
        if tags := re.match(r"/v2/charts/([^/]+)/tags/list", path):
            listed = [version for name, version in self.tags if name == tags[1]]
            return "application/json", json.dumps({"name": f"charts/{tags[1]}", "tags": listed}).encode()
        if blob := re.match(r"/v2/charts/[^/]+/blobs/(.+)", path):
            return ("application/octet-stream", self.blobs[blob[1]]) if blob[1] in self.blobs else None
        if wanted := re.match(r"/v2/charts/([^/]+)/manifests/(.+)", path):
            manifest = self.tags.get((wanted[1], wanted[2])) or self.blobs.get(wanted[2])
            return ("application/vnd.oci.image.manifest.v1+json", manifest) if manifest else None
        return None


def digest(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()
