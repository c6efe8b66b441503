"""Which small changes of the numerics no test notices: python tools/mutants.py losses cells/lstm (or nothing for all)

Each module is changed by mutmut (pip install -e ".[mutants]") in a copy of the package, and judged by the unit tests
that belong to it. A change that makes no difference is listed with its reason in tests/equivalent_mutants.txt, or a
kind of it in ALIKE; any other that survives needs a test. It takes minutes, so it is not part of the test run.
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
    "attention": "attention describe",
    "cells/base": f"{CELLS} gradient_flow describe",
    "cells/elman": f"{CELLS} describe",
    "cells/gru": CELLS,
    "cells/indrnn": f"{CELLS} gradient_flow describe",
    "cells/jordan": f"{CELLS} describe",
    "cells/lstm": CELLS,
    "checks": "checks unroll cells losses",
    "delta_rule": "delta_rule",
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
    "tasks/agreement": "tasks_agreement",
    "tasks/dates": "tasks_dates learning_bad_input",
    "tasks/flights": "tasks_flights learning_bad_input",
    "tasks/latest_mark": "tasks_adding",
    "tasks/parity": "tasks_recall",
    "tasks/recall": "tasks_recall",
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

# two ways to write the same, whatever the module: a change from one to the other is left alone
ALIKE = {
    # zip(strict=...) watches over lengths that are equal: what a caller gives was checked before
    r",\s*(strict=\w+)?\)": ")",
    # what is made without a word about its type is float64
    r"astype\(None\)": "astype(np.float64)",
    # any negative size is the one that NumPy works out
    r"(reshape\([^\[\]]*?)-2\b": r"\1-1",
}


def written_alike(change):
    """Whether the line as it is and the line as it was changed to are two ways to write the same."""
    lines = re.findall(r"^[-+] (.*)$", change, re.MULTILINE)
    for pattern, same in ALIKE.items():
        lines = [re.sub(pattern, same, line) for line in lines]
    return len(lines) == 2 and lines[0] == lines[1]


def equivalent():
    """The changes that make no difference, by module: what is listed in the file, each with a reason."""
    listed = {}
    for block in EQUIVALENT.read_text(encoding="utf-8").split("\n\n"):
        head, *lines = block.strip().splitlines()
        if lines:
            listed.setdefault(head.partition(":")[0], set()).add("\n".join(lines))
    return listed


def main():
    """Judge the modules named, or all, in a copy of the project."""
    options = {"source_paths": ["rnnlib"], "do_not_mutate_patterns": WORDS}
    left_out = shutil.ignore_patterns("__pycache__", "chapters", "pictures", "judging", "browser", "notebooks")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in ("rnnlib", "tests", "tools"):
            shutil.copytree(ROOT / name, copy / name, ignore=left_out)
        for name in ("conftest.py", "pyproject.toml"):
            shutil.copy(ROOT / name, copy / name)
        with (copy / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(
                "\n[tool.mutmut]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in options.items())
            )
        threads = dict.fromkeys(("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"), "1")
        command = [sys.executable, "tools/judge_mutants.py", *(sys.argv[1:] or TESTS)]
        return subprocess.run(command, cwd=copy, env=os.environ | threads | {"PYTHONPATH": folder}).returncode


if __name__ == "__main__":
    sys.exit(main())
