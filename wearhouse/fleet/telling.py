"""Incidents are told by mail: when they open, and when they are over."""

from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid, parseaddr

from wearhouse.fleet.alerts import PLACES, Rule, rule_of
from wearhouse.messages.delivery import MailServer, Outcome, connected, deliver
from wearhouse.registry import Registry
from wearhouse.registry.incidents import Incident, KeptRule

SHOWN = 20
"""How many devices one mail names."""


def tell(registry: Registry, server: MailServer, now: datetime) -> int:
    """Send what nobody was told of, one mail a rule; how many mails. Unavailable if the mail server
    is gone, and then it is tried again the next time."""
    rules = {kept.id: kept for kept in registry.incidents.rules()}
    waiting: dict[tuple[int, str], list[Incident]] = {}
    for one in registry.incidents.untold():
        # What opened and was resolved between two mails is told once, as over.
        waiting.setdefault((one.rule_id, one.state), []).append(one)
    sent = 0
    for (number, state), some in waiting.items():
        rule = rule_of(rules[number])
        if rule.emails:
            mail = composed(rules[number], rule, state, some, server, now)
            with connected(server) as line:
                outcome, _ = deliver(line, mail)
            if outcome == Outcome.LATER:
                continue
            sent += outcome == Outcome.SENT
        with registry.together():
            for one in some:
                told = {"told_opened": True, "told_resolved": state == "resolved"}
                registry.incidents.change(one.id, told)
    return sent


def composed(
    kept: KeptRule, rule: Rule, state: str, some: list[Incident], server: MailServer, now: datetime
) -> EmailMessage:
    """A mail about some incidents of a rule."""
    name, address = parseaddr(server.sender)
    message = EmailMessage()
    message["From"] = Address(name, addr_spec=address)
    message["To"] = ", ".join(rule.emails)
    word = "resolved" if state == "resolved" else "open"
    several = f" ({len(some)} devices)" if len(some) > 1 else ""
    message["Subject"] = f"Fleet: {kept.name} is {word}{several}"
    message["Date"] = format_datetime(now)
    message["Message-ID"] = make_msgid(domain=address.partition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    lines = [wording(rule), "", *map(_line, some[:SHOWN])]
    if len(some) > SHOWN:
        lines.append(f"… and {len(some) - SHOWN} more.")
    message.set_content("\n".join(lines) + "\n")
    return message


def wording(rule: Rule) -> str:
    """What a rule watches, in a sentence."""
    where = [f"{name} {getattr(rule, name)}" for name in PLACES if getattr(rule, name)]
    among = f" in {', '.join(where)}" if where else ""
    if rule.kind == "silent":
        return f"A device{among} has reported nothing for {rule.hours:g} hours."
    side = f"above {rule.above:g}" if rule.above is not None else f"below {rule.below:g}"
    if rule.kind == "device":
        return f"{rule.metric} of a device{among} is {side}."
    what = f"{rule.q * 100:g}th percentile" if rule.statistic == "percentile" else rule.statistic
    return f"The {what} of {rule.metric}{among} over {rule.hours:g} hours is {side}."


def _line(one: Incident) -> str:
    what = f"{one.project} {one.device}".strip() or "the whole fleet"
    value = "" if one.value is None else f": {one.value:g}"
    over = f", over since {one.resolved_at:%Y-%m-%d %H:%M} UTC" if one.resolved_at else ""
    return f"{what}{value}, since {one.began_at:%Y-%m-%d %H:%M} UTC{over}"
