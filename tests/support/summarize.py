"""The end of scripts/test: counts what ctest's JUnit file says, and names each skipped test with its reason."""

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


def summarize(path):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    skipped, failed = {}, []
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
    for reason in sorted(skipped):
        names = sorted(skipped[reason])
        lines.append(f"  skipped, {reason}: {len(names)}")
        lines += [f"    {name}" for name in names]
    return "\n".join(lines)


if __name__ == "__main__":
    print(summarize(sys.argv[1]))
