"""Archives of Google Takeout and of Fitbit: the files are known by their names, then by how
they begin, in whatever folder they lie."""

from collections.abc import Iterator, Sequence

from wearhouse.errors import Unwanted
from wearhouse.samples import Parsed
from wearhouse.sources.files import File, Head
from wearhouse.sources.takeout import logs, users
from wearhouse.sources.takeout.families import NO_DATA, Family, family_named, unread
from wearhouse.sources.takeout.series import read_series, read_weight
from wearhouse.sources.takeout.survey import Survey
from wearhouse.sources.takeout.surveying import survey_of
from wearhouse.sources.takeout.tables import read_table


class Takeout:
    """Reads an archive's files. It names no one, so its samples have no person."""

    name = "takeout"
    refines = "fitbit-web"

    def __init__(self, survey: Survey | None = None, notes: Sequence[str] = ()) -> None:
        self.survey = survey or Survey()
        self.notes = tuple(notes)

    def recognises(self, head: Head) -> bool:
        family = family_named(head.name)
        return bool(unread(head.name)) or (family is not None and family.fits(head.content))

    def prepare(self, files: Sequence[File]) -> "Takeout":
        return Takeout(*survey_of(files))

    def read(self, file: File) -> Iterator[Parsed]:
        family = family_named(file.name)
        content = file.head().content
        if family is None or not family.fits(content):
            held = unread(file.name) or "nothing of an archive that its name and start tell"
            raise Unwanted(f"{file.name} holds {held}; it is not read.")
        if content.strip().lower() == NO_DATA:
            raise Unwanted(f"{file.name} is empty.")
        for parsed in self._read(file, family):
            yield self.survey.timeline.told(parsed)

    def _read(self, file: File, family: Family) -> Iterator[Parsed]:
        survey = self.survey
        match family.layout:
            case "series":
                return read_series(file, family, survey)
            case "weight":
                return read_weight(file)
            case "sleep":
                return logs.read_sleeps(file)
            case "exercise":
                return logs.read_exercises(file, family, survey)
            case "table":
                return read_table(file, family, survey)
            case "user_sleeps":
                return users.read_sleeps(file, survey.nights, survey.main)
            case "user_stages":
                return users.read_stages(file, survey.nights, survey.main)
            case "user_exercises":
                return users.read_exercises(file)
