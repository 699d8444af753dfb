"""What is planted: secrets, personal data and texts, none of which may be found in any log."""

KEY = "sk-proj-Zq7KeyMarker0123456789"
OTHER_KEY = "Zq7PlainKeyMarker99"
DATABASE_PASSWORD = "Zq7PasswordMarker"
# 190 bits, as `footnote keys` makes them.
API_KEY = f"sk_ZQMARKABCD_{'zq7' * 11}"
SIGNATURE = "5a7137" + "c0ffee" * 9 + "abcd"
MAIL = "zq.marker@example.org"
TELEPHONE = "+49 30 5550 123499"
CARD = "4929 1234 5678 9015"
NAME = "Wilhelmina Zqmarker"
QUESTION_WORD = "zqquestionword"
DOCUMENT_WORD = "zqdocumentword"
COMMENT_WORD = "zqcommentword"

QUESTION = (
    f"how long are backups kept, asks {NAME} ({MAIL}, {TELEPHONE}, card {CARD}) {QUESTION_WORD}"
)
DOCUMENT = f"{DOCUMENT_WORD}: {NAME} pays with {CARD}, see {MAIL}"
FORBIDDEN = (
    KEY,
    OTHER_KEY,
    DATABASE_PASSWORD,
    API_KEY,
    "zq7zq7zq7",
    SIGNATURE,
    MAIL,
    TELEPHONE,
    TELEPHONE.replace(" ", ""),
    CARD,
    CARD.replace(" ", ""),
    NAME,
    "Zqmarker",
    QUESTION_WORD,
    DOCUMENT_WORD,
    COMMENT_WORD,
)
