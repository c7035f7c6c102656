"""For tests in Python that need a program which may be absent: needs("helm") ends the test as skipped, by that name."""

import shutil
import sys

SKIPPED = 77


def needs(*tools):
    for tool in tools:
        if shutil.which(tool) is None:
            print(f"skipped: needs {tool}")
            sys.exit(SKIPPED)
