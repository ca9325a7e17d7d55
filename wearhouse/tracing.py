"""Traces for OpenTelemetry: how long each part of a request or a sync took. Off without a place
to send them to. No span names a person."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

from wearhouse.errors import Invalid
from wearhouse.origin import origin

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

Kind = Literal["internal", "server", "client"]
Fact = str | int | float | bool

_open: list["TracerProvider"] = []
"""That of `exporting`, while there is one."""


@contextmanager
def exporting(endpoint: str) -> Iterator[None]:
    """Send traces to an OTLP/HTTP collector for as long as this lasts; to nowhere if `endpoint`
    is empty. Invalid if the extra `tracing` is not installed or the endpoint is no URL."""
    if not endpoint:
        yield
        return
    if not endpoint.startswith(("http://", "https://")):
        raise Invalid("A collector of traces is written as http://HOST:4318.", "traces")
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise Invalid("Traces need more: install wearhouse[tracing].", "traces") from None
    resource = Resource.create({"service.name": "wearhouse"})
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(endpoint.rstrip("/") + "/v1/traces", timeout=5)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    _open.append(provider)
    try:
        yield
    finally:
        _open.remove(provider)
        provider.shutdown()


def flush() -> None:
    """Send what has ended by now, instead of a little later."""
    for provider in _open:
        provider.force_flush()


class Noted:
    """A span while it lasts: facts that are only known later can be added."""

    def __init__(self, span: "Span | None") -> None:
        self._span = span

    def note(self, **facts: Fact) -> None:
        """Add facts."""
        if self._span is not None:
            self._span.set_attributes(facts)

    def rename(self, name: str) -> None:
        """Call it otherwise."""
        if self._span is not None:
            self._span.update_name(name)

    def failed(self, kind: str) -> None:
        """Mark it as failed, by the kind of error; its words may quote values."""
        if self._span is not None:
            from opentelemetry.trace import Status, StatusCode

            self._span.set_status(Status(StatusCode.ERROR, kind))


OFF = Noted(None)


@contextmanager
def span(
    name: str, kind: Kind = "internal", carried: Mapping[str, str] | None = None, /, **facts: Fact
) -> Iterator[Noted]:
    """A stretch of work. `carried` are headers of a caller who may be traced as well (W3C
    `traceparent`)."""
    if not _open:
        yield OFF
        return
    from opentelemetry.trace import SpanKind
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    context = TraceContextTextMapPropagator().extract(carried) if carried else None
    named = {f"wearhouse.{kind}": name for kind, name in origin().items()}
    with (
        _open[-1]
        .get_tracer("wearhouse")
        .start_as_current_span(
            name,
            context,
            SpanKind[kind.upper()],
            {**named, **facts},
            record_exception=False,
            set_status_on_exception=False,
        ) as begun
    ):
        noted = Noted(begun)
        try:
            yield noted
        except BaseException as error:
            noted.failed(type(error).__name__)
            raise
