"""DEPS in the CMakeLists.txt say what the includes say: nothing missing, nothing that the table forbids, nothing unused."""

import os
import re
import sys

import edges
import sources

LIBRARY = re.compile(r"gpuspec_library\(\s*([\w/]+)([^)]*)\)")
SECTIONS = ("SOURCES", "DEPS", "EXTERNAL", "PRIVATE_EXTERNAL")


def declared(root):
    """Library -> (CMakeLists.txt, line, DEPS)."""
    found = {}
    for path in sources.files(root, suffixes=(), names=("CMakeLists.txt",)):
        text = "\n".join(line.split("#", 1)[0] for line in sources.lines(root, path))
        for match in LIBRARY.finditer(text):
            deps, section = [], ""
            for word in match.group(2).split():
                if word in SECTIONS:
                    section = word
                elif section == "DEPS":
                    deps.append(word)
            found[match.group(1)] = (path, text.count("\n", 0, match.start()) + 1, deps)
    return found


def included(root, libraries):
    """Library -> library that it includes -> first place."""
    found = {library: {} for library in libraries}
    for path in sources.files(root, suffixes=(".cpp", ".h", ".hpp")):
        owner = sources.library_of(path, libraries)
        if owner not in found:
            continue
        for number, quoted, target in sources.includes(root, path):
            library = sources.library_of(target, edges.EDGES) if quoted else ""
            if library and library != owner:
                found[owner].setdefault(library, f"{path}:{number}")
    return found


def check_library(library, where, deps, uses, graph):
    findings = []
    for dep in deps:
        if library in edges.EDGES and dep not in edges.closure(library):
            findings.append(f"{where}: {library} may not depend on {dep}")
        elif dep in graph and dep not in uses and not set(uses) & edges.closure(dep, graph):
            findings.append(f"{where}: {library} declares {dep} and includes nothing of it")
    reached = edges.closure(library, graph)
    for use, place in sorted(uses.items()):
        if use in graph and use not in reached:
            findings.append(f"{place}: {library} includes {use}, which its DEPS do not lead to ({where})")
    return findings


def check(root):
    libraries = declared(root)
    uses = included(root, libraries)
    graph = {library: deps for library, (_, _, deps) in libraries.items()}
    findings = []
    for library, (path, line, deps) in sorted(libraries.items()):
        if library != os.path.dirname(path):
            findings.append(f"{path}:{line}: {library} is declared in another folder than its own")
        findings += check_library(library, f"{path}:{line}", deps, uses[library], graph)
    return findings


if __name__ == "__main__":
    sys.exit(sources.report(check(sys.argv[1]), "CMake dependencies"))
