"""The frame of a page and the pieces that pages share: tables, bars, marks, figures. Text is escaped by the template engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import jinja2
from markupsafe import Markup

from pipelines.reports.style import CSS

_PIECES = """
{%- macro table(one) -%}
<div class="scroll" tabindex="0" role="region" aria-label="{{ one.caption }}">
<table><caption>{{ one.caption }}</caption>
<thead><tr>{% for head in one.heads %}
<th scope="col"{% if loop.index0 in one.numeric %} class="n"{% endif %}>{{ head }}</th>{% endfor %}</tr></thead>
<tbody>
{%- for row in one.rows %}
<tr>{% for cell in row %}
{%- if loop.index0 == 0 %}<th scope="row">{{ cell }}</th>
{%- elif loop.index0 in one.bars %}<td class="bar">{{ cell }}</td>
{%- elif loop.index0 in one.numeric %}<td class="n">{{ cell }}</td>
{%- else %}<td>{{ cell }}</td>{% endif %}{% endfor %}</tr>
{%- endfor %}
</tbody></table></div>
{% if one.note %}<p class="note">{{ one.note }}</p>{% endif %}
{%- endmacro -%}
"""
_PAGE = (
    _PIECES
    + """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="robots" content="noindex"><title>{{ title }}</title><style>{{ css }}</style></head>
<body><a class="skip" href="#main">Skip to the figures</a>
<header class="top"><div class="wrap"><h1>{{ title }}</h1><p>{{ subtitle }}</p></div></header>
<nav aria-label="Sections"><div class="wrap"><ul>
{%- for one in sections %}<li><a href="#{{ one.anchor }}">{{ one.title }}</a></li>{% endfor %}</ul></div></nav>
<main id="main" class="wrap">
{%- if cards %}<div class="cards">{% for one in cards %}
<div class="card"><h2>{{ one.title }}</h2><div class="figure">{{ one.figure }}</div>
{% for line in one.lines %}<p>{{ line }}</p>{% endfor %}</div>
{%- endfor %}</div>{% endif %}
{%- for one in sections %}
<section id="{{ one.anchor }}" aria-labelledby="{{ one.anchor }}-title"><h2 id="{{ one.anchor }}-title">{{ one.title }}</h2>
{%- if one.lead %}<p class="for">{{ one.lead }}</p>{% endif %}
{%- for block in one.blocks %}
{%- if block.title %}<h3>{{ block.title }}</h3>{% endif %}
{%- if block.figure %}<figure>{{ block.figure }}</figure>{% endif %}
<div class="{{ 'two' if block.tables|length > 1 and not block.fold else 'one' }}">{% for part in block.tables %}<div>
{%- if block.fold %}<details><summary>{{ part.caption }}</summary>{{ table(part) }}</details>
{%- else %}{{ table(part) }}{% endif -%}
</div>{% endfor %}</div>
{%- if block.text %}<p>{{ block.text }}</p>{% endif %}
{%- endfor %}
</section>
{%- endfor %}
</main><footer><div class="wrap">{{ foot }}</div></footer></body></html>
"""
)
_ABBREVIATIONS = {"vdp": "VDP", "suv": "SUV", "rfm": "RFM", "bdc": "BDC", "apr": "APR", "dms": "DMS", "crm": "CRM"}
_TEMPLATE = jinja2.Environment(autoescape=True, undefined=jinja2.StrictUndefined).from_string(_PAGE)


@dataclass(frozen=True)
class TableBlock:
    """One table: heads, rows of cells, which columns are numbers and which are bars, and a note below."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[object]]
    numeric: Sequence[int] = ()
    bars: Sequence[int] = ()
    note: str = ""


@dataclass(frozen=True)
class Block:
    """One or more tables side by side under a heading; `fold` hides each behind its caption until asked for.

    `figure` is a drawing between heading and tables.
    """

    tables: Sequence[TableBlock] = ()
    title: str = ""
    text: str = ""
    fold: bool = False
    figure: Markup = Markup()


@dataclass(frozen=True)
class Section:
    """A part of a page with its own heading. `lead` says whom it is for."""

    anchor: str
    title: str
    lead: str = ""
    blocks: Sequence[Block] = field(default=())


@dataclass(frozen=True)
class Card:
    """One large figure at the top of a page."""

    title: str
    figure: str
    lines: Sequence[str] = ()


def page(title: str, subtitle: str, sections: Sequence[Section], cards: Sequence[Card] = (), foot: str = "") -> str:
    """A whole page as HTML that opens without a server and asks for nothing else."""
    given: Mapping[str, object] = {"sections": sections, "cards": cards, "foot": foot, "css": Markup(CSS)}
    return _TEMPLATE.render(title=title, subtitle=subtitle, **given)


def bar(share: float) -> Markup:
    """A bar of a share from 0 to 1 with the share in words beside it."""
    width = round(100 * min(max(share, 0.0), 1.0), 1)
    shape = '<span><svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">'
    ground = '<rect width="100" height="10" fill="#e8edf2"/><rect width="{}" height="10" fill="#5b8db8"/></svg><b>{}</b></span>'
    return Markup(shape + ground).format(width, percent(share))


def percent(share: float) -> str:
    """A share as whole percents; what is nearly nobody or nearly everybody says so."""
    if 0 < share < 0.005:
        return "<1%"
    return ">99%" if 0.995 <= share < 1 else f"{share:.0%}"


def mark(text: str, kind: str) -> Markup:
    """A short status in words, coloured: good, bad, warn or plain."""
    return Markup('<span class="mark {}">{}</span>').format(kind, text)


def code(text: str) -> Markup:
    """A name as it stands in files."""
    return Markup("<code>{}</code>").format(text)


def number(value: float | None, unit: str = "") -> str:
    """A figure for people: 1,234; 12.5; 41%; $1,234. A dash where there is none."""
    if value is None:
        return "–"
    if unit == "share":
        return percent(value)
    money = "$" if unit == "US dollars" else ""
    return f"{money}{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{money}{value:,.1f}"


def long_date(day: object) -> str:
    """A day as people write it: 21 November 2026."""
    return f"{day:%d %B %Y}".lstrip("0")


def in_words(name: str) -> str:
    """A name of policy or code as words: Service due."""
    words = " ".join(_ABBREVIATIONS.get(word, word) for word in name.split("_"))
    return words[:1].upper() + words[1:]


def counted(count: int, word: str) -> str:
    """A count with its word: 1 table, 2 tables."""
    return f"{count:,} {word}" if count == 1 else f"{count:,} {word}s"
