"""Starts the programs of a control plane in a folder and stops them again, in the order they need."""

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import ssl
import subprocess
import time
import urllib.request

import credentials
from building import VERSION

READY_SECONDS = 120
STOP_SECONDS = 90
ATTEMPTS = 3
# Who depends on whom: the API server goes before etcd, else it waits for it and holds its port.
STOP_ORDER = ["kwok", "kube-scheduler", "kube-controller-manager", "kube-apiserver", "etcd"]

AUDIT_POLICY = {
    "apiVersion": "audit.k8s.io/v1", "kind": "Policy", "omitStages": ["RequestReceived"],
    "rules": [{"level": "Metadata", "users": ["admin", "certificate", "reader", "stranger"]}, {"level": "None"}],
}


# What every pod of KWOK has written, in the format of container runtimes: a smoke job says which driver it has met.
POD_LOG = "2026-01-01T00:00:00.000000000Z stdout F NVIDIA-SMI 595.91.07   Driver Version: 595.91.07   CUDA Version: 13.2\n"


class Failed(Exception):
    pass


class PortTaken(Failed):
    """Somebody else was quicker than us; another port will do."""


def start(folder, binaries):
    if any(is_ours(pid, folder) for pid in pids_of(folder).values()):
        raise Failed(f"{folder} has a control plane already; `stop` ends it")
    for attempt in range(ATTEMPTS):
        clear(folder)
        processes = {}
        try:
            launch(folder, binaries, processes)
            return
        except PortTaken:
            if attempt + 1 == ATTEMPTS:
                raise
        except BaseException:
            end_all({name: process.pid for name, process in processes.items()})
            raise
        end_all({name: process.pid for name, process in processes.items()})


def launch(folder, binaries, processes):
    (folder / "log").mkdir(parents=True, exist_ok=True)
    os.chmod(folder, 0o700)
    client, peer, secure, kubelet = free_ports(4)
    server = f"https://127.0.0.1:{secure}"
    credentials.write(folder, binaries["openssl"], server)
    write_private(folder / "audit-policy.json", json.dumps(AUDIT_POLICY))

    def run(name, *words):
        with open(folder / "log" / f"{name}.log", "wb") as log:
            processes[name] = subprocess.Popen([str(binaries[name]), *words], stdin=subprocess.DEVNULL, stdout=log,
                                               stderr=log, cwd=folder, start_new_session=True)

    run("etcd", *etcd_words(folder, client, peer))
    wait(processes, folder, "etcd", lambda: answers(f"http://127.0.0.1:{client}/health"))
    run("kube-apiserver", *apiserver_words(folder, client, secure))
    ask = Asker(folder, server)
    wait(processes, folder, "kube-apiserver", lambda: ask("/readyz"))
    run("kube-controller-manager", *controller_words(folder))
    run("kube-scheduler", *scheduler_words())
    run("kwok", *kwok_words(folder, kubelet))
    # The controllers run once they have made what every namespace gets from them.
    wait(processes, folder, "kube-controller-manager", lambda: ask("/api/v1/namespaces/default/serviceaccounts/default"))
    wait(processes, folder, "kube-controller-manager", lambda: ask("/api/v1/namespaces/default/configmaps/kube-root-ca.crt"))
    if not credentials.grant(ask):
        raise Failed("the role of `reader` was refused")
    info = {"server": server, "ca": str(folder / "pki" / "ca.crt"), "token": str(folder / "tokens" / "admin"), "version": VERSION,
            "pids": {name: process.pid for name, process in processes.items()}, "audit": str(folder / "log" / "audit.jsonl")}
    write_private(folder / "info.json", json.dumps(info, indent=2) + "\n")


def etcd_words(folder, client, peer):
    peer_url, client_url = f"http://127.0.0.1:{peer}", f"http://127.0.0.1:{client}"
    return ["--name", "real", "--data-dir", str(folder / "etcd"), "--unsafe-no-fsync", "--listen-client-urls", client_url,
            "--advertise-client-urls", client_url, "--listen-peer-urls", peer_url, "--initial-advertise-peer-urls", peer_url,
            "--initial-cluster", f"real={peer_url}"]


def apiserver_words(folder, etcd_port, secure_port):
    return ["--etcd-servers", f"http://127.0.0.1:{etcd_port}", "--secure-port", str(secure_port), "--bind-address", "127.0.0.1",
            "--advertise-address", "127.0.0.1", "--endpoint-reconciler-type", "none",
            "--tls-cert-file", "pki/server.crt", "--tls-private-key-file", "pki/server.key", "--client-ca-file", "pki/ca.crt",
            "--token-auth-file", "tokens.csv", "--authorization-mode", "RBAC", "--anonymous-auth=false",
            "--service-account-issuer", "https://localhost", "--service-account-key-file", "pki/account.key",
            "--service-account-signing-key-file", "pki/account.key", "--service-cluster-ip-range", "10.0.0.0/16",
            "--allow-privileged", "--audit-policy-file", "audit-policy.json", "--audit-log-path", "log/audit.jsonl",
            # Debian's etcd is of 3.4: with it a watch that also lists is lost after a while, and KWOK's nodes with it.
            "--feature-gates", "WatchList=false"]


def controller_words(folder):
    return ["--kubeconfig", "components.kubeconfig", "--leader-elect=false", "--secure-port", "0",
            "--service-account-private-key-file", "pki/account.key", "--root-ca-file", "pki/ca.crt",
            "--cluster-signing-cert-file", "pki/ca.crt", "--cluster-signing-key-file", "pki/ca.key",
            "--kube-api-qps", "300", "--kube-api-burst", "600"]


def scheduler_words():
    return ["--kubeconfig", "components.kubeconfig", "--leader-elect=false", "--secure-port", "0",
            "--kube-api-qps", "300", "--kube-api-burst", "600"]


def kwok_words(folder, port):
    (folder / "pod.log").write_text(POD_LOG)
    logs = {"apiVersion": "kwok.x-k8s.io/v1alpha1", "kind": "ClusterLogs", "metadata": {"name": "all"},
            "spec": {"logs": [{"logsFile": str(folder / "pod.log")}]}}
    (folder / "kwok.yaml").write_text(json.dumps(logs))
    return ["--kubeconfig", "components.kubeconfig", "--config", "kwok.yaml", "--manage-all-nodes=false",
            "--server-address", f"127.0.0.1:{port}", "--node-ip", "127.0.0.1", "--node-port", str(port),
            "--tls-cert-file", "pki/server.crt", "--tls-private-key-file", "pki/server.key",
            "--manage-nodes-with-annotation-selector", "kwok.x-k8s.io/node=fake", "--node-lease-duration-seconds", "40"]


def stop(folder):
    if not (folder / "info.json").exists():
        raise Failed(f"no control plane runs in {folder}")
    end_all({name: pid for name, pid in pids_of(folder).items() if is_ours(pid, folder)})
    clear(folder)


def pids_of(folder):
    info = folder / "info.json"
    return json.loads(info.read_text())["pids"] if info.exists() else {}


def is_ours(pid, folder):
    """Whether the process still is the one that we started: the number may have been given to another one since."""
    try:
        return os.path.realpath(f"/proc/{pid}/cwd") == os.path.realpath(folder)
    except OSError:
        return False


def end_all(pids):
    for name in STOP_ORDER:
        if name in pids:
            end(name, pids[name])


def end(name, pid):
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        signal.pidfd_send_signal(handle, signal.SIGTERM)
        if not has_ended(handle, STOP_SECONDS):
            print(f"control-plane: {name} does not end; killing it", flush=True)
            signal.pidfd_send_signal(handle, signal.SIGKILL)
            has_ended(handle, STOP_SECONDS)
    except ProcessLookupError:
        pass
    finally:
        os.close(handle)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pid, 0)


def has_ended(handle, seconds):
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    return bool(poll.poll(seconds * 1000))


def clear(folder):
    """Leaves the logs and nothing else of what we wrote; a folder may hold more than ours."""
    for name in ("info.json", "kubeconfig", "components.kubeconfig", "tokens.csv", "audit-policy.json", "pod.log", "kwok.yaml"):
        (folder / name).unlink(missing_ok=True)
    for name in ("pki", "tokens", "etcd"):
        shutil.rmtree(folder / name, ignore_errors=True)


def wait(processes, folder, name, is_ready):
    deadline = time.monotonic() + READY_SECONDS
    while not is_ready():
        for running, process in processes.items():
            if process.poll() is not None:
                raise ended(folder, running)
        if time.monotonic() > deadline:
            raise Failed(f"{name} does not answer within {READY_SECONDS} s\n{tail(folder, name)}")
        time.sleep(0.1)


def ended(folder, name):
    text = tail(folder, name)
    kind = PortTaken if "address already in use" in text else Failed
    return kind(f"{name} ended\n{text}")


def tail(folder, name):
    return (folder / "log" / f"{name}.log").read_text(errors="replace")[-3000:]


def free_ports(count):
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]


def opener(*handlers):
    """Goes to loopback itself, whatever proxy the environment names."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}), *handlers)


def answers(url):
    try:
        with opener().open(url, timeout=5):
            return True
    except OSError:
        return False


class Asker:
    """Requests to the API server as its administrator; None where it does not answer with what was asked for."""

    def __init__(self, folder, server):
        context = ssl.create_default_context(cafile=folder / "pki" / "ca.crt")
        self.opener, self.server = opener(urllib.request.HTTPSHandler(context=context)), server
        self.token = (folder / "tokens" / "components").read_text()

    def __call__(self, path, body=None):
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.server + path, data=data, headers=headers)
        try:
            with self.opener.open(request, timeout=10) as response:
                return response.read()
        except OSError:
            return None


def write_private(path, text):
    path.unlink(missing_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
