"""bench.py BUILD OUT.json [NAME...]: how long gpuspec takes and how much memory. Called by scripts/bench.

Medians of processor time (user and system, which other programs on the machine disturb little) and of wall time, and
the peak of resident memory. Writes a table, and OUT.json: a list of {name, figure, unit, median, min, repeats}.
"""

import json
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

import fleet
import live
import live_worlds
import scaling as scaling_of

ONE_POOL = """project "one"
cluster ml { existing = true  resource_group = "rg-ml"  location = "eastus" }
pool h100 { cluster = ml  vm = "Standard_ND96isr_H100_v5"  nodes = 2 }
accelerator nvidia { cluster = ml  stack = device_plugin }
"""


class Bench:
    def __init__(self, build, folder):
        self.build, self.folder, self.rows = build, pathlib.Path(folder), []
        self.gpuspec = str(build / "bin" / "gpuspec")

    def write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def add(self, name, figure, unit, values):
        row = {"name": name, "figure": figure, "unit": unit, "median": round(statistics.median(values), 2),
               "min": round(min(values), 2), "repeats": len(values)}
        self.rows.append(row)
        print(f"{name:<22} {figure:<10} {row['median']:>10.2f} {unit:<4} {row['min']:>10.2f} {row['repeats']:>4}", flush=True)

    def once(self, command):
        """Wall ms, processor ms and peak MB of one run."""
        wall, processor, peak, _ = live_worlds.run(command)
        return wall * 1e3, processor * 1e3, peak

    def measure(self, name, command, repeats, before=None):
        runs = []
        for _ in range(repeats + 1):  # the first one warms the caches
            if before:
                before()
            runs.append(self.once(command))
        wall, cpu, peak = zip(*runs[1:])
        self.add(name, "wall", "ms", wall)
        self.add(name, "processor", "ms", cpu)
        self.add(name, "peak", "MB", peak)
        return statistics.median(cpu), statistics.median(peak)

    def compile(self, name, form, clusters, teams, repeats):
        path, out = self.write(name + ".gpuspec", fleet.spec(form, clusters, teams)), self.folder / "out"
        figures = self.measure(name, [self.gpuspec, "compile", path, "-o", str(out), "--quiet"], repeats,
                               before=lambda: shutil.rmtree(out, ignore_errors=True))
        files = list(out.glob("*/kubernetes/*.yaml"))
        objects = sum(file.read_bytes().count(b"\nkind:") for file in files)
        size = sum(file.stat().st_size for file in files)
        shutil.rmtree(out)
        return objects, size, figures


def check_cold(bench):
    bench.measure("check-cold", [bench.gpuspec, "check", bench.write("one.gpuspec", ONE_POOL)], 30)


def parse(bench):
    """The program prints what it measured inside itself, without making the text."""
    program = bench.build / "bin" / "parse_bench"
    out = subprocess.run([program, "10", "5"], check=True, capture_output=True, text=True).stdout.splitlines()[0]
    words = out.split()
    bench.add("parse-10mb", "speed", "MB/s", [float(words[words.index("MB/s,") - 1])])
    bench.add("parse-10mb", "peak", "MB", [float(words[words.index("RSS") + 1])])


def fleet_loop(bench):
    objects, size, _ = bench.compile("fleet-loop", "loop", 10, 640, 7)
    print(f"{'':<22} {objects} objects, {size / 1e6:.1f} MB of YAML")


def fleet_blocks(bench):
    objects, size, _ = bench.compile("fleet-blocks", "blocks", 10, 640, 7)
    print(f"{'':<22} {objects} objects, {size / 1e6:.1f} MB of YAML")


def scaling(bench):
    """From 1,000 to 100,000 objects."""
    if shutil.which("valgrind") is None:
        print("scaling: skipped, no valgrind")
        return
    growth, memory = scaling_of.measure(bench.gpuspec, [50, 500, 5000])
    bench.add("scaling", "instructions per object", "%", [100 * growth])
    bench.add("scaling", "memory per object", "%", [100 * memory])


def yaml(bench):
    out = subprocess.run([bench.build / "bin" / "yaml_bench"], check=True, capture_output=True, text=True).stdout
    for line in out.splitlines():
        words = line.split()
        bench.add("emit-" + words[0], "speed", "MB/s", [float(words[words.index("MB/s") - 1])])


ALL = {"check-cold": check_cold, "parse": parse, "fleet-loop": fleet_loop, "fleet-blocks": fleet_blocks, "scaling": scaling,
       "yaml": yaml}


def main():
    build, out, names = pathlib.Path(sys.argv[1]).absolute(), sys.argv[2], sys.argv[3:] or list(ALL)
    unknown = [name for name in names if name not in (ALL | live.ALL)]
    if unknown:
        sys.stderr.write(f"there is no benchmark {unknown[0]}; it has: {', '.join(ALL | live.ALL)}\n")
        return 64
    print(f"{'benchmark':<22} {'figure':<10} {'median':>10} {'':<4} {'min':>10} {'runs':>4}")
    with tempfile.TemporaryDirectory(prefix="gpuspec-bench-") as folder:
        bench = Bench(build, folder)
        for name in names:
            (ALL | live.ALL)[name](bench)
    pathlib.Path(out).write_text(json.dumps(bench.rows, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
