"""Sites and arms: what the participants of a study are divided into."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from wearhouse.errors import Conflict, NotFound
from wearhouse.registry import tables
from wearhouse.registry.connection import transaction
from wearhouse.study import Study, checked_code


@dataclass(frozen=True, slots=True)
class Group:
    """A site or an arm of a study."""

    study: str
    code: str
    title: str


class Groups:
    """The sites of studies, or their arms, by the table that holds them."""

    def __init__(self, engine: Engine, table: sa.Table, word: str) -> None:
        self.engine, self.table, self.word = engine, table, word

    def all(self, study: Study) -> list[Group]:
        """Those of a study by code."""
        table = self.table
        asked = sa.select(table.c.code, table.c.title).where(table.c.study_id == study.id)
        with transaction(self.engine) as rows:
            found = rows.execute(asked.order_by(table.c.code))
            return [Group(study.code, *row) for row in found]

    def add(self, study: Study, code: str, title: str = "") -> Group:
        """A new one; Conflict if the study has one of that code."""
        checked_code(code)
        if any(known.code == code for known in self.all(study)):
            raise Conflict(f"{study.code} has {self.word} {code!r} already.", "code")
        values = {"study_id": study.id, "code": code, "title": title or code}
        with transaction(self.engine) as rows:
            rows.execute(sa.insert(self.table).values(values))
        return Group(study.code, code, title or code)

    def number(self, rows: Connection, study: Study, code: str) -> int:
        """The number of the one of that code; NotFound if the study has none."""
        table = self.table
        asked = sa.select(table.c.id).where(table.c.study_id == study.id, table.c.code == code)
        found = rows.execute(asked).scalar_one_or_none()
        if found is None:
            raise NotFound(f"{study.code} has no {self.word} {code!r}.", self.word)
        return int(found)


def sites(engine: Engine) -> Groups:
    return Groups(engine, tables.sites, "site")


def arms(engine: Engine) -> Groups:
    return Groups(engine, tables.arms, "arm")
