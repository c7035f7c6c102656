"""Specs of any size: clusters that many teams share, about 16 Kubernetes objects for each team on a cluster.

fleet.py loop|blocks CLUSTERS TEAMS: prints one, made by loops, or the same written out block by block.
"""

import sys

CLUSTER = """cluster "{name}" {{
  resource_group = "rg-{name}"
  location       = "eastus"
  version        = "1.36"
  network        {{ plugin = azure_overlay  dataplane = cilium  policy = cilium }}
}}
pool "{system}" {{ cluster = cluster["{name}"]  mode = system  vm = "Standard_D4s_v5"  nodes = 3 }}
"""

TEAM = """team "{name}" {{
  clusters     = {clusters}
  pod_security = restricted
  members      {{ group "0b9e6d2a-7c18-4e35-b1f4-92a7d5c3e871" = edit }}
  quota        {{ cpu = 8cpu  memory = 64GiB  pods = 100 }}
  limits       {{ default_request {{ cpu = 1cpu  memory = 4GiB }} }}
  network {{
    default = deny
    allow egress to dns
    allow egress to self
    allow ingress from self
    allow egress to internet port 443
    allow ingress from namespace "monitoring" port 9400
  }}
}}
"""


def blocks(clusters, teams):
    names = "[" + ", ".join(f"cluster.c{i}" for i in range(clusters)) + "]"
    return "".join([CLUSTER.format(name=f"c{i}", system=f"s{i}") for i in range(clusters)] +
                   [TEAM.format(name=f"team{i}", clusters=names) for i in range(teams)])


def loop(clusters, teams):
    every = f'[for i in range({clusters}) : cluster["c${{i}}"]]'
    return (f"for i in range({clusters}) {{\n" + CLUSTER.format(name="c${i}", system="s${i}") + "}\n" +
            f"for t in range({teams}) {{\n" + TEAM.format(name="team${t}", clusters=every) + "}\n")


def spec(form, clusters, teams):
    return 'project "fleet"\n' + {"loop": loop, "blocks": blocks}[form](clusters, teams)


if __name__ == "__main__":
    sys.stdout.write(spec(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
