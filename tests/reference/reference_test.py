"""docs/reference is what gpuspec-reference makes, and its links lead somewhere."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

PROGRAM = pathlib.Path(sys.argv.pop(1))
ROOT = pathlib.Path(sys.argv.pop(1))
FOLDER = ROOT / "docs" / "reference"
LINK = re.compile(r"\]\(([^)#]+)")


def made() -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([PROGRAM, folder], check=True)
        return {path.name: path.read_text("utf-8") for path in sorted(pathlib.Path(folder).iterdir())}


def committed() -> dict[str, str]:
    return {path.name: path.read_text("utf-8") for path in sorted(FOLDER.glob("*.md"))}


def rewrite() -> bool:
    wanted, found = made(), committed()
    FOLDER.mkdir(exist_ok=True)
    for name in found.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, "utf-8")
    return wanted != found


class Reference(unittest.TestCase):
    maxDiff = None

    def test_is_up_to_date(self):
        wanted, found = made(), committed()
        self.assertEqual(sorted(wanted), sorted(found), "scripts/update-goldens -R reference writes them")
        for name, text in wanted.items():
            self.assertEqual(text, found[name], f"{name}: scripts/update-goldens -R reference writes it anew")

    def test_links_lead_to_files(self):
        for name, text in committed().items():
            for target in LINK.findall(text):
                with self.subTest(page=name, link=target):
                    self.assertTrue((FOLDER / target).is_file())

    def test_has_a_page_for_each_kind(self):
        rows = made()["README.md"]
        for kind in ("cluster", "pool", "team", "job", "accelerator"):
            self.assertIn(f"({kind}.md)", rows)


if __name__ == "__main__":
    if os.environ.get("GPUSPEC_UPDATE_GOLDENS") and rewrite():
        print("skipped: rewritten: docs/reference")
        sys.exit(77)
    unittest.main()
