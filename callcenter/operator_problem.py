"""The base of what an operator must hear about in one line, without a trace."""


class OperatorProblem(Exception):
    """Something a person has to put right; the message says what and how.

    `exit_code`: 1 a fault was found, 2 wrong use, 3 something is missing or away.
    """

    exit_code = 3
