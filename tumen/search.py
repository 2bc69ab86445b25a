"""Words looked for in texts, whatever their case and accents: in one text, or in a whole column at a time."""

import unicodedata

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from tumen.running import Numbers

PIECE = 100_000  # texts that are folded at a time, so that a long column is not in memory twice
SIMPLE = "^[\\x00-\\x7f–—‘“”•«»€]*$"  # texts of such signs are folded by writing them in small letters


def folded(text: str) -> str:
    """A text without case and accents, for comparing."""
    decomposed = unicodedata.normalize("NFKD", text.casefold().replace("’", "'"))
    return "".join(sign for sign in decomposed if not unicodedata.combining(sign))


def all_folded(texts: pa.Array) -> pa.Array:
    """Each of many texts as `folded` gives it; one that is not simple is folded by itself."""
    small = pc.utf8_lower(pc.replace_substring(texts, "’", "'"))
    odd = pc.invert(pc.match_substring_regex(small, SIMPLE))
    one_by_one = pa.array([folded(text) for text in texts.filter(odd).to_pylist()], small.type)
    return pc.replace_with_mask(small, odd, one_by_one)


def words(text: str) -> list[str]:
    """What to look for: every different word, folded; half a sign, which no text can hold, is left out."""
    whole = text.encode("utf-8", "ignore").decode()
    return [*dict.fromkeys(folded(whole).split())]


def holding(column: pd.Series, word: str) -> Numbers:
    """Which texts of a column hold a folded word."""
    pieces = (column.iloc[start : start + PIECE] for start in range(0, len(column), PIECE))
    return np.concatenate([np.zeros(0, dtype=bool), *(_holding(piece, word) for piece in pieces)])


def _holding(column: pd.Series, word: str) -> Numbers:
    """The same, with each different text looked at once."""
    texts = _texts(column).dictionary_encode()
    held = pc.match_substring(all_folded(texts.dictionary), word)
    found: Numbers = held.to_numpy(False)[texts.indices.to_numpy()]
    return found


def ranks(column: pd.Series) -> Numbers:
    """The place of each text in their order without case and accents; -1 for an empty one."""
    texts = _texts(column)
    places: Numbers = pc.rank(all_folded(texts), tiebreaker="dense").to_numpy().astype(np.int64)
    places[pc.equal(texts, "").to_numpy(False)] = -1
    return places


def _texts(column: pd.Series) -> pa.Array:
    return pa.array(column.array, pa.large_string())
