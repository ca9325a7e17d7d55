"""Where vendors say that there is something new."""

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from wearhouse.api.bodies import raw_body
from wearhouse.api.deps import TheWearhouse
from wearhouse.api.refusals import RESPONSES
from wearhouse.sync.hearing import hear

MOST = 1_000_000
"""Bytes of a message; the vendor puts up to 99 notices into one."""

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "What the vendor sends: notices, signed over these very bytes, or the "
        "question of its handshake.",
        "content": {"application/json": {"schema": {}}},
    }
}

router = APIRouter(tags=["webhooks"], responses=RESPONSES)


async def the_message(request: Request) -> bytes:
    """The message as it was sent: the signature is over its very bytes."""
    return await raw_body(request, MOST)


@router.post(
    "/webhooks/google-health",
    status_code=204,
    response_class=Response,
    responses={201: {"description": "The secret is right: the answer to the handshake."}},
    openapi_extra=BODY,
)
def post_google_health(
    request: Request, message: Annotated[bytes, Depends(the_message)], wearhouse: TheWearhouse
) -> Response:
    """Queue what Google Health says is new. The secret of the subscription and Google's signature
    let it in; what is new is fetched afterwards."""
    return Response(status_code=hear(wearhouse.ear, request.headers, message, datetime.now(UTC)))
