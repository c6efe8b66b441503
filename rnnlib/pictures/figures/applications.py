"""What goes in and what comes out: the forms of work one recurrent network can do."""

from . import networks


def applications(fig):
    """Five forms of many-to-many, each with an application, on ``fig``; return what was drawn of each."""
    grid = fig.add_gridspec(2, 12)
    places = [(0, slice(0, 4)), (0, slice(4, 8)), (0, slice(8, 12)), (1, slice(0, 6)), (1, slice(6, 12))]
    axes = [fig.add_subplot(grid[place]) for place in places]
    forms = (
        ("Many to one:\nis the review kind?", ("a", "fine", "film"), {3: "kind"}, {}),
        ("One to many:\na picture, its caption", ("photo",), {1: "a", 2: "red", 3: "fox"}, {}),
        (
            "Many to many, in step:\ntagging",
            ("leave", "Oslo", "on", "July"),
            dict(enumerate(("–", "from", "–", "when"), 1)),
            {},
        ),
        (
            "Many to many, later:\ntranslation",
            ("July", "2nd"),
            {3: "le", 4: "2", 5: "juillet"},
            {},
        ),
        (
            "Its output is its next input:\nwriting",
            (".", "the", "dogs", "bark"),
            {1: "the", 2: "dogs", 3: "bark", 4: "."},
            {"fed_back": (1, 2, 3)},
        ),
    )
    drawn = []
    for ax, (title, inputs, outputs, options) in zip(axes, forms, strict=True):
        steps = max(len(inputs), *outputs)
        networks.canvas(ax, 2.1 * max(steps, 4) - 0.1, 4.5, left=-1.05, bottom=-0.65)
        ax.set_title(title, fontsize="medium")
        drawn.append(
            networks.unrolled(
                ax,
                steps,
                inputs=range(1, len(inputs) + 1),
                outputs=outputs,
                labels={
                    "input": lambda t, words=inputs: words[t - 1],
                    "output": outputs.get,
                    "state": lambda layer, t: "",
                },
                text_options={"width": 1.4},
                spacing=(2.1, 1.6),
                **options,
            )
        )
    return drawn
