"""A training of the laboratory played from a plan, without a picture."""

from dataclasses import replace

from rnnlib.checks import check_choice
from rnnlib.shared import shared

from .missions import MISSIONS
from .session import Session
from .settings import Settings

JUDGED_EVERY = 25  # steps
WATCHED = ("goal", "losses", "highest at the end")


@shared
def play(what, seed, plan=None, watch="goal"):
    """Play a mission by its name, or the settings in a dict, from ``seed``; what ``watch`` asks for.

    ``plan`` is a list of ``(steps, changes)``; the mission's own if it is left out. ``watch`` is 'goal' for the step at
    which the mission was won, or None; 'losses' for the losses of each piece of the plan, a list each, where infinity
    stands for a step that could not be taken; 'highest at the end' for the highest loss of the last piece.
    """
    check_choice("watch", watch, WATCHED)
    mission = MISSIONS[check_choice("mission", what, MISSIONS)] if isinstance(what, str) else None
    begin = replace(mission.begin, **mission.wins) if mission else Settings(**what)
    pieces = plan or (mission.plan if mission else ()) or ((mission.steps, {}),)
    session = Session(replace(begin, seed=seed))
    losses = []
    for steps, changes in pieces:
        session.change(replace(session.settings, **changes))
        losses.append([])
        for _ in range(steps):
            loss = session.step()
            losses[-1].append(float("inf") if loss is None else loss)
            judged = mission is not None and session.steps % JUDGED_EVERY == 0
            if judged and session.settings.length == mission.begin.length and mission.reached(session.judge()):
                return session.steps
            if loss is None:
                break
    return {"goal": None, "losses": losses, "highest at the end": max(losses[-1])}[watch]
