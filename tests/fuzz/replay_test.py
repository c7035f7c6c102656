"""Every seed of a target and everything that fuzzing has found: the target takes it. replay_test.py REPLAY TARGET TREE"""

import pathlib
import subprocess
import sys
import tempfile

import seeds


def main(replay, target, tree):
    with tempfile.TemporaryDirectory(prefix="gpuspec-fuzz-") as folder:
        if failed := seeds.main(target, tree, folder):
            return failed
        found = sorted(map(str, (pathlib.Path(tree) / "tests/fuzz/regressions" / target).glob("*")))
        done = subprocess.run([replay, target, *found, folder], capture_output=True, text=True, errors="replace")
        lines = done.stdout.splitlines()
        if done.returncode == 0:
            print(lines[-1])
            return 0
        return f"fuzz_replay {target} ended with {done.returncode} at {lines[-1:]}\n{done.stderr}"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
