"""outside_test.py BUILD ROOT [COMPILER FLAG...]: follows docs/plugins.md with nothing but an installation in a fresh prefix.
Where docs/plugins.md writes `c++`, COMPILER stands, by default the one that is here."""

import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77


def fences(text):
    """{file name: text} of the named fences, and the commands."""
    files = {name: body for _, name, body in re.findall(r"^(`{3,4})(?:cpp|text) (\S+)\n(.*?)^\1$", text, re.M | re.S)}
    shell = re.search(r"^```sh\n(.*?)^```$", text, re.M | re.S).group(1)
    return files, [shlex.split(line) for line in shell.splitlines()]


def run(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        raise SystemExit(f"`{shlex.join(command)}` ends with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def expect(condition, what):
    if not condition:
        raise SystemExit(what)


def check_page(prefix, work, page):
    """The page of the finding that the plugin declares shows a program that fires it and one that does not."""
    programs = re.findall(r"^```(gpuspec(?: fails)?)\n(.*?)^```$", page, re.M | re.S)
    expect(sorted(kind for kind, _ in programs) == ["gpuspec", "gpuspec fails"], page)
    for kind, text in programs:
        (work / "page.gpuspec").write_text(text)
        found = run([str(prefix / "bin/gpuspec"), "check", "page.gpuspec", "--plugin", "./acme.so", "--format", "json"], work)
        codes = [finding["code"] for finding in json.loads(found)["findings"]]
        expect(codes.count("ACME0001") == (kind != "gpuspec"), f"{kind}: {codes}")


def main(build, root, *compiler):
    compiler = compiler or [c for c in ("c++", "g++", "clang++") if shutil.which(c)][:1]
    if not compiler or not shutil.which("cmake"):
        print("skipped: needs cmake and a C++ compiler")
        return SKIPPED
    files, commands = fences((pathlib.Path(root) / "docs/plugins.md").read_text())
    with tempfile.TemporaryDirectory(prefix="gpuspec-outside-") as scratch:
        prefix, work = pathlib.Path(scratch, "prefix"), pathlib.Path(scratch, "work")
        work.mkdir()
        run(["cmake", "--install", build, "--prefix", str(prefix)], scratch)
        for name, text in files.items():
            (work / name).write_text(text)
        said = []
        for command in commands:
            words = [word.replace("PREFIX", str(prefix)) for word in command]
            said.append(run([*compiler, *words[1:]] if words[0] == "c++" else words, work))
        check_page(prefix, work, said[2])
        expect("acme 1.0.0" in said[1], f"plugins does not list it:\n{said[1]}")
        for vendor in ("amd ", "nvidia "):
            expect(vendor in said[1], f"the installation has no plugin {vendor}:\n{said[1]}")
        values = (work / "out/lab/helm/acme-plugin/values.yaml").read_text()
        expect("boost: true" in values, values)
        job = "".join(path.read_text() for path in (work / "out/lab/kubernetes").glob("*.yaml"))
        expect('acme.example/gpu: "1"' in job, job)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
