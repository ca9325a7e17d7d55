"""Reminders that go out by themselves, in studies that have turned that on: everybody is sent the
text of their next action, within the caps."""

import logging
from collections import defaultdict
from datetime import datetime

from wearhouse.desk.gathering import Sources
from wearhouse.desk.standing import standings
from wearhouse.messages.planning import send
from wearhouse.secrets import Secrets
from wearhouse.study import Actor, Participant, Role
from wearhouse.team.acting import acting
from wearhouse.wear.action import Action

log = logging.getLogger("wearhouse")

BY = Actor("automation", Role.MANAGER, None, "job")


def remind(sources: Sources, secrets: Secrets, now: datetime) -> int:
    """Queue what is due; how many messages."""
    at_work = acting(BY, sources.registry, secrets)
    queued = 0
    for study in sources.registry.studies():
        if not study.automation:
            continue
        people = {who.code: who for who in sources.registry.participants(study.code)}
        wanted: dict[Action, list[Participant]] = defaultdict(list)
        for line in standings(sources, list(people.values()), now):
            if line.action.action != Action.NOTHING:
                wanted[line.action.action].append(people[line.participant])
        for action, some in wanted.items():
            letters = send(at_work, study, some, action.value, now, "by itself")
            queued += sum(letter.at is not None for letter in letters)
    return queued
