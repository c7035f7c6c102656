"""Builds the programs of the control plane, and others at their pinned versions, from Go modules."""

import hashlib
import os
import pathlib
import re
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
BIN = HERE.parent.parent / "build" / "real" / "bin"
VERSION = "v1.35.4"

CONTROL_PLANE = ["kube-apiserver", "kube-controller-manager", "kube-scheduler", "kwok"]
# Program: the module that pins it, its package.
PROGRAMS = {
    **{name: ("kubernetes", f"k8s.io/kubernetes/cmd/{name}") for name in (*CONTROL_PLANE[:3], "kubectl")},
    "helm": ("kubernetes", "helm.sh/helm/v3/cmd/helm"),
    "helm4": ("helm4", "helm.sh/helm/v4/cmd/helm"),
    "kwok": ("kwok", "sigs.k8s.io/kwok/cmd/kwok"),
}


class NotHere(Exception):
    """This machine cannot have it; the text says what is missing."""


class Failed(Exception):
    pass


def build(names):
    unknown = [name for name in names if name not in PROGRAMS]
    if unknown:
        raise Failed(f"no such program: {', '.join(unknown)}; there are {', '.join(sorted(PROGRAMS))}")
    refuse_when_switched_off()
    todo = [name for name in names if not is_fresh(name)]
    if todo and shutil.which("go") is None:
        raise NotHere("needs go, to build Kubernetes")
    for module in sorted({PROGRAMS[name][0] for name in todo}):
        download(module)
    for name in todo:
        compile_program(name)


def binaries():
    """Paths of the programs that `start` runs, by name."""
    refuse_when_switched_off()
    paths = {name: BIN / name for name in CONTROL_PLANE}
    for name, path in paths.items():
        if not path.exists():
            raise NotHere(f"needs {name}, which `tests/real/control-plane build` makes")
    for name in ("etcd", "openssl"):
        found = shutil.which(name)
        if found is None:
            raise NotHere(f"needs {name}")
        paths[name] = pathlib.Path(found)
    return paths


def refuse_when_switched_off():
    if os.environ.get("GPUSPEC_REAL") == "0":
        raise NotHere("GPUSPEC_REAL is 0")


def stamp_of(name):
    """What a binary was built from: a hash of the module files and of what this file does with them."""
    digest = hashlib.sha256(pathlib.Path(__file__).read_bytes())
    for file in ("go.mod", "go.sum"):
        digest.update((HERE / PROGRAMS[name][0] / file).read_bytes())
    return digest.hexdigest()


def is_fresh(name):
    stamp = BIN / f".{name}.stamp"
    return (BIN / name).exists() and stamp.exists() and stamp.read_text() == stamp_of(name)


def go(module, *words):
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off", "GOFLAGS": "-mod=readonly -trimpath -buildvcs=false"}
    return subprocess.run(["nice", "-n", "10", "go", *words], cwd=HERE / module, env=environment,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def download(module):
    result = go(module, "mod", "download")
    if result.returncode == 0:
        return
    last = (result.stdout.strip().splitlines() or ["no word"])[-1]
    if re.search(r"checksum mismatch|SECURITY ERROR|missing go\.sum", result.stdout):
        raise Failed(f"Go modules of {module}:\n{result.stdout[-2000:]}")
    raise NotHere(f"needs the Go modules of {module}: {last}")


def compile_program(name):
    module, package = PROGRAMS[name]
    print(f"building {name}", flush=True)
    BIN.mkdir(parents=True, exist_ok=True)
    # Another checkout's test may be running the old one, so the new one takes its place by renaming.
    fresh = BIN / f".{name}.{os.getpid()}"
    result = go(module, "build", "-p", "1", "-ldflags", linker_flags(module), "-o", str(fresh), package)
    if result.returncode != 0:
        raise Failed(f"building {name} failed:\n{result.stdout[-4000:]}")
    fresh.replace(BIN / name)
    (BIN / f".{name}.stamp").write_text(stamp_of(name))


def linker_flags(module):
    """Clients refuse a server of version v0.0.0, which is what Kubernetes says when nobody tells it."""
    flags = ["-s", "-w"]
    if module == "kubernetes":
        major, minor, _ = VERSION.lstrip("v").split(".")
        package = "k8s.io/component-base/version"
        flags += ["-X", f"{package}.gitVersion={VERSION}", "-X", f"{package}.gitMajor={major}", "-X", f"{package}.gitMinor={minor}"]
    return " ".join(flags)
