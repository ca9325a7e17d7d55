"""The elements of a Health export, one after the other, however long the file is."""

from collections.abc import Callable, Iterator
from xml.parsers import expat

from wearhouse.errors import Invalid
from wearhouse.sources.files import File

CHUNK = 1 << 20
LONGEST_TAG = 16 << 20
DEEPEST = 64

Attributes = dict[str, str]
Take = Callable[[str, Attributes], None]


def elements(file: File, take: Take) -> Iterator[None]:
    """Hands over each element right below the root, and yields from time to time."""
    depth = 0

    def start(name: str, attributes: Attributes) -> None:
        nonlocal depth
        depth += 1
        if depth == 2:
            take(name, attributes)
        elif depth == 1 and name != "HealthData":
            raise Invalid(f"{file.name} is not an export of Apple Health: it begins with {name}.")
        elif depth > DEEPEST:
            raise Invalid(f"{file.name} is nested too deeply to be an export of Apple Health.")

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def entity(*_: object) -> None:
        raise Invalid(f"{file.name} declares XML entities, which Apple Health never does.")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.EntityDeclHandler = entity
    fed = 0
    try:
        with file.open() as stream:
            while chunk := stream.read(CHUNK):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - parser.CurrentByteIndex > LONGEST_TAG:
                    raise Invalid(f"{file.name} holds a tag of more than {LONGEST_TAG >> 20} MiB.")
                yield
            parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Invalid(f"{file.name} is truncated or damaged: {error}.") from error
    except (ValueError, LookupError) as error:
        raise Invalid(f"{file.name} is in an encoding that is not known: {error}.") from error
