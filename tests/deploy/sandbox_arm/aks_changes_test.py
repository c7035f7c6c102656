"""aks_changes.def says what the reference's table of pool properties says, property by property, in both directions."""

import os
import re
import sys
import unittest

ROOT = sys.argv[1]
FACTS = os.path.join(ROOT, "tests", "deploy", "sandbox_arm", "aks_changes.def")
REFERENCE = os.path.join(ROOT, "..", "shared", "reference", "aks.md")
CHANGE = re.compile(r"(R|M\*|M|\?)( / M\*)?")


def facts():
    with open(FACTS, encoding="utf-8") as file:
        return re.findall(r'^AKS_CHANGE\("([^"]+)", "([^"]+)"\)$', file.read(), re.MULTILINE)


def table_rows(text):
    section = text.split("### A.2", 1)[1].split("\n### ", 1)[0]
    for line in section.splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 6 and cells[0] not in ("property", "(name)") and not cells[0].startswith("---"):
            yield cells


def reference(text):
    """[(property, change)]; one cell may name several properties, `.b` being a sibling of `a.x` before it."""
    found = []
    for cells in table_rows(text):
        service = cells[0] == "read-only"
        names = re.findall(r"`([^`]+)`", cells[1 if service else 0])
        change = "-" if service else "".join(part or "" for part in CHANGE.match(cells[4].replace("**", "")).groups())
        for name in names:
            found.append((names[0].rsplit(".", 1)[0] + name if name.startswith(".") else name, change))
    return found


class Facts(unittest.TestCase):
    @unittest.skipUnless(os.path.exists(REFERENCE), "the reference is not there")
    def test_they_are_the_references(self):
        with open(REFERENCE, encoding="utf-8") as file:
            self.assertEqual(facts(), reference(file.read()))

    def test_the_table_is_read_right(self):
        text = ("### A.2 Pools\n\n| property | a | b | c | change | d |\n| --- | --- | --- | --- | --- | --- |\n| (name) | | | | R | |\n"
                "| `a`, `b.c`, | | | | **M** | |\n| `p.q`, `.r` | | | | M* (since) | |\n| `v` | x | | | R / M* | |\n"
                "| read-only | `s`, `t` | | | | |\n\n### A.3\n| `no` | | | | R | |\n")
        self.assertEqual(reference(text), [("a", "M"), ("b.c", "M"), ("p.q", "M*"), ("p.r", "M*"), ("v", "R / M*"), ("s", "-"), ("t", "-")])


if __name__ == "__main__":
    good = unittest.main(argv=sys.argv[:1], verbosity=2, exit=False).result.wasSuccessful()
    if good and not os.path.exists(REFERENCE):
        print("skipped: the project's reference is not beside this tree")
        sys.exit(77)
    sys.exit(0 if good else 1)
