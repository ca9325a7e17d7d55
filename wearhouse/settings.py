"""Settings: from the environment (WEARHOUSE_*), `.env`, and `wearhouse.toml` in the home."""

from pathlib import Path

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from wearhouse.errors import Invalid
from wearhouse.window import zone_named


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

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
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
            TomlConfigSettingsSource(settings_cls, toml),
        )


def read_settings(home: Path | None = None) -> Settings:
    """The settings in force; Invalid names the first one that makes no sense."""
    try:
        return Settings(home=home) if home else Settings()  # type: ignore[call-arg]
    except ValidationError as error:
        first = error.errors()[0]
        name = "WEARHOUSE_" + "_".join(str(part) for part in first["loc"]).upper()
        raise Invalid(f"{name}: {first['msg']}.") from None
