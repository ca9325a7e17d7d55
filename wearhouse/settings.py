"""Settings: from the environment (WEARHOUSE_*), `.env`, a folder of secrets, and `wearhouse.toml`
in the home."""

import os
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from wearhouse.errors import Invalid
from wearhouse.window import zone_named


class Client(BaseModel, frozen=True):
    """How a vendor knows this installation: the OAuth client that was registered there.
    `address` stands in for the vendor's own servers; `verified` says that the vendor reviewed the
    client, so that any number of people may grant it access; `webhook_secret` is the whole
    Authorization value that the study gave when it subscribed to notices."""

    client_id: str = ""
    client_secret: str = Field("", repr=False)
    address: str = ""
    verified: bool = False
    webhook_secret: str = Field("", repr=False)


class Settings(BaseSettings):
    """Everything that can be set. Field descriptions make the reference in the docs."""

    model_config = SettingsConfigDict(
        env_prefix="WEARHOUSE_", env_file=".env", frozen=True, extra="ignore"
    )

    home: Path = Field(Path("wearhouse-home"), description="Where everything is kept.")
    store: str = Field(
        "", description="The store's URL; chdb:///HOME/store if it is empty.", repr=False
    )
    registry: str = Field(
        "", description="The registry's URL; sqlite:///HOME/registry.sqlite if empty.", repr=False
    )
    host: str = Field("127.0.0.1", description="The address that `serve` listens on.")
    port: int = Field(8000, ge=0, le=65_535, description="The port that `serve` listens on.")
    timezone: str = Field("UTC", description="The home clock of participants enrolled without one.")

    address: str = Field(
        "", description="Where participants' browsers reach this server, as https://HOST."
    )
    payloads: str = Field(
        "",
        description="The folder or object store (s3://…) of archived payloads; HOME/payloads if "
        "it is empty.",
        repr=False,
    )
    archive: str = Field(
        "",
        description="The folder or object store (s3://…) of samples that a study no longer keeps "
        "in the store; HOME/archive if it is empty.",
        repr=False,
    )
    secret_key: str = Field(
        "",
        description="The keys that tokens are encrypted with, the newest first, commas between.",
        repr=False,
    )
    secret_key_file: Path | None = Field(
        None, description="A file of such keys, a line each; HOME/secret.key without either."
    )
    sources: dict[str, Client] = Field(
        {},
        description="The OAuth client of each live source, as JSON: "
        '`{"NAME": {"client_id": "…", "client_secret": "…", "verified": false}}`.',
        repr=False,
    )
    smtp: str = Field(
        "",
        description="The mail server for messages to participants, as "
        "smtp://USER:PASSWORD@HOST:587 or smtps://…; without one none are sent.",
        repr=False,
    )
    smtp_from: str = Field(
        "", description="Whom messages come from, as `The study team <study@lab.example>`."
    )
    scheduler: bool = Field(True, description="Whether `serve` runs what is due.")
    sync_at: str = Field(
        "01:00", description="When studies are synced, on the clock of WEARHOUSE_TIMEZONE."
    )
    notice_quiet_s: float = Field(
        20.0, ge=0, le=300, description="How long a vendor's notices of one family of a "
        "participant must have paused before it is fetched, in seconds.",
    )  # fmt: skip
    body_mb: int = Field(
        16, ge=1, le=1_000, description="The largest body of a request, but for pushed batches."
    )
    requests_per_minute: int = Field(
        30_000, ge=1, description="How many requests one key or session may send in a minute; four "
        "times as many come in from one address.",
    )  # fmt: skip
    requests_at_once: int = Field(
        256, ge=1, description="How many requests of one key or session are answered at once; four "
        "times as many of one address.",
    )  # fmt: skip
    desk_lag_s: float = Field(
        30.0,
        ge=0,
        description="How long what a sync brought in may take to show on the desk's pages, in "
        "seconds; what people do shows at once.",
    )
    drain_s: int = Field(
        30, ge=0, description="How long `serve` lets requests end that run when it is told to stop."
    )
    ingest_body_mb: int = Field(
        8, ge=1, le=100, description="The largest batch that may be pushed at once."
    )
    ingest_per_minute: int = Field(
        600, ge=1, description="How many batches one key may push in a minute."
    )
    ingest_queue_mb: int = Field(
        256, ge=1, description="How much may wait for the store before senders are told to wait."
    )
    broker: str = Field(
        "",
        description="The broker that batches are taken from: nats://HOST:4222 or "
        "kafka://HOST:9092; none if it is empty.",
        repr=False,
    )
    broker_subject: str = Field(
        "wearhouse.ingest", min_length=1, description="Its subject or topic."
    )
    broker_stream: str = Field(
        "WEARHOUSE", min_length=1, description="The JetStream stream that keeps the subject."
    )
    sync_threads: int = Field(4, ge=1, le=64, description="How many grants are synced at once.")
    log_format: Literal["auto", "json", "text"] = Field(
        "auto", description="How log lines are written: `json`, `text`, or `auto`: text on a "
        "terminal, JSON elsewhere.",
    )  # fmt: skip
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="The least log lines that are written; from `info` on each request "
        "and each sync has one.",
    )  # fmt: skip
    metrics_port: int = Field(
        0, ge=0, le=65_535, description="The port on which a worker answers Prometheus, which asks "
        "`serve` at /metrics; none if it is 0.",
    )  # fmt: skip
    traces: str = Field(
        "", description="The OTLP/HTTP collector that traces are sent to, as http://HOST:4318; "
        "nowhere if it is empty.", repr=False,
    )  # fmt: skip

    @field_validator("sync_at")
    @classmethod
    def _time(cls, text: str) -> str:
        if not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text):
            raise ValueError("write a time of day such as 01:00")
        return text

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            zone_named(name)
        except Invalid as error:
            raise ValueError(str(error)) from None
        return name

    @property
    def store_url(self) -> str:
        return self.store or f"chdb://{self.home.resolve() / 'store'}"

    @property
    def registry_url(self) -> str:
        return self.registry or f"sqlite:///{self.home.resolve() / 'registry.sqlite'}"

    @property
    def payloads_url(self) -> str:
        return self.payloads or str(self.home.resolve() / "payloads")

    @property
    def archive_url(self) -> str:
        return self.archive or str(self.home.resolve() / "archive")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = (
            init_settings().get("home")
            or env_settings().get("home")
            or dotenv_settings().get("home")
        )
        toml = Path(home or settings_cls.model_fields["home"].default) / "wearhouse.toml"
        return (
            init_settings,
            env_settings,
            dotenv_settings,
            file_secret_settings,
            TomlConfigSettingsSource(settings_cls, toml),
        )


def read_settings(home: Path | None = None) -> Settings:
    """The settings in force; Invalid names the first one that makes no sense.

    WEARHOUSE_SECRETS names a folder with a file for each setting that is nobody else's business,
    as `wearhouse_store`.
    """
    folder = os.environ.get("WEARHOUSE_SECRETS") or None
    if folder is not None and not Path(folder).is_dir():
        raise Invalid(f"WEARHOUSE_SECRETS: {folder} is not a folder.")
    try:
        if home:
            return Settings(home=home, _secrets_dir=folder)  # type: ignore[call-arg]
        return Settings(_secrets_dir=folder)  # type: ignore[call-arg]
    except ValidationError as error:
        first = error.errors()[0]
        name = "WEARHOUSE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise Invalid(f"{name}: {first['msg']}.") from None
