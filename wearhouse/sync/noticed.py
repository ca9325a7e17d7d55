"""What vendors said is new, fetched: the slices that notices are about, and no others."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from wearhouse.registry.locks import new_owner
from wearhouse.registry.notices import Waiting
from wearhouse.registry.runs import Attempt
from wearhouse.study import Study
from wearhouse.sync import plan
from wearhouse.sync.attempts import Intake, Reading, Visit
from wearhouse.sync.fetching import Request, Run, Summary, Wanted, sync

CAUSE = "notice"
GIVEN_UP = timedelta(days=7)
"""How long fetching is tried; what cannot be had by then, the nights go on asking for."""


def fetch_noticed(intake: Intake, study: Study, waiting: Sequence[Waiting]) -> Summary:
    """Fetch what notices of a study are about: one read of each slice, however many notices told
    of it. What failed is due again later."""
    owner = new_owner()
    people = {one.participant.id: one.participant for one in waiting}
    request = Request(list(people.values()), cause=CAUSE, study=study)
    number = intake.registry.syncs.begin(CAUSE, owner, study)
    summary = sync(intake, request, number, (_wanted(waiting),))
    _settle(intake, waiting, summary)
    return summary


def _wanted(waiting: Sequence[Waiting]) -> Wanted:
    """The slices that notices are about."""

    def wanted(run: Run, visit: Visit) -> Iterator[Reading]:
        now = run.intake.now()
        within = plan.horizon(visit.participant, visit.study, now)
        families = {
            family.name: family
            for family in visit.source.families()
            if family.scope in visit.token.scopes
        }
        marks = run.intake.registry.syncs.watermarks(visit.participant, visit.grant.source)
        for one in waiting:
            family = families.get(one.family)
            theirs = one.participant.id == visit.participant.id and one.source == visit.grant.source
            if within is None or family is None or not theirs:
                continue
            if one.first_on and one.last_on:
                for stretch in plan.exactly(one.first_on, one.last_on, within):
                    yield Reading(family, stretch, within)
            if one.fresh:
                mark = marks.get(one.family)
                for stretch in plan.fresh(mark, family.reread, within, now):
                    yield Reading(family, stretch, within)

    return wanted


def _settle(intake: Intake, waiting: Sequence[Waiting], summary: Summary) -> None:
    """Take out of the queue what was fetched, and what there is no way to fetch. A run that was
    stopped may not have come to all of it."""
    if intake.stop.is_set():
        return
    registry, now = intake.registry, intake.now()
    attempts = registry.runs.attempts(sync=summary.sync)
    troubled = {code for code, _ in summary.problems}
    for one in waiting:
        theirs = [attempt for attempt in attempts if _is_about(attempt, one)]
        failed = any(attempt.outcome != "done" for attempt in theirs)
        not_begun = not theirs and one.participant.code in troubled
        if (failed or not_begun) and now - one.noticed_at < GIVEN_UP:
            registry.notices.later(one, now)
        else:
            registry.notices.fetched(one)


def _is_about(attempt: Attempt, one: Waiting) -> bool:
    place = (attempt.participant, attempt.source, attempt.family)
    return place == (one.participant.code, one.source, one.family)
