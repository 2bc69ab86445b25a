"""A column is searched and ordered at once exactly as its texts one by one."""

import pandas as pd
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from tumen import search

TEXTS = st.lists(
    st.one_of(
        st.text(max_size=20),
        st.text(alphabet="aAäÄßİı’'–“ ́éﬁ한글ЙйǅΣς ²", max_size=8),
        st.sampled_from(["", "Röpcke’s “shells” – 152 mm", "ROPCKE'S", "KN‑23"]),
    ),
    max_size=30,
)


def column(texts: list[str]) -> pd.Series:
    return pd.Series(texts, dtype="str")


@given(TEXTS)
def test_many_texts_are_folded_as_one_by_one(texts):
    found = search.all_folded(pa.array(texts, pa.large_string())).to_pylist()
    assert found == [search.folded(text) for text in texts]


@given(TEXTS, st.text(alphabet="aäs'i–r2й", min_size=1, max_size=2))
def test_a_word_is_found_in_a_column_as_in_each_text(texts, text):
    for word in search.words(text):
        assert search.holding(column(texts), word).tolist() == [word in search.folded(own) for own in texts]


def test_pieces_of_a_long_column_are_searched_alike(monkeypatch):
    texts = column(["Pyongyang", "", "PYONGYANG", "Seoul"] * 5)
    whole = search.holding(texts, "pyong")
    monkeypatch.setattr(search, "PIECE", 3)
    assert search.holding(texts, "pyong").tolist() == whole.tolist() == [True, False, True, False] * 5


@given(TEXTS)
def test_ranks_are_the_order_of_folded_texts_and_an_empty_one_has_none(texts):
    ranks = search.ranks(column(texts)).tolist()
    assert [rank < 0 for rank in ranks] == [not text for text in texts]
    pairs = [(search.folded(text), rank) for text, rank in zip(texts, ranks, strict=True) if text]
    assert all((a < b) == (m < n) for a, m in pairs for b, n in pairs)


def test_half_a_sign_is_not_looked_for():
    assert search.words("Kim\ud83d \udc00 kim") == ["kim"]
