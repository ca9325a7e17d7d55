"""Corrections in PostgreSQL: events that are told again with another time, device or type."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from psycopg.sql import SQL, Composable, Identifier

from wearhouse.store.correcting import SETTLED_AT_ONCE, Delivery, Event, Place, settled
from wearhouse.store.postgres.connection import Session
from wearhouse.store.spans import HOUR_S


class Corrections:
    """What the events of some loads correct, within the transaction that curates them."""

    def __init__(self, session: Session, upto: int, clocks: Mapping[str, int]) -> None:
        self.session = session
        self.upto = upto
        self.clocks = clocks

    def apply(self) -> dict[int, int]:
        """Have what counts stand in each place that an event has left; the hours that are
        touched."""
        hours: dict[int, int] = {}
        events = self.session.rows("fleet_corrected", upto=self.upto)
        for at in range(0, len(events), SETTLED_AT_ONCE):
            some = [(project, one) for project, one in events[at : at + SETTLED_AT_ONCE]]
            for *_, when in self._settle(some):
                hour = int(when.timestamp()) // HOUR_S * HOUR_S
                hours[hour] = hours.get(hour, 0) + 1
        return hours

    def _settle(self, events: Sequence[Event]) -> Sequence[Place]:
        places = settled(events, self._of_events, self._at_places)
        if not places:
            return []
        standing = [one for one in places.values() if one is not None]
        self.session.run("fleet_withdraw", **_columns(list(places)))
        if standing:
            deliveries = SQL("(e.load, e.position) IN ({})").format(
                SQL(", ").join(SQL("({}, {})").format(o.load, o.position) for o in standing)
            )
            with self._judged(deliveries) as table:
                self.session.run("fleet_take", table=table)
        owners = sorted({(project, device) for project, device, _, _ in places})
        whose = {"projects": [p for p, _ in owners], "devices": [d for _, d in owners]}
        self.session.run("fleet_forget_latest", **whose)
        self.session.run("fleet_note_again", **whose)
        return list(places)

    def _of_events(self, events: Sequence[Event]) -> Iterator[Delivery]:
        named = {"projects": [p for p, _ in events], "ids": [i for _, i in events]}
        yield from self._delivered(self._piece("fleet_of_events", **named))

    def _at_places(self, places: Sequence[Place]) -> Iterator[Delivery]:
        yield from self._delivered(self._piece("fleet_at_places", **_columns(places)))

    def _delivered(self, which: Composable) -> Iterator[Delivery]:
        whole = self._piece("fleet_whole", upto=self.upto)
        with self._judged(SQL(" AND ").join([which, whole])) as table:
            for *place, created, digest, load, position in self.session.rows(
                "fleet_delivered", table=table
            ):
                project, one, device, kind, at = place
                rank = created, digest
                yield Delivery(project, one, device, kind, at, rank, load, position)

    @contextmanager
    def _judged(self, which: Composable) -> Iterator[Identifier]:
        table = Identifier("judged_again")
        self.session.run("fleet_judge", table=table, which=which, **self.clocks)
        yield table
        self.session.connection.execute(SQL("DROP TABLE {}").format(table))

    def _piece(self, name: str, **parameters: object) -> Composable:
        return SQL(self.session.statements[name]).format(**parameters)


def _columns(places: Sequence[Place]) -> dict[str, list[object]]:
    names = ("projects", "devices", "types", "times")
    return {name: [place[at] for place in places] for at, name in enumerate(names)}
