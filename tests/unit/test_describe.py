"""What is printed of networks, runs and batches: sizes, on one line."""

import numpy as np
import pytest
from numerics import NETWORKS, Problem

import rnnlib
from rnnlib import DotAttention, Elman, Jordan, MinGRU, Model, Seq2Seq, Stacked
from rnnlib.dropout import with_dropout
from rnnlib.seq2seq import Translation

RNG = np.random.default_rng(0)
LSTM = rnnlib.LSTM(3, 5, rng=RNG)
ATTENDED = rnnlib.attend(DotAttention(), np.ones((2, 1, 3)), np.ones((4, 1, 3)))
SHOWN = {
    "LSTM(D=3, H=5)": LSTM,
    "Elman(D=3, H=5, activation='relu', dtype='float32')": Elman(3, 5, rng=RNG, activation="relu", dtype=np.float32),
    "Jordan(D=2, H=4, O=3, activation='tanh')": Jordan(2, 4, 3, rng=RNG),
    "IndRNN(D=2, H=4, activation='relu')": rnnlib.IndRNN(2, 4, rng=RNG),
    "MinGRU(D=2, H=4, gate='tanh')": MinGRU(2, 4, rng=RNG, gate="tanh"),
    "TDNN(D=2, H=4, window=3)": rnnlib.TDNN(2, 4, 3, rng=RNG),
    "Stacked(LSTM(D=3, H=5), MinGRU(D=5, H=2, gate='sigmoid'))": Stacked(LSTM, MinGRU(5, 2, rng=RNG)),
    "Run(LSTM(D=3, H=5), T=7, B=2)": rnnlib.unroll(LSTM, np.ones((7, 2, 3))),
    "MinGRURun(MinGRU(D=2, H=4, gate='sigmoid'), T=7, B=1)": rnnlib.unroll(MinGRU(2, 4, rng=RNG), np.ones((7, 1, 2))),
    "Model(LSTM(D=3, H=5), O=4, loss='softmax_cross_entropy', dropout=0.5)": Model(LSTM, 4, dropout=0.5, rng=RNG),
    "Model(LSTM(D=3, H=5), loss='squared_error')": Model(LSTM, loss="squared_error"),
    "Model(LSTM(D=3, H=5), loss='squared_error', input_dropout=0.25)": Model(
        LSTM, loss="squared_error", input_dropout=0.25
    ),
    "Seq2Seq(LSTM(D=3, H=5), LSTM(D=2, H=5), end=1, attention=DotAttention())": Seq2Seq(
        LSTM, rnnlib.LSTM(2, 5, rng=RNG), end=1, attention=DotAttention(), rng=RNG
    ),
    "Pairs(source=(4, 1, 3), source_lengths=(1,), targets=(2, 1), target_lengths=(1,))": rnnlib.Pairs(
        np.ones((4, 1, 3)), np.array([4]), np.ones((2, 1), int), np.array([2])
    ),
    "Translation(symbols=(2, 1), lengths=(1,))": Translation(np.ones((2, 1), int), np.array([2]), None),
    "AdditiveAttention(M=2, N=3, A=4)": rnnlib.AdditiveAttention(2, 3, 4, rng=RNG),
    "Attended(context=(2, 1, 3), weights=(2, 1, 4), queries=(2, 1, 3), memory=(4, 1, 3), trace=())": ATTENDED,
    "AttentionGradients(params={}, queries=(2, 1, 3), memory=(4, 1, 3))": rnnlib.attend_back(
        DotAttention(), ATTENDED, np.ones((2, 1, 3))
    ),
    "Batch(x=(4, 2, 3), targets=(4, 2), continues=False)": rnnlib.Batch(np.ones((4, 2, 3)), np.ones((4, 2), int)),
    "Gradients(params={W: (2, 3)}, x=(4, 1, 3), initial_state=((1, 2),))": rnnlib.Gradients(
        {"W": np.ones((2, 3))}, np.ones((4, 1, 3)), (np.ones((1, 2)),), None
    ),
    "Gradients(params={W: (2, 3), b: (2,)}, x=(4, 1, 3), initial_state=((1, 2), (1, 3)))": rnnlib.Gradients(
        {"W": np.ones((2, 3)), "b": np.ones(2)}, np.ones((4, 1, 3)), (np.ones((1, 2)), np.ones((1, 3))), None
    ),
    "SGD(rate=0.1, momentum=0.9)": rnnlib.SGD(0.1, momentum=0.9),
    "Adam(rate=0.001, b1=0.9, b2=0.999, epsilon=1e-08)": rnnlib.Adam(),
    "History(0 steps)": rnnlib.History(),
    "History(3 steps, loss 1.5 to 0.25, measured 1 times, stopped at step 3: why)": rnnlib.History(
        [1.5, 0.5, 0.25], [1.0, 1.0, 1.0], {0: 3.0}, None, rnnlib.Stopped("no better", 3, "why")
    ),
}


@pytest.mark.parametrize("text", SHOWN)
def test_what_is_printed_says_what_it_is_and_how_large(text):
    assert repr(SHOWN[text]) == text


@pytest.mark.parametrize("name", NETWORKS)
def test_every_network_and_every_run_is_shown_on_one_line(name):
    problem = Problem(name)
    dropping = with_dropout(problem.network, 0.5, RNG, 4, 3)
    for shown in (problem.network, problem.run(), problem.gradients(), dropping, rnnlib.unroll(dropping, problem.x)):
        assert len(repr(shown)) < 400
        assert not {"\n", "<", "array"} & set(repr(shown))
        assert "0x" not in repr(shown)
        assert "array" not in repr(shown)
