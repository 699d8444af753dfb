"""Sentences with the quotes that they rest on, and what becomes of them when a fact is changed.

Made from templates of ordinary documentation: `told` is what a document says, `said` is what a
model would write of it, `negated` the same turned round. Values are drawn by a seeded generator.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

SEED = 20261125
DRAWS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One statement in its forms, with slots in braces; see `_values` for what a slot may be."""

    language: str
    told: str
    said: tuple[str, ...]
    negated: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A sentence, the quote that it names, and the kind of fact that was changed in it, if any."""

    language: str
    kind: str
    sentence: str
    quote: str
    passage: str
    number: int = 1


TEMPLATES = (
    Template(
        language="english",
        told="Backups are kept for {n} days in the {city} region.",
        said=(
            "Backups are kept for {n} days in the {city} region.",
            "Backups are kept for {n_words} days in the {city} region.",
            "In the {city} region, backups are kept for {n} days.",
            "A backup is kept for {n} days in the {city} region.",
            "Backups are kept for {n} days.",
        ),
        negated=(
            "Backups are not kept for {n} days in the {city} region.",
            "Backups are never kept for {n} days in the {city} region.",
            "Backups are only kept for {n} days in the {city} region.",
            "Backups aren't kept for {n} days.",
        ),
    ),
    Template(
        language="english",
        told="The {product} plan costs {big} euros a year and includes {n} users.",
        said=(
            "The {product} plan costs {big_plain} euros a year and includes {n} users.",
            "The {product} plan costs €{big} a year and includes {n_words} users.",
            "**The {product} plan** costs {big} euros per year and includes {n} users.",
            "The {product} plan costs {big} euros a year.",
        ),
        negated=("The {product} plan does not cost {big} euros a year and includes {n} users.",),
    ),
    Template(
        language="english",
        told="On {date_long}, {person} released version {version} of {product}.",
        said=(
            "{person} released version {version} of {product} on {date_long}.",
            "On {date_iso}, {person} released version {version} of {product}.",
            "On {date_short}, {person} released version {version} of {product}.",
            "{person} released version {version} of {product}.",
        ),
        negated=("{person} never released version {version} of {product} on {date_long}.",),
    ),
    Template(
        language="english",
        told="Uploads larger than {n} MB are not accepted unless {person} approves them.",
        said=(
            "Uploads larger than {n} MB are not accepted unless {person} approves them.",
            "An upload larger than {n} MB is not accepted unless {person} approves it.",
            "Uploads larger than {n} MB aren't accepted unless {person} approves them.",
            "Unless {person} approves them, uploads larger than {n} MB are not accepted.",
        ),
        negated=(
            "Uploads larger than {n} MB are accepted unless {person} approves them.",
            "Uploads larger than {n} MB are not accepted if {person} approves them.",
            "Uploads larger than {n} MB are not accepted.",
            "Uploads not larger than {n} MB are accepted unless {person} approves them.",
        ),
    ),
    Template(
        language="english",
        told="Set `{option}` to {n} to limit retries; values above {m} are ignored.",
        said=(
            "Set `{option}` to {n} to limit retries.",
            "Set {option} to {n} to limit retries; values above {m} are ignored.",
            "To limit retries, set `{option}` to {n}.",
            "Values above {m} are ignored.",
        ),
        negated=(
            "Do not set `{option}` to {n} to limit retries.",
            "Values above {m} are not ignored.",
        ),
    ),
    Template(
        language="english",
        told="Revenue grew by {n} % to {big} million dollars, while costs fell by {m} %.",
        said=(
            "Revenue grew by {n} percent to {big} million dollars, while costs fell by {m}%.",
            "Revenue grew by {n}% to {big_plain} million dollars.",
            "Costs fell by {m} %.",
            "Costs fell by {m} per cent, while revenue grew by {n} per cent.",
        ),
        negated=("Revenue never grew by {n} % to {big} million dollars.",),
    ),
    Template(
        language="english",
        told="The {product} client does not support {protocol} without a certificate.",
        said=(
            "The {product} client does not support {protocol} without a certificate.",
            "The {product} client doesn't support {protocol} without a certificate.",
            "Without a certificate, the {product} client does not support {protocol}.",
        ),
        negated=(
            "The {product} client supports {protocol} without a certificate.",
            "The {product} client does not support {protocol} with a certificate.",
            "The {product} client does not support {protocol}.",
        ),
    ),
    Template(
        language="english",
        told="{person} leads the support team in {city}, which answers within {n} hours.",
        said=(
            "{person} leads the support team in {city}.",
            "In {city}, {person} leads the support team.",
            "{person} leads the support team in {city}, which answers within {n_words} hours.",
        ),
        negated=(
            "{person} no longer leads the support team in {city}.",
            "{person} never leads the support team in {city}.",
        ),
    ),
    Template(
        language="english",
        told="The service is available every day except {weekday} from {time} to {later}.",
        said=(
            "The service is available every day except {weekday} from {time} to {later}.",
            "The service is available from {time} to {later} every day except {weekday}.",
            "The service is available every day except {weekday}.",
        ),
        negated=(
            "The service is available every day from {time} to {later}.",
            "The service is not available every day except {weekday}.",
            "The service is available every day including {weekday}.",
        ),
    ),
    Template(
        language="english",
        told="Error {code} means that the disk at {path} is full. Delete old logs first.",
        said=(
            "Error {code} means that the disk at {path} is full.",
            "{code} means that the disk at `{path}` is full.",
            "Delete old logs first.",
        ),
        negated=(
            "Error {code} means that the disk at {path} is not full.",
            "Never delete old logs first.",
        ),
    ),
    Template(
        language="english",
        told="The contract ends on {date_iso} and can be cancelled {n} days before.",
        said=(
            "The contract ends on {date_long} and can be cancelled {n} days before.",
            "The contract ends on {date_us}.",
            "The contract ends on {date_iso}.",
            "The contract ends on {date_dotted} and can be cancelled {n_words} days before.",
        ),
        negated=(
            "The contract does not end on {date_iso}.",
            "The contract ends on {date_iso} and cannot be cancelled {n} days before.",
        ),
    ),
    Template(
        language="english",
        told="At -{n} degrees the battery lasts {m} hours, and data stays encrypted.",
        said=(
            "At -{n} degrees the battery lasts {m} hours, and data stays encrypted.",
            "The battery lasts {m} hours at -{n} degrees.",
            "Data stays encrypted.",
        ),
        negated=(
            "Data stays unencrypted.",
            "At {n} degrees the battery lasts {m} hours.",
            "Data never stays encrypted.",
        ),
    ),
    Template(
        language="german",
        told="Sicherungen werden in {city} {n} Tage lang aufbewahrt und nicht gelöscht.",
        said=(
            "Sicherungen werden in {city} {n} Tage lang aufbewahrt und nicht gelöscht.",
            "In {city} werden Sicherungen {n} Tage lang aufbewahrt und nicht gelöscht.",
            "Sicherungen werden in {city} {n_german} Tage lang aufbewahrt und nicht gelöscht.",
        ),
        negated=(
            "Sicherungen werden in {city} {n} Tage lang aufbewahrt und gelöscht.",
            "Sicherungen werden in {city} nicht {n} Tage lang aufbewahrt und nicht gelöscht.",
        ),
    ),
    Template(
        language="german",
        told="Der Tarif {product} kostet seit dem {date_dotted} im Monat {big_dotted} Euro.",
        said=(
            "Der Tarif {product} kostet seit dem {date_dotted} im Monat {big_plain} Euro.",
            "Seit dem {date_german} kostet der Tarif {product} im Monat {big_dotted} €.",
            "Der Tarif {product} kostet seit dem {date_iso} {big_dotted} Euro.",
        ),
        negated=("Der Tarif {product} kostet seit dem {date_dotted} keine {big_dotted} Euro.",),
    ),
    Template(
        language="french",
        told="Les sauvegardes sont conservées pendant {n} jours et ne sont pas chiffrées.",
        said=(
            "Les sauvegardes sont conservées pendant {n} jours et ne sont pas chiffrées.",
            "Les sauvegardes sont conservées pendant {n_french} jours et ne sont pas chiffrées.",
            "Pendant {n} jours, les sauvegardes sont conservées et ne sont pas chiffrées.",
        ),
        negated=(
            "Les sauvegardes sont conservées pendant {n} jours et sont chiffrées.",
            "Les sauvegardes ne sont pas conservées pendant {n} jours.",
        ),
    ),
    Template(
        language="french",
        told="Le {date_french}, {person} a ouvert le bureau de {city} avec {n} employés.",
        said=(
            "{person} a ouvert le bureau de {city} avec {n} employés le {date_french}.",
            "Le {date_french}, {person} a ouvert le bureau de {city}.",
        ),
        negated=("{person} n'a jamais ouvert le bureau de {city} avec {n} employés.",),
    ),
    Template(
        language="spanish",
        told="Las copias se conservan durante {n} días y no se pueden borrar sin permiso.",
        said=(
            "Las copias se conservan durante {n} días y no se pueden borrar sin permiso.",
            "Durante {n} días las copias se conservan y no se pueden borrar sin permiso.",
        ),
        negated=(
            "Las copias no se conservan durante {n} días y no se pueden borrar sin permiso.",
            "Las copias se conservan durante {n} días y se pueden borrar sin permiso.",
            "Las copias se conservan durante {n} días y no se pueden borrar con permiso.",
        ),
    ),
    Template(
        language="italian",
        told="Il piano {product} costa {n} euro al mese e non include il supporto telefonico.",
        said=(
            "Il piano {product} costa {n} euro al mese e non include il supporto telefonico.",
            "Il piano {product} costa €{n} al mese e non include il supporto telefonico.",
        ),
        negated=(
            "Il piano {product} costa {n} euro al mese e include il supporto telefonico.",
            "Il piano {product} non costa {n} euro al mese e include il supporto telefonico.",
        ),
    ),
    Template(
        language="portuguese",
        told="O servidor {product} nunca guarda os registos por mais de {n} dias.",
        said=("O servidor {product} nunca guarda os registos por mais de {n} dias.",),
        negated=(
            "O servidor {product} guarda os registos por mais de {n} dias.",
            "O servidor {product} guarda sempre os registos por mais de {n} dias.",
        ),
    ),
    Template(
        language="dutch",
        told="Het apparaat {product} wordt in {city} niet langer dan {n} uur opgeladen.",
        said=(
            "Het apparaat {product} wordt in {city} niet langer dan {n} uur opgeladen.",
            "In {city} wordt het apparaat {product} niet langer dan {n} uur opgeladen.",
        ),
        negated=(
            "Het apparaat {product} wordt in {city} langer dan {n} uur opgeladen.",
            "Het apparaat {product} wordt in {city} alleen langer dan {n} uur opgeladen.",
        ),
    ),
)

_PEOPLE = ("Anna Keller", "Marc Dupont", "Elif Yilmaz", "Priya Nair", "Tom Hughes")
_CITIES = ("Berlin", "Lyon", "Toronto", "Madrid", "Osaka")
_PRODUCTS = ("Falcon", "Merlin", "Condor", "Osprey", "Kestrel")
_PROTOCOLS = ("HTTP/2", "OAuth", "SMTP", "WebDAV", "LDAP")
_OPTIONS = ("max_retries", "retryLimit", "http.retry-max", "RETRY_COUNT", "--retries")
_CODES = ("E-1042", "ORA-00942", "KB5005", "0x80070005", "ENOSPC")
_PATHS = ("/var/log", "/srv/storage/a", "/mnt/backup-2", "/opt/app/tmp")
_WEEKDAYS = ("Sunday", "Monday", "Friday")
_TENS = {20: "twenty", 30: "thirty", 40: "forty", 50: "fifty", 60: "sixty"}
_UNITS = ("", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_GERMAN = {20: "zwanzig", 30: "dreißig", 40: "vierzig", 50: "fünfzig", 60: "sechzig"}
_GERMAN_UNITS = ("", "ein", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun")
_FRENCH = {20: "vingt", 30: "trente", 40: "quarante", 50: "cinquante", 60: "soixante"}
_FRENCH_UNITS = ("", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf")
_MONTHS = {
    "english": "January February March April May June July August September October November "
    "December",
    "german": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "french": "janvier février mars avril mai juin juillet août septembre octobre "
    "novembre décembre",
}
_BEFORE = {
    "english": "This page was written by Wanda Ross for 77 readers. ",
    "german": "Diese Seite wurde von Wanda Ross für 77 Leser geschrieben. ",
    "french": "Cette page est écrite par Wanda Ross pour 77 lecteurs. ",
    "spanish": "Esta página fue escrita por Wanda Ross para 77 lectores. ",
    "italian": "Questa pagina è stata scritta da Wanda Ross per 77 lettori. ",
    "portuguese": "Esta página foi escrita por Wanda Ross para 77 leitores. ",
    "dutch": "Deze pagina is door Wanda Ross voor 77 lezers geschreven. ",
}
OTHER_PASSAGE = "Coffee is served in the kitchen on the third floor. Please wash your own cup."


def genuine() -> Iterator[Case]:
    """Every template's restatements, each with several draws of values."""
    for template, values in _drawn():
        quote, passage = _source(template, values)
        for said in template.said:
            yield Case(
                language=template.language,
                kind="genuine",
                sentence=said.format(**values),
                quote=quote,
                passage=passage,
            )


def mutated() -> Iterator[Case]:
    """The same with one fact changed, by the kind of fact."""
    for template, values in _drawn():
        quote, passage = _source(template, values)
        for kind, sentence in _changes(template, values):
            yield Case(
                language=template.language,
                kind=kind,
                sentence=sentence,
                quote=quote,
                passage=passage,
            )
            if kind == "number" and sentence.startswith(template.said[0][:9]):
                yield Case(
                    language=template.language,
                    kind="quote",
                    sentence=sentence,
                    quote=sentence,
                    passage=passage,
                )
        for said in template.said:
            yield Case(
                language=template.language,
                kind="source",
                sentence=said.format(**values),
                quote=quote,
                passage=passage,
                number=2,
            )


def _drawn() -> Iterator[tuple[Template, dict[str, Any]]]:
    rng = random.Random(SEED)
    for template in TEMPLATES:
        for _ in range(DRAWS):
            yield template, _values(rng)


def _source(template: Template, values: dict[str, Any]) -> tuple[str, str]:
    quote = template.told.format(**values)
    return quote, f"{_BEFORE[template.language]}{quote}"


def _changes(template: Template, values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for negated in template.negated:
        yield "negation", negated.format(**values)
    for said in template.said:
        before = said.format(**values)
        for kind, other in _other_values(values):
            after = said.format(**other)
            if after != before:
                yield kind, after


def _other_values(values: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The values with one of them changed."""
    n, m, big, date = values["n"], values["m"], values["_big"], values["_date"]
    for other in (n + 1, n * 10, n + 7, m, 77):
        yield "number", values | _number(other)
    yield "number", values | {"m": m + 1}
    yield "number", values | {"m": n}
    for other in (big * 10, big + 1, big + 1000):
        yield "number", values | _big(other)
    yield "number", values | {"time": values["later"], "later": values["time"]}
    yield "number", values | {"time": "07:15"}
    year, month, day = date
    for changed in ((year + 1, month, day), (year, month % 12 + 1, day), (year, month, day + 1)):
        yield "date", values | _date(changed)
    for name, pool in _POOLS.items():
        for other in [value for value in pool if value != values[name]][:2]:
            yield "name", values | {name: other}
    yield "name", values | {"person": "Wanda Ross"}
    major, minor, patch = values["version"].split(".")
    yield "name", values | {"version": f"{major}.{int(minor) + 1}.{patch}"}
    yield "name", values | {"version": f"{major}.{minor}"}


_POOLS = {
    "person": _PEOPLE,
    "city": _CITIES,
    "product": _PRODUCTS,
    "protocol": _PROTOCOLS,
    "option": _OPTIONS,
    "code": _CODES,
    "path": _PATHS,
    "weekday": _WEEKDAYS,
}


def _values(rng: random.Random) -> dict[str, Any]:
    """`n` and `m` are numbers below a hundred, `big` one of four digits; the rest is as it says."""
    n = rng.choice(list(_TENS)) + rng.randrange(1, 10)
    date = (rng.randrange(2019, 2027), rng.randrange(1, 13), rng.randrange(13, 28))
    values: dict[str, Any] = {name: rng.choice(pool) for name, pool in _POOLS.items()}
    values |= {
        "m": n + rng.randrange(11, 20),
        "version": f"{rng.randrange(1, 9)}.{rng.randrange(1, 20)}.{rng.randrange(10)}",
        "time": f"0{rng.randrange(8, 10)}:30",
        "later": f"{rng.randrange(16, 20)}:00",
    }
    return values | _number(n) | _big(rng.randrange(1001, 9000)) | _date(date)


def _number(n: int) -> dict[str, Any]:
    ten, unit = n // 10 * 10, n % 10
    if ten not in _TENS:
        return {"n": n, "n_words": str(n), "n_german": str(n), "n_french": str(n)}
    words = _TENS[ten] + (f"-{_UNITS[unit]}" if unit else "")
    german = (f"{_GERMAN_UNITS[unit]}und" if unit else "") + _GERMAN[ten]
    joint = " et " if unit == 1 else "-"
    french = _FRENCH[ten] + (f"{joint}{_FRENCH_UNITS[unit]}" if unit else "")
    return {"n": n, "n_words": words, "n_german": german, "n_french": french}


def _big(big: int) -> dict[str, Any]:
    grouped = f"{big:,}"
    return {
        "_big": big,
        "big": grouped,
        "big_plain": str(big),
        "big_dotted": grouped.replace(",", "."),
    }


def _date(date: tuple[int, int, int]) -> dict[str, Any]:
    year, month, day = date
    names = {language: listed.split()[month - 1] for language, listed in _MONTHS.items()}
    english = names["english"]
    return {
        "_date": date,
        "date_iso": f"{year}-{month:02}-{day:02}",
        "date_long": f"{day} {english} {year}",
        "date_us": f"{english} {day}, {year}",
        "date_short": f"{english[:3]} {day}, {year}",
        "date_dotted": f"{day:02}.{month:02}.{year}",
        "date_german": f"{day}. {names['german']} {year}",
        "date_french": f"{day} {names['french']} {year}",
    }
