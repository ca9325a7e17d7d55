"""Everything Wearhouse raises on purpose.

WearhouseError
├── NotFound            the named thing is not there
├── Conflict            the request contradicts what is stored
├── Invalid             the caller sent something that can never work
│   └── Unwanted        a file that is known, and of which there is no use
├── NotAllowed          the caller is known but may not do this
├── NotSignedIn         the caller is not known
└── Unavailable         something outside is down; the same call may work later
    ├── SourceUnavailable
    └── StoreUnavailable
"""


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


class NotAllowed(WearhouseError):
    status, code = 403, "not_allowed"


class NotSignedIn(WearhouseError):
    status, code = 401, "not_signed_in"


class Unavailable(WearhouseError):
    status, code = 503, "unavailable"


class SourceUnavailable(Unavailable):
    code = "source_unavailable"


class StoreUnavailable(Unavailable):
    code = "store_unavailable"
