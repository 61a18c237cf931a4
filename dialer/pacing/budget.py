"""How much chance of abandonment the day can afford. Pure.

The ceiling bounds the day as a whole. What the calls so far have left of it, and most of what those to come will add,
is spread over the answers to come: those of the rest of the day or the next `_LOOK_AHEAD`, whichever are fewer. So some
abandoned calls are held in reserve, fewer towards the end, and the chance that is allowed changes little from one
abandoned call to the next. That matters: agents wait far longer for a dialer that hardly dares than they wait less for
one that dares much, so that it does best to dare always the same.
"""

from math import exp

from dialer.pacing.situation import DayTally, PacingRules

_LOOK_AHEAD, _FEWEST_AHEAD = 150.0, 15.0
# Of what the answers to come add, so much is spent, and on so much one can rely.
_SPENT_AHEAD, _SURE_AHEAD = 0.7, 0.5
# So many abandoned calls are held in reserve at the end, because two may come at once, and more where more answers do.
# With the second of each nothing is dared any more.
_RESERVE, _LAST_ONE = 2.8, 1.9
_RESERVE_OF_ANSWERS, _LAST_OF_ANSWERS = 1.0, 0.75
# What is bounded is the chance of the last call placed; those before it had less.
_LAST_TO_MEAN = 1.5
_MOST = 0.12


def allowed_chance(tally: DayTally, answers_to_come: float, rules: PacingRules, answers_at_once: float = 0.0) -> float:
    """The chance to be abandoned that one more call may have. 0: the ceiling is reached, and no agent is overdialed.

    `answers_to_come`: live answers that are expected in the rest of the day. `answers_at_once`: while one
    telephone rings.
    """
    ahead = min(answers_to_come, _LOOK_AHEAD)
    left = rules.ceiling * tally.live_answers - tally.abandoned
    if left + rules.ceiling * _SURE_AHEAD * ahead < _LAST_ONE + _LAST_OF_ANSWERS * answers_at_once:
        return 0.0
    # In proportion to its own mean, and never quite nothing before the budget ends.
    reserve = _RESERVE + _RESERVE_OF_ANSWERS * answers_at_once
    spread = (left - reserve) / (rules.ceiling * max(ahead, _FEWEST_AHEAD))
    return min(_MOST, _LAST_TO_MEAN * rules.ceiling * exp(spread - (1 - _SPENT_AHEAD)))
