"""Search indexes: the ways in which a knowledge base's documents can be found."""

from dataclasses import dataclass

from footnote.domain.document import KnowledgeBaseId

# Characters that a chunk aims at, where nobody chose another size.
CHUNK_CHARS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexForm:
    """What an index is made with; `dimension` is the length of the model's embeddings."""

    model: str
    dimension: int
    chunk_chars: int = CHUNK_CHARS


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchIndex:
    """One index of a knowledge base.

    All indexes of a knowledge base are kept up to date; its questions are answered from one.
    `languages` are those that its documents' words were stemmed in, by Snowball's names;
    `quantized`: the HNSW index of its model holds one bit of each float. `adapter` is the number of
    the adapter that questions' embeddings go through, if any.
    """

    kb: KnowledgeBaseId
    index_id: int
    model_id: int
    form: IndexForm
    languages: tuple[str, ...] = ("english",)
    quantized: bool = False
    adapter: int | None = None
