"""The lint of parametrised tests: every process that collects them makes the same ones, in the same order.

A parallel run collects in every worker, and ends with "Different tests were collected" where two of them differ: the
members of a set come in another order in each process, and what is made of the clock or by chance is another value.
A set is given as `sorted(...)`; what is another value each time has a name of its own, by `ids=` or
`pytest.param(..., id=...)`.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from callcenter.settings import PROJECT

SETS = frozenset(("set", "frozenset", "Set", "AbstractSet", "MutableSet"))
SET_METHODS = frozenset(("union", "intersection", "difference", "symmetric_difference"))
# What does not depend on the order of what it is given.
ORDERLESS = frozenset(("sorted", "len", "sum", "min", "max", "any", "all"))
CHANGING_MODULES = frozenset(("gzip", "zlib", "random", "secrets", "tempfile"))  # gzip writes the second into its bytes
CHANGING = frozenset(
    (
        *(
            "now",
            "utcnow",
            "today",
            "now_us",
            "time_ns",
            "monotonic",
            "monotonic_ns",
            "perf_counter",
            "perf_counter_ns",
        ),
        *("uuid1", "uuid4", "urandom", "token_hex", "token_bytes", "token_urlsafe", "mkdtemp", "getpid", "hash", "id"),
    )
)
A_SET = ast.Set(elts=[])
Names = dict[str, ast.expr]


def faults(path: Path, text: str | None = None) -> list[str]:
    """Each parametrisation of a file that may differ from process to process: `line: what`."""
    source = path.read_text(encoding="utf-8") if text is None else text
    if "parametrize" not in source and "params" not in source:
        return []
    tree = ast.parse(source)
    names = {**_imported(tree), **_defined(tree)}
    return [f"{call.lineno}: {what}" for call in _parametrisations(tree) for what in _differences(call, names)]


def _parametrisations(tree: ast.AST) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _name(node.func) in ("parametrize", "fixture"):
            yield node


def _differences(call: ast.Call, names: Names) -> Iterator[str]:
    given = {each.arg: each.value for each in call.keywords}
    values = given.get("argvalues") or given.get("params") or (call.args[1] if len(call.args) > 1 else None)
    if any(_is_unordered(each, names) for each in (values, given.get("ids")) if each is not None):
        yield "a set comes in another order in each process: sorted(...)"
    if values is not None and "ids" not in given and _is_changing(values, names):
        yield "another value in each process makes another name of the test: ids=..."


# --- what stands for what -----------------------------------------------------------------------------------------


def _defined(tree: ast.Module) -> Names:
    """What the names of a module stand for, as far as it is written there: values, and functions that return sets."""
    names: Names = {}
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                names[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), annotation=kind, value=ast.expr() as value):
                names[name] = A_SET if _is_of_sets(kind) else value
            case ast.FunctionDef(name=name, returns=ast.expr() as kind) if _is_of_sets(kind):
                names[name] = A_SET
    return names


def _imported(tree: ast.Module) -> Names:
    """The same of names that come from our own modules."""
    return {
        alias.asname or alias.name: value
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if (value := _defined_in(PROJECT.joinpath(*node.module.split(".")).with_suffix(".py")).get(alias.name))
    }


@cache
def _defined_in(path: Path) -> Names:
    return _defined(ast.parse(path.read_text(encoding="utf-8"))) if path.exists() else {}


def _is_of_sets(kind: ast.expr) -> bool:
    return _name(kind.value if isinstance(kind, ast.Subscript) else kind) in SETS


# --- the order ----------------------------------------------------------------------------------------------------


def _is_unordered(node: ast.expr, names: Names) -> bool:
    """Whether its parts come in the order of a set. A set that is one parameter among others is called by its place."""
    return _is_set(node) or any(_is_unordered(part, _without(node, names)) for part in _what_orders(node, names))


def _is_set(node: ast.expr) -> bool:
    match node:
        case ast.Set() | ast.SetComp() | ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in SET_METHODS
        case ast.BinOp(left=ast.Call(func=ast.Attribute(attr="keys" | "items"))):
            return True
    return False


def _what_orders(node: ast.expr, names: Names) -> list[ast.expr]:
    """What the order of a value's parts comes from."""
    match node:
        case ast.Name(id=name):
            return [names[name]] if name in names else []
        case ast.List() | ast.Tuple():
            return [each.value for each in node.elts if isinstance(each, ast.Starred)]
        case ast.ListComp() | ast.GeneratorExp() | ast.DictComp():
            return [each.iter for each in node.generators]
        case ast.BinOp():
            return [node.left, node.right]
        case ast.IfExp():
            return [node.body, node.orelse]
        case ast.Call() if _name(node.func) not in ORDERLESS:
            return [node.func, *(each.value if isinstance(each, ast.Starred) else each for each in node.args)]
        case ast.Attribute():
            return [node.value]
    return []


# --- the values ---------------------------------------------------------------------------------------------------


def _is_changing(node: ast.AST, names: Names) -> bool:
    """Whether it holds a call that gives something else each time."""
    match node:
        case ast.Call(func=function) if _gives_another_each_time(node):
            return True
        case ast.Lambda():
            return False  # called by the test
        case ast.Call(func=function, keywords=keywords) if _name(function) == "param":
            if any(each.arg == "id" for each in keywords):
                return False
        case ast.Name(id=name) if name in names:
            return _is_changing(names[name], _without(node, names))
    return any(_is_changing(part, names) for part in ast.iter_child_nodes(node))


def _gives_another_each_time(call: ast.Call) -> bool:
    name, module = _name(call.func), _module(call.func)
    return name in CHANGING or module in CHANGING_MODULES or (name == "time" and not call.args and not call.keywords)


def _without(node: ast.AST, names: Names) -> Names:
    """A name is looked up once: it may stand in its own value."""
    return {name: value for name, value in names.items() if not (isinstance(node, ast.Name) and node.id == name)}


def _module(function: ast.expr) -> str:
    return function.value.id if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) else ""


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
