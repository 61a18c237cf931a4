"""Compiles the survey into Asterisk's dialplan: what callers are asked after the agent hung up. Pure.

It runs without any of our processes. Queue() comes back to the dialplan when the agent hangs up (option `c`) and leaves
the agent's name on the caller's channel (MEMBERNAME, by `setinterfacevar`): each answer becomes a ledger row
`SURVEYED question|answer` of the call, its queue and its agent. Silence and other keys are asked once more, then the
next question; nobody is kept.

Expects of `extensions.conf`: `TRONCAL_CALL`, `TRONCAL_QUEUE`, and the context `troncal-goodbye`.
"""

from ivr.menus.model import Menus, Question

GREETING, AGAIN, THANKS = "encuesta-inicio", "encuesta-otra-vez", "encuesta-gracias"
HIGHEST = 5
_SECONDS = 6


def compile_survey(menus: Menus) -> str:
    """The contexts `troncal-survey-<line>` of every line whose callers are asked; empty without questions."""
    survey = menus.survey
    if not survey.questions:
        return ""
    return "\n".join(_context(line, survey.questions) for line in survey.lines)


def context_name(line: str) -> str:
    """The context of a line's survey."""
    return f"troncal-survey-{line}"


def _context(line: str, questions: tuple[Question, ...]) -> str:
    steps = ['ExecIf($["${MEMBERNAME}" = ""]?Set(MEMBERNAME=NONE))', f"Playback(troncal/{GREETING})"]
    for number, question in enumerate(questions, 1):
        steps += _question(number, question)
    steps += [f"Playback(troncal/{THANKS})", "Goto(troncal-goodbye,s,1)"]
    first, *rest = steps
    lines = [f"[{context_name(line)}]", f"exten => s,1,{first}", *(_step(step) for step in rest), ""]
    return "\n".join(lines)


def _question(number: int, question: Question) -> list[str]:
    """Ask, ask once more, write. Nothing but one of the answers can come into the row."""
    said, over = f"said{number}", f"over{number}"
    asked = f"troncal/{question.say}"
    tries = [step for sounds in (asked, f"troncal/{AGAIN}&{asked}") for step in _asked(sounds, said)]
    row = f"QueueLog(${{TRONCAL_QUEUE}},${{TRONCAL_CALL}},${{MEMBERNAME}},SURVEYED,{question.name}|${{TRONCAL_ANSWER}})"
    return [*tries, f"Goto({over})", f"({said}){row}", f"({over})NoOp()"]


def _asked(sounds: str, said: str) -> list[str]:
    return [
        f"Read(TRONCAL_ANSWER,{sounds},1,,1,{_SECONDS})",
        f"Set(TRONCAL_ANSWER=${{FILTER(1-{HIGHEST},${{TRONCAL_ANSWER}})}})",
        f'GotoIf($["${{TRONCAL_ANSWER}}" != ""]?{said})',
    ]


def _step(step: str) -> str:
    if not step.startswith("("):
        return f" same => n,{step}"
    label, _, application = step.partition(")")
    return f" same => n{label}),{application}"
