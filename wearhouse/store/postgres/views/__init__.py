"""The views of each metric, and the functions, for any SQL client."""

import hashlib
from importlib.resources import files

from psycopg.sql import Identifier

from wearhouse.levels import CIVIL, ROLLUPS, is_kept
from wearhouse.metrics import METRICS, Metric
from wearhouse.store.postgres import timescale
from wearhouse.store.postgres.connection import Session

FOLDED = {"1m": "1 minute", "1h": "1 hour"}


def define(session: Session, kind: str) -> None:
    """Define metrics, views and functions, unless they are there as this release has them."""
    functions = (files(__package__) / "functions.sql").read_text(encoding="utf-8")
    made = ("_view", "_procedure")
    views = [text for name, text in session.statements.items() if name.endswith(made)]
    digest = hashlib.sha256("".join([functions, *views, repr(METRICS)]).encode()).hexdigest()
    if session.rows("definitions") == [(digest,)]:
        return
    codes: dict[str, int] = dict(session.rows("metrics"))
    code = max(codes.values(), default=0)
    for name, metric in METRICS.items():
        if name not in codes:
            code += 1
            codes[name] = code
        levels = [level for level in ROLLUPS if is_kept(level, metric)]
        session.run("put_metric", code=codes[name], name=name, unit=metric.unit, levels=levels)
    session.connection.execute(functions.encode())
    for metric in METRICS.values():
        if metric.kind != "episode":
            _define_views(session, metric, codes[metric.name])
    if kind == "timescale":
        timescale.define(session)
    session.run("remove_definitions")
    session.run("put_definitions", digest=digest)


def _define_views(session: Session, metric: Metric, code: int) -> None:
    session.run("raw_view", view=Identifier(metric.name), metric=code)
    for level in ROLLUPS:
        names = {
            "view": Identifier(f"{metric.name}_{level}"),
            "table": Identifier(f"rollups_{level}"),
        }
        if level in CIVIL:
            session.run("civil_view", metric=code, **names)
        elif is_kept(level, metric):
            session.run("utc_view", metric=code, **names)
        else:
            session.run("folded_view", metric=code, width=FOLDED[level], **names)
