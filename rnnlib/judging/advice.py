"""What may help a learner whose function has stopped with an exception."""

import re

# What to say beside an exception: its type, a part of its text as a regular expression, the advice.
ADVICE = (
    (RecursionError, "", "The function calls itself and nothing stops it."),
    (UnboundLocalError, "", "The name is used before it gets a value: give it one before the loop begins."),
    (NameError, "", "Is it misspelled, or does it live in another function? Yours has its arguments to work with."),
    (
        (TypeError, AttributeError, ValueError),
        "(?i)ellipsis",
        "Three dots are still left in it: put your own code there.",
    ),
    (
        ValueError,
        "is different from|not aligned",
        "In a product A @ B the last axis of A has to be as long as the first of B. Write the shapes down side by "
        "side: which of the two has to be transposed?",
    ),
    (
        ValueError,
        "enough dimensions",
        "A matrix product needs arrays; one of the two is a single number, or three dots.",
    ),
    (
        ValueError,
        "broadcast input array from shape .*\\b0\\b",
        "There is nothing to write: what is on the right is empty. A slice like [n - 1:-1:-1] is, since -1 means "
        "the last place.",
    ),
    (
        ValueError,
        "broadcast input array",
        "What is written into a slice needs the shape of that slice, or axes of length 1 where they differ.",
    ),
    (
        ValueError,
        "broadcast",
        "Arrays that are added or multiplied entry by entry need the same shape, or axes of length 1 where they "
        "differ.",
    ),
    (ValueError, "equal division", "np.split cuts along the first axis, unless another is named: axis=-1 is the last."),
    (
        ValueError,
        "truth value",
        "An if wants one yes or no, and an array has many: look at one number, or use np.where.",
    ),
    (ValueError, "all input array|same shape|inhomogeneous", "Arrays of different shapes cannot be put into one."),
    (IndexError, "out of (bounds|range)", "Indices count from 0, so the last one is the length minus 1."),
    (IndexError, "too many indices", "The array has fewer axes than you have written indices for."),
    (TypeError, "not callable", "Round brackets call a function. An array is indexed with square ones."),
    (TypeError, "scalar|0-dimensional|size-1", "There is an array where one number is wanted."),
    (
        (TypeError, AttributeError),
        "NoneType",
        "Something is None: a function without return gives None, and so does list.append.",
    ),
    (TypeError, "ufunc|cast", "The result does not fit into an array of whole numbers: make that array of floats."),
    (AttributeError, "ndarray", "An array has no such method. Perhaps NumPy has it as a function, np.name(array)."),
    (AttributeError, "module", "Is the name misspelled?"),
    (KeyError, "", "The dict has no such name; names are written with quotation marks."),
)


def plain(said):
    """What an exception says, without the signatures that NumPy adds and without a point at the end."""
    sizes = re.search(r"size (\d+) is different from (\d+)", said)
    return f"a matrix product where {sizes[2]} and {sizes[1]} meet" if sizes else said.rstrip(" .")


def advice(error):
    """What may help with an exception, or nothing."""
    fitting = (words for kind, part, words in ADVICE if isinstance(error, kind) and re.search(part, str(error)))
    return next(fitting, "")
