"""case_test.py GPUSPEC REPOSITORY CASE...: command lines and what they have to do, one file for each case.

A case is a line that says what it shows, steps, then the files that it needs:

    Findings end with 1 and say where they are.

    > gpuspec check main.gpuspec
    exit 1
    err ~ GS2002
    out empty

    -- main.gpuspec --
    project "x"

Each step runs in a shell, in an empty folder with those files; `gpuspec` is the program under test, $REPO this repository.
Below a step stand what it has to do:

    exit N              its exit code; 0 where nothing is said
    out ~ REGEX         standard output holds it (lines: ^ and $ are those of a line); `err` is standard error
    out !~ REGEX        it does not
    out empty           nothing was written
    out json NAME       one JSON document that fits docs/schemas/NAME.json
    out json PATH == V  what stands at a path such as findings.0.code, as JSON
"""

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

SKIPPED = 77
TIMEOUT = 120


class Broken(Exception):
    """The case itself is wrong."""


class Step:
    def __init__(self, command):
        self.command, self.code, self.checks = command, 0, []


def parse(text):
    """(what it shows, [Step], {path: content})"""
    head, *parts = re.split(r"^-- (\S+) --\n", text, flags=re.M)
    files = dict(zip(parts[0::2], parts[1::2]))
    title, steps = None, []
    for line in head.splitlines():
        if not line.strip():
            continue
        if title is None:
            title = line
        elif line.startswith("> "):
            steps.append(Step(line[2:]))
        elif not steps:
            title += " " + line
        elif match := re.fullmatch(r"exit (\d+)", line):
            steps[-1].code = int(match[1])
        elif match := re.fullmatch(r"(out|err) (~|!~) (.+)", line):
            re.compile(match[3])
            steps[-1].checks.append(match.groups())
        elif match := re.fullmatch(r"(out|err) (empty)", line):
            steps[-1].checks.append((*match.groups(), None))
        elif match := re.fullmatch(r"(out) json (\S+) == (.+)", line):
            steps[-1].checks.append((match[1], match[2], json.loads(match[3])))
        elif match := re.fullmatch(r"(out) (json) (\S+)", line):
            steps[-1].checks.append(match.groups())
        else:
            raise Broken(f"no such line in a case: {line}")
    if not title or not steps:
        raise Broken("a case has a title and a step")
    return title, steps, files


def at(document, path):
    for name in path.split("."):
        document = document[int(name)] if isinstance(document, list) else document[name]
    return document


def closed(schema):
    """The schema with no field allowed that it does not describe: readers have to ignore such, we may not print them."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and "type" in schema:
        result.setdefault("additionalProperties", False)
    return result


def schema_problem(document, schemas, name):
    try:
        import jsonschema
    except ImportError:
        return "skipped"
    store = {path.name: closed(json.loads(path.read_text())) for path in schemas.glob("*.json")}
    schema = store[f"{name}.json"]
    resolver = jsonschema.RefResolver(f"{name}.json", schema, store=store)
    errors = jsonschema.Draft7Validator(schema, resolver=resolver).iter_errors(document)
    lines = sorted(f"{'.'.join(map(str, error.absolute_path))}: {error.message}" for error in errors)
    return "; ".join(lines[:3])


def problem(check, text, schemas):
    """What is wrong with a stream, or "" when nothing is."""
    stream, kind, value = check
    if kind == "empty":
        return f"{stream} is not empty" if text else ""
    if kind == "~":
        return "" if re.search(value, text, re.M) else f"{stream} does not have: {value}"
    if kind == "!~":
        return f"{stream} has: {value}" if re.search(value, text, re.M) else ""
    try:
        document = json.loads(text)
    except ValueError as error:
        return f"{stream} is no JSON: {error}"
    if kind == "json":
        wrong = schema_problem(document, schemas, value)
        return wrong if wrong in ("", "skipped") else f"{stream} does not fit {value}.json: {wrong}"
    try:
        found = at(document, kind)
    except (KeyError, IndexError, ValueError, TypeError):
        return f"{stream} has no {kind}"
    return "" if found == value and type(found) is type(value) else f"{stream}: {kind} is {json.dumps(found)}, not {json.dumps(value)}"


def environment(gpuspec, repository, home):
    return {
        "PATH": f"{pathlib.Path(gpuspec).parent}:/usr/bin:/bin",
        "HOME": home,
        "REPO": str(repository),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
        "TERM": "dumb",
    }


def run(steps, files, gpuspec, repository):
    """(problems, whether a schema was left out)"""
    problems, skipped = [], False
    with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as folder:
        for path, content in files.items():
            target = pathlib.Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content)
        for step in steps:
            done = subprocess.run(["/bin/bash", "-c", step.command], cwd=folder, capture_output=True, timeout=TIMEOUT,
                                  env=environment(gpuspec, repository, home))
            text = {"out": done.stdout.decode(errors="replace"), "err": done.stderr.decode(errors="replace")}
            wrong = [] if done.returncode == step.code else [f"exit code {done.returncode}, not {step.code}"]
            for check in step.checks:
                found = problem(check, text[check[0]], repository / "docs/schemas")
                skipped = skipped or found == "skipped"
                wrong += [found] if found not in ("", "skipped") else []
            if wrong:
                problems.append("\n".join([f"> {step.command}", *wrong, "-- out", text["out"], "-- err", text["err"]]))
                break
    return problems, skipped


def main(gpuspec, repository, *cases):
    status = 0
    for case in cases:
        title, steps, files = parse(pathlib.Path(case).read_text())
        problems, skipped = run(steps, files, os.path.abspath(gpuspec), pathlib.Path(repository).resolve())
        if problems:
            print(f"{case}: {title}", *problems, sep="\n")
            status = 1
        elif skipped and status == 0:
            print("skipped: needs python3-jsonschema")
            status = SKIPPED
    return status


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
