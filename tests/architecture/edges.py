"""Which folder may include which: the table of docs/ARCHITECTURE.md as data. An edge allows what it leads to as well, so
compiler/ir may be reached through it, but each folder names only what it uses itself."""

EDGES = {
    "lang/source": [],
    "lang/diag": ["lang/source"],
    "lang/syntax": ["lang/source"],
    "lang/parse": ["lang/syntax", "lang/diag"],
    "lang/format": ["lang/syntax"],
    "compiler/data": ["lang/diag", "compiler/ir"],  # what it reads becomes an ir::Tree
    "compiler/schema": ["lang/source"],
    "compiler/eval": ["lang/syntax", "lang/diag", "compiler/schema"],
    "compiler/ir": ["lang/source"],
    "compiler/sema": ["lang/diag", "compiler/eval", "compiler/schema", "compiler/ir"],
    "compiler/passes": ["lang/diag", "compiler/ir"],
    "compiler/driver": [
        "lang/source", "lang/diag", "lang/syntax", "lang/parse", "lang/format",
        "compiler/data", "compiler/schema", "compiler/eval", "compiler/ir", "compiler/sema", "compiler/passes",
    ],
    "compiler/service": ["compiler/driver"],
    "backends/artifact": ["lang/diag", "compiler/ir"],  # its writers take ir::Tree
    "backends/arm": ["lang/diag", "compiler/ir", "backends/artifact"],
    "backends/kubernetes": ["lang/diag", "compiler/ir", "backends/artifact"],
    "backends/helm": ["lang/diag", "compiler/ir", "backends/artifact"],
    "backends/deploy/text": [],
    "backends/deploy/model": ["compiler/ir"],
    "backends/deploy/plan": ["backends/deploy/model", "backends/deploy/text"],
    "backends/deploy/apply": ["backends/deploy/plan", "backends/deploy/http"],  # http for the cancel token only
    "backends/deploy/http": ["backends/deploy/text"],
    "backends/deploy/process": ["backends/deploy/http"],  # the cancel token
    "backends/deploy/azure": ["backends/deploy/apply", "backends/deploy/http", "backends/deploy/process"],
    "backends/deploy/kube": ["backends/deploy/apply", "backends/deploy/http", "backends/deploy/process", "compiler/data"],  # kubeconfig is YAML
    "backends/deploy/helm": ["backends/deploy/apply", "backends/deploy/kube", "backends/deploy/process"],
    "backends/deploy/verify": ["backends/deploy/apply", "backends/deploy/kube"],
    "backends/deploy/sandbox/store": ["compiler/ir"],
    "backends/deploy/sandbox/server": [],
    "backends/deploy/sandbox/kube": [
        "backends/deploy/sandbox/store", "backends/deploy/sandbox/server", "backends/deploy/http", "compiler/data",
    ],
    "backends/deploy/sandbox/arm": ["backends/deploy/sandbox/store", "backends/deploy/sandbox/server", "backends/deploy/model"],
    "backends/deploy/sandbox/cluster": ["backends/deploy/sandbox/kube"],
    "backends/deploy/sandbox/faults": [
        "compiler/ir", "backends/deploy/sandbox/server", "backends/deploy/sandbox/kube", "backends/deploy/sandbox/arm",
    ],
    "backends/deploy/sandbox/host": [
        "backends/deploy/sandbox/store", "backends/deploy/sandbox/server", "backends/deploy/sandbox/kube",
        "backends/deploy/sandbox/arm", "backends/deploy/sandbox/cluster", "backends/deploy/sandbox/faults",
    ],
    "plugins/abi": [],
    "plugins/host": ["lang/diag", "compiler/ir", "plugins/abi"],
    "plugins/nvidia": ["plugins/abi"],
    "plugins/amd": ["plugins/abi"],
    "plugins/fake": ["plugins/abi"],
}

# The top of the tree sees everything.
SEES_ALL = ["tools"]

# Headers of others that have one home: what they are, and the only folders that may include them.
HOMES = {
    "antlr4-runtime.h": ["lang/parse"],
    "llvm/Support/YAMLParser.h": ["compiler/data"],
    "llvm/Support/YAMLTraits.h": ["backends/artifact"],
    "dlfcn.h": ["plugins/host"],
    "curl/curl.h": ["backends/deploy/http"],
    "httplib.h": ["backends/deploy/sandbox/server"],
    "sqlite3.h": ["backends/deploy/sandbox/store"],
}

# What a vendor's plugin is built from must not need the compiler's own libraries.
WITHOUT_LLVM = ["plugins/abi", "plugins/nvidia", "plugins/amd", "plugins/fake"]

LAYERS = ["lang", "compiler", "backends", "plugins", "tools"]


def closure(folder, edges=None):
    """Every folder that `folder` may include, itself too."""
    edges = EDGES if edges is None else edges
    seen, open_folders = set(), [folder]
    while open_folders:
        here = open_folders.pop()
        if here not in seen:
            seen.add(here)
            open_folders += edges.get(here, [])
    return seen
