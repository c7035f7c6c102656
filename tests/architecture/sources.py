"""The product's sources: which files there are, which library each belongs to, what it includes."""

import os
import re

import edges

SOURCE_SUFFIXES = (".cpp", ".h", ".hpp", ".c", ".def", ".g4")
INCLUDE = re.compile(r'^\s*#\s*include\s+(["<])([^">]+)[">]')


def files(root, layers=None, suffixes=SOURCE_SUFFIXES, names=()):
    """Paths below the layers, relative to root, sorted; generated folders are left out."""
    found = []
    for layer in layers or edges.LAYERS:
        for folder, subfolders, entries in os.walk(os.path.join(root, layer)):
            subfolders[:] = [name for name in subfolders if name not in ("generated", "node_modules", "build")]
            for entry in entries:
                if entry.endswith(suffixes) or entry in names:
                    found.append(os.path.relpath(os.path.join(folder, entry), root))
    return sorted(found)


def lines(root, path):
    with open(os.path.join(root, path), encoding="utf-8") as file:
        return file.read().splitlines()


def library_of(path, known=None):
    """The longest folder of the table that holds the path; "" when none does."""
    known = edges.EDGES if known is None else known
    folder = os.path.dirname(path)
    while folder:
        if folder in known or folder in edges.SEES_ALL:
            return folder
        folder = os.path.dirname(folder)
    return ""


def includes(root, path):
    """(line number, quoted with "", what is included)."""
    for number, line in enumerate(lines(root, path), 1):
        match = INCLUDE.match(line)
        if match:
            yield number, match.group(1) == '"', match.group(2)


def report(findings, what):
    """Prints the findings; the exit status of the test."""
    for finding in findings:
        print(finding)
    print(f"{what}: {len(findings)} findings" if findings else f"{what}: fine")
    return 1 if findings else 0
