"""Short dialogues on a small corpus: a question, one that follows, and what its answer holds."""

from dataclasses import dataclass

CORPUS = {
    "router.md": [
        "The Falcon router has two antennas. Its firmware is updated from the settings page.",
        "To reset the Falcon router, hold the button for ten seconds.",
        "The Falcon router supports mesh networks of up to six stations.",
        "The Falcon router costs 129 euros and comes with a warranty of three years.",
    ],
    "printer.md": [
        "To reset the Heron printer, unplug it for a minute. Its ink cartridges last a year.",
        "The Heron printer costs 249 euros and comes with a warranty of one year.",
        "The Heron printer prints thirty pages a minute and supports double-sided printing.",
    ],
    "camera.md": [
        "The Osprey camera records in 4K. Recordings stay on its memory card for two weeks.",
        "The Osprey camera costs 89 euros and is delivered without a memory card.",
        "To reset the Osprey camera, press the pin behind its lens.",
    ],
    "backups.md": [
        "Backups are made every night and are kept for thirty days in Europe.",
        "Backups in America are kept for ninety days.",
        "Only administrators can restore or delete backups.",
    ],
    "invoices.md": [
        "Invoices are sent on the first day of each month by mail.",
        "Invoices are paid within fourteen days. Late invoices cost a fee of five euros.",
        "Only the owner of an account can download invoices.",
    ],
    "leave.md": [
        "Employees have thirty days of annual leave. Requests go to the team lead.",
        "Unused annual leave expires at the end of March of the next year.",
        "During sick leave a doctor's note is needed from the fourth day on.",
    ],
    "travel.md": [
        "Travel receipts are due within thirty days of the journey.",
        "Train tickets are booked in second class; flights need approval of the team lead.",
        "The hotel allowance is 120 euros a night, in London and Paris 180 euros.",
    ],
    "passwords.md": [
        "Passwords have at least twelve characters and expire after a year.",
        "After five wrong passwords an account is locked for fifteen minutes.",
        "Administrators reset passwords of others in the console.",
    ],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """`told` stands in the passage that answers the question which follows."""

    first: str
    follows: str
    told: str


def _dialogue(first: str, follows: str, told: str) -> Dialogue:
    return Dialogue(first=first, follows=follows, told=told)


DIALOGUES = (
    _dialogue("How do I reset the Falcon router?", "How much does it cost?", "129 euros"),
    _dialogue("How do I reset the Falcon router?", "Does it support mesh?", "mesh networks"),
    _dialogue("How do I reset the Falcon router?", "And the Heron printer?", "unplug it"),
    _dialogue(
        "How do I reset the Falcon router?", "What about the Osprey camera?", "press the pin"
    ),
    _dialogue("What does the Heron printer cost?", "How many pages does it print?", "thirty pages"),
    _dialogue("What does the Heron printer cost?", "And the warranty?", "249 euros"),
    _dialogue("What does the Heron printer cost?", "How do I reset it?", "unplug it"),
    _dialogue("Does the Osprey camera record in 4K?", "What does it cost?", "89 euros"),
    _dialogue("Does the Osprey camera record in 4K?", "How can I reset that?", "press the pin"),
    _dialogue("How long are backups kept in Europe?", "And in America?", "ninety days"),
    _dialogue("How long are backups kept in Europe?", "Who can delete them?", "administrators can"),
    _dialogue("How long are backups kept in Europe?", "How often are they made?", "every night"),
    _dialogue("When are invoices sent?", "Who can download them?", "owner of an account"),
    _dialogue("When are invoices sent?", "What if they are late?", "fee of five"),
    _dialogue("When are invoices sent?", "And paid?", "fourteen days"),
    _dialogue("How many days of annual leave do I have?", "When does it expire?", "end of March"),
    _dialogue("How many days of annual leave do I have?", "Who approves it?", "team lead"),
    _dialogue("When are travel receipts due?", "What about flights?", "need approval"),
    _dialogue("What is the hotel allowance?", "And in London?", "180 euros"),
    _dialogue("How long must passwords be?", "When do they expire?", "after a year"),
    _dialogue("How long must passwords be?", "Who can reset them?", "console"),
    _dialogue("How long must passwords be?", "What if one is wrong five times?", "locked"),
)

LEANING = (
    *("Why?", "How long?", "In Europe?", "And on weekends?", "What about invoices?"),
    *("Does it work offline?", "Who approved that?", "Where can I find them?", "How so?"),
    *("Can they be deleted?", "What does this mean?", "Only for members?", "But what if not?"),
    *("Und in Europa?", "Wie lange gilt das?", "Wer darf sie löschen?", "Warum?"),
    *("Et en Europe ?", "Combien de temps ?", "Y en Europa?", "¿Cuánto tiempo?", "E in Europa?"),
    *("E na Europa?", "En in Europa?", "Waarom?", "Pourquoi ?"),
)
STANDING_ALONE = (
    *("How long are backups kept?", "What is stratigraphy?", "Who won the cup in 1998?"),
    *("Is it possible to delete a backup?", "How long does it take to restore a backup?"),
    *("If a backup fails, is it tried again on the next day?", "Are there limits on uploads?"),
    *("Which users are there in the default group?", "How do I reset the Falcon router?"),
    *(
        "How can I make sure that backups are kept?",
        "Does the router restart when its power fails?",
    ),
    *("Wie lange werden Sicherungen aufbewahrt?", "Gibt es Grenzen für Dateien?"),
    *("Was kostet der Drucker im Jahr?", "Combien coûte la caméra par mois ?"),
    *("¿Cuánto cuesta la cámara al mes?", "Quanto costa la stampante al mese?"),
    *("Quanto custa a impressora por mês?", "Hoeveel kost de printer per maand?"),
)
