"""Chapter 1: the worked numbers, the claims, and what the explorers are built on."""

from collections import Counter

import numpy as np
import pytest

import rnnlib
from rnnlib.chapters.ch1_forward_pass import experiments, explorers
from rnnlib.chapters.ch1_forward_pass.explorers import next_word, nudging
from rnnlib.pictures import style
from rnnlib.pictures.figures import networks
from rnnlib.tasks import agreement, slot_filling

# The hand-worked network


@pytest.mark.parametrize(
    ("inputs", "states", "outputs"),
    [
        (((1, 1), (1, 1), (2, 2)), (2, 6, 16), (4, 12, 32)),
        (((2, 2), (1, 1), (1, 1)), (4, 10, 22), (8, 20, 44)),
    ],
)
def test_the_network_of_ones_gives_the_numbers_of_the_pencil(inputs, states, outputs):
    S = rnnlib.unroll(experiments.all_ones(), np.array(inputs, dtype=float)[:, None]).outputs[:, 0]
    np.testing.assert_array_equal(S, [(s, s) for s in states])
    np.testing.assert_array_equal(S @ np.ones((2, 2)), [(o, o) for o in outputs])


def test_without_memory_weights_the_order_of_the_inputs_does_not_matter():
    x = np.array([(1.0, 1.0), (1.0, 1.0), (2.0, 2.0)])[:, None]
    outputs = rnnlib.unroll(experiments.all_ones(0.0), x).outputs[:, 0] @ np.ones((2, 2))
    np.testing.assert_array_equal(outputs, [(4, 4), (4, 4), (8, 8)])


def test_the_stepper_ends_with_the_state_in_the_memory():
    explorer = explorers.stepper()
    explorer.set(moment=12)
    assert "The memory now holds (16, 16)" in explorer.sentence
    explorer.set(moment=7)
    assert "= 12" in explorer.sentence
    explorer.set(order="(2, 2), (1, 1), (1, 1)", moment=11)
    assert "= 44" in explorer.sentence
    explorer.set(moment=0)
    assert "(0, 0)" in explorer.sentence


def test_a_linear_state_is_the_sum_of_one_term_for_each_input():
    rng = np.random.default_rng(0)
    cell = rnnlib.Elman(3, 4, rng=rng, activation="linear")
    x = rng.normal(size=(6, 2, 3))
    power = np.linalg.matrix_power
    W_x, W_s = cell.params["W_x"], cell.params["W_s"]
    wanted = sum(x[k] @ (power(W_s, 5 - k) @ W_x).T for k in range(6))
    np.testing.assert_allclose(rnnlib.unroll(cell, x).outputs[-1], wanted, rtol=1e-12)


# The need for a memory, and the window


def test_a_window_works_up_to_its_edge_and_no_further():
    table = experiments.accuracy_table()
    for window in experiments.WINDOWS:
        wanted = [1.0 if distance < window else 0.5 for distance in experiments.DISTANCES]
        assert table[window] == wanted, window
    assert table["RNN"] == [1.0] * len(experiments.DISTANCES)


def test_the_trained_rnn_still_knows_the_verb_sixty_words_later():
    assert experiments.city_accuracy(experiments.taggers()["RNN"], 60) > 0.9


def test_the_city_is_asked_for_with_both_verbs_and_all_else_the_same():
    x, lengths, tags = experiments.city_requests(3)
    half = len(tags) // 2
    np.testing.assert_array_equal(x[1:, :half], x[1:, half:])
    assert (lengths == 7).all()
    assert {slot_filling.TAGS[k] for k in tags[:half]} == {"destination"}
    assert {slot_filling.TAGS[k] for k in tags[half:]} == {"departure"}
    assert (x[0, :half] != x[0, half:]).any(axis=-1).all()


def test_weights_below_the_readout():
    sizes = {key: sum(v.size for v in m.network.params.values()) for key, m in experiments.taggers().items()}
    D, H = len(slot_filling.WORDS), 24
    assert sizes == {w: H * (w * D + 1) for w in experiments.WINDOWS} | {"RNN": H * (D + H + 1)}


# What an output depends on


def test_a_nudge_moves_nothing_before_it_and_fades_under_a_contracting_memory():
    outputs, states = nudging.nudged_outputs("Elman, tanh", 0.8, 5, 1.0)
    assert (outputs[:4] == 0).all()
    assert (states[:4] == 0).all()
    assert (outputs[4:] > 0).all()
    assert (np.diff(states[4:]) < 0).all()


def test_a_nudge_grows_in_a_linear_network_with_gain_above_one():
    _, states = nudging.nudged_outputs("Elman, linear", 1.3, 1, 1.0)
    np.testing.assert_allclose(states[1:] / states[:-1], 1.3, rtol=1e-9)


@pytest.mark.parametrize(("kind", "reach"), [("window of 4 (TDNN)", 4), ("no memory (window of 1)", 1)])
def test_a_window_feels_a_nudge_for_as_long_as_it_is_wide(kind, reach):
    outputs, _ = nudging.nudged_outputs(kind, 0.8, 6, 1.0)
    np.testing.assert_array_equal(np.flatnonzero(outputs), np.arange(5, 5 + reach))


def test_claim_looking_back_at_any_number_of_inputs_ends_where_the_digits_end():
    rng = np.random.default_rng(8)
    W_s = 0.5 * rnnlib.orthogonal(rng, 6, 6)
    params = {"W_x": rng.normal(size=(6, 1)), "W_s": W_s, "b_s": np.zeros(6)}
    cell = rnnlib.Elman.from_params(params, activation="linear")
    x = rng.normal(size=(121, 1, 1))
    nudged = x.copy()
    nudged[0] += 1
    change = np.linalg.norm(rnnlib.unroll(cell, nudged).outputs - rnnlib.unroll(cell, x).outputs, axis=(1, 2))
    lags = np.arange(30)
    np.testing.assert_allclose(change[:30], change[0] * 0.5**lags, rtol=1e-4)
    assert change[120] == 0


# Elman and Jordan


def test_the_jordan_network_needs_a_place_for_what_it_says_and_for_each_number_on_its_way():
    errors = experiments.echo_errors()
    assert experiments.DELAY == 2
    assert min(errors[1], errors[2]) > 0.15
    assert max(errors[3], errors[4], errors[5], errors["Elman"]) < 0.003
    assert errors[2] / errors[3] > 100
    assert errors[1] < 1 / 3


def test_always_saying_zero_has_an_error_of_a_third():
    batch = experiments.draw_echo(np.random.default_rng(3), 20000, 6)
    np.testing.assert_array_equal(batch.targets[experiments.DELAY :], batch.x[: -experiments.DELAY])
    assert not batch.mask[: experiments.DELAY].any()
    assert batch.mask[experiments.DELAY :].all()
    assert np.mean(batch.targets[batch.mask] ** 2) == pytest.approx(1 / 3, rel=0.02)


def test_the_error_of_the_first_output_has_the_right_gradient():
    rng = np.random.default_rng(0)
    outputs, targets = rng.normal(size=(3, 2, 4)), rng.normal(size=(3, 2, 1))
    mask = np.array([[True, False], [True, True], [False, True]])
    _, gradient = experiments.first_output_error(outputs, targets, mask)
    numerical = rnnlib.numerical_gradient(lambda: experiments.first_output_error(outputs, targets, mask)[0], outputs)
    assert rnnlib.relative_error(gradient, numerical) < 1e-7


def test_claim_jordan_for_generation_elman_for_language_models_is_a_habit():
    models = experiments.language_models()
    batch = agreement.draw_batch(np.random.default_rng(1), 4000)
    nats, words = agreement.entropy()
    best = np.exp(nats / words)
    perplexity = {name: experiments.perplexity(model, batch) for name, model in models.items()}
    right = {}
    for name, model in models.items():
        written = experiments.continue_sentences(model, [], 2000, np.random.default_rng(2))
        right[name] = np.mean([agreement.is_sentence(sentence) for sentence in written])
    # as language models both are within 3 % of the best possible, and within 1 % of one another
    assert max(perplexity["Elman"], perplexity["Jordan"]) < 1.03 * best
    assert perplexity["Elman"] == pytest.approx(perplexity["Jordan"], rel=0.01)
    # in generation the Jordan network is not ahead
    assert right["Elman"] > right["Jordan"] > 0.92
    assert perplexity["no memory"] > 1.07 * best
    assert right["no memory"] < 0.8


# The agreement sentences and the language model


def test_every_drawn_sentence_is_one_and_broken_ones_are_not():
    sentences = agreement.draw_sentences(np.random.default_rng(0), 2000)
    assert all(map(agreement.is_sentence, sentences))
    assert {len(words) for words in sentences} == {4, 5, 6, 7, 8}
    for text in (
        "the dog bark .",
        "the dogs barks .",
        "dog barks .",
        "the dog .",
        "the dog barks",
        "the dog the barks .",
    ):
        assert not agreement.is_sentence(text.split()), text
    assert agreement.is_sentence(["the", "dogs", "often", "really", "bark", "."])
    assert not agreement.is_sentence(["the", "dogs", "often", "often", "often", "often", "often", "bark", "."])


def test_the_entropy_is_that_of_the_grammar():
    # the grammar written out: every sentence with its probability, a second way to the same numbers
    chances = Counter()
    q, most = agreement.ANOTHER_ADVERB, agreement.MOST_ADVERBS
    for n in range(most + 1):
        length = q**n * (1 - q if n < most else 1)
        for noun in agreement.CHANCES:
            for verb in agreement.CHANCES:
                # 2 numbers and 3^n rows of adverbs share this probability
                chances[n, noun, verb] += length * noun * verb
    nats = -sum(p * np.log(p / (2 * 3**n)) for (n, _, _), p in chances.items())
    mean_words = sum(p * (4 + n) for (n, _, _), p in chances.items())
    assert sum(chances.values()) == pytest.approx(1)
    assert agreement.entropy() == pytest.approx((nats, mean_words))


def test_the_length_of_drawn_sentences_has_the_mean_of_the_grammar():
    sentences = agreement.draw_sentences(np.random.default_rng(0), 20000)
    assert np.mean([len(words) for words in sentences]) == pytest.approx(agreement.entropy()[1], rel=0.01)


def test_the_input_is_the_word_before_the_target():
    sentences = [["the", "dog", "barks", "."], ["the", "cats", "often", "sleep", "."]]
    batch = agreement.encode(sentences)
    assert (batch.x[0] == 0).all()
    np.testing.assert_array_equal(batch.lengths, [4, 5])
    for b, words in enumerate(sentences):
        assert [agreement.WORDS[k] for k in batch.targets[: len(words), b]] == words
        assert [agreement.WORDS[k] for k in batch.x[1 : len(words), b].argmax(axis=-1)] == words[:-1]
    np.testing.assert_array_equal(batch.mask.sum(axis=0), [4, 5])


def test_the_verb_agrees_with_a_noun_that_only_the_memory_knows():
    model = experiments.language_models()["Elman"]
    for noun, right in zip(agreement.NOUNS, agreement.VERBS, strict=True):
        beginning = ["the", noun[0], "often", "really"]
        sentences = experiments.continue_sentences(model, beginning, 300, np.random.default_rng(0))
        verbs = [words[-2] for words in sentences]
        assert all(words[:4] == beginning for words in sentences)
        assert np.mean([verb in right for verb in verbs]) > 0.9


def test_a_high_temperature_spoils_the_grammar_and_a_low_one_the_variety():
    explorer = explorers.temperature()
    model, seen = experiments.language_models()["Elman"], {}
    for tau in (0.1, 1.0, 10.0):
        explorer.set(tau=tau)
        sentences = experiments.continue_sentences(
            model, ["the", "dogs"], next_word.DRAWS, np.random.default_rng(7), tau
        )
        seen[tau] = len(set(map(tuple, sentences))), np.mean(list(map(agreement.is_sentence, sentences)))
        assert f"{seen[tau][0]} are different and {seen[tau][1]:.0%} follow" in explorer.sentence
    assert seen[0.1][0] < seen[1.0][0] < seen[10.0][0]
    assert seen[0.1][1] == 1
    assert seen[1.0][1] > 0.9
    assert seen[10.0][1] < 0.1


# Drawings


@pytest.mark.parametrize("round", [False, True])
@pytest.mark.parametrize("towards", [(5, 1), (1, -4), (-3, 9), (2, 1)])
def test_an_arrow_meets_a_node_at_its_edge_on_the_straight_way(round, towards):
    ax = networks.canvas(style.new_figure().subplots(), 10, 5)
    node = networks.node(ax, 1, 1, "", width=2.0, height=1.0, round=round)
    (x, y), (across, up) = node.edge(towards), (1 + networks.GAP, 0.5 + networks.GAP)
    on_edge = ((x - 1) / across) ** 2 + ((y - 1) / up) ** 2 if round else max(abs(x - 1) / across, abs(y - 1) / up)
    assert on_edge == pytest.approx(1)
    assert (x - 1) * (towards[1] - 1) == pytest.approx((y - 1) * (towards[0] - 1))
    assert (x - 1) * (towards[0] - 1) + (y - 1) * (towards[1] - 1) > 0


def test_an_unrolled_network_has_the_nodes_and_arrows_it_was_asked_for():
    ax = style.new_figure().subplots()
    net = networks.unrolled(ax, 3, layers=2, inputs=[1, 2], outputs=[3], initial=True)
    assert set(net.inputs) == {1, 2}
    assert set(net.outputs) == {3}
    assert set(net.states) == {(layer, t) for layer in (0, 1) for t in (1, 2, 3)}
    up = {("input", 0, 1), ("input", 0, 2), *(("input", 1, t) for t in (1, 2, 3)), ("output", 1, 3)}
    along = {("recurrent", layer, t) for layer in (0, 1) for t in (1, 2, 3)}
    assert set(net.arrows) == up | along


@pytest.mark.parametrize(("weights", "names"), [(False, 0), (True, 3), ("all", 3 + 2 + 3)])
def test_the_weights_are_named_at_the_first_arrows_or_at_all(weights, names):
    ax = style.new_figure().subplots()
    networks.unrolled(ax, 3, weights=weights)
    assert sum("W" in text.get_text() for text in ax.texts) == names


def test_a_layer_that_runs_backward_gets_its_arrows_from_the_right():
    ax = style.new_figure().subplots()
    net = networks.unrolled(ax, 3, layers=2, directions=(1, -1), stacked=False)
    assert {t for kind, layer, t in net.arrows if kind == "recurrent" and layer == 1} == {1, 2}
    assert {key[:2] for key in net.arrows if key[0] == "output"} == {("output", 0), ("output", 1)}
