"""Every explorer, swept over the ends and random points of its controls; moved pictures equal fresh ones."""

import importlib
import itertools
import pkgutil

import numpy as np
import pytest

from rnnlib import explorers

FACTORIES = {
    f"{module.name}.{name}": getattr(importlib.import_module(f"rnnlib.explorers.{module.name}"), name)
    for module in pkgutil.iter_modules(explorers.__path__)
    for name in importlib.import_module(f"rnnlib.explorers.{module.name}").__all__
}


@pytest.fixture(params=FACTORIES.values(), ids=FACTORIES.keys())
def factory(request):
    return request.param


def choices(control):
    """The values a hand can give a control: its ends and points between for a slider, else all of them."""
    if hasattr(control, "options"):
        return [value for _, value in control._options_full]
    if isinstance(control.value, bool):
        return [False, True]
    low, high = control.min, control.max
    if hasattr(control, "base"):
        low, high = control.base**low, control.base**high
    values = [low, *np.linspace(low, high, 5)[1:-1], high]
    return [type(control.value)(value) for value in values]


def random_values(explorer, rng):
    return {name: rng.choice(np.array(choices(c), dtype=object)) for name, c in explorer.controls.items()}


def test_every_end_of_every_control_is_drawn_and_put_into_words(factory):
    explorer = factory()
    for name, control in explorer.controls.items():
        for value in choices(control):
            explorer.set(**{name: value})
            assert explorer.sentence.strip(), f"nothing is said at {explorer.values}"
        explorer.reset()
    corners = itertools.product(*([choices(c)[0], choices(c)[-1]] for c in explorer.controls.values()))
    for corner in itertools.islice(corners, 32):
        explorer.set(**dict(zip(explorer.controls, corner, strict=True)))


def test_a_moved_picture_equals_one_drawn_afresh(factory):
    moved, fresh, rng = factory(), factory(), np.random.default_rng(0)
    for _ in range(6):
        moved.set(**random_values(moved, rng))
    fresh.set(**moved.values)
    np.testing.assert_array_equal(moved.pixels(), fresh.pixels())
    assert moved.sentence == fresh.sentence


def test_the_picture_moves_with_every_control(factory):
    explorer = factory()
    for name, control in explorer.controls.items():
        seen = set()
        for value in choices(control):
            explorer.set(**{name: value})
            seen.add(explorer.pixels().tobytes())
        explorer.reset()
        assert len(seen) > 1, f"{name} moves nothing"


def test_reset_brings_back_the_first_picture(factory):
    explorer = factory()
    first = explorer.pixels().copy()
    explorer.set(**random_values(explorer, np.random.default_rng(1)))
    explorer.reset()
    np.testing.assert_array_equal(explorer.pixels(), first)


def test_words_stand_for_the_picture_where_it_cannot_be_shown(factory):
    explorer = factory()
    data, metadata = explorer._repr_mimebundle_()
    assert data["image/png"]
    assert metadata["image/png"]["alt"] == data["text/plain"]
    assert explorer.sentence in data["text/plain"]


def test_labels_are_words(factory):
    for name, control in factory().controls.items():
        assert control.description.strip(), name
        assert "_" not in control.description, f"{name}: {control.description!r} reads like a variable"
