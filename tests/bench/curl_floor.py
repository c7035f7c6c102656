"""The floor: the same server-side apply patches sent by curl, in parallel, with nothing around them."""

import os
import subprocess
import time

PATCH = "fieldManager=gpuspec&fieldValidation=Strict"


def config(server, token, ca, objects, folder, stage):
    lines = []
    for number, (path, body) in enumerate(objects):
        file = folder / f"{stage}-{number}.json"
        file.write_text(body)
        lines += ["next"] if number else []
        lines += [f'url = "{server}{path}?{PATCH}"', "request = PATCH", f'cacert = "{ca}"', f'data-binary = "@{file}"',
                  f'header = "Authorization: Bearer {token}"', 'header = "Content-Type: application/apply-patch+yaml"',
                  'header = "Accept: application/json"', 'header = "Expect:"', "output = /dev/null", "silent",
                  'write-out = "%{http_code}\\n"']
    written = folder / f"{stage}.curl"
    written.write_text("\n".join(lines) + "\n")
    return written


def stages(objects):
    """What stands in no namespace, and what needs that to be there."""
    late = [path.count("/") > 4 and "/namespaces/" in path for path, _ in objects]
    return [[one for one, is_late in zip(objects, late) if is_late == wanted] for wanted in (False, True)]


class Floor:
    """Ready to be run once: everything that curl reads is on disk."""

    def __init__(self, server, token, ca, objects, folder, parallel, http="--http2"):
        self.count, self.words = len(objects), ["curl", "--parallel", "--parallel-max", str(parallel), http]
        self.configs = [config(server, token, ca, part, folder, stage)
                        for stage, part in zip(("first", "then"), stages(objects)) if part]

    def run(self):
        """Wall seconds and processor seconds of curl."""
        begin, used = time.perf_counter(), 0.0
        for file in self.configs:
            process = subprocess.Popen([*self.words, "--config", str(file)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            codes = process.stdout.read().split()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            used += usage.ru_utime + usage.ru_stime
            refused = [code for code in codes if code not in ("200", "201")]
            if process.returncode != 0 or refused:
                raise SystemExit(f"curl: exit code {process.returncode}, answers {sorted(set(refused))}")
        return time.perf_counter() - begin, used
