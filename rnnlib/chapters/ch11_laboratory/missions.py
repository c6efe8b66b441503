"""The missions of the laboratory: each a goal that is judged on held-out data, with hints in steps."""

from rnnlib.checks import check_choice
from rnnlib.judging.progress import summed_up

from .mission import Mission, parameters
from .settings import Settings

LEARNT = 0.95
LAG_60 = Settings(task="recall", length=60, start="scaled_normal", gain=0.5)
ADAM = {"optimizer": "Adam", "start": "scaled_normal"}  # the trainer and the start of the missions about gates
MISSIONS = {
    mission.key: mission
    for mission in (
        Mission(
            "lag-60",
            3,
            2,
            "Sixty steps with a plain network",
            "Make a plain tanh network recall a class across 60 steps of noise. You may choose the start and its gain.",
            LAG_60,
            ("start", "gain"),
            LEARNT,
            600,
            (
                "Look at the gradient by lag before the first step. How much of it reaches lag 60?",
                "A start that keeps lengths lets the gradient through: orthogonal weights.",
                "tanh takes a little away at every step. A gain slightly above 1 makes up for it.",
            ),
            "What is learned is decided before the first step, by the start: the gradient has to arrive.",
            {"start": "orthogonal", "gain": 1.1},
            {"start": "orthogonal", "gain": 0.9},
        ),
        Mission(
            "taught-by-hand",
            3,
            2,
            "Taught by hand",
            "The same task and the same poor start. This time only the lag may be moved, while it trains.",
            LAG_60,
            ("length",),
            LEARNT,
            600,
            (
                "Begin with a lag short enough for the gradient to arrive.",
                "Lag 6 is learned within 100 steps. Watch the eigenvalues while it is.",
                "Then move the lag to 60: the network has built a memory that holds.",
            ),
            "A short lag teaches the network to latch; the memory then holds for longer lags. This is a curriculum.",
            {},
            {},
            plan=((100, {"length": 6}), (300, {"length": 60})),
        ),
        Mission(
            "largest-rate",
            3,
            1,
            "As fast as it goes",
            "Recall at lag 20 with plain SGD. Learn it with a rate of 1 or more.",
            Settings(task="recall", length=20, clip=None, rate=3.0),
            ("clip", "rate"),
            LEARNT,
            300,
            (
                "Without clipping, watch the gradient norm when the loss jumps.",
                "Clipping by norm bounds the size of a step, not its direction.",
                "Clip at 1.",
            ),
            "Clipping by norm lets the rate be some thirty times larger: the cliffs stay, the leaps over them go.",
            {"clip": 1.0, "rate": 1.0},
            {},
            rule=("a rate of at least 1", lambda settings: settings.rate >= 1),
        ),
        Mission(
            "one-number",
            4,
            1,
            "An LSTM that fails by one number",
            "An LSTM with 8 units does not recall across 60 steps. Change a single number of its start.",
            Settings(task="recall", length=60, cell="LSTM", units=8, gate_bias=0.0, rate=0.01, **ADAM),
            ("gate_bias",),
            LEARNT,
            300,
            (
                "With a bias of 0 a forget gate starts near one half. What is a half to the power 60?",
                "The gate should start nearly open, so that the memory is kept.",
                "A bias of 3 starts it at 0.95.",
            ),
            "The forget bias decides how far back an LSTM sees before it has learned anything.",
            {"gate_bias": 3.0},
            {"gate_bias": 1.0},
        ),
        Mission(
            "fifteen-parameters",
            5,
            3,
            "Adding with fifteen parameters",
            "Solve the adding problem over 50 steps with at most 15 parameters, the readout included.",
            Settings(task="adding", length=50, cell="GRU", units=16, gate_bias=0.0, rate=0.03, **ADAM),
            ("cell", "units", "gate_bias", "rate", "start", "gain"),
            0.01,
            800,
            (
                "One number is enough to remember: the sum so far.",
                "A GRU with one unit and its readout have 15 parameters. What must its update gate do between marks?",
                "An update bias of 3 and a rate of 0.1.",
            ),
            "The state needs one number. What is hard is to keep it, and a gate that starts open does.",
            {"units": 1, "gate_bias": 3.0, "rate": 0.1},
            {"cell": "ReLU", "units": 2, "start": "identity"},
            rule=("at most 15 parameters", lambda settings: parameters(settings) <= 15),
        ),
        Mission(
            "order",
            5,
            2,
            "Which came first?",
            "Temporal order over 50 steps with a GRU, within 200 steps of training.",
            Settings(task="temporal order", length=50, cell="GRU", gate_bias=0.0, rate=0.01, **ADAM),
            ("gate_bias",),
            LEARNT,
            200,
            (
                "The two symbols that matter are some 20 steps from each other and from the end.",
                "The update gate decides how long a GRU keeps what it has.",
                "An update bias of 2.",
            ),
            "The bias of the update gate is for the GRU what the forget bias is for the LSTM.",
            {"gate_bias": 2.0},
            {},
        ),
        Mission(
            "irnn",
            3,
            2,
            "Adding without gates",
            "Solve the adding problem over 50 steps with a plain network of 16 units.",
            Settings(task="adding", length=50, cell="tanh", optimizer="Adam", rate=0.01),
            ("cell", "start", "gain"),
            0.01,
            800,
            (
                "A sum wants a unit that neither fades nor saturates.",
                "tanh saturates. Which activation has slope 1 for every positive number?",
                "ReLU with the identity as recurrent weights, the start of Le, Jaitly & Hinton (2015).",
            ),
            "An identity start with ReLU is an integrator from the first step on.",
            {"cell": "ReLU", "start": "identity"},
            {"start": "identity"},
        ),
        Mission(
            "parity",
            4,
            2,
            "Odd or even",
            "Tell the parity of 20 bits at every step, with at most 100 parameters, the readout included.",
            Settings(task="parity at every step", length=20, cell="tanh", units=4, rate=0.03, **ADAM),
            ("cell", "units", "start", "gain", "gate_bias"),
            0.98,
            400,
            (
                "One bit must be kept, and flipped at each one.",
                "Flipping depends on the state and the input together: a gate that sees both can do it.",
                "A GRU with 4 units and its readout have 98 parameters. Let its gate begin below 0: every 1 has to be "
                "written.",
            ),
            "A gate multiplies: what the input does can depend on the state.",
            {"cell": "GRU", "gate_bias": -2.0},
            {"units": 1},
            rule=("at most 100 parameters", lambda settings: parameters(settings) <= 100),
        ),
        Mission(
            "parity-at-the-end",
            4,
            3,
            "Parity, asked only once",
            "Now the answer counts only after the last of 20 bits. Move the length while it trains.",
            Settings(task="parity at the end", length=20, cell="GRU", units=8, gate_bias=0.0, rate=0.03, **ADAM),
            ("length",),
            0.98,
            600,
            (
                "From 20 bits and one answer nothing is learned: no part of the way is worth anything by itself.",
                "Two bits are easy. Begin there.",
                "2, 4, 8, then 20 bits, 100 steps each.",
            ),
            "An order of exercises can teach what the last exercise alone cannot.",
            {},
            {},
            plan=((100, {"length": 2}), (100, {"length": 4}), (100, {"length": 8}), (200, {"length": 20})),
        ),
        Mission(
            "short-window",
            2,
            2,
            "Further than the window",
            "Backpropagation is cut after 5 steps. Learn to recall across 20 all the same.",
            Settings(task="recall", length=20, start="scaled_normal", gain=0.5, window=5),
            ("mixed",),
            LEARNT,
            400,
            (
                "No gradient reaches a class 20 steps back. Which lags does the window reach?",
                "If short lags come too, what is learned on them may carry.",
                "Mix the lags: every batch draws its own, from 1 to 20.",
            ),
            "No gradient rewards carrying further than the window. What is learned at short lags carries all the same.",
            {"mixed": True},
            {},
        ),
        Mission(
            "both-ways",
            6,
            1,
            "The word that comes later",
            "Tag cities whose verb comes last. You may change how the network reads.",
            Settings(task="slot filling, verb last", length=4, units=8, rate=0.01, **ADAM),
            ("both_ways", "units", "cell"),
            0.98,
            400,
            (
                "When the city is read, what decides has not been read yet.",
                "No memory helps: what is needed lies ahead.",
                "Read both ways.",
            ),
            "No start and no gate brings back what has not been read; a second direction does.",
            {"both_ways": True},
            {"cell": "GRU", "units": 16},
        ),
    )
}


REACHED = set()  # the names of missions whose goal a laboratory of this kernel has reached


def goals(file=None):
    """A quiet summary of the missions: which goals were reached in the laboratories of this kernel.

    With ``file``, a path, those of earlier kernels count as well, as in :func:`rnnlib.judging.progress`.
    """
    states = {key: "solved" if key in REACHED else "open" for key in MISSIONS}
    words = {key: f"chapter {known.chapter:<3}{known.title}" for key, known in MISSIONS.items()}
    return summed_up("missions of the laboratory", "missions", states, words, file)


def mission(key) -> Mission:
    """The mission of this name; ValueError that lists them if there is none."""
    return MISSIONS[check_choice("mission", key, MISSIONS)]
