"""Controls as they are described: what a hand can give them, what they refuse, how the page words them."""

import math
from itertools import pairwise

import pytest

from rnnlib.pictures.controls import MOST, Choice, Slider, Stepper, Switch, Text, check_controls


def test_a_slider_over_whole_numbers_and_one_over_fractions():
    whole = Slider(3, 1, 5, label="steps")
    assert whole.positions() == [1, 2, 3, 4, 5]
    assert all(isinstance(value, int) for value in whole.positions())
    assert whole.words() == ["1", "2", "3", "4", "5"]
    fine = Slider(0, -0.3, 0.3, 0.1, label="nudge")
    assert fine.positions() == [-0.3, -0.2, -0.1, 0.0, 0.1, 0.2, 0.3]
    assert fine.words()[0] == "−0.3"
    assert isinstance(fine.value, float)
    assert Slider(1.01, 0.9, 1.1, 0.001, label="weight").words()[110] == "1.010"


def test_a_logarithmic_slider_has_its_start_and_its_ends_among_its_positions():
    tau = Slider(1.0, 0.05, 5, 0.1, log=True, label="temperature", format=".2f")
    values = tau.positions()
    assert (values[0], values[-1]) == (0.05, 5.0)
    assert 1.0 in values
    ratios = [after / before for before, after in pairwise(values)]
    assert ratios[1:-1] == pytest.approx([10**0.1] * len(ratios[1:-1]))
    assert min(ratios) >= 10**0.05, "an end and the position beside it read alike"
    assert Slider(10**-0.7, 0.01, 10, 0.1, log=True, label="c").positions()[0] == 0.01


def test_words_of_a_value_can_be_a_function():
    assert Slider(1, 0, 2, label="epoch", format=lambda value: f"{value} of 2").words() == [
        "0 of 2",
        "1 of 2",
        "2 of 2",
    ]


@pytest.mark.parametrize(
    ("typed", "value"), [("1.05", 1.05), (" 1,05 ", 1.05), ("1.0512", 1.051), ("9e-1", 0.9), ("0.9", 0.9)]
)
def test_a_typed_number_becomes_the_position_next_to_it(typed, value):
    assert Slider(1.0, 0.9, 1.1, 0.001, label="weight").parse(typed) == value


def test_a_typed_minus_may_be_any_minus():
    slider = Slider(0, -8, 8, 0.5, label="bias")
    assert [slider.parse(typed) for typed in ("-2.5", "−2.5", "–2.5")] == [-2.5] * 3


@pytest.mark.parametrize("typed", ["", "two", "nan", "inf", "1.2", "0.5", "1;2", "1 2 3", None, "９" * 400])
def test_what_is_no_number_or_out_of_range_is_refused_with_the_range(typed):
    with pytest.raises(ValueError, match=r"weight: expected a number from 0\.900 to 1\.100, got"):
        Slider(1.0, 0.9, 1.1, 0.001, label="weight").parse(typed)


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((1, 0, 10, 0.3), "expected min plus a whole number of steps"),
        ((0.05, 0, 1, 0.1), "value: expected min plus"),
        ((11, 0, 10), "expected min <= value <= max"),
        ((1, 3, 1), "expected min <= value <= max"),
        ((1, 0, 10, 0), "step > 0"),
        ((math.nan, 0, 10), "value: expected a number"),
        ((True, 0, 10), "value: expected a number"),
        (("1", 0, 10), "value: expected a number"),
        ((0, 0, MOST), f"at most {MOST} positions"),
    ],
    ids=str,
)
def test_a_slider_that_cannot_be_is_refused(arguments, reason):
    with pytest.raises(ValueError, match=reason):
        Slider(*arguments, label="x")


def test_a_logarithm_needs_numbers_above_zero():
    with pytest.raises(ValueError, match="more than 0 on a logarithmic scale, got 0"):
        Slider(1, 0, 10, log=True, label="x")


@pytest.mark.parametrize("label", ["", "  ", None, 3])
def test_a_control_without_words_is_refused(label):
    with pytest.raises(ValueError, match="expected words that name the control"):
        Switch(True, label=label)


def test_a_choice_gives_values_and_words():
    kinds = Choice("tanh", ["tanh", "linear"], label="activation")
    assert (kinds.positions(), kinds.words(), kinds.shape) == (["tanh", "linear"], ["tanh", "linear"], "buttons")
    named = Choice(True, {"as it is": False, "sorted": True}, label="order")
    assert named.position(True) == 1
    assert named.parse(" Sorted ") is True
    assert Choice(1, [1, 10, 100], label="steps", shape="slider").spec()["shape"] == "slider"
    assert Choice("a" * 30, ["a" * 30, "b" * 30], label="text").shape == "list"


def test_a_choice_tells_true_from_one():
    assert [Choice(1, {"one": 1, "yes": True}, label="x").position(value) for value in (1, True)] == [0, 1]


@pytest.mark.parametrize("options", [[], [""], {" ": 1}], ids=str)
def test_a_choice_among_nothing_is_refused(options):
    with pytest.raises(ValueError, match="options: expected at least one"):
        Choice(1, options, label="x")


def test_a_value_that_a_control_does_not_have_is_named_with_those_it_has():
    with pytest.raises(ValueError, match="activation: expected one of tanh, linear, got 'relu'"):
        Choice("tanh", ["tanh", "linear"], label="activation").position("relu")
    with pytest.raises(ValueError, match=r"w: expected a number from 0\.0 to 1\.0 in steps of 0\.1, got 0\.15"):
        Slider(0, 0, 1, 0.1, label="w").position(0.15)
    with pytest.raises(ValueError, match="got nan"):
        Slider(0, 0, 1, 0.1, label="w").position(math.nan)


@pytest.mark.parametrize("control", [Slider(0, 0, 4, label="x"), Choice("a", ["a", "b"], label="x")])
@pytest.mark.parametrize("position", [-1, 5, 1.0, "1", None, True, [1]], ids=repr)
def test_a_page_cannot_send_a_position_that_is_none(control, position):
    with pytest.raises(ValueError, match="expected a position"):
        control.at(position)


def test_a_text_takes_any_text_and_nothing_else():
    text = Text("2 Nov", label="date")
    assert text.at("\0 \U0001f600 <b>") == "\0 \U0001f600 <b>"
    with pytest.raises(ValueError, match="expected a text, got 3"):
        text.at(3)
    with pytest.raises(ValueError, match="expected a text"):
        Text(None, label="date")


def test_a_stepper_takes_whole_numbers_and_time():
    assert Stepper(1, 0, 3, label="t", interval=100).spec()["interval"] == 100
    with pytest.raises(ValueError, match="whole numbers"):
        Stepper(0.5, 0.5, 3.5, label="t")
    with pytest.raises(ValueError, match="interval: expected milliseconds, more than 0"):
        Stepper(1, 0, 3, label="t", interval=0)


def test_controls_come_in_a_dict_and_are_controls():
    good = {"x": Switch(True, label="x")}
    assert check_controls(good) is good
    with pytest.raises(TypeError, match="expected a dict from names to controls, got list"):
        check_controls([good["x"]])
    with pytest.raises(TypeError, match=r"controls\['x'\]: expected a Slider.*got int"):
        check_controls({"x": 3})
