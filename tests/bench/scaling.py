"""What one object more costs: instructions and peak memory of `gpuspec compile` for specs of growing size.

scaling.py GPUSPEC TEAMS...: a table, one row for each number of teams (on two clusters, ten objects each), then by how
much the cost of one object grows from the last row but one to the last. Exit code 1 where that is more than 10 percent
of the instructions; memory is for reading, as threads that overlap by chance change the peak of a small spec.
Instructions are counted by valgrind, so the figures are the same on a busy machine. What a spec without teams costs,
start-up and standard library, is subtracted.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import fleet

CLUSTERS = 2
MOST = 0.10  # growth of the instructions for one object


def compile_command(gpuspec, folder, teams):
    path = pathlib.Path(folder) / f"teams-{teams}.gpuspec"
    path.write_text(fleet.spec("loop", CLUSTERS, teams), encoding="utf-8")
    out = pathlib.Path(folder) / "out"
    shutil.rmtree(out, ignore_errors=True)
    return [gpuspec, "compile", str(path), "-o", str(out), "--quiet"], out


def instructions(gpuspec, folder, teams):
    command, _ = compile_command(gpuspec, folder, teams)
    run = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *command],
                         capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", run.stderr).group(1))


def memory(gpuspec, folder, teams):
    """Peak in bytes, and the objects that were written."""
    command, out = compile_command(gpuspec, folder, teams)
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    return usage.ru_maxrss * 1024, sum(f.read_bytes().count(b"\nkind:") for f in out.glob("*/kubernetes/*.yaml"))


def measure(gpuspec, sizes, show=print):
    """Growth of the cost of one object from the last size but one to the last: (instructions, memory)."""
    with tempfile.TemporaryDirectory(prefix="gpuspec-scaling-") as folder:
        start, (bare, none) = instructions(gpuspec, folder, 0), memory(gpuspec, folder, 0)
        show(f"{'objects':>8} {'instructions':>14} {'per object':>11} {'peak MB':>8} {'KB per object':>14}")
        show(f"{none:>8} {start:>14} {'':>11} {bare / 1e6:>8.1f}")
        costs = []
        for teams in sizes:
            count, (peak, objects) = instructions(gpuspec, folder, teams), memory(gpuspec, folder, teams)
            made = objects - none
            costs.append(((count - start) / made, max(peak - bare, 1) / made))
            show(f"{objects:>8} {count:>14} {costs[-1][0]:>11.0f} {peak / 1e6:>8.1f} {costs[-1][1] / 1e3:>14.2f}")
    return tuple(last / before - 1 for last, before in zip(costs[-1], costs[-2]))


def main():
    growth, memory_growth = measure(sys.argv[1], [int(text) for text in sys.argv[2:]])
    print(f"one object more costs {growth:+.1%} instructions and {memory_growth:+.1%} memory in the last row")
    return 1 if growth > MOST else 0


if __name__ == "__main__":
    sys.exit(main())
