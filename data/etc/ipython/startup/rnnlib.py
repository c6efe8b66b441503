"""Runs when a kernel starts in the environment of the course: a cell that is run too early says what to run first."""


def _watch(shell):
    import sys

    def tell(shell, kind, error, trace, tb_offset=None):
        if "rnnlib" not in sys.modules:  # every set-up cell loads it
            error.add_note(
                "In a chapter of the course this means: its first code cells, which set it up, have not been run "
                "since Python started.\nChoose Run All Above Selected Cell in the menu Run; then run this cell again."
            )
        shell.showtraceback((kind, error, trace), tb_offset=tb_offset)

    shell.set_custom_exc((NameError,), tell)


_watch(get_ipython())  # noqa: F821
del _watch
