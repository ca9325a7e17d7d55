"""What definitions count, against the same worked out minute by minute in plain Python."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wearhouse.errors import Invalid
from wearhouse.wear.definition import Definition, canonical, made, parsed
from wearhouse.wear.minutes import counted, worn_minutes
from wearhouse.wear.presets import PRESETS, preset_named
from wearhouse.wear.wording import methods

ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/New_York")
START = datetime(2026, 10, 23, 22, tzinfo=UTC)  # Berlin's clock goes back on the 25th


def rows(minutes: list[datetime], zone: str, value: float = 1) -> pa.Table:
    """Rows of level 1m of participant 1."""
    clock = ZoneInfo(zone)
    offsets = [round(m.astimezone(clock).utcoffset() / timedelta(minutes=1)) for m in minutes]
    return pa.table(
        {
            "participant": pa.array([1] * len(minutes), pa.uint32()),
            "t": pa.array(minutes, pa.timestamp("ms", "UTC")),
            "offset": pa.array(offsets, pa.int16()),
            "minutes": pa.array([1] * len(minutes), pa.uint32()),
            "sum": pa.array([value] * len(minutes), pa.float64()),
        }
    )


def found(definition: Definition, minutes: list[datetime], zone: str) -> dict[date, float]:
    table = counted(definition, rows(minutes, zone), "1m")
    return dict(zip(table["day"].to_pylist(), table["count"].to_pylist(), strict=True))


def ten(hour: int, minutes: int, day: int = 24) -> list[datetime]:
    """So many minutes from an hour on, UTC."""
    start = datetime(2026, 10, day, hour, tzinfo=UTC)
    return [start + timedelta(minutes=n) for n in range(minutes)]


MINUTES = st.lists(
    st.integers(0, 4 * 1440).map(lambda n: START + timedelta(minutes=n)), unique=True, max_size=400
).map(sorted)


@given(minutes=MINUTES, zone=st.sampled_from(ZONES), edges=st.tuples(*[st.integers(0, 1440)] * 2))
def test_minutes_within_a_window_are_counted_on_the_participants_clock(
    minutes: list[datetime], zone: str, edges: tuple[int, int]
) -> None:
    start, end = edges
    if start == end:
        end = (end + 60) % 1440
    rule = Definition("w", "t", "s", window=(start, end), least=1)

    expected: dict[date, float] = defaultdict(float)
    for minute in minutes:
        local = minute.astimezone(ZoneInfo(zone))
        of_day = local.hour * 60 + local.minute
        inside = start <= of_day < end if start < end else of_day >= start or of_day < end
        if inside:
            expected[local.date()] += 1
    assert found(rule, minutes, zone) == expected


@given(minutes=MINUTES, zone=st.sampled_from(ZONES), ratio=st.sampled_from([0.02, 0.05, 0.1]))
def test_hours_that_are_worn_enough_are_counted_and_a_repeated_hour_is_two(
    minutes: list[datetime], zone: str, ratio: float
) -> None:
    rule = Definition("h", "t", "s", rule="hours", least=1, hour_ratio=ratio)

    hours: dict[tuple[object, ...], int] = defaultdict(int)
    for minute in minutes:
        local = minute.astimezone(ZoneInfo(zone))
        hours[local.date(), local.hour, local.utcoffset()] += 1
    expected: dict[date, float] = defaultdict(float)
    for (day, *_), worn in hours.items():
        if worn >= ratio * 60:
            expected[day] += 1  # type: ignore[index]
    assert found(rule, minutes, zone) == expected


@given(minutes=MINUTES, slot=st.sampled_from([2, 5, 15]))
def test_a_slot_that_holds_anything_is_worn_from_end_to_end(
    minutes: list[datetime], slot: int
) -> None:
    rule = Definition("s", "t", "s", slot_minutes=slot)

    slots = {(m.date(), (m.hour * 60 + m.minute) // slot) for m in minutes}
    expected: dict[date, float] = defaultdict(float)
    for day, _ in slots:
        expected[day] += slot
    assert found(rule, minutes, "UTC") == expected


def test_a_day_with_an_hour_twice_can_have_1500_worn_minutes() -> None:
    everything = [START + timedelta(minutes=n) for n in range(3 * 1440 + 60)]

    table = worn_minutes(rows(everything, "Europe/Berlin"), "1m")

    days = dict(zip(table["day"].to_pylist(), table["count"].to_pylist(), strict=True))
    assert days[date(2026, 10, 25)] == 1500
    assert days[date(2026, 10, 26)] == 1440


def test_a_window_that_goes_over_midnight_suits_night_workers() -> None:
    night = Definition("n", "t", "s", window=(1_320, 360), least=60)

    assert found(night, ten(23, 30) + ten(12, 30), "UTC") == {date(2026, 10, 24): 30}


def test_steps_are_summed_and_their_hours_and_windows_counted() -> None:
    walk = ten(5, 1) + ten(7, 2) + ten(20, 1)

    by_rule = {
        name: found(preset_named(name), walk, "UTC")
        for name in ("thousand-steps", "steps-in-ten-hours", "steps-in-three-windows")
    }

    assert [list(days.values()) for days in by_rule.values()] == [[4.0], [3.0], [3.0]]


def test_zero_steps_are_no_step() -> None:
    table = counted(preset_named("steps-in-ten-hours"), rows(ten(5, 60), "UTC", value=0), "1m")

    assert table.num_rows == 0


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_a_preset_is_the_same_after_its_json_and_says_its_source(preset: Definition) -> None:
    again = parsed(canonical(preset))

    assert (again, again.digest) == (preset, preset.digest)
    said = methods(preset)
    assert preset.source in said
    assert preset.digest[:12] in said


def test_definitions_that_differ_have_different_digests() -> None:
    assert len({preset.digest for preset in PRESETS}) == len(PRESETS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("least", 0),
        ("least", 2_000),
        ("least", 600.5),
        ("least", True),
        ("rule", "mood"),
        ("evidence", "hope"),
        ("slot_minutes", 7),
        ("window", [0, 0]),
        ("window", [0, 2_000]),
        ("hour_ratio", 0),
        ("night_least", 0),
        ("week_least", 8),
        ("weekend_least", 3),
        ("pending_days", 0),
        ("adherence_bands", [30, 50, 80]),
        ("sync_bands_h", [24, 72]),
        ("name", "two words"),
        ("mood", 1),
        ("title", ""),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(field: str, value: object) -> None:
    good = {"name": "mine", "title": "Mine", "source": "the protocol"}

    with pytest.raises(Invalid) as refused:
        made(good | {field: value})

    assert field in str(refused.value) or refused.value.parameter == field


@pytest.mark.parametrize("text", ["", "[]", "null", "{"])
def test_what_is_no_json_object_is_no_definition(text: str) -> None:
    with pytest.raises(Invalid):
        parsed(text)
