"""Who the persons named in a file are: participants of a study, known or newly enrolled."""

from zoneinfo import ZoneInfo

from wearhouse.errors import Invalid
from wearhouse.registry import Registry
from wearhouse.study import Participant, Study, checked_code
from wearhouse.window import zone_named

UNKNOWN = "the participant is not known"


class People:
    """Persons of one file by the name the file gives them.

    With a participant, a file that names nobody or one person is all theirs; in a file that
    names several, only the person of that code. Without, persons are participants by their
    code, enrolled with `timezone` where they are new.
    """

    def __init__(
        self,
        registry: Registry,
        study: Study,
        participant: Participant | None,
        timezone: str | None,
        persons: frozenset[str],
    ) -> None:
        self.timezone = timezone
        self.names_nobody = participant is None and bool(persons) and persons <= {""}
        self._known: dict[str, Participant] = {}
        if participant is not None:
            theirs = persons if len(persons - {""}) <= 1 else {"", participant.code}
            self._known = dict.fromkeys(theirs, participant)
        elif not self.names_nobody:
            self._known = _enrolled(registry, study, timezone or "UTC", persons - {""})

    @property
    def codes(self) -> set[str]:
        """The participants' codes."""
        return {participant.code for participant in self._known.values()}

    def named(self, person: str) -> Participant | None:
        """The participant whom the file calls so; None if nobody is known by that name."""
        return self._known.get(person)

    def clock(self, participant: Participant) -> ZoneInfo:
        """The clock on which their times without a zone are read."""
        return zone_named(self.timezone or participant.timezone)


def _enrolled(
    registry: Registry, study: Study, timezone: str, persons: frozenset[str]
) -> dict[str, Participant]:
    known = {participant.code: participant for participant in registry.participants(study.code)}
    for person in sorted(persons - known.keys()):
        try:
            checked_code(person)
        except Invalid:
            continue
        known[person] = registry.enrol(study.code, person, timezone)
    return {person: known[person] for person in persons if person in known}
