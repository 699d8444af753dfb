"""What the machine draws from: keys as people make them, small files, sidecars, ways to upload."""

from hypothesis import strategies as st

from tests.delivery.failpoints import NO_TEXT
from tests.delivery.world import LARGEST

_LONGEST = "long/" + "k" * 1024
NAMES = (
    *("a.md", "b.md", "with space.md", "plus+and%2B.md", "100%.md", "ünï/文.md", "../up.md"),
    *("a//b.md", ".hidden", "q?a=b&c#d.md", "quote\"'.md", _LONGEST),
)
CONTENTS = (
    *(f"first {n} words\n\nsecond {n % 3} words of more" for n in range(4)),
    *("one paragraph", "same words same words\n\n" * 3 + "end", "x" * (LARGEST + 1), ""),
)
SIDECARS = (
    b'{"metadataAttributes": {"title": "A title", "url": "https://x.example/a"}}',
    b'{"metadataAttributes": {"product": "router", "year": 2026}}',
    b'{"metadataAttributes": {}}',
    b"{}",
)
# One of the two keys of an example.
NAME = st.integers(0, 1)
CONTENT = st.sampled_from([*(text.encode() for text in CONTENTS), NO_TEXT])
PLACES = st.lists(st.integers(0, 30), min_size=1, max_size=4)
COPIES = st.integers(1, 5)
WAYS = st.sampled_from(["Put", "Post", "Copy", "CompleteMultipartUpload"])
PLAIN_CONTENT = [text.encode() for text in CONTENTS[:5]]
