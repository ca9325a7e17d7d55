"""Pages for participants, who know nothing of this software: plain words, a phone first."""

from collections.abc import Sequence
from datetime import date
from html import escape

from fastapi.responses import HTMLResponse

STYLE = """
:root { color-scheme: light dark; --ground: #f6f7f7; --surface: #fff; --ink: #1b2425;
  --quiet: #58666a; --line: #dde3e4; --accent: #0b6b75; --on-accent: #fff; }
@media (prefers-color-scheme: dark) { :root { --ground: #121718; --surface: #1a2022;
  --ink: #e6ecec; --quiet: #a3b0b3; --line: #313b3e; --accent: #5fc0ca; --on-accent: #0d1112; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 1.0625rem/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
main { max-width: 36rem; margin: 0 auto; padding: 1.5rem 1.25rem 3rem; }
@media (min-width: 40rem) { main { margin: 3rem auto; padding: 2.25rem 2.5rem 2.5rem;
  background: var(--surface); border: 1px solid var(--line); border-radius: 12px; } }
.study { margin: 0 0 .25rem; color: var(--quiet); font-weight: 600; }
h1 { margin: 0 0 1rem; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.01em;
  text-wrap: balance; }
h2 { margin: 1.75rem 0 .375rem; font-size: 1.125rem; }
p, ul { margin: 0 0 .75rem; }
ul { padding-inline-start: 1.25rem; }
li { margin: .25rem 0; }
.button { display: block; margin: 1.75rem 0 1rem; padding: .875rem 1.25rem; border-radius: 8px;
  background: var(--accent); color: var(--on-accent); font-weight: 600; text-align: center;
  text-decoration: none; }
.button:hover { text-decoration: underline; }
.button:focus-visible { outline: 3px solid var(--ink); outline-offset: 3px; }
.small { color: var(--quiet); font-size: .9375rem; }
"""


def page(title: str, *parts: str, study: str = "", status: int = 200) -> HTMLResponse:
    """A page of parts that `text`, `heading`, `points`, `button` and `small` made."""
    above = f'<p class="study">{escape(study)}</p>' if study else ""
    body = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head>"
        f"<body><main>{above}<h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>"
    )
    return HTMLResponse(body, status)


def text(words: str) -> str:
    return f"<p>{escape(words)}</p>"


def small(words: str) -> str:
    return f'<p class="small">{escape(words)}</p>'


def heading(words: str) -> str:
    return f"<h2>{escape(words)}</h2>"


def points(words: Sequence[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(one)}</li>" for one in words) + "</ul>"


def button(words: str, address: str) -> str:
    return f'<a class="button" href="{escape(address)}">{escape(words)}</a>'


def listed(words: Sequence[str]) -> str:
    """Words as a sentence lists them: a, b and c."""
    *rest, last = words
    return f"{', '.join(rest)} and {last}" if rest else last


def day(on: date) -> str:
    return f"{on.day} {on:%B %Y}"
