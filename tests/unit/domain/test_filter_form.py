"""A filter that was kept is the filter that was asked for."""

import json

from hypothesis import given
from hypothesis import strategies as st

from footnote.domain.filter import And, Equals, Exists, Filter, In, Not, Or, Range
from footnote.domain.filter_form import filter_in, form_of
from footnote.http.filters import FilterForm

KEYS = st.text(st.characters(codec="ascii", categories=["L"]), min_size=1, max_size=5)
SCALARS = st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | KEYS
LEAVES: st.SearchStrategy[Filter] = st.one_of(
    st.builds(Equals, key=KEYS, value=SCALARS),
    st.builds(In, key=KEYS, values=st.lists(SCALARS, min_size=1, max_size=3).map(tuple)),
    st.builds(Exists, key=KEYS),
    st.builds(Range, key=KEYS, gte=st.integers(), lt=st.floats(-9, 9)),
    st.builds(Range, key=KEYS, gt=KEYS),
)


def _joined(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.builds(And, parts=parts) | st.builds(Or, parts=parts) | st.builds(Not, part=inner)


@given(st.recursive(LEAVES, _joined, max_leaves=6))
def test_it_is_read_as_it_was_written_and_as_the_api_reads_it(wanted: Filter) -> None:
    form = json.loads(json.dumps(form_of(wanted)))
    assert repr(filter_in(form)) == repr(wanted)
    assert repr(FilterForm.model_validate(form).to_filter()) == repr(wanted)
