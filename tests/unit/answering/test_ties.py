"""Words of a source that were tied to each other otherwise there are not verified."""

import pytest

from footnote.answering.citations import cite
from footnote.answering.draft import read_draft
from footnote.domain.answer import CitationStatus
from footnote.domain.prompt import write_claim
from tests.unit.answering.test_citations import passage

# So that each passage is long enough to show its language.
AROUND = {
    "english": "This page is about the service and was written for its readers. ",
    "german": "Diese Seite ist für die Leser des Handbuchs geschrieben. ",
    "french": "Cette page est pour les lecteurs du manuel. ",
    "spanish": "Esta página es para los lectores del manual. ",
    "italian": "Questa pagina è per i lettori del manuale. ",
    "portuguese": "Esta página é para os leitores do manual. ",
    "dutch": "Deze pagina is voor de lezers van het handboek. ",
}
CONDITIONS = {
    "Refunds are possible within 14 days": (
        "when the seal is intact, as long as the seal is intact, provided that the seal is intact,"
        " once the seal is intact, while the seal is intact, assuming the seal is intact,"
        " in case the seal is intact, after the seal was checked, subject to a check of the seal"
    ),
    "Die Rückgabe ist möglich": (
        "solange das Siegel unversehrt ist, sobald das Siegel geprüft wurde,"
        " während das Siegel unversehrt ist, unter der Bedingung dass das Siegel unversehrt ist"
    ),
    "Le retour est possible": (
        "lorsque le sceau est intact, dès que le sceau est intact, tant que le sceau est intact,"
        " à condition que le sceau soit intact, à moins que le sceau soit intact"
    ),
    "La devolución es posible": (
        "cuando el sello esté intacto, siempre que el sello esté intacto,"
        " mientras el sello esté intacto, a menos que el sello esté intacto"
    ),
    "Il reso è possibile": (
        "quando il sigillo è integro, purché il sigillo sia integro, finché il sigillo è integro"
    ),
    "A devolução é possível": (
        "quando o selo esteja intacto, desde que o selo esteja intacto, se o selo esteja intacto"
    ),
    "Retour is mogelijk": (
        "wanneer het zegel intact is, zolang het zegel intact is, mits het zegel intact is"
    ),
}


def status(told: str, said: str, language: str = "english") -> str:
    """How the one citation of a sentence fared; empty where the sentence was removed."""
    draft = read_draft(f"{said} {write_claim(1, told)}")
    given = cite(draft, [passage(AROUND[language] + told)])
    return given.citations[0].status if given.citations else ""


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("Deliver the goods before 5 May 2026.", "Deliver the goods after 5 May 2026."),
        ("Deliver the goods before 5 May 2026.", "Deliver the goods on 5 May 2026."),
        ("Deliver the goods before 5 May 2026.", "Deliver the goods 5 May 2026."),
        ("Revenue fell to $3 million from $4 million.", "Revenue fell from $3 million."),
        ("Revenue fell to $3 million.", "Revenue fell by $3 million."),
        ("The WHO advises against the drug.", "The WHO advises the drug."),
        ("Turn the device off before you open the lid.", "Turn the device off after you open it."),
        ("Turn the device off before you open the lid.", "Turn the device on."),
        ("Turn the device off before you open the lid.", "Open the lid."),
        ("Alice Smith manages Bob Jones.", "Alice Smith is managed by Bob Jones."),
        ("The vendor pays the customer a refund.", "The vendor is paid a refund."),
        ("Press the red button, then the green one.", "Press the green button."),
        (
            "Press the red button, then the green button.",
            "Press the green button, then the red button.",
        ),
        ("Premium customers get a refund.", "Customers get a refund."),
        ("UK citizens pay 20 dollars.", "US citizens pay 20 dollars."),
        ("US citizens pay 20 dollars, UK citizens 30.", "UK citizens pay 20 dollars."),
        ("Ant bought Bee in 2006, and Cat bought Dog.", "In 2006, Cat bought Dog."),
        ("Ant bought Bee in 2006. Cat bought Dog in 2016.", "In 2006, Cat bought Dog."),
        (
            "Sales rose from Monday to Wednesday and fell on Thursday.",
            "Sales fell from Monday to Wednesday.",
        ),
        ("It covers everything except hail and rain.", "It covers everything except hail."),
        ("It covers everything except hail and rain.", "Except hail, it covers rain."),
        ("Staff may not work from home on Fridays.", "Staff may not work from home."),
        ("Refunds are made if the seal holds.", "If refunds are made, the seal holds."),
        ("The manager of Anna hires Bob.", "Anna hires Bob."),
        ("Our rivals say that backups are slow.", "Backups are slow."),
        ("Customers who pay late get fined.", "Customers get fined."),
        ("You must pay us 5 euros.", "We must pay you 5 euros."),
        ("The flag -f forces and -F formats.", "The flag -F forces."),
        ("O(n) is fast, O(n^2) is slow.", "O(n^2) is fast."),
        ("The product is free of lead and has zinc.", "The product is free."),
        ("The capital of France is Paris.", "The capital is Paris."),
        ("The ban was lifted but the fine was kept.", "The ban was kept."),
        ("Team A beat team B by 3 to 1.", "Team A beat team B by 3."),
        ("They pay the fee.", "We pay the fee."),
        ("Victoria was inhabited by few.", "Victoria will be inhabited by few."),
        ("The University of Chicago won the final.", "Chicago won the final."),
        ("He lives in New York today.", "He lives in York today."),
        ("The plan of an installed Operator is new.", "The plan Operator is new."),
        ("Error E-1042 means that the disk is full.", "The disk is full."),
        ("| Small | 5 | 10 |\n| Large | 9 | 50 |", "| Large | 5 | 10 |"),
        ("- Free: 1 GB\n- Pro: 10 GB", "- Pro: 1 GB"),
        ("- free: slow\n- pro: fast", "- free: fast"),
    ],
)
def test_small_words_and_cut_off_ones_change_what_is_said(told: str, said: str) -> None:
    assert status(told, said) != CitationStatus.VERIFIED


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("Deliver the goods before 5 May 2026.", "Before 5 May 2026, deliver the goods."),
        ("Refunds are made if the seal holds.", "If the seal holds, refunds are made."),
        ("Ant bought Bee in 2006, and Cat bought Dog.", "Cat bought Dog."),
        ("The plan includes support, backups and mail.", "The plan includes support and backups."),
        ("Staff may not work from home on Fridays.", "On Fridays staff may not work from home."),
        ("Costs fell by 4 %, while revenue grew by 5 %.", "Revenue grew by 5%."),
        ("Backups stay for a year and can be restored.", "Backups can be restored."),
        ("Error E-1042 means that the disk is full.", "E-1042 means that the disk is full."),
        ("- Free: 1 GB\n- Pro: 10 GB", "- Pro: 10 GB"),
        ("The small plan costs 5 euros a month.", "It costs 5 euros a month."),
        ("Employees are entitled to 28 days.", "You are entitled to 28 days."),
        ("We pay the fee.", "They pay the fee."),
        ("The ban was lifted but the fine was kept.", "The ban was lifted."),
    ],
)
def test_whole_phrases_that_moved_or_were_left_out_change_nothing(told: str, said: str) -> None:
    assert status(told, said) == CitationStatus.VERIFIED


@pytest.mark.parametrize(
    ("language", "claim", "condition"),
    [
        (language, claim, condition.strip())
        for language, (claim, listed) in zip(AROUND, CONDITIONS.items(), strict=True)
        for condition in listed.split(",")
    ],
)
def test_a_condition_cannot_be_left_out(language: str, claim: str, condition: str) -> None:
    assert status(f"{claim} {condition}.", f"{claim}.", language) != CitationStatus.VERIFIED
    assert status(f"{claim} {condition}.", f"{claim} {condition}.", language) == "verified"


@pytest.mark.parametrize(
    ("language", "told", "said"),
    [
        ("german", "Der Kunde zahlt dem Händler Geld.", "Dem Kunden zahlt der Händler Geld."),
        ("german", "Er muss spätestens am Montag kommen.", "Er muss am Montag kommen."),
        ("french", "Il dure au moins deux ans.", "Il dure moins de deux ans."),
        ("spanish", "El vendedor paga al comprador.", "Al vendedor paga el comprador."),
        ("dutch", "Hij mag niet opzeggen voor 5 mei 2026.", "Hij mag niet opzeggen."),
    ],
)
def test_it_is_the_same_in_other_languages(language: str, told: str, said: str) -> None:
    assert status(told, said, language) != CitationStatus.VERIFIED


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("Der er ikke en grænse for hvor mange filer der kan gemmes.", "Der er en grænse."),
        ("Det er ikke en grense for hvor mange filer som kan lagres.", "Det er en grense."),
        ("Soubory se nikdy nemažou a to je pravidlo i do konce roku.", "Soubory se nemažou."),
        ("Se ei ole sääntö ja se on tärkeä.", "Se on sääntö."),
        ("Acesta nu este o regulă la care se face referire.", "Acesta este o regulă."),
    ],
)
def test_a_language_is_not_taken_for_another_one_whose_small_words_it_has(
    told: str, said: str
) -> None:
    draft = read_draft(f"{said} {write_claim(1, told)}")
    assert all(
        one.status is CitationStatus.UNVERIFIED for one in cite(draft, [passage(told)]).citations
    )
