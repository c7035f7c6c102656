"""Where fuzzing starts: seeds.py TARGET SOURCE_TREE OUT writes one file for each input that is worth a try.

Most come from what the tree has anyway (the corpus, the examples, the documents of the plugins' tests, the conventions of
each target are in its .cpp file); seeds/TARGET holds those that exist for the fuzzer alone, and regressions/TARGET what
made it stop once.
"""

import hashlib
import pathlib
import sys

LARGEST = 16 * 1024  # a fuzzer does little with more


def document(name, text):
    return b"// --- file: " + name.encode() + b"\n" + text + b"\n"


def specs(tree):
    for folder in ("tests/corpus", "examples", "stdlib"):
        for path in sorted((tree / folder).rglob("*.gpuspec")):
            yield path.read_bytes()
    for path in sorted((tree / "docs/diagnostics").glob("*.md")):
        for block in path.read_bytes().split(b"```")[1::2]:
            yield block.partition(b"\n")[2]


def replies(tree):
    """Each document of the plugins' tests, alone and with the others of its kind."""
    golden = tree / "tests/plugins/golden"
    for path in sorted(golden.glob("*-reply.json")):
        yield document(path.name.split(".")[1].removesuffix("-reply"), path.read_bytes())
    for partition in sorted(golden.glob("*.partition-reply.json")):
        emit = partition.with_name(partition.name.replace(".partition-", ".emit-"))
        yield document("partition", partition.read_bytes()) + document("emit", emit.read_bytes())


def data(tree):
    for folder in ("tests", "examples"):
        for pattern in ("*.yaml", "*.json"):
            for path in sorted((tree / folder).rglob(pattern)):
                yield path.read_bytes()


def plans(_):
    return ()


COLLECTED = {"lexer": specs, "spec": specs, "plugin": replies, "data": data, "plan": plans}


def seeds(target, tree):
    for folder in ("seeds", "regressions"):
        for path in sorted((tree / "tests/fuzz" / folder / target).glob("*")):
            yield path.read_bytes()
    for text in COLLECTED[target](tree):
        if len(text) <= LARGEST:
            yield text


def main(target, tree, out):
    folder = pathlib.Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for text in seeds(target, pathlib.Path(tree)):
        (folder / hashlib.sha1(text).hexdigest()).write_bytes(text)
        count += 1
    return 0 if count else "no seeds"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
