"""The lint of this suite: no test looks at once at what comes in its own time, and none sleeps instead of waiting.

A page is changed by a stream, a request, a timer; a record is written by another process. Who looks right after an
action sees sometimes the old, sometimes the new. `expect(...)` (pages) and `tests.waiting` (everything else) ask until
it is as it should be. Where looking at once is right, or the simulated world itself takes its time, the line says why
in one word: `# at once: <word>`, `# world: <word>`.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

AT_ONCE = {
    "act": "changes the page, and the test judges nothing by what it returns",
    "given": "asks for what the page had when it was loaded, and what nothing changes",
    "measure": "this instant itself is what is measured or compared with a later one",
    "polled": "is asked again until it is as it should be",
    "settled": "a line before waited for what comes last, and this came before it or with it",
    "waits": "what runs in the page waits by itself",
}
WORLD = {
    "pace": "telephones and callers have a pace of their own: frames of sound, a breath, a pause between words",
    "poll": "between two looks of the one helper that waits",
}
# Of Playwright's pages and locators: what answers with how it is now.
READS = frozenset(
    (
        *("all_inner_texts", "all_text_contents", "bounding_box", "evaluate", "evaluate_all", "evaluate_handle"),
        *("get_attribute", "inner_html", "inner_text", "input_value", "is_checked", "is_disabled", "is_editable"),
        *("is_enabled", "is_hidden", "is_visible", "query_selector", "text_content"),
    )
)
AWAITED_READS = READS | {"all", "count"}
# Of a running centre: what another process writes.
RECORDS = frozenset(("rows", "ledger"))
SLEEPS = frozenset(("sleep", "wait_for_timeout"))


def faults(path: Path, text: str | None = None) -> list[str]:
    """Each place of a file that looks at once, or sleeps, without saying why: `line: what`."""
    source = path.read_text(encoding="utf-8") if text is None else text
    lines, tree = source.splitlines(), ast.parse(source)
    browser, running = "browser" in path.parts, {"browser", "telephony"} & set(path.parts)
    found = [(call, "sleeps", WORLD, "world") for call in _sleeps(tree)]
    if browser:
        found += [(call, "looks at a page at once", AT_ONCE, "at once") for call in _reads(tree)]
    if running:
        found += [(call, "looks at records at once", AT_ONCE, "at once") for call in _records(tree)]
    return [f"{call.lineno}: {what}" for call, what, words, mark in found if not _excused(call, lines, mark, words)]


def _calls(tree: ast.AST) -> Iterator[tuple[ast.Call, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            yield node, function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _sleeps(tree: ast.AST) -> Iterator[ast.Call]:
    for call, name in _calls(tree):
        only_yields = [each.value for each in call.args if isinstance(each, ast.Constant)] == [0]
        if name in SLEEPS and not only_yields:
            yield call


def _reads(tree: ast.AST) -> Iterator[ast.Call]:
    awaited = {node.value for node in ast.walk(tree) if isinstance(node, ast.Await)}
    for call, name in _calls(tree):
        if isinstance(call.func, ast.Attribute) and name in (AWAITED_READS if call in awaited else READS):
            yield call


def _records(tree: ast.AST) -> Iterator[ast.Call]:
    """What tests ask for themselves; what they give a waiting helper to ask stands in a function of its own."""
    for test in ast.walk(tree):
        if isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef) and test.name.startswith("test_"):
            asked_again = {call for each in ast.walk(test) if isinstance(each, ast.Lambda) for call, _ in _calls(each)}
            yield from (call for call, name in _calls(test) if name in RECORDS and call not in asked_again)


def _excused(call: ast.Call, lines: list[str], mark: str, words: dict[str, str]) -> bool:
    """Whether one of the lines of the call ends with a known word of that mark."""
    own = lines[call.lineno - 1 : call.end_lineno]
    return any(line.endswith(f"# {mark}: {word}") for line in own for word in words)
