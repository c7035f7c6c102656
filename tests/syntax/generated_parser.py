"""The committed parser equals what antlr4 makes of the grammar, and holds no call of adaptivePredict."""

import pathlib
import shutil
import subprocess
import sys
import tempfile

folder = pathlib.Path(sys.argv[1]) / "lang/parse"
committed = folder / "generated"
faults = []
with tempfile.TemporaryDirectory() as scratch:
    # A relative grammar path: the tool writes it into the files.
    shutil.copy(folder / "GpuspecParser.g4", scratch)
    subprocess.run(
        ["antlr4", "-Dlanguage=Cpp", "-no-listener", "-no-visitor", "-package", "gpuspec::parse", "-o", "made",
         "GpuspecParser.g4"],
        cwd=scratch, check=True)
    for name in ("GpuspecParser.h", "GpuspecParser.cpp"):
        made = (pathlib.Path(scratch) / "made" / name).read_text()
        if made != (committed / name).read_text():
            faults.append(f"lang/parse/generated/{name} is not what GpuspecParser.g4 gives: generate it again")
        if "adaptivePredict" in made:
            faults.append(f"{name} calls adaptivePredict: the grammar is not LL(1)")
print("\n".join(faults) or "generated parser: fine")
sys.exit(1 if faults else 0)
