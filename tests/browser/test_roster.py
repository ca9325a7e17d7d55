"""The roster: views, filters, columns, rows by keys, files, and people added and changed."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from coordinating import GROWING, MANY, STUDY, TO_CONTACT, Morning
from doing import Doing
from playwright.sync_api import BrowserContext, Locator, Page, expect

pytestmark = pytest.mark.browser

PEOPLE = re.compile(r"^P-\d{3}$")


@pytest.fixture
def page(carla: BrowserContext, morning: Morning) -> Iterator[Page]:
    opened = carla.new_page()
    opened.goto(f"{morning.address}/roster?study={STUDY}")
    opened.get_by_role("link", name="P-001").wait_for()
    yield opened
    opened.close()


@pytest.fixture
def manager(manager_of_the_morning: Page) -> Iterator[Page]:
    opened = manager_of_the_morning.context.new_page()
    yield opened
    opened.close()


def shown(page: Page) -> list[str]:
    return page.get_by_role("table").get_by_role("link", name=PEOPLE).all_inner_texts()


def view(page: Page, title: str) -> Locator:
    return page.get_by_role("button", name=re.compile(f"^{title} \\d+$"))


def test_the_view_of_whom_to_call_holds_exactly_those_and_the_address_keeps_it(page: Page) -> None:
    doing = Doing(page, "whom to call, on the roster")

    doing.click(view(page, "Call today"))
    expect(page.get_by_role("status").first).to_contain_text(f"{len(TO_CONTACT)} participants")

    assert set(shown(page)) == TO_CONTACT
    assert "view=call" in page.url
    page.reload()
    expect(view(page, "Call today")).to_have_attribute("aria-pressed", "true")
    doing.done()


def test_a_site_and_a_reason_narrow_it_down(page: Page) -> None:
    page.get_by_label("Site").select_option("NORTH")
    page.get_by_label("Reason").select_option("not_worn")

    expect(page.get_by_role("status").first).to_contain_text("1 participant shown")
    assert shown(page) == ["P-014"]


def test_columns_are_chosen_and_the_code_stays_in_view(page: Page) -> None:
    page.get_by_role("button", name="Columns").click()
    page.get_by_role("button", name="All", exact=True).click()
    page.keyboard.press("Escape")
    expect(page.get_by_role("columnheader", name="Permission")).to_be_attached()

    region = page.get_by_role("region", name="Participants")
    region.evaluate("at => { at.scrollLeft = at.scrollWidth }")

    expect(page.get_by_role("link", name="P-001")).to_be_in_viewport()
    assert region.evaluate("at => at.scrollLeft") > 0


def test_a_participant_is_found_and_opened_by_keys_alone(page: Page) -> None:
    doing = Doing(page, "open the third participant of the roster, by keys")

    doing.tab_to("Participants")
    while page.evaluate("document.activeElement.tagName") != "SECTION":
        doing.tab_to("Participants")
    doing.press("ArrowDown", "ArrowDown", "ArrowDown", "Enter")

    expect(page).to_have_url(re.compile("/participants/P-003"))
    doing.done()


def test_a_view_of_ones_own_is_there_after_coming_back(page: Page) -> None:
    page.get_by_label("Site").select_option("SOUTH")
    page.get_by_role("button", name="Keep this view").click()
    page.get_by_label("Name of the view").fill("The south")
    page.get_by_role("button", name="Keep", exact=True).click()
    page.goto(page.url.partition("?")[0] + f"?study={STUDY}")

    page.get_by_role("button", name="The south").click()

    expect(page.get_by_role("status").first).to_contain_text(f"{MANY // 2} participants")
    assert "site=SOUTH" in page.url


def test_thirty_people_are_enrolled_and_invited_and_their_sheets_are_there(
    page: Page, morning: Morning
) -> None:
    page.goto(f"{morning.address}/roster?study={GROWING}")
    doing = Doing(page, "enrol and invite 30 people, sheets on the screen")
    codes = [f"N-{number:02}" for number in range(1, 31)]

    doing.click(page.get_by_role("button", name="Add participants"))
    doing.click(page.get_by_role("button", name="Paste a list"))
    page.get_by_role("textbox", name="Participants").fill("\n".join([*codes, "G-001"]))
    doing.click(page.get_by_role("button", name="Look at the list"))
    refused = page.get_by_role("list", name="Refused rows")
    expect(refused).to_contain_text(f"G-001 is a participant of {GROWING} already.")
    doing.click(page.get_by_role("button", name="Leave it out"))
    doing.click(page.get_by_role("button", name="Enrol 30 people"))
    doing.click(page.get_by_role("button", name="Invite selected (30)"))

    slips = page.get_by_role("list", name="Invitations").locator("li.slip")
    expect(slips).to_have_count(30)
    expect(slips.last).to_contain_text("N-30")
    doing.done()


def test_of_a_file_the_refused_rows_are_named(page: Page, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("code,site\nF-1,NORTH\nF-2,WEST\nF 3,\n", encoding="utf-8")

    page.get_by_role("button", name="Add participants").click()
    page.get_by_role("button", name="CSV file").click()
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Look at the list").click()

    refused = page.get_by_role("list", name="Refused rows")
    expect(refused.get_by_role("listitem")).to_have_count(1)
    expect(refused).to_contain_text("'F 3' is not a code")


def test_a_participant_moves_to_another_site_and_pauses(page: Page) -> None:
    page.get_by_role("button", name="Change P-016").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Site").select_option("SOUTH")
    dialog.get_by_label("Why").fill("moved house")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("It is saved.")
    dialog.get_by_label("Pause from").fill("2030-01-01")
    dialog.get_by_role("button", name="Pause", exact=True).click()

    expect(dialog.get_by_role("region", name="Pauses")).to_contain_text("until they resume")
    dialog.get_by_role("button", name="Close").click()
    row = page.get_by_role("row").filter(has=page.get_by_role("link", name="P-016"))
    expect(row).to_contain_text("SOUTH")


def test_contact_details_are_shown_only_when_asked_for(page: Page) -> None:
    page.get_by_role("button", name="Change P-002").click()
    contact = page.get_by_role("region", name="Contact")
    expect(contact.get_by_label("E-mail")).to_have_count(0)

    contact.get_by_role("button", name="Show contact details").click()

    expect(contact.get_by_label("E-mail")).to_have_value("p-002@mail.example")


def test_the_file_holds_exactly_what_is_shown(manager: Page, morning: Morning) -> None:
    manager.goto(f"{morning.address}/roster?study={STUDY}&view=call&columns=code,action&sort=-code")
    manager.get_by_role("link", name="P-014").wait_for()

    with manager.expect_download() as fetched:
        manager.get_by_role("link", name="CSV", exact=True).click()

    text = Path(fetched.value.path()).read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["participant"] for row in rows] == shown(manager)
    assert list(rows[0])[:2] == ["participant", "next_action"]
    assert all(row["next_action_sentence"] for row in rows)


def test_whoever_may_not_export_has_no_file_to_take_away(page: Page) -> None:
    expect(page.get_by_role("link", name="CSV", exact=True)).to_have_count(0)


def test_on_a_phone_the_roster_does_not_scroll_sideways(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})

    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
