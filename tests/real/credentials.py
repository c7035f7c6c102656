"""Certificates, tokens and kubeconfigs of a control plane."""

import base64
import json
import os
import secrets
import subprocess

# User: its groups. `components` are the control plane's own programs.
USERS = {"admin": "system:masters", "components": "system:masters", "reader": "readers", "stranger": "strangers"}


def write(folder, openssl, server):
    for name in ("pki", "tokens"):
        (folder / name).mkdir(mode=0o700)
    make_certificates(folder / "pki", str(openssl))
    tokens = {user: secrets.token_hex(24) for user in USERS}
    lines = [f'{tokens[user]},{user},{user},"{group}"\n' for user, group in USERS.items()]
    private(folder / "tokens.csv", "".join(lines))
    for user, token in tokens.items():
        private(folder / "tokens" / user, token)
    certificate = {name: encoded(folder / "pki" / f"client.{end}")
                   for name, end in (("client-certificate-data", "crt"), ("client-key-data", "key"))}
    authority = encoded(folder / "pki" / "ca.crt")
    private(folder / "components.kubeconfig", kubeconfig(server, authority, {"components": {"token": tokens["components"]}}))
    private(folder / "kubeconfig", kubeconfig(server, authority, {
        "real": {"token": tokens["admin"]},
        "real-certificate": certificate,
        "real-reader": {"token": tokens["reader"]},
        "real-stranger": {"token": tokens["stranger"]},
    }))


def kubeconfig(server, authority, users):
    """One context for each user, of the same name; the first is the current one. JSON is YAML."""
    return json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": next(iter(users)),
        "clusters": [{"name": "real", "cluster": {"server": server, "certificate-authority-data": authority}}],
        "users": [{"name": name, "user": user} for name, user in users.items()],
        "contexts": [{"name": name, "context": {"cluster": "real", "user": name}} for name in users],
    }, indent=2) + "\n"


def grant(ask):
    """`reader` may read what the role `view` shows, in all namespaces; `stranger` nothing."""
    return ask("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", {
        "apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRoleBinding", "metadata": {"name": "test-readers"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "view"},
        "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "readers"}]})


def make_certificates(folder, openssl):
    def run(*words):
        subprocess.run([openssl, *words], cwd=folder, check=True, capture_output=True, umask=0o077)

    for name in ("ca", "server", "client", "account"):
        run("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", f"{name}.key")
    run("req", "-x509", "-new", "-key", "ca.key", "-subj", "/CN=test authority", "-days", "30", "-out", "ca.crt",
        "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign,digitalSignature")
    sign(run, folder, "server", "/CN=kube-apiserver",
         "subjectAltName=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n")
    sign(run, folder, "client", "/O=system:masters/CN=certificate", "extendedKeyUsage=clientAuth\n")


def sign(run, folder, name, subject, extensions):
    (folder / f"{name}.ext").write_text("basicConstraints=CA:FALSE\nkeyUsage=critical,digitalSignature,keyEncipherment\n" + extensions)
    run("req", "-new", "-key", f"{name}.key", "-subj", subject, "-out", f"{name}.csr")
    run("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", "30",
        "-extfile", f"{name}.ext", "-out", f"{name}.crt")


def encoded(path):
    return base64.b64encode(path.read_bytes()).decode()


def private(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
