"""Plan and apply as users have them, against the sandbox and against a real control plane; called by bench.py.

Each comparison is between runs of one call of scripts/bench that take turns: machines are noisy, ratios less so.
"""

import concurrent.futures
import http.client
import itertools
import json
import os
import pathlib
import re
import ssl
import statistics
import subprocess
import time
import urllib.parse

import curl_floor
import live_objects
import live_worlds

ROUNDS = int(os.environ.get("GPUSPEC_BENCH_ROUNDS", "5"))
TEAMS = 500  # about 5,000 objects
FAR_TEAMS = 100  # of them where each request takes 20 ms: kubectl needs its time
FAR_MS = 20
PARALLEL = 32  # what gpuspec has in flight at most, and what curl is told
CONNECTIONS = 8  # of the client that measures the sandbox
OPERATION_MS = 1500  # how long the sandbox takes to make a cluster or a pool
PAGE = 2500  # as gpuspec asks for
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


class Raw:
    """The reads of a plan, and nothing done with what comes: what is left of a plan without them is gpuspec's own time."""

    def __init__(self, world, project):
        self.world, self.project = world, project
        self.context = ssl.create_default_context(cafile=str(world.ca))

    def read(self, collection):
        server = urllib.parse.urlsplit(self.world.server)
        connection = http.client.HTTPSConnection(server.hostname, server.port, context=self.context)
        headers = {"Authorization": f"Bearer {self.world.token()}", "Accept": "application/json"}
        first = f"{server.path}{collection}?limit={PAGE}&labelSelector=gpuspec.dev%2Fproject%3D{self.project}"
        path = first
        while path:
            connection.request("GET", path, headers=headers)
            body = connection.getresponse().read()
            more = re.search(rb'"continue":"([^"]+)"', body[:2000] + body[-2000:])
            path = more and f"{first}&continue={urllib.parse.quote(more[1].decode())}"
        connection.close()

    def run(self):
        begin = time.perf_counter()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            list(pool.map(self.read, live_objects.COLLECTIONS))
        return time.perf_counter() - begin


def plan_live(bench):
    """A plan of 5,000 objects that are as the spec says, beside the same reads alone."""
    folder = pathlib.Path(bench.folder)
    world = live_worlds.Sandbox(bench.gpuspec, folder)
    try:
        live = Live(bench, world, folder)
        path, project, _ = live.write(TEAMS)
        live.gpuspec("apply", path, "--yes", "--quiet")
        live_worlds.settle(world.pids)
        raw = Raw(world, project)
        runs = [(live.gpuspec("plan", path), raw.run()) for _ in range(ROUNDS)]
    finally:
        world.close()
    said = runs[0][0][3]
    bench.add("plan-live", "wall", "ms", [plan[0] * 1e3 for plan, _ in runs])
    bench.add("plan-live", "reads", "ms", [read * 1e3 for _, read in runs])
    bench.add("plan-live", "beyond", "ms", [(plan[0] - read) * 1e3 for plan, read in runs])
    bench.add("plan-live", "processor", "ms", [plan[1] * 1e3 for plan, _ in runs])
    bench.add("plan-live", "peak", "MB", [plan[2] for plan, _ in runs])
    print(f"{'':<22} {said.strip().splitlines()[-2].strip()}")


def memory(bench):
    """10,000 objects: the plan that makes them, the apply, and the plan after it."""
    folder = pathlib.Path(bench.folder)
    world = live_worlds.Sandbox(bench.gpuspec, folder)
    try:
        live = Live(bench, world, folder)
        path, _, _ = live.write(2 * TEAMS)
        for name, command in (("plan, all new", ["plan"]), ("apply", ["apply", "--yes", "--quiet"]), ("plan, none new", ["plan"])):
            bench.add("memory-live", name, "MB", [live.gpuspec(command[0], path, *command[1:])[2]])
    finally:
        world.close()


def kubectl_apply(program, live, objects, environment):
    """Server-side apply of the same objects in one file."""
    file = live.folder / "kubectl.json"
    items = [json.loads(body) for _, body in objects]
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    wall, processor, _, _ = live_worlds.run([program, "apply", "--server-side", "--field-manager=gpuspec", "-f", file], environment)
    return wall, processor


def ratios(bench, name, gpuspec, others):
    """Medians, and the median of the ratios of runs that took place next to each other."""
    bench.add(name, "gpuspec", "s", gpuspec)
    for other, values in others.items():
        if values:
            bench.add(name, other, "s", values)
            bench.add(name, f"/ {other}", "x", [ours / theirs for ours, theirs in zip(gpuspec, values)])


def apply_rounds(bench, name, world, teams, rounds, environment, server):
    """gpuspec, curl and kubectl in turn, the order changing, each with names of its own and after the last one's wake."""
    folder = pathlib.Path(bench.folder)
    live = Live(bench, world, folder)
    objects, prefix = live.objects(teams)
    program = world.kubectl()
    walls = {"gpuspec": [], "curl": [], "kubectl": []}

    def gpuspec():
        path, _, _ = live.write(teams)
        return live_worlds.run([bench.gpuspec, "apply", path, "--yes", "--quiet", *world.words], environment)[0]

    def curl():
        part = live.folder / next(names)
        part.mkdir()
        return curl_floor.Floor(server, world.token(), world.ca, live_objects.renamed(objects, prefix, next(names)), part, PARALLEL).run()[0]

    def kubectl():
        return kubectl_apply(program, live, live_objects.renamed(objects, prefix, next(names)), environment)[0]

    turns = [gpuspec, curl] + ([kubectl] if program else [])
    for number in range(rounds):
        for turn in turns[number % len(turns):] + turns[:number % len(turns)]:
            live_worlds.settle(world.pids)
            walls[turn.__name__].append(turn())
    ratios(bench, name, walls["gpuspec"], {"curl": walls["curl"], "kubectl": walls["kubectl"]})


def apply_real(bench):
    """5,000 objects into a real control plane: the whole command, beside bare requests and beside kubectl."""
    try:
        world = live_worlds.Real(pathlib.Path(bench.folder))
    except live_worlds.NotHere as why:
        print(f"apply-real: skipped, {why}")
        return
    try:
        apply_rounds(bench, "apply-real", world, TEAMS, ROUNDS, world.environment, world.server)
    finally:
        world.close()


def apply_latency(bench):
    """The same with 20 ms more on the way there and back."""
    folder = pathlib.Path(bench.folder)
    try:
        world = live_worlds.Real(folder)
    except live_worlds.NotHere as why:
        print(f"apply-latency: skipped, {why}")
        return
    port = urllib.parse.urlsplit(world.server).port
    proxy = subprocess.Popen([bench.build / "bin" / "delay_proxy", str(port), str(FAR_MS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        far = f"https://127.0.0.1:{proxy.stdout.readline().strip()}"
        config = folder / "far.kubeconfig"
        config.write_text((world.dir / "kubeconfig").read_text().replace(world.server, far))
        apply_rounds(bench, "apply-latency", world, FAR_TEAMS, ROUNDS, {"KUBECONFIG": str(config)}, far)
    finally:
        proxy.stdin.close()
        proxy.wait()
        world.close()


def longest_way(plan, took):
    """Milliseconds of the longest way through a plan, given what each change took."""
    ends = []
    for change in plan["changes"]:
        before = list(change["after"])
        for gate in change.get("gates", []):
            before += plan["gates"][gate]["after"]
        ends.append(max((ends[each] for each in before), default=0) + took[change["cluster"], change["id"]])
    return max(ends)


def makespan(bench):
    """From nothing to clusters with pools and teams: how long it took, beside the longest way through what it did."""
    folder = pathlib.Path(bench.folder)
    world = live_worlds.Sandbox(bench.gpuspec, folder, "--operation-ms", str(OPERATION_MS))
    figures = []
    try:
        path = folder / "makespan.gpuspec"
        path.write_text(live_objects.MAKESPAN)
        for _ in range(ROUNDS):
            words = [path, *world.words, "--skip-helm"]
            plan = json.loads(live_worlds.run([bench.gpuspec, "plan", *words, "--format", "json", "--quiet"])[3])
            said = live_worlds.run([bench.gpuspec, "apply", *words, "--yes", "--format", "jsonl", "--quiet"])[3]
            events = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
            took = {(event["cluster"], event["id"]): event["took_ms"] for event in events if event["event"] == "finished"}
            figures.append((events[-1]["took_ms"], longest_way(plan, took)))
            live_worlds.run([bench.gpuspec, "sandbox", "reset", "--dir", world.dir])
    finally:
        world.close()
    bench.add("makespan-live", "wall", "ms", [whole for whole, _ in figures])
    bench.add("makespan-live", "longest", "ms", [longest for _, longest in figures])
    bench.add("makespan-live", "/ longest", "x", [whole / longest for whole, longest in figures])


ALL = {"makespan-live": makespan, "sandbox-rate": sandbox_rate, "plan-live": plan_live, "memory-live": memory, "apply-real": apply_real,
       "apply-latency": apply_latency}
