"""What is asked and answered about messages to participants."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

LANGUAGE = r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


class MessageAnswer(BaseModel):
    """A message that was or will be sent. No text is kept, only which one it was."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    participant: str
    study: str
    template: str
    language: str
    version: int
    cause: str
    state: str
    queued_by: str
    queued_at: datetime
    due_at: datetime
    finished_at: datetime | None
    detail: str
    synced_after_h: float | None = Field(None, description="Until a device synced after it.")
    told: bool = Field(True, description="Whether the participant's devices tell of syncs.")


class TemplateAnswer(BaseModel):
    """A text; version 0 comes with Wearhouse."""

    name: str
    language: str
    version: int
    subject: str
    body: str


class TemplateChange(BaseModel):
    """A text in one language."""

    study: str
    language: str = Field(pattern=LANGUAGE)
    subject: str = Field(max_length=200)
    body: str = Field(max_length=20_000)


class RulesAnswer(BaseModel):
    """How often and when people are written to."""

    study: str
    caps: str = Field(description="Messages within a stretch, as 1/24h 2/4d 4/10d.")
    quiet: str = Field(description="When nobody is written to, on their own clock.")
    language: str
    automation: bool = Field(description="Whether reminders go out by themselves.")


class RulesChange(BaseModel):
    """Other rules for a study."""

    study: str
    caps: str
    quiet: str
    language: str = "en"


class Asked(BaseModel):
    """A text for somebody."""

    study: str
    participant: str
    template: str


class Draft(BaseModel):
    """A text that is not kept yet."""

    language: str = Field(pattern=LANGUAGE)
    subject: str = Field(max_length=200)
    body: str = Field(max_length=20_000)


class PreviewAsked(BaseModel):
    """A text as a participant would get it; without one, as an invented person would. With a
    `draft` that text instead of the one that is kept."""

    study: str
    participant: str | None = None
    template: str
    language: str | None = Field(None, pattern=LANGUAGE, description="Without a participant.")
    draft: Draft | None = None


class SendAsked(BaseModel):
    """A text for some; with `dry_run` nothing is sent."""

    study: str
    participants: list[str] = Field(min_length=1, max_length=5_000)
    template: str
    dry_run: bool = False


class TestAsked(Asked):
    """A text as that participant would get it, sent to oneself."""

    to: str = Field(max_length=254, pattern=r"^[^@\s,;<>\"]+@[^@\s,;<>\"]+$")


class TextAnswer(BaseModel):
    """A text, filled in."""

    subject: str
    body: str


class LetterAnswer(BaseModel):
    """What happens to a message: it goes `now`, `later`, or is `held` back."""

    participant: str
    verdict: str
    at: datetime | None
    reason: str
    until: datetime | None = Field(None, description="Until when it is held back, if known.")


class OutcomeAnswer(BaseModel):
    """What came of the messages of one template."""

    model_config = ConfigDict(from_attributes=True)

    template: str
    sent: int
    within_24h: int
    within_72h: int
    untold: int = Field(description="Of participants whose devices tell of no sync.")


class OptedOutAnswer(BaseModel):
    """Somebody who wants no messages, and since when."""

    participant: str
    since: datetime


class OptChange(BaseModel):
    """Whether somebody is out of all messages from now on, and why."""

    study: str
    out: bool
    reason: str = Field("", max_length=2_000)
