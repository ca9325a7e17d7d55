"""Texts for every next action, for studies that have not written their own."""

from wearhouse.messages.templates import Template
from wearhouse.wear.action import Action

GREETING = {"en": "Dear {name},", "de": "Guten Tag {name},"}
CLOSING = {
    "en": "Thank you for taking part in {study}.\n{sender}\n\n"
    "You do not want such messages any more? {opt_out}\n",
    "de": "Danke, dass Sie bei {study} mitmachen.\n{sender}\n\n"
    "Sie möchten keine solchen Nachrichten mehr? {opt_out}\n",
}

SAYS: dict[Action, dict[str, tuple[str, str]]] = {
    Action.INVITE: {
        "en": (
            "Your invitation to {study}",
            "please connect your account to the study. It takes about two minutes:\n\n{invitation}",
        ),
        "de": (
            "Ihre Einladung zu {study}",
            "bitte verbinden Sie Ihr Konto mit der Studie. Das dauert etwa zwei Minuten:\n\n"
            "{invitation}",
        ),
    },
    Action.RECONNECT: {
        "en": (
            "{study}: please connect again",
            "the connection between your account and the study has ended. Please connect again:"
            "\n\n{invitation}",
        ),
        "de": (
            "{study}: bitte neu verbinden",
            "die Verbindung zwischen Ihrem Konto und der Studie ist beendet. Bitte verbinden Sie "
            "es neu:\n\n{invitation}",
        ),
    },
    Action.COMPLETE_CONSENT: {
        "en": (
            "{study}: one step is missing",
            "when you connected your account, some boxes were left empty. If you agree, please "
            "connect again and tick all of them:\n\n{invitation}",
        ),
        "de": (
            "{study}: ein Schritt fehlt noch",
            "beim Verbinden Ihres Kontos blieben einige Kästchen leer. Wenn Sie einverstanden "
            "sind, verbinden Sie es bitte noch einmal und wählen Sie alle aus:\n\n{invitation}",
        ),
    },
    Action.SYNC: {
        "en": (
            "{study}: please open the app of your watch",
            "we have not heard from your watch for a while. Please open its app on your phone and "
            "wait until it has finished. A watch keeps its data for about a week only.",
        ),
        "de": (
            "{study}: bitte die App Ihrer Uhr öffnen",
            "wir haben länger nichts von Ihrer Uhr gehört. Bitte öffnen Sie ihre App auf dem Handy "
            "und warten Sie, bis sie fertig ist. Eine Uhr behält ihre Daten nur etwa eine Woche.",
        ),
    },
    Action.CHARGE: {
        "en": (
            "{study}: please charge your watch",
            "the battery of your watch is low. Please charge it, and put it on again afterwards.",
        ),
        "de": (
            "{study}: bitte die Uhr laden",
            "der Akku Ihrer Uhr ist fast leer. Bitte laden Sie sie und legen Sie sie danach wieder "
            "an.",
        ),
    },
    Action.WEAR: {
        "en": (
            "{study}: please wear your watch",
            "please remember to wear your watch during the day. Is something in the way? Just "
            "answer this message.",
        ),
        "de": (
            "{study}: bitte die Uhr tragen",
            "bitte denken Sie daran, Ihre Uhr tagsüber zu tragen. Hindert Sie etwas daran? "
            "Antworten Sie einfach auf diese Nachricht.",
        ),
    },
    Action.WEAR_AT_NIGHT: {
        "en": (
            "{study}: please wear your watch at night, too",
            "please wear your watch at night, too, if you can. Is something in the way? Just "
            "answer this message.",
        ),
        "de": (
            "{study}: bitte die Uhr auch nachts tragen",
            "bitte tragen Sie Ihre Uhr auch nachts, wenn Sie können. Hindert Sie etwas daran? "
            "Antworten Sie einfach auf diese Nachricht.",
        ),
    },
}

TEMPLATES = [
    Template(
        action.value,
        language,
        subject,
        f"{GREETING[language]}\n\n{body}\n\n{CLOSING[language]}",
    )
    for action, texts in SAYS.items()
    for language, (subject, body) in texts.items()
]
"""Each in every language that there is."""
