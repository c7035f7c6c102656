"""example_test.py GPUSPEC EXAMPLES NAME: the example compiles to what lies in its expected/, its own tests pass, and the
commands of its README work. With GPUSPEC_UPDATE_GOLDENS=1 expected/ is rewritten instead, and the test counts as skipped."""

import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77
MANIFEST = "gpuspec-manifest.json"  # hashes of what is compared anyway

# What `expected/` was compiled with, where it is not the plain command.
OPTIONS = {"fleet": ["--env", "dev"]}


def files_below(folder):
    """{path: bytes}, without the manifest."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def differences(expected, made):
    found = [f"{path}: no longer made" for path in expected if path not in made]
    found += [f"{path}: not expected" for path in made if path not in expected]
    for path in expected:
        if path in made and expected[path] != made[path]:
            old, new = expected[path].splitlines(), made[path].splitlines()
            line = next((i for i, pair in enumerate(zip(old, new)) if pair[0] != pair[1]), min(len(old), len(new)))
            was = old[line].decode() if line < len(old) else "(end)"
            now = new[line].decode() if line < len(new) else "(end)"
            found.append(f"{path}:{line + 1}: expected {was!r}, made {now!r}")
    return found


def readme_commands(text):
    """The lines of ```sh fences that call gpuspec."""
    for fence in re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S):
        for line in fence.splitlines():
            if line.startswith("gpuspec "):
                yield shlex.split(line)


class Example:
    def __init__(self, gpuspec, examples, name, scratch):
        self.gpuspec, self.source, self.name = os.path.abspath(gpuspec), examples / name, name
        self.expected = self.source / "expected"
        # A copy stands in for the repository, so that nothing is written into the source tree.
        self.root = scratch / "root"
        shutil.copytree(examples, self.root / "examples", ignore=shutil.ignore_patterns("expected"))

    def run(self, *arguments):
        done = subprocess.run([self.gpuspec, *arguments], cwd=self.root, capture_output=True, text=True, timeout=120)
        return done.returncode, done.stdout + done.stderr

    def compile(self):
        """What comes out, or None when it does not compile without a word."""
        code, said = self.run("compile", f"examples/{self.name}", "-o", "made", "--deny-warnings", *OPTIONS.get(self.name, []))
        if code != 0:
            print(said)
            return None
        return files_below(self.root / "made")

    def update(self, made):
        shutil.rmtree(self.expected, ignore_errors=True)
        for path, content in made.items():
            target = self.expected / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    def readme(self):
        return readme_commands((self.source / "README.md").read_text())

    def failures(self, made):
        found = differences(files_below(self.expected), made)
        own = f"examples/{self.name}"
        commands = [["gpuspec", "fmt", "--check", own], ["gpuspec", "test", own], *self.readme()]
        for command in commands:
            code, said = self.run(*command[1:])
            if code != 0:
                found.append(f"`{shlex.join(command)}` ends with {code}:\n{said}")
            elif command[1] == "test" and "no tests" in said:
                found.append(f"`{shlex.join(command)}` tests nothing")
        if len(commands) < 4:
            found.append("README.md shows fewer than two gpuspec commands")
        return found


def main(gpuspec, examples, name):
    with tempfile.TemporaryDirectory() as scratch:
        example = Example(gpuspec, pathlib.Path(examples), name, pathlib.Path(scratch))
        made = example.compile()
        if made is None:
            return 1
        if os.environ.get("GPUSPEC_UPDATE_GOLDENS") == "1":
            if made == files_below(example.expected):
                return 0
            example.update(made)
            print(f"skipped: rewrote examples/{name}/expected")
            return SKIPPED
        found = example.failures(made)
        print("\n".join(found))
        return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
