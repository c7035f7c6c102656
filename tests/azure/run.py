"""run.py FOLDER TEST ARGS...: runs a test with the pinned clients of requirements.txt, which it installs into FOLDER once.

Where they cannot be had the test is skipped (exit code 77), and says why.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
REQUIREMENTS = os.path.join(HERE, "requirements.txt")


class Absent(Exception):
    pass


def attempt(command, what):
    result = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, stdin=subprocess.DEVNULL)
    if result.returncode != 0:
        lines = result.stdout.strip().splitlines()
        raise Absent(f"{what}: {lines[-1] if lines else 'exit code ' + str(result.returncode)}")


def install(venv):
    shutil.rmtree(venv, ignore_errors=True)
    try:
        attempt([sys.executable, "-m", "venv", venv], "Python makes no environment here")
        attempt([os.path.join(venv, "bin", "pip"), "--disable-pip-version-check", "--no-input", "--retries", "1", "--timeout", "20",
                 "install", "--quiet", "--requirement", REQUIREMENTS], "Azure's clients cannot be installed")
    except Absent:
        shutil.rmtree(venv, ignore_errors=True)
        raise


def prepared(folder):
    """The environment's Python. One of the tests that wait here installs, the others find it done."""
    os.makedirs(folder, exist_ok=True)
    with open(REQUIREMENTS, "rb") as file:
        wanted = hashlib.sha256(file.read() + sys.version.encode()).hexdigest()
    venv, mark = os.path.join(folder, "venv"), os.path.join(folder, "venv", "installed")
    with open(os.path.join(folder, "lock"), "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not os.path.exists(mark) or open(mark, encoding="utf-8").read() != wanted:
            install(venv)
            with open(mark, "w", encoding="utf-8") as file:
                file.write(wanted)
    return os.path.join(venv, "bin", "python")


def main():
    folder, test, arguments = sys.argv[1], sys.argv[2], sys.argv[3:]
    try:
        python = prepared(folder)
    except Absent as reason:
        print(f"skipped: {reason}")
        sys.exit(77)
    os.execv(python, [python, os.path.join(HERE, test), *arguments])


if __name__ == "__main__":
    main()
