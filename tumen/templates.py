"""Our own HTML: Jinja templates in which every value is escaped unless a template says otherwise."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from tumen import dates, wording
from tumen.told import Part, Told


def render(template: str, **values: Any) -> Markup:
    """Fill a template of `tumen/html/`; a missing value is an error, a hostile one is only text."""
    return Markup(environment().get_template(template).render(**values))


@lru_cache(maxsize=1)
def environment() -> Environment:
    """Jinja with escaping for everything and our few filters."""
    env = Environment(
        loader=PackageLoader("tumen", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters.update(
        date=dates.words,
        day=dates.day_words,
        number=wording.number,
        safe_url=safe_url,
        plural=wording.plural,
        linked=linked,
    )
    env.globals.update(record_url=record_url, record_ref_url=record_ref_url)
    return env


# Signs that turn the direction of all that follows: a text could show other words than it holds.
TURNING = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])


def _finalized(value: Any) -> Any:
    """A text of the data in reading order; our own markup is left alone."""
    return in_reading_order(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def in_reading_order(text: str) -> str:
    """Drop invisible turning signs from a text of the data."""
    return text.translate(TURNING)


def safe_url(url: str) -> str:
    """The address if it is plain http(s), else '' (never javascript:, data: or a broken one)."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.hostname else ""


def record_url(kind: str, record: str, extra: Mapping[str, str] | None = None) -> str:
    """The permanent address of a record's own page."""
    return f"/record?{urlencode({'record': f'{kind}:{record}', **(extra or {})}, safe=':')}"


def record_ref_url(reference: str) -> str:
    """The permanent address of a reference such as 'transfer:prk-rus-…'."""
    return record_url(*reference.split(":", 1))  # type: ignore[arg-type]


def ref_url(reference: str) -> str:
    """The address of what a number rests on: a record's, or of a page such as 'page:records?table=events'."""
    kind, _, page = reference.partition(":")
    return f"/{page}" if kind == "page" else record_ref_url(reference)


LINK = Markup('<a class="quiet" href="{}" data-pick="{}">{}</a>')


@pass_context
def linked(context: Context, sentence: str | Part) -> Markup:
    """A sentence, or one number, with a link on each number that remembers what it rests on (see `told`)."""
    finish, desk = context.environment.finalize or str, context.get("desk")
    return Markup("").join(
        LINK.format(_url(desk, rests), rests, finish(text)) if rests else escape(finish(text))
        for text, rests in Told(sentence).parts
    )


def _url(desk: Any, reference: str) -> str:
    """The address of a reference, on the day of the desk where there is one."""
    kind, _, record = reference.partition(":")
    return desk.url(kind, record) if desk and kind != "page" else ref_url(reference)
