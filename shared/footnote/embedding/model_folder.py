"""Where the local embedding model lies, what it is called, and which files make it up."""

import hashlib
import os
from pathlib import Path

# Weights on 7 bits, activations on 8: docs/decisions/0003-local-embedding-model.md. A change to
# `minilm_graph` that moves vectors needs a new name here: embeddings are kept under it.
MODEL = "all-MiniLM-L6-v2-w7a8"
DIMENSION = 384
MAX_TOKENS = 256  # what the published model was trained with (its sentence_bert_config.json)

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
TOKENIZER_SHA256 = "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"

MODEL_FILE = "model.onnx"
TOKENIZER_FILE = "tokenizer.json"
MANIFEST_FILE = "manifest.json"


def default_model_dir() -> Path:
    """The user's cache folder for exactly this model, built or not."""
    cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    sources = f"{MODEL} {WEIGHTS_SHA256} {TOKENIZER_SHA256}"
    short_hash = hashlib.sha256(sources.encode()).hexdigest()[:8]
    return Path(cache) / "footnote" / "models" / f"{MODEL}-{short_hash}"


def is_complete(folder: Path) -> bool:
    """Whether a build has finished there; the manifest is written last."""
    return all((folder / name).is_file() for name in (MODEL_FILE, TOKENIZER_FILE, MANIFEST_FILE))
