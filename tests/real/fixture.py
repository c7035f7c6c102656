"""fixture.py build DIR...|start DIR|stop DIR: what ctest does around the tests of label `real`. Those read DIR/skipped for the
reason, when there is no control plane."""

import pathlib
import subprocess
import sys

CONTROL_PLANE = pathlib.Path(__file__).resolve().parent / "control-plane"
SKIPPED = 77


def run(*words):
    result = subprocess.run([sys.executable, CONTROL_PLANE, *words], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    sys.stdout.write(result.stdout)
    return result


def build(*folders):
    for folder in folders:
        (folder / "skipped").unlink(missing_ok=True)
    ended = noted(run("build"), *folders)
    # Without helm the control plane is of use all the same: what needs it says so.
    helm = SKIPPED if ended == SKIPPED else run("build", "helm", "helm4").returncode
    return helm if helm not in (0, SKIPPED) else ended


def start(folder):
    if (folder / "skipped").exists():
        print((folder / "skipped").read_text())
        return SKIPPED
    if (folder / "info.json").exists():
        run("stop", folder)  # of a run that was cut off
    return noted(run("start", folder), folder)


def stop(folder):
    if not (folder / "info.json").exists():
        print("skipped: no control plane was started")
        return SKIPPED
    return run("stop", folder).returncode


def noted(result, *folders):
    for folder in folders if result.returncode == SKIPPED else ():
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "skipped").write_text(result.stdout)
    return result.returncode


if __name__ == "__main__":
    sys.exit({"build": build, "start": start, "stop": stop}[sys.argv[1]](*map(pathlib.Path, sys.argv[2:])))
