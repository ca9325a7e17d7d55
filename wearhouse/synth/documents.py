"""Which documents a participant's payloads consist of, and where each lies."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from wearhouse.synth import day_documents, night_documents
from wearhouse.synth.life import Life, beats

FAMILIES = {
    "steps": day_documents.steps,
    "distance": day_documents.distance,
    "calories": day_documents.calories,
    "active-zone-minutes": day_documents.active_zone_minutes,
    "sleep": night_documents.sleep,
    "spo2": night_documents.spo2,
    "hrv": night_documents.hrv,
    "breathing-rate": night_documents.breathing,
    "skin-temperature": night_documents.skin_temperature,
}


def documents(life: Life, rng: np.random.Generator) -> Iterator[tuple[str, bytes]]:
    """Paths and bytes: heart rate a file a week, everything else a file a month."""
    sampled = beats(life, rng)
    weeks: dict[str, list[int]] = defaultdict(list)
    months: dict[str, list[int]] = defaultdict(list)
    for day, (when, zone) in enumerate(zip(life.calendar.dates, life.calendar.zones, strict=True)):
        weeks[f"{zone}/heart-{when:%G-W%V}.json.gz"].append(day)
        months[f"{zone}/{{}}-{when:%Y-%m}.json.gz"].append(day)
    for path, days in weeks.items():
        if content := day_documents.heart(life, sampled, days):
            yield path, content
    for path, days in months.items():
        for family, document_of in FAMILIES.items():
            if content := document_of(life, days):
                yield path.format(family), content
