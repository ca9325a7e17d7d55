"""Bodies as they were sent, up to a size."""

from starlette.requests import ClientDisconnect, Request

from wearhouse.errors import Invalid, TooLarge


async def raw_body(request: Request, most: int) -> bytes:
    """The bytes of a body; TooLarge beyond `most`, without reading all of it."""
    stated = request.headers.get("content-length", "")
    if stated.isdigit() and int(stated) > most:
        raise _too_large(most)
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.stream():
            size += len(part)
            if size > most:
                raise _too_large(most)
            parts.append(part)
    except ClientDisconnect:
        raise Invalid("The body was cut off.", "body") from None
    return b"".join(parts)


def _too_large(most: int) -> TooLarge:
    return TooLarge(f"A body may have {most:,} bytes here; send less at once.", "body")
