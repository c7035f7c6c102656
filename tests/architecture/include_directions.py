"""Every `#include` follows the table of edges."""

import os
import sys

import edges
import sources


LAYER_PREFIXES = tuple(layer + "/" for layer in edges.LAYERS)


def check_ours(path, number, target, owner):
    if owner in edges.SEES_ALL:
        return None
    library = sources.library_of(target)
    if not library:
        return f"{path}:{number}: {target} belongs to no library that the table knows"
    if library not in edges.closure(owner):
        return f"{path}:{number}: {owner} may not include {library} ({target})"
    return None


def check_others(path, number, target, owner):
    if target.startswith("llvm/") and owner in edges.WITHOUT_LLVM:
        return f"{path}:{number}: {owner} may not include {target}"
    homes = edges.HOMES.get(target)
    if homes is None or owner in homes:
        return None
    return f"{path}:{number}: {target} is for {' and '.join(homes)} only"


def check_beside(path, number, target, owner):
    # The ABI's headers are installed into one folder, so they name each other without it.
    if owner == "plugins/abi":
        return None
    return f'{path}:{number}: "{target}" is not a path from the repository root'


def rule_for(root, path, quoted, target):
    if quoted and target.startswith(LAYER_PREFIXES):
        return check_ours
    if quoted and os.path.exists(os.path.join(root, os.path.dirname(path), target)):
        return check_beside
    return check_others


def check(root):
    findings = []
    for path in sources.files(root, suffixes=(".cpp", ".h", ".hpp", ".c", ".def")):
        owner = sources.library_of(path)
        if not owner:
            findings.append(f"{path}:1: {path} belongs to no library that the table knows")
            continue
        for number, quoted, target in sources.includes(root, path):
            finding = rule_for(root, path, quoted, target)(path, number, target, owner)
            if finding:
                findings.append(finding)
    return findings


if __name__ == "__main__":
    sys.exit(sources.report(check(sys.argv[1]), "include directions"))
