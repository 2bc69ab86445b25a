"""What attackers and accidents send: single values, and whole addresses made of them."""

from collections.abc import Sequence

from hypothesis import strategies as st

NASTY = [
    "", " ", "\x00", "\ufeff", "\u202eevil", "\u2028", "a" * 5_000, "'", '"', "`", "\\", "%",
    "%00", "%u0000", "+", ";",
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "{{ 7 * 7 }}", "${7*7}",
    "[x](javascript:alert(1))",
    "../../etc/passwd", "file:///etc/passwd", "//evil.example", "javascript:alert(1)", "=1+1",
    "@SUM(A1)", "-1", "0",
    "1e400", "NaN", "inf", "-inf", "9" * 400, "0x7f", "١٢", "²", "½", "1_000", "True", "None",
    "null", "undefined",
    "__class__", "__proto__", "constructor", "transfer:", ":", "::", ">", "flow:>", "flow:A>B:c",
    "flow:PRK>RUS:",
    "0000-00-00", "0001-01-01", "9999-12-31", "2024-02-30", "2023-13", "2023-1-1", "20231013",
    "2023-10-13T00:00:00Z",
    "1969-12-31", "2100", "-2023", "٢٠٢٣-١٠-١٣", "2023-10-13/2024", "İ", "ß", "ﬀ", "e\u0301",
    "\ud7ff", "👩‍👩‍👧‍👦", "𝕏" * 300,
]  # fmt: skip


def values(good: Sequence[str]) -> st.SearchStrategy[str]:
    """A value: one that is known, one that is nasty, one known and slightly spoilt, or any text."""
    known = st.sampled_from(list(good))
    spoilt = st.builds(
        lambda text, at, more: text[: at % (len(text) + 1)] + more + text[at % (len(text) + 1) :],
        known,
        st.integers(0, 40),
        st.sampled_from(NASTY) | st.text(max_size=3),
    )
    return st.one_of(known, st.sampled_from(NASTY), spoilt, st.text(max_size=60))


def queries(names: Sequence[str], good: Sequence[str]) -> st.SearchStrategy[dict[str, list[str]]]:
    """An address: parameters, known ones and others, each with some values."""
    own = st.sampled_from(list(names)) | st.text(max_size=12)
    return st.dictionaries(own, st.lists(values(good), max_size=6), max_size=10)
