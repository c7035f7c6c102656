"""lang/, compiler/ and backends/ know no GPU vendor: not in code, not in text, not in comments."""

import re
import sys

import sources

NAMES = {"nvidia", "amd", "radeon", "instinct", "cuda", "rocm", "tesla", "dcgm"}
WORD = re.compile(r"ROCm|[A-Z]+(?![a-z])|[A-Z]?[a-z]+")  # `NvidiaPlugin`, `nvidia_plugin` and `NVIDIA` all hold the word


def names_in(line):
    for match in WORD.finditer(line):
        word = match.group().lower()
        architecture = word == "amd" and line[match.end():].startswith("64")
        if word in NAMES and not architecture:
            yield word


def check(root):
    findings = []
    for path in sources.files(root, ("lang", "compiler", "backends"), names=("CMakeLists.txt",)):
        for number, line in enumerate(sources.lines(root, path), 1):
            for word in names_in(line):
                findings.append(f"{path}:{number}: `{word}` names a vendor: {line.strip()}")
    return findings


if __name__ == "__main__":
    sys.exit(sources.report(check(sys.argv[1]), "vendor names"))
