"""Somebody at work: who it is, and what they work with."""

from dataclasses import dataclass

from wearhouse.errors import NotAllowed
from wearhouse.registry import Registry
from wearhouse.secrets import Secrets
from wearhouse.study import Actor, Right, Study


@dataclass(frozen=True)
class Acting:
    """An actor, the registry as far as they reach, and what secrets are kept with."""

    actor: Actor
    registry: Registry
    secrets: Secrets

    def needs(self, right: Right) -> None:
        """Refuse what the actor's role may not do: the same for page, API and command line."""
        if not self.actor.may(right):
            raise NotAllowed(f"The role {self.actor.role} may not do this ({right}).")

    def knows_arm(self, study: Study) -> bool:
        """Whether the actor may know who is in which arm of a study."""
        return not study.blinded or self.actor.may(Right.READ_ARM)

    def needs_arm(self, study: Study) -> None:
        """Refuse who must not know who is in which arm of a study."""
        if not self.knows_arm(study):
            self.needs(Right.READ_ARM)

    def reaches(self, study: str, site: str | None) -> None:
        """Refuse who does not reach the participants of a site."""
        if not self.actor.scope.covers(study, site):
            where = f"site {site} of study {study}" if site else f"study {study} without a site"
            raise NotAllowed(f"{self.actor.name} does not reach {where}.", "site")


def acting(actor: Actor, registry: Registry, secrets: Secrets) -> Acting:
    """Somebody at work with a registry, of which they see what they reach."""
    return Acting(actor, registry.seen_by(actor), secrets)
