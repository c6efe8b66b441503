"""The judge of tools/mutants.py, in a copy of the project: which mutants of one module do these unit tests not notice?

The tests are collected once. Each mutant gets a process of its own, forked off, in which the tests that pass through
the changed function run, the quickest first, until one fails.
"""

import difflib
import json
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest
from mutmut.mutation.file_mutation import mutate_file_contents
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

OPTIONS = ["--override-ini=addopts=", "-p", "no:cacheprovider", "-m", "not slow"]
MEMORY = 4 * 2**30


class Judge:
    """What pytest does in place of its loop: judge each mutant of ``names``, all of the module called ``prefix``."""

    def __init__(self, prefix, names):
        self.prefix, self.names = prefix, names
        self.failed, self.at_import, self.verdicts = False, set(), {}

    def pytest_configure(self):
        from hypothesis import Phase, settings

        # the same examples for every mutant, and no search for a smaller one where one fails
        settings.register_profile("mutants", derandomize=True, database=None, phases=[Phase.explicit, Phase.generate])
        settings.load_profile("mutants")

    def pytest_runtest_logreport(self, report):
        self.failed |= report.failed

    def pytest_runtestloop(self, session):
        self.at_import = {name.rpartition(".")[2] for name in state()._stats}
        tests = forked(lambda: self.traced(session.items), 3600)
        if tests is None:
            raise SystemExit("the tests fail without any change")
        for name in self.names:
            function = re.sub(r"__mutmut_\d+$", "", name)
            of_it = sorted((seconds, k) for k, (seconds, passed) in enumerate(tests) if function in passed)
            limit = 20 + 10 * int(sum(seconds for seconds, _ in of_it))
            items = [session.items[k] for _, k in of_it]
            noticed = forked(lambda name=name, items=items: self.noticed(name, items), limit)
            self.verdicts[name] = "late" if noticed is None else "noticed" if noticed else "alive"
        return True

    def run(self, item):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)

    def traced(self, items):
        """For each test its seconds, and the functions of the module that it passes through."""
        tests = []
        for item in items:
            state()._stats.clear()
            before = os.times().user
            self.run(item)
            if self.failed:
                raise AssertionError(f"{item.nodeid} fails without any change")
            tests.append((os.times().user - before, [name.rpartition(".")[2] for name in state()._stats]))
        return tests

    def noticed(self, name, items):
        """Whether one of the tests fails with this mutant in the place of the function."""
        set_mutant_under_test(f"{self.prefix}.{name}")
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
            os.write(write, b"\n")
            with os.fdopen(write, "w") as file:
                file.write(json.dumps(work()))
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as file:
        answer = file.read()
    os.waitpid(process, 0)
    return json.loads(answer) if answer.strip() else None


def noticed_at_import(name, tests):
    """Whether the tests fail where the mutant is in place already while they and the package are imported."""
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", *OPTIONS, *tests],
        env=os.environ | {"MUTANT_UNDER_TEST": name},
        capture_output=True,
    )
    return run.returncode != 0


def changed_lines(mutated, name):
    """``- line as it is`` and ``+ line as it was changed to``, without the places."""
    lines, texts = mutated.code.splitlines(), []
    for function in (re.sub(r"\d+$", "orig", name), name):
        span = mutated.line_span_by_function_name[function]
        texts.append([line.replace(function, "").strip() for line in lines[span.start - 1 : span.end]])
    return "\n".join(line for line in difflib.ndiff(*texts) if line[0] in "-+")


def main():
    """Change the module, judge its mutants, and print as JSON how many there are and the changes that are alive."""
    path, *tests = sys.argv[1:]
    module = Path(path)
    mutated = mutate_file_contents(path, module.read_text(encoding="utf-8"))
    module.write_text(mutated.code, encoding="utf-8")
    prefix = ".".join(module.with_suffix("").parts)
    os.environ["PYTHONPATH"] = str(Path.cwd())
    sys.path.insert(0, str(Path.cwd()))
    judge = Judge(prefix, mutated.mutant_names)
    set_mutant_under_test("stats")
    pytest.main(["-p", "no:terminal", *OPTIONS, *tests], plugins=[judge])
    set_mutant_under_test("")
    verdicts = judge.verdicts
    for name, verdict in verdicts.items():
        function = re.sub(r"__mutmut_\d+$", "", name)
        if verdict == "alive" and function in judge.at_import and noticed_at_import(f"{prefix}.{name}", tests):
            verdicts[name] = "noticed"
    alive, late = ([name for name in verdicts if verdicts[name] == kind] for kind in ("alive", "late"))
    changes = [changed_lines(mutated, name) for name in alive]
    print(json.dumps({"count": len(verdicts), "late": late, "alive": changes}))


if __name__ == "__main__":
    main()
