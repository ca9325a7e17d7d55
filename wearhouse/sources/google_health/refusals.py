"""What the Google Health API refuses, in the words of Wearhouse."""

from typing import NoReturn

import httpx2 as httpx
import msgspec

from wearhouse.errors import Invalid, NotAllowed, NotSignedIn

TITLE = "Google Health"

UNLINKED = (
    "The participant's Google account has no Google Health profile; they must set up Google "
    "Health, or move their Fitbit account to Google, and consent again."
)
RECONSENT = (
    "Google Health no longer lets this study read the participant's data; they must remove it "
    "under their account's connections and consent again."
)

REASONS = {
    "ACCOUNT_NOT_LINKED": UNLINKED,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": "The participant did not grant access to these data.",
    "RESOURCE_PERMISSION_DENIED": RECONSENT,
    "SERVICE_DISABLED": "The Google Health API is not enabled in the study's Google project.",
}


class Detail(msgspec.Struct, frozen=True):
    """One detail of an error; only its reason is of use."""

    reason: str = ""


class Stated(msgspec.Struct, frozen=True):
    """An error as Google states it."""

    message: str = ""
    status: str = ""
    details: list[Detail] = []


class Body(msgspec.Struct, frozen=True):
    """The body of a refusal."""

    error: Stated = Stated()


def refuse(response: httpx.Response) -> NoReturn:
    """Raise what a refusal means."""
    try:
        stated = msgspec.json.decode(response.content, type=Body).error
    except msgspec.DecodeError:
        stated = Stated()
    reasons = [detail.reason for detail in stated.details if detail.reason]
    if response.status_code == 401:
        raise NotSignedIn(f"{TITLE} no longer takes this access token.")
    for reason in reasons:
        if reason in REASONS:
            raise NotAllowed(REASONS[reason])
    if "UberMint" in stated.message:
        raise NotAllowed(UNLINKED)
    kind = ", ".join(reasons) or stated.status or response.reason_phrase
    if response.status_code == 403:
        raise NotAllowed(f"{TITLE} does not allow this: {kind}.")
    raise Invalid(f"{TITLE} does not understand a question: {response.status_code} {kind}.")
