"""The end of scripts/test: summarize.py JUNIT [LOG]. Counts what ctest's JUnit file says, names each skipped test with its reason,
and, from what ctest printed, those that passed only when they were run again."""

import re
import sys
import xml.etree.ElementTree as ElementTree


def reason_of(case):
    output = case.findtext("system-out") or ""
    said = re.search(r"skipped: (.+)", output)
    if said:
        return said.group(1).strip()
    # gtest writes "file:line: Skipped" and the message below it.
    gtest = re.search(r": Skipped\n(.+)", output)
    return gtest.group(1).strip() if gtest else "no reason given"


def outcome_of(case):
    if case.get("status") == "notrun" or case.find("skipped") is not None:
        return "skipped"
    return "failed" if case.get("status") == "fail" or case.find("failure") is not None else "passed"


def failed_once(log):
    with open(log, encoding="utf-8", errors="replace") as lines:
        found = (re.match(r"\s*(?:\d+/\d+ )?Test\s+#\d+: (\S+) .*\*\*\*(?!Skipped|Not Run)", line) for line in lines)
        return {match.group(1) for match in found if match}


def summarize(path, log=None):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    skipped, failed, again = {}, [], failed_once(log) if log else set()
    for case in ElementTree.parse(path).getroot().iter("testcase"):
        if case.get("status") == "disabled":
            continue
        outcome = outcome_of(case)
        counts[outcome] += 1
        if outcome == "skipped":
            skipped.setdefault(reason_of(case), []).append(case.get("name"))
        elif outcome == "failed":
            failed.append(case.get("name"))
    lines = ["", f"{counts['passed']} passed, {counts['failed']} failed, {counts['skipped']} skipped"]
    lines += [f"  failed: {name}" for name in sorted(failed)]
    lines += [f"  passed only when it was run again: {name}" for name in sorted(again - set(failed))]
    for reason in sorted(skipped):
        names = sorted(skipped[reason])
        lines.append(f"  skipped, {reason}: {len(names)}")
        lines += [f"    {name}" for name in names]
    return "\n".join(lines)


if __name__ == "__main__":
    print(summarize(*sys.argv[1:]))
