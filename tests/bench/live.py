"""Plan and apply as users have them, against the sandbox and against a real control plane; called by bench.py.

Each comparison is between runs of one call of scripts/bench that take turns: machines are noisy, ratios less so.
"""

import itertools
import pathlib
import statistics
import subprocess
import time

import curl_floor
import live_objects
import live_worlds

ROUNDS = 5
TEAMS = 500  # about 5,000 objects
CONNECTIONS = 8  # of the client that measures the sandbox
names = (f"n{number:03d}" for number in itertools.count())


def lines(objects):
    """For apply_rate: what stands in no namespace first."""
    first, rest = curl_floor.stages(objects)
    return "\n".join(f"{path}\t{body}" for path, body in first) + "\n\n" + "\n".join(f"{path}\t{body}" for path, body in rest) + "\n"


class Live:
    """A cluster, and objects to put into it under ever new names."""

    def __init__(self, bench, world, folder):
        self.bench, self.world, self.folder = bench, world, folder

    def write(self, teams, project=None):
        """A spec of a new project: its path, the project and the prefix of its teams."""
        prefix = next(names)
        project = project or "bench-" + prefix
        path = self.folder / f"{prefix}.gpuspec"
        path.write_text(live_objects.spec(project, prefix, teams, self.world.context))
        return path, project, prefix

    def gpuspec(self, command, path, *more):
        return live_worlds.run([self.bench.gpuspec, command, path, *self.world.words, *more], self.world.environment)

    def objects(self, teams):
        """The bodies of a spec's objects, and their prefix; the spec is applied once for it."""
        path, project, prefix = self.write(teams)
        self.gpuspec("apply", path, "--yes", "--quiet")
        return live_objects.bodies(self.world.client(), project), prefix


def sandbox_rate(bench):
    """Server-side applies that make new objects, each a second, over TLS; client and server on two cores together."""
    folder = pathlib.Path(bench.folder)
    world = live_worlds.Sandbox(bench.gpuspec, folder)
    program = bench.build / "bin" / "apply_rate"
    rates, server, client = [], [], []
    try:
        live = Live(bench, world, folder)
        objects, prefix = live.objects(TEAMS)
        for _ in range(ROUNDS):
            text = lines(live_objects.renamed(objects, prefix, next(names)))
            live_worlds.settle(world.pids)
            before = live_worlds.processor_seconds(world.pids)
            said = subprocess.run([program, world.server, world.ca, world.token_file, str(CONNECTIONS)], input=text, text=True,
                                  capture_output=True, check=True).stdout.split()
            count = int(said[0])
            rates.append(count / float(said[1]))
            server.append((live_worlds.processor_seconds(world.pids) - before) / count * 1e6)
            client.append(float(said[2]) / count * 1e6)
    finally:
        world.close()
    bench.add("sandbox-rate", "applies", "/s", rates)
    bench.add("sandbox-rate", "of server", "us", server)
    bench.add("sandbox-rate", "of client", "us", client)


ALL = {"sandbox-rate": sandbox_rate}
