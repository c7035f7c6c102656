"""Lists files over 400 lines and functions over 80; fails on files over 500. Tables (.def) and generated files may be long."""

import re
import sys

import sources

LONG_FILE, TOO_LONG_FILE, LONG_FUNCTION = 400, 500, 80
NO_FUNCTION = re.compile(r"^(namespace|struct|class|enum|union|extern|using|typedef|template <.*> (struct|class))\b|^[#/})]")


def long_functions(text_lines):
    """(line, length) of definitions at the left margin, as clang-format lays them out."""
    start = None
    for number, line in enumerate(text_lines, 1):
        if line == "}" and start is not None:
            if number - start + 1 > LONG_FUNCTION:
                yield start, number - start + 1
            start = None
        elif line and not line[0].isspace():
            if NO_FUNCTION.match(line):
                start = None
            elif start is None:
                start = number
            if line.endswith(";"):
                start = None


def check(root):
    long, failures = [], []
    for path in sources.files(root, suffixes=(".cpp", ".h", ".hpp", ".c")):
        text = sources.lines(root, path)
        if len(text) > TOO_LONG_FILE:
            failures.append(f"{path}:1: {len(text)} lines, {TOO_LONG_FILE} is the limit")
        elif len(text) > LONG_FILE:
            long.append(f"{path}:1: {len(text)} lines")
        long += [f"{path}:{line}: a function of {length} lines" for line, length in long_functions(text)]
    return long, failures


if __name__ == "__main__":
    long_ones, too_long = check(sys.argv[1])
    for finding in long_ones:
        print("long: " + finding)
    sys.exit(sources.report(too_long, "source sizes"))
