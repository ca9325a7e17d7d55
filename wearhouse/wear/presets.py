"""Definitions to choose from, each with the source of its rule.

The sources are those of which the rule itself could be read. Count-based rules (Choi, Troiano)
are left out: they need accelerometer counts, which consumer wearables do not give.
"""

from wearhouse.errors import NotFound
from wearhouse.wear.definition import Definition

ORSTAD = "Orstad et al. 2021 (616 adults, 100 days)"
KELLY = "Kelly et al. 2021, doi:10.2196/22846"
RAPIDS = "RAPIDS, data yield of Fitbit heart rate"
HOUSE = "Wearhouse, between the rules of twelve and eighteen hours"

DEFAULT = Definition("ten-hours", "At least 10 hours of wear", ORSTAD)

PRESETS: tuple[Definition, ...] = (
    DEFAULT,
    Definition("ten-hours-heart-rate", "At least 10 hours with heart rate", ORSTAD,
               evidence="heart_rate"),
    Definition("twelve-hours", "At least 12 hours of wear", "industry example: Signant", least=720),
    Definition("sixteen-hours", "At least 16 hours of wear", HOUSE,
               least=960),
    Definition("eighteen-hours", "At least 18 hours of wear, for 24-hour protocols", "LifeQ",
               least=1_080),
    Definition("ten-valid-hours", "At least 10 hours of which half is worn", RAPIDS,
               rule="hours", least=10, hour_ratio=0.5),
    Definition("waking-window", "Worn for more than 70 % of 07:00 to 22:00",
               "BMJ Health & Care Informatics 29 Suppl 1:A3, 2022", least=631,
               window=(420, 1_320), evidence="heart_rate"),
    Definition("thousand-steps", "At least 1,000 steps", ORSTAD, rule="steps", least=1_000),
    Definition("any-steps", "More than 0 steps", KELLY, rule="steps", least=1),
    Definition("five-hundred-steps", "More than 500 steps", KELLY, rule="steps", least=501),
    Definition("steps-in-ten-hours", "A step in at least 10 different hours", KELLY,
               rule="step_hours", least=10),
    Definition("steps-in-three-windows", "Steps in 3 of 4 six-hour windows", KELLY,
               rule="step_windows", least=3, block_hours=6),
    Definition("long-nights", "At least 10 hours of wear; nights of at least 5 hours",
               "night threshold: ABCDscores", night_least=300),
)  # fmt: skip


def preset_named(name: str) -> Definition:
    """The preset of that name; NotFound if there is none."""
    for preset in PRESETS:
        if preset.name == name:
            return preset
    known = ", ".join(preset.name for preset in PRESETS)
    raise NotFound(f"No definition is called {name!r}. Known: {known}.", "definition")
