"""When what was published: articles in order with what each was first to assert or deny, and counts over time."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from pipeline.report.addresses import Addresses, Target
from pipeline.report.charts import Bar, Dot, draw_bars, draw_strips
from pipeline.report.corpus import Corpus, Row
from pipeline.report.limits import MAX_CHART_BINS, MAX_CHART_ROWS, MAX_EVENTS, MIN_ARTICLES_IN_CHART, Printed, first
from pipeline.report.lines import Reference, order_of, reference_to
from pipeline.report.stories import Story
from pipeline.report.wording import counted, date_words, headline, month_words, shortened

_LABELS = 6


@dataclass(frozen=True)
class News:
    """Something an article was the first to carry: ``verb`` is `asserts` or `denies`."""

    verb: str
    proposition: str
    sentence: Target


@dataclass(frozen=True)
class Event:
    """A dated article."""

    article: Reference
    time: str
    is_copy: bool
    news: tuple[News, ...]


@dataclass(frozen=True)
class Chart:
    """An inline SVG with its words, and the same figures as a table."""

    svg: Markup
    title: str
    description: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Timeline:
    """Articles by date. ``chart`` is None where it would say less than the list: few articles, or all of one day."""

    chart: Chart | None
    events: Printed[Event]
    n_undated: int


@dataclass(frozen=True)
class Period:
    """A stretch of the time axis: ``key`` sorts, ``label`` is short, ``name`` says it in full."""

    key: datetime.date
    label: str
    name: str


def timeline_of(stories: Sequence[Story], corpus: Corpus, addresses: Addresses) -> Timeline:
    """The articles of stories, with the contested claims (most weighty first) as strips of asserting and denying."""
    article_ids = sorted((a for story in stories for a in story.article_ids), key=corpus.age)
    rows = corpus.one("claim_groups", "claim_group_id")
    contested = [rows[g] for story in stories for g in story.group_ids if rows[g]["contested"]]
    dated = [a for a in article_ids if _published(a, corpus) is not None]
    news = _news(contested, corpus, addresses)
    return Timeline(
        chart=_strips(contested, dated, corpus)
        or (articles_over_time(dated, corpus) if len(dated) >= MIN_ARTICLES_IN_CHART else None),
        events=first([_event(a, news, corpus, addresses) for a in dated], MAX_EVENTS),
        n_undated=len(article_ids) - len(dated),
    )


def _published(article_id: str, corpus: Corpus) -> datetime.datetime | None:
    published = corpus.one("articles", "article_id")[article_id]["published_at"]
    return published if isinstance(published, datetime.datetime) else None


def _event(article_id: str, news: Mapping[str, list[News]], corpus: Corpus, addresses: Addresses) -> Event:
    published = _published(article_id, corpus)
    midnight = published is None or published.time() == datetime.time()
    return Event(
        article=reference_to(article_id, corpus, addresses),
        time="" if midnight or published is None else f"{published:%H:%M} UTC",
        is_copy=not corpus.is_canonical(article_id),
        news=tuple(news[article_id]) if article_id in news else (),
    )


def _news(contested: Iterable[Row], corpus: Corpus, addresses: Addresses) -> dict[str, list[News]]:
    """The first dated assertion and denial of each contested claim, by article."""
    claims = corpus.one("claims", "claim_id")
    news: defaultdict[str, list[News]] = defaultdict(list)
    for group in contested:
        found: dict[str, Row] = {}
        members = corpus.by("claim_group_members", "claim_group_id")[group["claim_group_id"]]
        sides = {m["claim_id"]: m["side"] for m in members if m["side"] != "silent"}
        for claim in sorted((claims[claim_id] for claim_id in sides), key=lambda c: order_of(c, corpus)):
            if _published(claim["article_id"], corpus) is not None:
                found.setdefault(sides[claim["claim_id"]], claim)
        for side, claim in sorted(found.items()):
            proposition = shortened(headline(group["proposition"]), 140)
            news[claim["article_id"]].append(News(side, proposition, addresses.claim(claim)))
    return news


def _strips(contested: Sequence[Row], dated: Collection[str], corpus: Corpus) -> Chart | None:
    """The contested claims over time: how many articles (copies left out) assert and deny each in each period."""
    claims = corpus.one("claims", "claim_id")
    shown = set(dated)
    counts: Counter[tuple[int, str, str]] = Counter()
    for number, group in enumerate(contested[:MAX_CHART_ROWS]):
        members = corpus.by("claim_group_members", "claim_group_id")[group["claim_group_id"]]
        carried = {(claims[m["claim_id"]]["article_id"], m["side"]) for m in members if m["side"] != "silent"}
        latest_first = sorted(carried, key=lambda entry: corpus.age(entry[0]), reverse=True)
        first_of = {(corpus.place(article_id), side): article_id for article_id, side in latest_first}
        for (_, side), article_id in sorted(first_of.items()):
            if article_id in shown:
                counts[number, article_id, side] += 1
    days = [_published(article_id, corpus) for _, article_id, _ in counts]
    periods = periods_between(day.date() for day in days if day is not None)
    if len(periods) < 2:
        return None
    found: Counter[tuple[int, int, str]] = Counter()
    for (number, article_id, side), n in counts.items():
        published = _published(article_id, corpus)
        if published is not None:
            found[number, _period_of(published.date(), periods), side] += n
    names = [headline(group["proposition"]) for group in contested[:MAX_CHART_ROWS]]
    dots = [Dot(row, period, side, n) for (row, period, side), n in sorted(found.items())]
    title = "When each contested claim was asserted and denied"
    description = (
        f"{counted(len(names), 'contested claim')} between {periods[0].name} and {periods[-1].name}. A filled circle "
        "stands for articles that assert, an open diamond for articles that deny; larger means more articles."
    )
    return Chart(
        svg=draw_strips(f"{title}. {description}", [shortened(n, 62) for n in names], _labels(periods), dots),
        title=title,
        description=description,
        head=("Claim", "When", "Articles that assert", "Articles that deny"),
        rows=tuple(
            (names[row], periods[period].name, str(found[row, period, "asserts"]), str(found[row, period, "denies"]))
            for row, period in sorted({(row, period) for row, period, _ in found})
        ),
    )


def articles_over_time(article_ids: Iterable[str], corpus: Corpus) -> Chart | None:
    """How many articles came out in each period, copies apart; None where they do not span two days."""
    days = [(published.date(), corpus.is_canonical(a)) for a in article_ids if (published := _published(a, corpus))]
    periods = periods_between(day for day, _ in days)
    if len(periods) < 2:
        return None
    counts = Counter((_period_of(day, periods), own) for day, own in days)
    bars = [Bar(number, own, counts[number, own]) for number in range(len(periods)) for own in (True, False)]
    title = "Articles over time"
    description = (
        f"{counted(len(days), 'dated article')} between {periods[0].name} and {periods[-1].name}. Copies of other "
        "articles stand on top of the bars, in a lighter tone."
    )
    return Chart(
        svg=draw_bars(f"{title}. {description}", _labels(periods), bars),
        title=title,
        description=description,
        head=("When", "Articles", "Copies"),
        rows=tuple(
            (period.name, str(counts[number, True]), str(counts[number, False]))
            for number, period in enumerate(periods)
            if counts[number, True] or counts[number, False]
        ),
    )


def periods_between(days: Iterable[datetime.date]) -> list[Period]:
    """Consecutive days, weeks, months or years (the finest that stay within the limit) from the first day to the last.

    With years the axis may be cut: what is earlier than its first period belongs to that.
    """
    found = sorted(set(days))
    if not found:
        return []
    for unit in ("day", "week", "month"):
        periods = _periods(found[0], found[-1], unit)
        if len(periods) <= MAX_CHART_BINS:
            return periods
    return _periods(found[0], found[-1], "year")[-MAX_CHART_BINS:]


def _periods(start: datetime.date, end: datetime.date, unit: str) -> list[Period]:
    """The periods from that of ``start`` to that of ``end``; one more than the limit at most, but for years."""
    periods: list[Period] = []
    at = _floor(start, unit)
    while at <= end and (unit == "year" or len(periods) <= MAX_CHART_BINS):
        periods.append(_name(at, unit))
        before, at = at, _following(at, unit)
        if at <= before:  # the calendar ends
            break
    return periods


def _floor(day: datetime.date, unit: str) -> datetime.date:
    if unit == "week":
        return day - datetime.timedelta(days=min(day.weekday(), day.toordinal() - 1))
    if unit == "month":
        return day.replace(day=1)
    return day.replace(month=1, day=1) if unit == "year" else day


def _following(day: datetime.date, unit: str) -> datetime.date:
    days = {"day": 1, "week": 7, "month": 32, "year": 366}[unit]
    ordinal = min(day.toordinal() + days, datetime.date.max.toordinal())
    return _floor(datetime.date.fromordinal(ordinal), unit)


def _name(day: datetime.date, unit: str) -> Period:
    full = date_words(datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC))
    if unit == "year":
        return Period(day, str(day.year), str(day.year))
    if unit == "month":
        return Period(day, f"{month_words(day.month)[:3]} {day.year}", f"{month_words(day.month)} {day.year}")
    return Period(day, f"{day.day} {month_words(day.month)[:3]}", full if unit == "day" else f"the week of {full}")


def _period_of(day: datetime.date, periods: Sequence[Period]) -> int:
    return max((number for number, period in enumerate(periods) if period.key <= day), default=0)


def _labels(periods: Sequence[Period]) -> list[str]:
    """Axis labels: a few of the periods, evenly spread, from the first; the others are empty."""
    step = -(-len(periods) // _LABELS)
    return [period.label if number % step == 0 else "" for number, period in enumerate(periods)]
