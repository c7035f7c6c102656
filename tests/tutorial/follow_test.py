"""follow_test.py GPUSPEC ROOT PAGE [--update]: a tutorial says what happens.

Files of a page are fences with a name (```gpuspec main.gpuspec); what is typed and what is answered stands in ```console fences. All of
it is followed in the page's order, in one shell and one new folder. Times, ports and passing names may differ. --update writes what was
answered into the page.
"""

import difflib
import os
import pathlib
import re
import subprocess
import sys
import tempfile

GPUSPEC, ROOT, PAGE = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2]), sys.argv[3]
FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.M | re.S)
MARK = "--- end of command"
# What no two runs have in common.
PASSING = [(re.compile(r"\b\d+\.\d s\b|\b\d+ ms\b"), "0.1 s"), (re.compile(r"127\.0\.0\.1:\d+"), "127.0.0.1:40000"),
           (re.compile(r"\b\d{4}-\d\d-\d\dT[\d:.]+Z"), "2026-11-21T12:00:00Z")]


def commands(body):
    """[(lines as typed, what is answered)]; `$ ` begins a command, `> ` goes on with it."""
    found = []
    for line in body.splitlines():
        if line.startswith("$ "):
            found.append(([line[2:]], []))
        elif line[:2] in (">", "> ") and not found[-1][1]:
            found[-1][0].append(line[2:])
        else:
            found[-1][1].append(line)
    return found


class Shell:
    def __init__(self, home):
        environment = {"HOME": str(home), "PATH": f"{GPUSPEC.parent}:/usr/bin:/bin", "LANG": "C.UTF-8", "NO_COLOR": "1",
                       **{name: value for name, value in os.environ.items() if name.startswith(("ASAN", "UBSAN", "LSAN"))}}
        self.home = home
        self.process = subprocess.Popen(["/bin/bash", "--noprofile", "--norc"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, env=environment, cwd=home)

    def run(self, lines):
        typed = "\n".join(lines)
        self.process.stdin.write(f"{{ {typed}\n}} </dev/null\necho; echo '{MARK}'\n")
        self.process.stdin.flush()
        answered = []
        for line in self.process.stdout:
            if line.rstrip("\n") == MARK:
                break
            answered.append(line.rstrip("\n").replace(str(self.home), "~"))
        while answered and not answered[-1].strip():
            answered.pop()
        return [steady(line) for line in answered]

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def steady(line):
    for pattern, text in PASSING:
        line = pattern.sub(text, line)
    return line.rstrip()


def follow(text, shell):
    """The page as it is in truth."""
    def truth(fence):
        info, body = fence["info"].split(), fence["body"]
        if len(info) > 1 and "." in info[-1]:
            path = shell.home / "gpu" / info[-1]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body, encoding="utf-8")
        if info != ["console"]:
            return fence[0]
        out = ""
        for typed, answered in commands(body):
            out += "\n".join(["$ " + typed[0], *(("> " + line).rstrip() for line in typed[1:])]) + "\n"
            really = shell.run(typed)
            same = [steady(line) for line in answered] == really
            out += "".join(line + "\n" for line in (answered if same else really))
        return f"```console\n{out}```"

    return FENCE.sub(truth, text)


def main():
    page = ROOT / PAGE
    text = page.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="gpuspec-tutorial-") as home:
        shell = Shell(pathlib.Path(home))
        try:
            found = follow(text, shell)
        finally:
            shell.run(["cd ~/gpu; gpuspec sandbox stop"])
            shell.close()
    if "--update" in sys.argv:
        page.write_text(found, encoding="utf-8")
    elif found != text:
        print(f"{PAGE} says something else than what happens; `tests/tutorial/follow_test.py GPUSPEC ROOT {PAGE} --update` mends it")
        sys.stdout.writelines(difflib.unified_diff(text.splitlines(True), found.splitlines(True), "as the page says", "as it is"))
        return 1
    return 0 if MARK not in found and "console" in text else 1


if __name__ == "__main__":
    sys.exit(main())
