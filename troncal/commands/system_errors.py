"""What the operating system refused, in one line for an operator: what, where, and what to do."""

import errno

_TO_DO = {
    errno.ENOSPC: "make room on that disk",
    errno.EDQUOT: "make room, or have the quota raised",
    errno.EROFS: "mount it for writing, or set TRONCAL_STATE to another folder",
    errno.EACCES: "give this user the right to it, or set TRONCAL_STATE to another folder",
    errno.EPERM: "give this user the right to it, or set TRONCAL_STATE to another folder",
    errno.EEXIST: "something else is where a folder is to be: move it away",
    errno.ENOTDIR: "a file is where a folder is to be: move it away",
    errno.EISDIR: "a folder is where a file is to be: move it away",
    errno.ELOOP: "links lead in a circle: mend them",
}


def in_one_line(error: OSError) -> str:
    """`file: why; what to do`, as far as these are known."""
    what = error.strerror or str(error) or type(error).__name__
    where = f"{_text(error.filename)}: " if error.filename is not None else ""
    to_do = _TO_DO.get(error.errno or 0)
    return where + what + (f"; {to_do}" if to_do is not None else "")


def problems_of(failures: BaseExceptionGroup[BaseException]) -> list[BaseException]:
    """The single errors of a group, however deep."""
    deep = (problems_of(each) if isinstance(each, BaseExceptionGroup) else [each] for each in failures.exceptions)
    return [error for errors in deep for error in errors]


def _text(name: object) -> str:
    return name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)
