"""What an installation may set: environment variables `TRONCAL_*` or a `.env` file in the state folder.

Secrets have no default. `troncal up` makes them at its first start and keeps them in the state folder,
readable by its owner only; a separate service refuses to start without them.
"""

from ipaddress import IPv4Address
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from callcenter.mail_addresses import is_mail_address

PROJECT = Path(__file__).resolve().parent.parent
_WEAK = frozenset({"", "secret", "changeme", "password", "admin", "troncal", "amp111", "mysecret"})

Secret = Annotated[SecretStr, Field(min_length=16)]


class Settings(BaseSettings):
    """One frozen set of settings a process. Lengths in seconds, ports in 1..65535."""

    model_config = SettingsConfigDict(env_prefix="TRONCAL_", frozen=True, extra="ignore")

    node: str = Field("central", pattern=r"^[a-z0-9]{1,16}$", description="name of this Asterisk node")
    state: Path = Field(PROJECT / ".troncal" / "state", description="folder of everything that is kept")
    centre: Path = Field(PROJECT / "centre.yaml", description="the centre as data")
    database_url: str = Field("", description="SQLAlchemy URL; empty means SQLite in the state folder")
    feed: Literal["ledger", "ami"] = Field("ledger", description="what the records are made from")
    ledger: Path | None = Field(None, description="Asterisk's realtime queue log (SQLite file)")
    queue_log: Path | None = Field(None, description="Asterisk's plain queue_log file, the second copy")
    asterisk_binary: Path | None = Field(None, description="an installed Asterisk to run as a child")
    mosquitto_binary: Path | None = Field(None, description="an installed mosquitto to run as a child")
    ami_host: str = "127.0.0.1"
    ami_port: int = Field(0, ge=0, le=65535, description="0: Asterisk is a child of `troncal up`")
    ami_events_user: str = "troncal-events"
    ami_actions_user: str = "troncal-actions"
    ami_events_secret: Secret
    ami_actions_secret: Secret
    ami_events: Literal["needed", "all"] = Field(
        "needed", description="all: the AMI user gets more events than our bridge needs, for another listener"
    )
    broker_host: str = "127.0.0.1"
    broker_port: int = Field(0, ge=0, le=65535, description="0: the broker is a child of `troncal up`")
    broker_secret_bridge: Secret
    broker_secret_api: Secret
    broker_secret_dialer: Secret
    broker_secret_reports: Secret
    broker_secret_ivr: Secret
    token_secret: Secret
    http_host: str = "127.0.0.1"
    http_port: int = Field(8080, ge=0, le=65535, description="taken as the first free port from here on")
    sip_port: int = Field(0, ge=0, le=65535, description="0: any free port")
    sip_host: str = "127.0.0.1"
    phone_ws_host: str = Field("127.0.0.1", description="where Asterisk takes the browsers' phones, from the API only")
    phone_ws_port: int = Field(0, ge=0, le=65535, description="0: any free port")
    media_address: IPv4Address = Field(
        IPv4Address("127.0.0.1"), description="where the browsers send their sound: this machine as they reach it"
    )
    agi_host: str = Field("127.0.0.1", description="where the self-services and the routing listen for Asterisk")
    agi_secret: Secret = Field(description="what Asterisk signs its requests to the self-services with")
    agi_port: int = Field(0, ge=0, le=65535, description="0: a child of `troncal up`, at any free port")
    least_free_bytes: int = Field(
        1_000_000_000, ge=0, description="with less free disk no recording is begun, and the health says so"
    )
    recordings: Path | None = Field(
        None, description="folder of the recordings, one of each node in it; empty: in the state folder"
    )
    smtp_host: str = Field("", description="the mail server; empty: mails wait in the outbox")
    smtp_port: int = Field(587, ge=1, le=65535, description="465: TLS from the first byte; any other: STARTTLS")
    smtp_user: str = Field("", description="login at the mail server; empty: none")
    smtp_password: SecretStr | None = Field(None, description="of that login")
    mail_from: str = Field("", description="the address that mails come from")
    menus: Path = Field(PROJECT / "ivr" / "menus.yaml", description="the menus as data")
    prompts: Path | None = Field(None, description="folder of studio recordings, named like the prompts they replace")

    @field_validator("*", mode="after")
    @classmethod
    def _refuse_default_secrets(cls, value: object) -> object:
        if isinstance(value, SecretStr) and value.get_secret_value().lower() in _WEAK:
            raise ValueError("is a default secret; set one of your own, 16 characters or more")
        return value

    @field_validator("mail_from", mode="after")
    @classmethod
    def _refuse_what_is_no_address(cls, value: str) -> str:
        if value and not is_mail_address(value):
            raise ValueError("is no mail address: write one like centro@example.bo, without a name")
        return value

    @model_validator(mode="after")
    def _mail_comes_from_somebody(self) -> Self:
        if self.smtp_host and not self.mail_from:
            raise ValueError("a mail server is set and no sender: set TRONCAL_MAIL_FROM")
        if self.smtp_user and self.smtp_password is None:
            raise ValueError("a login of the mail server is set and no password: set TRONCAL_SMTP_PASSWORD")
        return self

    def recordings_of(self, node: str) -> Path:
        """Where the calls of a node are recorded, as Asterisk, the bridge beside it and the API see it."""
        return ((self.recordings or self.state / "recordings") / node).absolute()

    @property
    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite+aiosqlite:///{self.state / 'troncal.sqlite'}"
