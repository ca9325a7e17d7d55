"""From an invitation to first data, as a coordinator and a participant do it."""

import re

import pytest
from lab import Lab
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser

SLOW = 60_000
"""How long fetching from the vendor may take on a machine that is busy."""


def agree(phone: Page, account: str, *unticked: str) -> None:
    """Answer the vendor's page."""
    expect(phone.get_by_role("heading", name="Choose what to share")).to_be_visible()
    phone.get_by_label("Account").select_option(account)
    for scope in unticked:
        phone.get_by_label(re.compile(scope)).uncheck()
    phone.get_by_role("button", name="Continue").click()


def test_an_invitation_leads_to_consent_and_consent_to_first_data(
    lab: Lab, coordinator: Page, phone: Page
) -> None:
    coordinator.goto(f"{lab.address}/grants")
    coordinator.get_by_role("button", name="Invite", exact=True).click()
    coordinator.get_by_label("Participants").fill("P-001\n")
    coordinator.get_by_role("button", name="Invite 1 person").click()
    expect(coordinator.get_by_role("img", name=re.compile("QR code.*P-001"))).to_be_visible()
    link = coordinator.locator(".link").inner_text()

    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Share your Google Health data with this study"
    )
    phone.get_by_role("link", name="Continue to Google Health").click()
    agree(phone, "account-of-P-001")
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are connected")
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are connected")

    coordinator.goto(f"{lab.address}/ingestion?tab=runs")
    run = coordinator.get_by_role("row").filter(has_text="First data after consent").first
    expect(run).to_contain_text("Done", timeout=SLOW)
    coordinator.goto(f"{lab.address}/participants/P-001")
    heart = coordinator.get_by_role("region", name=re.compile("^Heart rate")).first
    expect(heart.get_by_role("img")).to_have_attribute("aria-label", re.compile("mean"))
    coordinator.goto(f"{lab.address}/grants")
    row = coordinator.get_by_role("row").filter(has_text="P-001")
    expect(row).to_contain_text("Sends data")


def test_what_is_not_ticked_is_named_and_can_be_shared_after_all(
    lab: Lab, coordinator: Page, phone: Page
) -> None:
    phone.goto(lab.invite("P-002"))
    phone.get_by_role("link", name="Continue to Google Health").click()

    agree(phone, "account-of-P-002", "sleep")
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are connected in part")
    expect(phone.get_by_text("Not shared: sleep.")).to_be_visible()
    coordinator.goto(f"{lab.address}/grants?step=partial")
    row = coordinator.get_by_role("row").filter(has_text="P-002")
    expect(row).to_contain_text("sleep not shared")
    phone.get_by_role("link", name="Share the rest too").click()
    agree(phone, "account-of-P-002")

    expect(phone.get_by_role("heading", level=1)).to_have_text("You are connected")


def test_who_declines_may_open_the_invitation_again(lab: Lab, phone: Page) -> None:
    phone.goto(lab.invite("P-006"))
    phone.get_by_role("link", name="Continue to Google Health").click()

    phone.get_by_role("button", name="Cancel").click()

    expect(phone.get_by_role("heading", level=1)).to_have_text("Nothing was shared")
    phone.get_by_role("link", name="Open the invitation again").click()
    expect(phone.get_by_role("link", name="Continue to Google Health")).to_be_visible()


def test_a_link_that_a_newer_one_replaced_says_so(lab: Lab, phone: Page) -> None:
    old = lab.invite("P-006")
    lab.invite("P-006")

    phone.goto(old)

    expect(phone.get_by_role("heading", level=1)).to_have_text("This invitation is no longer good")


def test_a_permission_that_was_taken_away_stands_among_those_to_reconnect(
    lab: Lab, coordinator: Page
) -> None:
    lab.connect("P-003")
    lab.google.gate.revoke("account-of-P-003")

    coordinator.goto(f"{lab.address}/ingestion")
    coordinator.get_by_role("button", name=re.compile("Sync now P-003")).click()
    fresh = coordinator.get_by_role("row").filter(has_text="P-003")
    expect(fresh).to_contain_text("Expired", timeout=SLOW)
    coordinator.goto(f"{lab.address}/grants")
    reconnect = coordinator.get_by_role("region", name="Reconnect")
    expect(reconnect).to_contain_text("P-003")
    reconnect.get_by_role("button", name="Invite all again").click()

    expect(coordinator.get_by_role("img", name=re.compile("QR code.*P-003"))).to_be_visible()


def test_a_refused_record_is_read_as_it_was_received(lab: Lab, coordinator: Page) -> None:
    lab.connect("P-004")

    coordinator.goto(f"{lab.address}/ingestion?participant=P-004")
    refused = coordinator.get_by_role("list", name="Quarantine").get_by_role("listitem").first
    refused.get_by_text("heart_rate").first.click()

    expect(refused.locator("pre")).to_contain_text(":07.000 7")


def test_a_replay_shows_what_came_of_it(lab: Lab, coordinator: Page) -> None:
    lab.connect("P-005")

    coordinator.goto(f"{lab.address}/ingestion?participant=P-005")
    coordinator.get_by_role("button", name="Replay").click()

    done = coordinator.get_by_role("status").filter(has_text="Replay of the archive")
    expect(done).to_contain_text("payloads parsed again", timeout=SLOW)


def test_revoking_gives_the_permission_back(lab: Lab, coordinator: Page, phone: Page) -> None:
    link = lab.invite("P-007")
    phone.goto(link)

    coordinator.goto(f"{lab.address}/grants")
    row = coordinator.get_by_role("row").filter(has_text="P-007")
    expect(row).to_contain_text("Opened")
    row.get_by_role("button", name="Revoke").click()
    coordinator.get_by_label("Type P-007 to go on").fill("P-007")
    coordinator.get_by_role("button", name="Revoke", exact=True).click()

    expect(row).to_contain_text("Revoked")
    phone.goto(link)
    expect(phone.get_by_role("heading", level=1)).to_have_text("This invitation is no longer good")
