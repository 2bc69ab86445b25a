"""Our own HTML: Jinja templates in which every value is escaped unless a template says otherwise."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from tumen import dates, speech, wording
from tumen.told import Part, Told


def render(template: str, **values: Any) -> Markup:
    """Fill a template of `tumen/html/`; a missing value is an error, a hostile one is only text."""
    return _in_language(Markup(environment().get_template(template).render(**values)))


# Addresses of pages; those of files and data routes know no language.
PAGE_LINK = re.compile(r'(?<=href=")(/[a-z]*)?(\?[^"#]*)?(?=["#])')
SPOKEN = re.compile(r"[?;&]lang=")


def _in_language(html: Markup) -> Markup:
    """The same with the language in the address of every page that it links to."""
    if speech.language() == speech.ENGLISH:
        return html
    return Markup(PAGE_LINK.sub(_spoken_link, str(html)))


def _spoken_link(link: re.Match[str]) -> str:
    address, lang = link[0], f"lang={speech.language()}"
    if not address or SPOKEN.search(address) or (link[1] or "").startswith("/api"):
        return address
    return f"{address}{'&amp;' if '?' in address else '?'}{lang}"


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
        extensions=["jinja2.ext.i18n"],
    )
    env.newstyle_gettext = True  # type: ignore[attr-defined]
    env.policies["ext.i18n.trimmed"] = True
    env.globals.update(gettext=_marked_up, ngettext=_marked_up_plural, _=_filled)
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


def _marked_up(text: str, /, **values: Any) -> Markup:
    """The text between `{% trans %}` and `{% endtrans %}`: our own markup, with every value escaped."""
    return Markup(speech.gettext(text) % _values(values))


def _marked_up_plural(one: str, many: str, number: int, /, **values: Any) -> Markup:
    """The same with `{% pluralize %}`."""
    return Markup(speech.ngettext(one, many, number) % _values(values))


def _filled(text: str, /, **values: Any) -> str:
    """A text inside an expression, `{{ _("…", name=value) }}`: no markup, escaped where it is put out."""
    return speech.gettext(text) % values


def _values(values: dict[str, Any]) -> dict[str, Markup]:
    return {name: escape(_finalized(value)) for name, value in values.items()}


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
