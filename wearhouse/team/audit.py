"""The audit trail: who did or read what, before and after, and why. No health value and no secret
is in it; contact details only as digests that nobody can turn back without the key."""

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import orjson

from wearhouse import telemetry
from wearhouse.chain import Link, Verdict, verify
from wearhouse.errors import Invalid
from wearhouse.registry import Registry
from wearhouse.study import Participant, Right
from wearhouse.team.acting import Acting

PAGE = 500
HIDDEN = "arm"
"""What of before and after is left out for those who must not know it."""


def record(
    acting: Acting,
    act: str,
    participant: Participant | None = None,
    study: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    reason: str = "",
    subject: str = "",
) -> None:
    """Add an entry. Of before and after only what differs is kept; `subject` says what it is
    about where that is no participant. Within `together` it is kept with the act, or neither."""
    old, new = _differing(before or {}, after or {})
    note(
        acting.registry,
        act,
        actor=acting.actor.name,
        role=acting.actor.role.value,
        via=acting.actor.via,
        study=participant.study if participant else study,
        participant=participant.code if participant else None,
        subject=subject,
        before=old,
        after=new,
        reason=reason,
    )


def witness(acting: Acting | None, act: str, participant: Participant, subject: str) -> None:
    """Add an entry if it is known who is at it; jobs of their own are in the record of runs."""
    if acting is not None:
        record(acting, act, participant, subject=subject)


def export(acting: Acting, people: Sequence[Participant], what: str) -> None:
    """Note that data of participants leave as files: an entry for each study."""
    codes: dict[str, list[str]] = {}
    for person in people:
        codes.setdefault(person.study, []).append(person.code)
    telemetry.exports.labels(acting.actor.via).inc()
    for study, whose in codes.items():
        record(acting, "export", study=study, after={"participants": whose}, subject=what)


def exports_of(registry: Registry, participant: Participant) -> tuple[str, ...]:
    """Every earlier export that holds data of a participant, the newest first: its day and what it
    was. Exports are of many people, so whoever asks need not reach all of them."""
    trail, found = Registry(registry.engine).audit, []
    before: int | None = None
    while True:
        page = trail.found(PAGE, before=before, act="export", study=participant.study)
        found += [
            f"{entry['at'][:10]} {entry['subject']}"
            for entry in page
            if participant.code in entry["after"].get("participants", [participant.code])
        ]
        if len(page) < PAGE:
            return tuple(found)
        before = page[-1]["number"]


def note(registry: Registry, act: str, **said: Any) -> None:
    """Add an entry about an act that nobody with rights stands behind: a try to sign in, a job."""
    empty = {"role": "", "study": None, "participant": None, "subject": "", "reason": ""}
    sides: dict[str, Any] = {"before": {}, "after": {}}
    registry.audit.append({**empty, **sides, **said, "act": act})


def digests(acting: Acting, values: Mapping[str, str | None]) -> dict[str, str]:
    """What may be kept of contact details: that two are the same, not what they are."""
    key = acting.secrets.derived("audit")[0]
    return {
        name: hmac.new(key, f"{name}:{value}".encode(), hashlib.sha256).hexdigest()[:32]
        for name, value in values.items()
        if value
    }


def plain(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the trail keeps them: days as text."""
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in values.items()}


def entries(acting: Acting, limit: int = 100, **wanted: Any) -> list[dict[str, Any]]:
    """Entries within reach, the newest first; the arm only for those who may know it."""
    acting.needs(Right.READ_AUDIT)
    return [_seen(acting, entry) for entry in acting.registry.audit.found(limit, **wanted)]


def history(acting: Acting, participant: Participant, limit: int = 200) -> list[dict[str, Any]]:
    """What was done about one participant, the newest first."""
    acting.needs(Right.READ)
    registry = acting.registry
    found = registry.audit.found(limit, participant=participant.code, study=participant.study)
    return [_seen(acting, entry) for entry in found]


def verdict(acting: Acting) -> Verdict:
    """Whether the trail in the registry is as it was written."""
    acting.needs(Right.READ_AUDIT)
    return acting.registry.audit.verdict()


def exported(acting: Acting) -> Iterator[bytes]:
    """The whole trail as JSON lines, to be kept and verified elsewhere."""
    acting.needs(Right.READ_AUDIT)
    acting.needs(Right.READ_ARM)
    record(acting, "audit.export")
    for link in acting.registry.audit.links():
        yield orjson.dumps({"content": link.content, "digest": link.digest}) + b"\n"


def verify_file(place: Path) -> Verdict:
    """Whether an exported trail is as it was written. Needs nothing but the file."""
    try:
        with place.open("rb") as lines:
            return verify(_links(lines, place))
    except OSError as error:
        raise Invalid(f"{place} cannot be read: {error.strerror}.", "file") from error


def _links(lines: Iterable[bytes], place: Path) -> Iterator[Link]:
    for position, line in enumerate(lines, 1):
        try:
            said = orjson.loads(line)
            content, digest = said["content"], said["digest"]
            number = orjson.loads(content)["number"]
        except (ValueError, TypeError, KeyError):
            raise Invalid(f"Line {position} of {place} is no entry of a trail.", "file") from None
        yield Link(number, content, digest)


def _differing(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return (
        {name: before[name] for name in names if name in before},
        {name: after[name] for name in names if name in after},
    )


def _seen(acting: Acting, entry: dict[str, Any]) -> dict[str, Any]:
    if acting.actor.may(Right.READ_ARM):
        return entry
    clean = {
        side: {name: value for name, value in entry[side].items() if name != HIDDEN}
        for side in ("before", "after")
    }
    return {**entry, **clean}
