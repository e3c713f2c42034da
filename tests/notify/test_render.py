"""What a tired analyst reads, in Arabic and in English."""

from importlib.resources import files
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from schemas.alert import Alert, AlertKind
from schemas.base import BothNames, Direction, Level, SignalType, Status
from schemas.incident import Range
from services.notify.bidi import FSI, PDI, clean, excerpt, isolate, shorten
from services.notify.render import headline, render
from services.notify.words import words
from tests.notify.making import alert, quote

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c"


def plain(text: str) -> str:
    return text.replace(FSI, "").replace(PDI, "")


def story() -> Alert:
    return alert(
        kind=AlertKind.ESCALATED,
        level=Level.CRITICAL,
        contested=True,
        disputed=True,
        sample=True,
        signals=(SignalType.SHELLING, SignalType.TALKS),
        killed=Range(low=3, high=12),
        injured=Range(low=20, high=20),
        places=("عين عيسى", "سوق عين عيسى"),
        actors=("SDF", "X_FORCE"),
        quotes=(
            quote(),
            quote(
                quote="The council denied that the market was hit",
                status=Status.NEGATED,
                source="desk.sample.marsad",
                article_id="a3",
                attribution=None,
                url=None,
            ),
            quote(quote="اقتباس ثالث"),
            quote(type=SignalType.ATTACK),
        ),
        sources=2,
    )


ARABIC = """\
🔴 عيّنة · حرج (تصعيد، متنازع، محل خلاف) · عين عيسى (Ain Issa) · قصف، محادثات · من 3 إلى 12 قتيلًا، 20 جريحًا · مصدر طبي
النص: «سقط ثلاثة قتلى في قصف مدفعي على سوق البلدة»
يقوله: sample.marsad، نقلًا عن مصدر طبي، 2026-11-25 19:55 UTC
الرابط: https://sample.marsad/2
النص (يُنفى): «The council denied that the market was hit»
يقوله: desk.sample.marsad، 2026-11-25 19:55 UTC
ونص آخر
متنازع: تصعيد وتهدئة معًا
محل خلاف: مصدر ينفي ما يقوله آخر
المكان: سوق عين عيسى
الأطراف: قوات سوريا الديمقراطية، X_FORCE
يستند إلى: مصدران
السبب: خبر لا يفسّره أي حدث مفتوح
الوقت: 2026-11-25 20:00 UTC"""

ENGLISH = """\
🔴 SAMPLE · CRITICAL (escalation, contested, disputed) · Ain Issa (عين عيسى) · shelling, talks · 3 to 12 killed, 20 injured · مصدر طبي
Quote: «سقط ثلاثة قتلى في قصف مدفعي على سوق البلدة»
Says: sample.marsad, citing مصدر طبي, 2026-11-25 19:55 UTC
Link: https://sample.marsad/2
Quote (denied): «The council denied that the market was hit»
Says: desk.sample.marsad, 2026-11-25 19:55 UTC
and 1 more quote
Contested: it escalates and eases at once
Disputed: one source denies what another says
Where: سوق عين عيسى
Actors: Syrian Democratic Forces, X_FORCE
Backed by: 2 sources
Why: a report that no open incident accounts for
Time: 2026-11-25 20:00 UTC"""  # noqa: E501 - a headline is one line


@pytest.mark.parametrize(("language", "expected"), [("ar", ARABIC), ("en", ENGLISH)])
def test_a_message_says_level_place_what_how_many_who_then_why_to_believe_it(language: Any, expected: str) -> None:
    assert plain(render(story(), language).text) == expected


def test_the_first_line_alone_is_enough() -> None:
    assert plain(headline(alert(killed=Range(low=2, high=2)), "ar")) == (
        "🟠 مرتفع · عين عيسى (Ain Issa) · قصف · قتيلان · مصدر طبي"
    )


@pytest.mark.parametrize(
    ("n", "killed"),
    [
        (1, "قتيل واحد"),
        (2, "قتيلان"),
        (3, "3 قتلى"),
        (10, "10 قتلى"),
        (11, "11 قتيلًا"),
        (99, "99 قتيلًا"),
        (100, "100 قتيل"),
        (103, "103 قتلى"),
        (112, "112 قتيلًا"),
    ],
)
def test_arabic_numbers_take_the_plural_that_grammar_asks(n: int, killed: str) -> None:
    assert words("ar").count("killed", n) == killed


@pytest.mark.parametrize(
    ("low", "high", "arabic", "english"),
    [
        (5, 5, "5 جرحى", "5 injured"),
        (5, 12, "من 5 إلى 12 جريحًا", "5 to 12 injured"),
        (0, 1, "جريح واحد على الأكثر", "at most 1 injured"),
        (1, 2, "جريح أو جريحان", "1 to 2 injured"),
    ],
)
def test_a_range_is_told_as_one(low: int, high: int, arabic: str, english: str) -> None:
    assert words("ar").span("injured", Range(low=low, high=high)) == arabic
    assert words("en").span("injured", Range(low=low, high=high)) == english


def test_a_place_without_a_second_name_is_told_once() -> None:
    lone = alert(watch_name=BothNames(ar="صوامع الشركراك"))
    assert "(" not in headline(lone, "en")
    assert "صوامع الشركراك" in headline(lone, "en")


def test_what_is_only_possible_is_never_told_as_a_fact() -> None:
    heads_up = alert(kind=AlertKind.HEADS_UP, level=Level.HEADS_UP, quotes=(quote(status=Status.POSSIBLE),))
    assert "قصف (محتمل)" in headline(heads_up, "ar")
    assert "shelling (possible)" in headline(heads_up, "en")


def test_weight_gained_by_an_easing_is_never_told_as_escalation() -> None:
    truce = alert(kind=AlertKind.ESCALATED, direction=Direction.EASING, signals=(SignalType.CEASEFIRE,))
    assert plain(headline(truce, "ar")).startswith("🔵 مرتفع (تقدّم في التهدئة) · عين عيسى (Ain Issa) · وقف إطلاق نار")
    assert "easing gains ground" in headline(truce, "en")
    assert "(easing)" in headline(alert(direction=Direction.EASING), "en")


def test_a_blind_watch_is_never_called_calm_in_the_first_line() -> None:
    state = alert(
        kind=AlertKind.STATE_CHANGED, incident_id=None, level=Level.CALM, blind=True, signals=(), quotes=(),
        reason="sources_silent",
    )  # fmt: skip
    assert plain(render(state, "ar").text) == (
        "⚫ بلا رؤية، وآخر ما عُرف: هادئ (تغيّر حال المكان) · عين عيسى (Ain Issa)\n"
        "بلا رؤية: المصادر التي تغطي المكان صامتة، فالصمت ليس هدوءًا\n"
        "السبب: صمت معظم ما يغطي المكان\n"
        "الوقت: 2026-11-25 20:00 UTC"
    )
    assert plain(headline(state, "en")).startswith("⚫ BLIND, last known CALM (")


@pytest.mark.parametrize("flag", ["contested", "disputed", "blind"])
@pytest.mark.parametrize("language", ["ar", "en"])
def test_each_flag_is_said_in_words(flag: str, language: Any) -> None:
    assert words(language)(flag) in render(alert(**{flag: True}), language).body
    assert words(language)(flag) not in render(alert(), language).body


@pytest.mark.parametrize("language", ["ar", "en"])
def test_every_level_kind_and_type_has_its_own_word(language: str) -> None:
    w = words(language)
    for group, members in (("level", Level), ("kind", AlertKind), ("type", SignalType)):
        said = [w(group, member) for member in members]
        assert len(set(said)) == len(said)
        if language == "ar":
            assert not any(c.isascii() and c.isalpha() for word in said for c in word)


def test_actors_are_called_as_the_dictionary_calls_them() -> None:
    dictionary = yaml.safe_load((files("services.analyze") / "data" / "actors.yml").read_text(encoding="utf-8"))[
        "actors"
    ]
    ours = yaml.safe_load((files("services.notify") / "data" / "actors.yml").read_text(encoding="utf-8"))
    assert len(ours) > 100
    assert {actor_id: dictionary[actor_id]["name"] for actor_id in ours} == ours
    assert words("ar").actor("SDF") == "قوات سوريا الديمقراطية"


def test_an_article_cannot_turn_the_line_or_speak_to_the_terminal() -> None:
    hostile = f"قصف {OVERRIDES}abc\x1b[2J\nسطر آخر\u2028\x07\ud800"
    text = render(
        alert(quotes=(quote(quote=hostile, attribution=hostile, source="x\u202ey"),), detail=hostile), "ar"
    ).text
    assert not set(text) & set(OVERRIDES.replace(FSI, "").replace(PDI, "") + "\x1b\x07\u2028\ud800")
    assert "سطر آخر" in plain(text)


@given(st.text(), st.text(), st.sampled_from(["ar", "en"]))
def test_isolates_are_balanced_in_every_line_whatever_was_written(said: str, name: str, language: Any) -> None:
    message = render(alert(quotes=(quote(quote=said, attribution=name or None),), actors=(name,)), language)
    for line in message.text.splitlines():
        depth = 0
        for char in line:
            depth += (char == FSI) - (char == PDI)
            assert depth in (0, 1)
        assert depth == 0


@given(st.text())
def test_lines_start_in_the_direction_of_their_language(said: str) -> None:
    body = render(alert(quotes=(quote(quote=said),), places=(said or "x",)), "ar").body
    assert all("\u0600" <= line[0] <= "\u06ff" for line in body.splitlines())


@given(st.text(), st.integers(min_value=2, max_value=50))
def test_shortening_keeps_to_its_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit


def test_no_address_is_quoted_and_no_place_shows_the_signs_of_its_hashtag() -> None:
    assert excerpt("تم اعتقالهpic.twitter.com/M7Kabc اليوم https://nahr.example/a", 280, ()) == "تم اعتقاله اليوم"
    shown = render(alert(places=("غريبة_الشرقية", "مشفى #درعا")), "ar").text
    assert "غريبة الشرقية" in shown
    assert "مشفى درعا" in shown


@given(st.text(), st.integers(min_value=2, max_value=50), st.lists(st.text(min_size=1, max_size=8), max_size=3))
def test_an_excerpt_keeps_to_its_limit_and_shows_a_name_that_is_there(text: str, limit: int, names: list[str]) -> None:
    shown = excerpt(text, limit, names)
    assert len(shown) <= limit
    if shown == clean(text) or not any(clean(name) in clean(text) for name in names):
        assert shown == shorten(text, limit)


def test_of_a_long_list_the_quote_shows_the_watched_place() -> None:
    told = (
        "، ".join(f"وأصيب طفل في قرية الناحية {n}" for n in range(40))
        + "، وأصيب رجل وابنه في قرية تل الصفا وامرأة في البلدة"
    )
    shown = render(alert(quotes=(quote(quote=told, places=("تل الصفا",)),)), "ar").body
    assert "…وأصيب رجل وابنه في قرية تل الصفا" in shown
    assert "الناحية 0" not in shown


def test_joiners_that_shape_words_stay() -> None:
    assert clean("می\u200cخواهم") == "می\u200cخواهم"
    assert isolate(" \u202e ") == ""
