"""A vendor's cloud in memory: what it has, what it was asked, and what it does wrong."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2 as httpx
import pyarrow as pa

from wearhouse.consent import grants
from wearhouse.consent.grants import Consents
from wearhouse.errors import Invalid, NotAllowed, NotSignedIn, SourceUnavailable
from wearhouse.metrics import METRICS
from wearhouse.payloads import Payloads
from wearhouse.registry import Registry
from wearhouse.samples import PARSED_EPISODES, PARSED_SAMPLES, Parsed, rejects
from wearhouse.secrets import Secrets, new_key
from wearhouse.sources.live import DeviceReport, Family, Payload, Token
from wearhouse.store import Store
from wearhouse.study import Grant, Participant
from wearhouse.sync.attempts import Intake
from wearhouse.sync.fetching import Request, Summary, sync
from wearhouse.window import DAY_MS, Window, millis

PAGE = 40
HEART = Family("heart", ("heart_rate",), timedelta(hours=48), "heart")
ACTIVITY = Family("activity", ("steps", "distance"), timedelta(hours=48), "activity")
SLEEP = Family("sleep", ("sleep", "sleep_stage"), timedelta(days=7), "sleep")

Place = tuple[str, int]
"""metric, UTC ms"""


START = datetime(2024, 3, 4, tzinfo=UTC)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = START + timedelta(days=5, hours=12)

    def __call__(self) -> datetime:
        return self.now


class Killed(BaseException):
    """The process ends here, as far as a test can tell."""


@dataclass
class Account:
    """One person's data: what each instant holds, with the offset of their clock."""

    samples: dict[Place, tuple[int, float]] = field(default_factory=dict)
    nights: dict[str, tuple[int, int, int]] = field(default_factory=dict)  # log: t, end, offset
    devices: list[DeviceReport] = field(default_factory=list)
    timezone: str | None = None


@dataclass
class Cloud:
    """A live source over accounts. `trouble` is called before every page of every fetch and may
    raise; `granted` is what people tick."""

    name: str = "cloud"
    trouble: Callable[[str, Family], None] = lambda _subject, _family: None
    granted: frozenset[str] = frozenset({"heart", "activity", "sleep"})
    accounts: dict[str, Account] = field(default_factory=lambda: defaultdict(Account))
    asked: list[tuple[str, str, Window]] = field(default_factory=list)
    good: dict[str, str] = field(default_factory=dict)  # access tokens: whose
    lasting: dict[str, str] = field(default_factory=dict)  # refresh tokens: whose
    lasts: timedelta = timedelta(hours=1)
    unreachable: bool = False
    trusting: bool = False  # takes tokens of another process for good
    cut: Callable[[str], bool] = lambda _subject: False  # whether a page arrives cut off
    bias: float = 0.0  # a fault of the parser
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

    def families(self) -> Sequence[Family]:
        return (HEART, ACTIVITY, SLEEP)

    def consent_address(self, state: str, challenge: str, return_to: str) -> str:
        asked = {"state": state, "code_challenge": challenge, "redirect_uri": return_to}
        return f"https://cloud.example/consent?{urlencode(asked)}"

    def exchange(self, client: httpx.Client, code: str, verifier: str, return_to: str) -> Token:
        self._reach()
        return self._token(code)

    def refresh(self, client: httpx.Client, token: Token) -> Token:
        self._reach()
        whose = self.lasting.pop(token.refresh or "", None)
        if whose is None:
            raise NotSignedIn("The permission at Cloud was revoked or has expired.")
        return self._token(whose)

    def revoke(self, client: httpx.Client, token: Token) -> None:
        self._reach()
        self.forget(token.subject)

    def fetch(
        self, client: httpx.Client, token: Token, family: Family, window: Window
    ) -> Iterator[Payload]:
        self.asked.append((token.subject, family.name, window))
        if family.scope not in self.granted:
            raise NotAllowed(f"{family.scope} was not granted.")
        low, high = millis(window.start), millis(window.end)
        account = self.accounts[token.subject]
        rows: list[list[object]] = [
            [metric, t, *kept]
            for (metric, t), kept in sorted(account.samples.items())
            if metric in family.metrics and low <= t < high
        ]
        if family == SLEEP:
            rows = [["sleep", t, offset, end, log]
                    for log, (t, end, offset) in sorted(account.nights.items())
                    if low <= end < high]  # fmt: skip
        for first in range(0, max(len(rows), 1), PAGE):
            self.trouble(token.subject, family)
            if not self.trusting and token.access not in self.good:
                raise NotSignedIn("The token is no longer good.")
            page = rows[first : first + PAGE]
            more = str(first + PAGE) if first + PAGE < len(rows) else ""
            content = json.dumps({"rows": page, "next": more, "echo": token.access}).encode()
            content = content[:-9] if self.cut(token.subject) else content
            yield Payload(
                self.name, family.name, window, content, "application/json", self.clock(), more
            )

    def parse(self, payload: Payload) -> Iterator[Parsed]:
        try:
            rows = json.loads(payload.content)["rows"]
        except ValueError:
            raise Invalid("A page of Cloud is cut off.") from None
        nights = [row for row in rows if row[0] == "sleep"]
        good = [row for row in rows if row[0] in METRICS and row[0] != "sleep"]
        bad = [("", 0, "unknown metric", json.dumps(row)) for row in rows if row[0] not in METRICS]
        yield Parsed(_samples(good, self.bias), _nights(nights), rejects(bad), "utc")

    def timezone(self, client: httpx.Client, token: Token) -> str | None:
        self._reach()
        return self.accounts[token.subject].timezone

    def devices(self, client: httpx.Client, token: Token) -> list[DeviceReport]:
        self._reach()
        return self.accounts[token.subject].devices

    def forget(self, subject: str) -> None:
        """Take a person's permission away, as they would at the vendor."""
        for tokens in (self.good, self.lasting):
            for token in [token for token, whose in tokens.items() if whose == subject]:
                del tokens[token]

    def _token(self, subject: str) -> Token:
        number = len(self.good) + len(self.lasting)
        access, refresh = f"access-{subject}-{number}", f"refresh-{subject}-{number}"
        self.good[access] = self.lasting[refresh] = subject
        expiry = datetime.now(UTC) + self.lasts
        return Token(access, refresh, expiry, self.granted, subject)

    def _reach(self) -> None:
        if self.unreachable:
            raise SourceUnavailable("Cloud cannot be reached: ConnectTimeout.")


def _samples(rows: list[list], bias: float) -> pa.Table:
    columns = {
        "person": [""] * len(rows),
        "metric": [row[0] for row in rows],
        "t": [row[1] for row in rows],
        "offset": [row[2] for row in rows],
        "value": [row[3] + bias for row in rows],
        "position": list(range(len(rows))),
    }
    return pa.table([pa.array(columns[f.name]).cast(f.type) for f in PARSED_SAMPLES],
                    schema=PARSED_SAMPLES)  # fmt: skip


def _nights(rows: list[list]) -> pa.Table:
    def instant(ms: int) -> datetime:
        return datetime.fromtimestamp(ms / 1000, UTC).replace(tzinfo=None)

    made = [
        {
            "person": "", "metric": metric, "t": instant(t), "end": instant(end),
            "offset": offset, "dated": instant(end), "label": label, "log": log, "main": True,
            "position": 0,
        }
        for _, t, offset, end, log in rows
        for metric, label in (("sleep", "stages"), ("sleep_stage", "light"))
    ]  # fmt: skip
    return pa.Table.from_pylist(made, schema=PARSED_EPISODES)


def intake_of(
    store: Store,
    registry: Registry,
    folder: str,
    cloud: Cloud,
    threads: int = 1,
    key: str = "",
) -> Intake:
    """What syncs from a cloud work with, on the cloud's clock."""
    key = key or new_key()
    consents = Consents(
        registry, Secrets(lambda: [key]), {cloud.name: cloud}, httpx.Client(), "https://lab.example"
    )
    return Intake(store, Payloads(folder), consents, threads, cloud.clock)


def connect(intake: Intake, participant: Participant, source: str = "cloud") -> Grant:
    """Invite a participant, who consents; their code is their name at the vendor."""
    invitation = grants.invite(intake.consents, participant, source)
    [word] = parse_qs(urlsplit(invitation.link).query)["invitation"]
    return grants.accept(intake.consents, word, participant.code)


def wear(
    cloud: Cloud,
    person: Participant,
    day: int,
    value: float = 60.0,
    hours: int = 3,
    offset: int = 0,
) -> None:
    """A heart rate every ten minutes and steps from noon on, and the night before."""
    account = cloud.accounts[person.code]
    noon = millis(START) + day * DAY_MS + 12 * 3_600_000 - offset * 60_000
    for number in range(hours * 6):
        account.samples["heart_rate", noon + number * 600_000] = (offset, value)
        account.samples["steps", noon + number * 600_000] = (offset, 10.0)
    dawn = noon - 6 * 3_600_000
    account.nights[f"night-{day}"] = (dawn - 8 * 3_600_000, dawn, offset)


def run(intake: Intake, *people: Participant, **more: object) -> Summary:
    return sync(intake, Request(people, **more))  # type: ignore[arg-type]


def nights(store: Store, person: Participant) -> list[str]:
    rows = store.episodes(["sleep"], [person.id], date(2024, 1, 1), date(2024, 12, 31))
    return sorted(rows["log"].to_pylist())
