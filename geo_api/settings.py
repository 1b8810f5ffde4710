"""Every setting of the software, read here once and passed on as arguments; nothing below reads the environment."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import platformdirs
from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from layers.errors import BadInput
from layers.text import N_

if TYPE_CHECKING:
    from layers.area import Area

STATE = Path("/var/lib/bezpeka")  # homes of a system service, and of root


class Settings(BaseSettings):
    """What can be set. A name in the environment is BEZPEKA_ and the field's name; the two databases have no prefix."""

    model_config = SettingsConfigDict(env_prefix="BEZPEKA_", env_ignore_empty=True, populate_by_name=True)

    home: Path | None = Field(None, description="Folder of everything that is written: database, key, caches.")
    area: Path | None = Field(None, description="Area profile (TOML). Default: the one shipped, data/area.toml.")
    demo: bool = Field(False, description="Fictional data, said so on every page; sign-in for each role on loopback.")
    database_url: str | None = Field(
        None,
        validation_alias="DATABASE_URL",
        description="PostGIS server to use instead of the private one, as the login bezpeka_app.",
    )
    database_owner_url: str | None = Field(
        None,
        validation_alias="DATABASE_OWNER_URL",
        description="The same server for migrations, as a login that may create roles and extensions.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: str | None = Field(
        None, pattern=r"^https?://[^/]+$", description="Address people reach us at, for links, feeds and QR codes."
    )
    trusted_proxies: str | None = Field(
        None,
        description="Addresses of proxies in front, with commas, whose X-Forwarded-For and -Proto are believed.",
    )
    plain_http: bool = Field(
        False, description="Let staff sign in over plain HTTP beyond loopback: a meeting room's own network, no more."
    )
    secret: SecretStr | None = Field(
        None, min_length=32, description="Key that signs and encrypts. Default: made once, in the home's secret.key."
    )
    smtp_host: str | None = Field(None, description="Mail server. Without it mail waits in the outbox.")
    smtp_port: int = Field(587, ge=1, le=65535, description="Its port.")
    smtp_user: str | None = Field(None, description="Login at the mail server.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How the connection to the mail server is protected: starttls, tls or none."
    )
    smtp_from: str = Field("bezpeka@localhost", description="Sender's address.")
    overpass_url: str = Field(
        "https://overpass-api.de/api/interpreter", description="Where boundaries are downloaded from OpenStreetMap."
    )
    basemap_url: str | None = Field(
        None,
        description="Raster tiles from elsewhere, {z}/{x}/{y}, under our own map. Off: no outside request is made.",
    )
    basemap_attribution: str = Field("© OpenStreetMap contributors", description="Whose tiles those are.")
    cache_mb: int = Field(64, ge=0, description="Memory for public tiles and pages that are kept, in megabytes.")
    reports_per_hour: int = Field(
        60, ge=1, description="How many reports one network (an address; IPv6: a household's) may send in an hour."
    )
    metrics_token: SecretStr | None = Field(
        None, description="Bearer token that reads /metrics from elsewhere; without it only loopback does."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="What is logged to standard error: debug, info, warning or error."
    )
    lang: Literal["uk", "en"] | None = Field(
        None, description="Language of the command line: uk or en. Default: that of the locale."
    )


def read_settings(**given: Any) -> Settings:
    """Read the environment; what is given (from the command line) and isn't None goes before it.

    Raises BadInput that names the setting.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    try:
        return Settings(**chosen)
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInput(
            N_("The setting {name} is wrong: {reason}. See docs/settings.md."),
            name=environment_name(str(first["loc"][0])),
            reason=first["msg"],
        ) from error


def environment_name(field: str) -> str:
    """Return the name a setting has in the environment."""
    if field in Settings.model_fields:
        alias = Settings.model_fields[field].validation_alias
        return str(alias) if alias else f"BEZPEKA_{field.upper()}"
    return field


def environment_of(settings: Settings) -> dict[str, str]:
    """Return the settings as environment variables, for a process of ours that must see the same."""
    plain = {}
    for name in Settings.model_fields:
        value = getattr(settings, name)
        if isinstance(value, SecretStr):
            value = value.get_secret_value()
        if value is not None:
            plain[environment_name(name)] = str(value)
    return plain


def keep_compiled(settings: Settings, process: str) -> None:
    """Say where numba keeps what it has compiled, before it is read: two processes that share a place spoil it."""
    if settings.home:
        os.environ.setdefault("NUMBA_CACHE_DIR", str(settings.home.absolute() / "compiled" / process))


def profile_path(settings: Settings) -> Path:
    """Return the area profile: the one that was set, or Chuhuiv's, beside the sources or where the wheel put it."""
    if settings.area:
        return settings.area
    beside = Path(__file__).resolve().parents[1] / "data" / "area.toml"
    return beside if beside.exists() else Path(sys.prefix) / "share" / "bezpeka" / "data" / "area.toml"


def area_of(settings: Settings) -> Area:
    """Return the area that the settings are about."""
    from layers.area import load_profile

    return load_profile(profile_path(settings).resolve())


def default_home(area_id: str, *, demo: bool) -> Path:
    """Return the home of an area: the user's data folder, or the system's state folder for root."""
    base = STATE if os.geteuid() == 0 else platformdirs.user_data_path("bezpeka")
    return base / (f"{area_id}-demo" if demo else area_id)
