"""The judge of tools/mutants.py, in a copy of the project: which mutants of these modules do their tests not notice?

All modules are changed at once and the tests collected once; which mutant is in place is decided when a function is
called, so what runs while they are imported counts for nothing. Each mutant gets a process of its own, forked off, in
which the tests that pass through its function run, the quickest first, until one fails.
"""

import difflib
import gc
import json
import os
import re
import resource
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from mutants import TESTS, equivalent, written_alike
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

OPTIONS = ["--override-ini=addopts=", "--assert=plain", "-p", "no:cacheprovider", "-m", "not slow"]
MEMORY = 4 * 2**30
# seconds of tests that a mutant has to outlive
ENOUGH = 10


class Mutant(NamedTuple):
    """One change of one function: ``name`` is what mutmut calls it, ``change`` its lines before and after."""

    module: str
    name: str
    change: str

    @property
    def function(self):
        return re.sub(r"__mutmut_\d+$", "", self.name)


class Judge:
    """What pytest does in place of its loop: judge the ``mutants``, of each module those in doubt."""

    def __init__(self, mutants):
        known = equivalent()
        self.every, self.failed, self.left = mutants, False, 0
        self.mutants = {
            module: [m for m in of_it if m.change not in known.get(module, ()) and not written_alike(m.change)]
            for module, of_it in mutants.items()
        }
        # pytest keeps what is printed to itself
        self.out = os.fdopen(os.dup(sys.stdout.fileno()), "w")

    def pytest_configure(self):
        from hypothesis import Phase, settings

        # the same examples for every mutant, and no search for a smaller one where one fails
        settings.register_profile("mutants", derandomize=True, database=None, phases=[Phase.explicit, Phase.generate])
        settings.load_profile("mutants")

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item, call):
        """A report without the long text about what failed, which nobody reads here."""
        failed = call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception)
        self.failed |= failed
        return pytest.TestReport(item.nodeid, item.location, {}, "failed" if failed else "passed", None, call.when)

    def pytest_runtestloop(self, session):
        traces = forked(lambda: self.traced(session.items), 3600)
        if traces is None:
            raise SystemExit("the tests fail, though nothing is changed")
        # what is there already is not looked at again in each fork
        gc.freeze()
        for module, mutants in self.mutants.items():
            files = {Path(path).name for path in tests_of(module)}
            verdicts = {}
            for mutant in mutants:
                through = sorted(
                    (seconds, k)
                    for k, (seconds, functions) in enumerate(traces)
                    if mutant.function in functions and session.items[k].path.name in files
                )
                items, total = [], 0.0
                for seconds, k in through:
                    if total < ENOUGH:
                        items.append(session.items[k])
                        total += seconds
                noticed = forked(lambda mutant=mutant, items=items: self.noticed(mutant, items), 20 + 10 * int(total))
                verdicts[mutant] = "no end" if noticed is None else "noticed" if noticed else "alive"
            self.report(module, verdicts)
        return True

    def report(self, module, verdicts):
        """Print how many mutants there are of each kind, and the changes that nobody noticed."""
        known, every = equivalent().get(module, ()), self.every[module]
        endless, alive = ([m for m in verdicts if verdicts[m] == kind] for kind in ("no end", "alive"))
        counts = f"{len(every)} mutants, {len(every) - len(verdicts)} equivalent, {len(endless)} that come to no end"
        print(f"{module}: {counts}, {len(alive)} alive", file=self.out)
        gone = [change for change in known if change not in {mutant.change for mutant in every}]
        for what, changes in (("", [m.change for m in alive]), ("listed, but not made: ", gone)):
            for change in changes:
                print(f"\n{what}{module}:\n{change}\n", file=self.out)
        self.out.flush()
        self.left += len(alive) + len(gone)

    def run(self, item):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    def traced(self, items):
        """For each test its seconds, and the functions that it passes through."""
        traces = []
        for item in items:
            state()._stats.clear()
            before = os.times().user
            self.run(item)
            if self.failed:
                raise AssertionError(f"{item.nodeid} fails, though nothing is changed")
            traces.append((os.times().user - before, list(state()._stats)))
        return traces

    def noticed(self, mutant, items):
        """Whether one of the tests fails with this mutant in the place of its function."""
        set_mutant_under_test(mutant.name)
        for item in items:
            self.run(item)
            if self.failed:
                return True
        return False


def forked(work, seconds):
    """What ``work()`` returns in a process of its own, or None where it takes more processor time or breaks down."""
    read, write = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
            with os.fdopen(write, "w") as file:
                file.write(json.dumps(work()))
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as file:
        answer = file.read()
    os.waitpid(process, 0)
    return json.loads(answer) if answer else None


def tests_of(module):
    """The files of the tests that judge a module."""
    return [f"tests/unit/test_{name}.py" for name in (*TESTS[module].split(), "arguments")]


def mutate(module):
    """Put all mutants of a module beside its functions, in its file, and return them."""
    path = Path("rnnlib") / f"{module}.py"
    mutated = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
    path.write_text(mutated.code, encoding="utf-8")
    lines, mutants = mutated.code.splitlines(), []
    for name in mutated.mutant_names:
        texts = []
        for function in (re.sub(r"\d+$", "orig", name), name):
            span = mutated.line_span_by_function_name[function]
            texts.append([line.replace(function, "").strip() for line in lines[span.start - 1 : span.end]])
        change = "\n".join(line for line in difflib.ndiff(*texts) if line[0] in "-+")
        mutants.append(Mutant(module, ".".join((*path.with_suffix("").parts, name)), change))
    return mutants


def main():
    """Judge the mutants of the modules named; 1 if one is alive, or if one is listed as equivalent that is not made."""
    judge = Judge({module: mutate(module) for module in sys.argv[1:]})
    set_mutant_under_test("stats")
    paths = dict.fromkeys(path for module in sys.argv[1:] for path in tests_of(module))
    failed = pytest.main(["-p", "no:terminal", *OPTIONS, *paths], plugins=[judge])
    return 1 if failed or judge.left else 0


if __name__ == "__main__":
    sys.exit(main())
