"""Which small changes of the numerics no test notices: python tools/mutants.py losses cells/lstm (or nothing for all)

Each module is changed by mutmut (pip install mutmut) in a copy of the package, and judged by the unit tests that belong
to it. A change that makes no difference is listed with its reason in tests/equivalent_mutants.txt; any other that
survives needs a test. It takes a processor a minute for some fifty mutants, so it is not part of the test run.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
EQUIVALENT = ROOT / "tests" / "equivalent_mutants.txt"
CELLS = "cells unroll oracles"
# the modules of floors 0 and 1, and the unit tests that judge each
TESTS = {
    "activations": "activations cells",
    "attention": "attention",
    "cells/base": f"{CELLS} gradient_flow describe",
    "cells/elman": f"{CELLS} describe",
    "cells/gru": CELLS,
    "cells/indrnn": f"{CELLS} gradient_flow describe",
    "cells/jordan": f"{CELLS} describe",
    "cells/lstm": CELLS,
    "checks": "checks unroll cells losses",
    "describe": "describe",
    "dropout": "model describe",
    "gradcheck": "gradcheck",
    "gradient_flow": "gradient_flow",
    "initializers": "initializers",
    "interop": "interop",
    "losses": "losses",
    "mingru": "mingru cells unroll gradient_flow",
    "model": "model learning_bad_input describe",
    "optimizers": "optimizers",
    "sampling": "sampling mingru",
    "seq2seq": "seq2seq learning_bad_input describe",
    "tasks/adding": "tasks_adding",
    "tasks/agreement": "tasks_signals",
    "tasks/dates": "tasks_dates learning_bad_input",
    "tasks/flights": "tasks_flights learning_bad_input",
    "tasks/latest_mark": "tasks_adding tasks_signals",
    "tasks/recall": "tasks_signals",
    "tasks/slot_filling": "tasks_slot_filling learning_bad_input",
    "tasks/temporal_order": "tasks_signals learning_bad_input",
    "tasks/two_time_scales": "tasks_signals learning_bad_input",
    "tdnn": "tdnn cells unroll describe",
    "training": "training learning_bad_input describe",
    "truncation": "truncation mingru model",
    "unroll": "unroll cells truncation describe",
    "wrappers": "wrappers cells unroll describe",
}
# mutmut changes what a message says; the tests read of it what matters
WORDS = [r"raise \w+Error\(", r'^\s+(r|f|rf)?"', r'check_kind\(.*"', r"described?\(|call_text\("]


def configuration(module):
    """What mutmut reads: one module, and its tests."""
    tests = [f"tests/unit/test_{name}.py" for name in TESTS[module].split()]
    options = {
        "source_paths": ["rnnlib"],
        "only_mutate": [f"rnnlib/{module}.py"],
        "do_not_mutate_patterns": WORDS,
        "also_copy": ["conftest.py", "tools"],
        "pytest_add_cli_args": ["--override-ini=addopts=", "--numprocesses=0", "-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": tests,
    }
    return "\n[tool.mutmut]\n" + "".join(f"{name} = {json.dumps(value)}\n" for name, value in options.items())


def survivors(module):
    """The number of mutants of a module, and for each that survives its changed lines, as text."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("rnnlib", "tests", "tools"):
            shutil.copytree(
                ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__", "chapters", "pictures")
            )
        for name in ("conftest.py", "pyproject.toml"):
            shutil.copy(ROOT / name, copy / name)
        with (copy / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(configuration(module))
        mutmut = [str(Path(sys.executable).with_name("mutmut"))]
        run = subprocess.run([*mutmut, "run", "--max-children", "1"], cwd=copy, capture_output=True, text=True)
        meta = copy / "mutants" / "rnnlib" / f"{module}.py.meta"
        codes = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"] if meta.exists() else {}
        if not codes or None in codes.values():
            raise SystemExit(f"{module}: mutmut did not finish:\n{run.stdout[-3000:]}\n{run.stderr[-2000:]}")
        alive = [name for name, code in codes.items() if code in (0, 33)]
        return len(codes), [changed_lines(mutmut, copy, name) for name in alive]


def changed_lines(mutmut, copy, name):
    """``- line as it is`` and ``+ line as it was changed to``, without the places."""
    shown = subprocess.run([*mutmut, "show", name], cwd=copy, capture_output=True, text=True).stdout
    lines = [line for line in shown.splitlines() if re.match(r"[-+](?![-+])", line)]
    return "\n".join(f"{line[0]} {line[1:].strip()}" for line in lines)


def equivalent():
    """The changes that make no difference, by module: what is listed in the file, each with a reason."""
    listed = {}
    for block in EQUIVALENT.read_text(encoding="utf-8").split("\n\n"):
        head, *lines = block.strip().splitlines()
        if lines:
            listed.setdefault(head.partition(":")[0], set()).add("\n".join(lines))
    return listed


def main():
    """Run the modules named, or all; list what survives."""
    os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "1")
    known, left = equivalent(), 0
    for module in sys.argv[1:] or TESTS:
        count, alive = survivors(module)
        unexplained = [text for text in alive if text not in known.get(module, ())]
        left += len(unexplained)
        print(f"{module}: {count} mutants, {len(alive)} survive, {len(unexplained)} unexplained", flush=True)
        for text in unexplained:
            print(f"\n{module}:\n{text}\n", flush=True)
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
