"""The table in docs/ARCHITECTURE.md is edges.EDGES, for the folders that exist."""

import os
import re
import sys

import edges
import sources

ROW = re.compile(r"^\| `([\w/]+)` \| (.+) \|$", re.M)
ALL = {"all of `lang` and `compiler`": ("lang/", "compiler/"), "everything": None, "nothing": ()}


def documented(text):
    """{folder: set of folders, or None for everything}"""
    rows = {}
    for folder, allowed in ROW.findall(text):
        if allowed in ALL:
            prefixes = ALL[allowed]
            rows[folder] = None if prefixes is None else {f for f in edges.EDGES if f.startswith(prefixes) and f != folder}
        else:
            rows[folder] = set(re.findall(r"`([\w/]+)`", allowed))
    return rows


def reaches_the_same(folder, written, root):
    """"all of" names folders that are not there yet, too."""
    reached = edges.closure(folder, edges.EDGES | {folder: sorted(written)})
    exists = {name for name in reached | edges.closure(folder) if os.path.isdir(os.path.join(root, name))}
    return reached & exists == edges.closure(folder) & exists


def check(root, text):
    found = []
    rows = documented(text)
    for folder, allowed in edges.EDGES.items():
        if not os.path.isdir(os.path.join(root, folder)):
            continue
        if folder not in rows:
            found.append(f"docs/ARCHITECTURE.md: no row for {folder}")
        elif set(allowed) != rows[folder] and not reaches_the_same(folder, rows[folder], root):
            found.append(f"docs/ARCHITECTURE.md: {folder} may include {', '.join(sorted(allowed)) or 'nothing'}")
    known = set(edges.EDGES) | set(edges.SEES_ALL)
    found += [f"docs/ARCHITECTURE.md: there is no {folder}" for folder in rows if folder not in known]
    return found


if __name__ == "__main__":
    with open(os.path.join(sys.argv[1], "docs/ARCHITECTURE.md"), encoding="utf-8") as file:
        sys.exit(sources.report(check(sys.argv[1], file.read()), "documented edges"))
