"""Wearhouse: opens the store and the registry once. The composition root."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property, partial

from wearhouse import scheduler, telemetry
from wearhouse.broker import Line, consuming
from wearhouse.care.regular import duties
from wearhouse.consent.grants import Consents
from wearhouse.consent.invitations import invite_anywhere
from wearhouse.desk.adhering import Days
from wearhouse.desk.board import Keep
from wearhouse.desk.gathering import Sources
from wearhouse.desk.keeping import Kept
from wearhouse.desk.mapping import DayMap
from wearhouse.desk.silence import days_silent
from wearhouse.desk.trends import Trends
from wearhouse.errands import Errands
from wearhouse.fleet.running import go_round, is_wanted
from wearhouse.homes import sole_process
from wearhouse.ingest import Inbox, forget_old, settle
from wearhouse.messages.delivery import mail_server
from wearhouse.messages.posting import Post, post
from wearhouse.payloads import Payloads
from wearhouse.presence import Presence
from wearhouse.registry import Registry, open_registry
from wearhouse.registry.turns import turn
from wearhouse.reminding import remind
from wearhouse.scheduler import Job
from wearhouse.secrets import Secrets, open_secrets
from wearhouse.settings import Client, Settings
from wearhouse.sources import live
from wearhouse.sources.google_health import GoogleHealth
from wearhouse.sources.google_health.keyring import Keyring, keys_address
from wearhouse.sources.http import open_client
from wearhouse.store import Store, open_store
from wearhouse.store.fleet_of import fleet_of
from wearhouse.store.fleets import FleetStore
from wearhouse.study import Schedule
from wearhouse.sync.attempts import Intake
from wearhouse.sync.hearing import Ear

SETTLED_EVERY_S = 2
FLEET_EVERY_S = 60


@dataclass(frozen=True)
class Wearhouse:
    """Everything that is open. `sources` stand in for the live sources that are installed.
    `fetches` and `fills` are what somebody asked for: an hour of filling holds no sync up."""

    settings: Settings
    store: Store
    registry: Registry
    sources: Mapping[str, live.LiveSource] | None = None
    fetches: Errands = field(default_factory=Errands)
    fills: Errands = field(default_factory=Errands)

    @cached_property
    def secrets(self) -> Secrets:
        """What tokens and contact details are encrypted with."""
        settings = self.settings
        return open_secrets(settings.home, settings.secret_key, settings.secret_key_file)

    @cached_property
    def intake(self) -> Intake:
        """What syncs work with, made when it is first asked for."""
        settings = self.settings
        address = settings.address.rstrip("/") or f"http://{settings.host}:{settings.port}"
        sources = live_sources(settings) if self.sources is None else self.sources
        consents = Consents(self.registry, self.secrets, sources, open_client(_answered), address)
        payloads = Payloads(settings.payloads_url)
        threads, presence = settings.sync_threads, self.presence
        return Intake(self.store, payloads, consents, threads, presence=presence)

    @cached_property
    def presence(self) -> Presence:
        """Whether somebody waits for answers."""
        return Presence()

    @cached_property
    def inbox(self) -> Inbox:
        """Where pushed batches arrive."""
        settings = self.settings
        room = settings.ingest_queue_mb * 1_000_000
        return Inbox(self.store, self.registry, Payloads(settings.payloads_url), room)

    @cached_property
    def desk(self) -> Keep:
        """What the study desk found, for as long as it holds."""
        return Kept(timedelta(seconds=self.settings.desk_lag_s))

    @cached_property
    def maps(self) -> Kept[DayMap]:
        """Participant × day maps, for as long as they hold."""
        return Kept(timedelta(seconds=self.settings.desk_lag_s))

    @cached_property
    def days(self) -> Kept[Days]:
        """Days of participants, for as long as they hold."""
        return Kept(timedelta(seconds=self.settings.desk_lag_s), most=256)

    @cached_property
    def courses(self) -> Kept[Trends]:
        """How studies go, for as long as that holds."""
        return Kept(timedelta(seconds=self.settings.desk_lag_s))

    @cached_property
    def fleet(self) -> FleetStore:
        """What the store keeps of the fleet, its tables made when they are first asked for."""
        return fleet_of(self.store)

    @cached_property
    def ear(self) -> Ear:
        """What notices of new data are heard with."""
        client = self.settings.sources.get(GoogleHealth.name) or Client.model_validate({})
        keyring = Keyring(self.intake.consents.client, keys_address(client.address))
        quiet = timedelta(seconds=self.settings.notice_quiet_s)
        return Ear(self.registry, keyring, client.webhook_secret, quiet)

    def post(self, registry: Registry | None = None) -> Post | None:
        """What messages are sent with, of whom a registry reaches; None without a mail server."""
        settings = self.settings
        if not settings.smtp:
            return None
        consents = self.intake.consents
        return Post(
            registry or self.registry,
            self.secrets,
            mail_server(settings.smtp, settings.smtp_from),
            f"{consents.address}/api/v1/messages",
            lambda who: invite_anywhere(consents, who).link,
            lambda who: days_silent(self.store, self.registry, who, datetime.now(UTC)),
        )

    @property
    def schedule(self) -> Schedule:
        """When studies are synced that have no schedule of their own."""
        return Schedule("", self.settings.sync_at, self.settings.timezone)

    def close(self) -> None:
        """Let errands end with the slices at hand, and close the connections to vendors."""
        if "intake" in self.__dict__:
            self.intake.stop.set()
        self.fetches.close()
        self.fills.close()
        if "intake" in self.__dict__:
            self.intake.consents.client.close()


def _answered(host: str, status: int) -> None:
    telemetry.vendor_requests.labels(host, status).inc()


def live_sources(settings: Settings) -> dict[str, live.LiveSource]:
    """The live sources that are installed, each with the client that is set for it."""
    return live.installed(
        {
            name: live.Registration(
                client.client_id,
                client.client_secret,
                client.address,
                client.verified,
                settings.home / "quota" / name,
            )
            for name, client in settings.sources.items()
        }
    )


def jobs(wearhouse: Wearhouse) -> AbstractContextManager[None]:
    """Do what is due in the background, unless the settings leave that to a worker."""
    return working(wearhouse) if wearhouse.settings.scheduler else nullcontext()


@contextmanager
def working(wearhouse: Wearhouse, broker: str | None = None) -> Iterator[None]:
    """Do what is due, settle what was pushed, and take what a broker brings (that of the settings
    unless another is named), in the background for as long as this lasts."""
    inbox, settings, stop = wearhouse.inbox, wearhouse.settings, wearhouse.intake.stop.is_set
    beside = (
        Job("settle", partial(settle, inbox), SETTLED_EVERY_S),
        Job("forget_deliveries", partial(forget_old, inbox), 3_600),
        Job("remind", partial(_remind, wearhouse), 3_600),
        Job("post", partial(_posted, wearhouse), 30),
        Job("fleet", partial(_fleet, wearhouse), FLEET_EVERY_S),
        *(Job(*duty) for duty in duties(settings, wearhouse.store, wearhouse.registry, stop)),
    )
    line = Line(broker or settings.broker, settings.broker_subject, settings.broker_stream)
    with ExitStack() as open_:
        open_.enter_context(scheduler.running(wearhouse.intake, wearhouse.schedule, beside))
        if line.url:
            open_.enter_context(consuming(inbox, line))
        yield


def _remind(wearhouse: Wearhouse) -> None:
    if wearhouse.settings.smtp:
        sources = Sources(wearhouse.store, wearhouse.registry, wearhouse.intake.families)
        remind(sources, wearhouse.secrets, datetime.now(UTC))


def _fleet(wearhouse: Wearhouse) -> None:
    settings = wearhouse.settings
    if is_wanted(wearhouse.registry):
        server = mail_server(settings.smtp, settings.smtp_from) if settings.smtp else None
        go_round(wearhouse.fleet, wearhouse.registry, server, datetime.now(UTC))


def _posted(wearhouse: Wearhouse) -> None:
    of = wearhouse.post()
    if of is not None:
        post(of, lambda: datetime.now(UTC), wearhouse.intake.stop.is_set)


@contextmanager
def opened(settings: Settings) -> Iterator[Wearhouse]:
    """Open everything; Held if another process has the embedded store."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with sole_process(settings):
        registry = open_registry(settings.registry_url)
        try:
            store = open_store(
                settings.store_url, partial(turn, registry.locks), registry.imputations.overtaken
            )
            wearhouse = Wearhouse(settings, store, registry)
            try:
                yield wearhouse
            finally:
                wearhouse.close()
                store.close()
        finally:
            registry.close()


@contextmanager
def registry_opened(settings: Settings) -> Iterator[Registry]:
    """Open the registry alone, which any number of processes may do."""
    settings.home.mkdir(parents=True, exist_ok=True, mode=0o700)
    registry = open_registry(settings.registry_url)
    try:
        yield registry
    finally:
        registry.close()
