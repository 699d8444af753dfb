"""The count of tokens beside a real tokenizer: the one of the local embedding model."""

import base64
import random
from pathlib import Path

import pytest
from tokenizers import Tokenizer

from footnote.answering.token_count import count_tokens
from footnote.embedding.build_local_model import build_local_model
from footnote.embedding.model_folder import default_model_dir

ROOT = Path(__file__).parents[2]
# At most a tenth too few, whatever the text; three times too many would waste most of the context.
LEAST, MOST = 0.9, 3.0
_RANDOM = random.Random(5)
TEXTS = {
    "README": (ROOT / "README.md").read_text(),
    "architecture": (ROOT / "docs/architecture.md").read_text(),
    "decisions": "\n".join(path.read_text() for path in ROOT.glob("docs/decisions/*.md")),
    "python": (ROOT / "shared/footnote/answering/verbatim.py").read_text(),
    "yaml": (ROOT / "template.yaml").read_text(),
    "sql": "\n".join(
        path.read_text() for path in ROOT.glob("shared/footnote/postgres/queries/*.sql")
    ),
    "json": (ROOT / "events/api-ask.json").read_text(),
    "german": "Die Sicherungen werden dreißig Tage aufbewahrt und danach gelöscht. Sie finden die "
    "Aufbewahrungsfristen in den Datenschutzeinstellungen der Verwaltung.",
    "french": "Les sauvegardes sont conservées pendant trente jours ; l'administrateur peut "
    "télécharger le fichier à l'aide de l'interface.",
    "spanish": "Las copias de seguridad se conservan durante treinta días y después se eliminan.",
    "russian": "Резервные копии хранятся тридцать дней.",
    "chinese": "备份保留三十天。之后会自动删除。",
    "keys": "\n".join(base64.b64encode(_RANDOM.randbytes(45)).decode() for _ in range(20)),
    "hashes": " ".join(_RANDOM.randbytes(32).hex() for _ in range(20)),
    "table": "| plan | price |\n| --- | --- |\n" + "| small | 1,500.25 |\n" * 40,
    "signs": "→ ≈ ≤ € 5 · {}[]()<>|&;:!? -- == != ... ***" * 10,
}


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    build_local_model(default_model_dir(), print)
    found = Tokenizer.from_file(str(default_model_dir() / "tokenizer.json"))
    found.no_truncation()
    found.no_padding()
    return found


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
def test_the_count_is_never_far_below_that_of_a_real_tokenizer(
    tokenizer: Tokenizer, text: str
) -> None:
    real = len(tokenizer.encode(text, add_special_tokens=False).ids)
    assert LEAST * real <= count_tokens(text) <= MOST * real


def test_nothing_takes_no_tokens_and_any_sign_takes_some() -> None:
    assert count_tokens("") == 0
    assert all(count_tokens(sign) > 0 for sign in "a1é一😀.\n")
