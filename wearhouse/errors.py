"""Everything Wearhouse raises on purpose.

WearhouseError
├── NotFound            the named thing is not there
├── Conflict            the request contradicts what is stored
├── Invalid             the caller sent something that can never work
│   ├── Unwanted        a file that is known, and of which there is no use
│   └── BadRows         rows of which some cannot be taken, so that none was
├── NotAllowed          the caller is known but may not do this
├── NotSignedIn         the caller is not known
├── TooLarge            the caller sent more than is taken at once
├── TooMany             the caller, or all together, send more than can be taken just now
└── Unavailable         something outside is down; the same call may work later
    ├── SourceUnavailable
    └── StoreUnavailable
"""

import errno
from collections.abc import Sequence


class WearhouseError(Exception):
    """One clear sentence for a person; `status` and `code` for programs.

    `parameter` names the argument at fault, where there is one.
    """

    status, code = 500, "internal"

    def __init__(self, message: str, parameter: str | None = None) -> None:
        super().__init__(message)
        self.parameter = parameter


class NotFound(WearhouseError):
    status, code = 404, "not_found"


class Conflict(WearhouseError):
    status, code = 409, "conflict"


class Invalid(WearhouseError):
    status, code = 422, "invalid"


class Unwanted(Invalid):
    code = "unwanted"


class BadRows(Invalid):
    """`problems` says of each bad row, by its place from 1, what is wrong."""

    code = "bad_rows"

    def __init__(self, of: int, problems: Sequence[tuple[int, str]]) -> None:
        told = " ".join(f"Row {row}: {problem}" for row, problem in problems[:5])
        more = f" And {len(problems) - 5} more." if len(problems) > 5 else ""
        super().__init__(f"{len(problems)} of {of} rows cannot be taken. {told}{more}", "rows")
        self.problems = tuple(problems)


class NotAllowed(WearhouseError):
    status, code = 403, "not_allowed"


class NotSignedIn(WearhouseError):
    status, code = 401, "not_signed_in"


class TooLarge(WearhouseError):
    status, code = 413, "too_large"


class TooMany(WearhouseError):
    """`wait_s` says after how many seconds the same call may work."""

    status, code = 429, "too_many"

    def __init__(self, message: str, wait_s: int = 1) -> None:
        super().__init__(message)
        self.wait_s = wait_s


class Unavailable(WearhouseError):
    status, code = 503, "unavailable"


class SourceUnavailable(Unavailable):
    code = "source_unavailable"


class StoreUnavailable(Unavailable):
    code = "store_unavailable"


FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EFBIG}


def no_room(error: BaseException) -> Unavailable | None:
    """A full disk as the caller is told of it; None if an error says something else."""
    if isinstance(error, OSError) and error.errno in FULL:
        return Unavailable(f"Nothing can be written here: {error.strerror}.")
    return None
