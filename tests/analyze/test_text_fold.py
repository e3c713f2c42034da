"""Folding: one spelling for all the ways in which news and posts write a word, with the way back to the offsets."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.analyze.text.clitics import stems
from services.analyze.text.fold import fold, fold_text


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("إدلب", "ادلب"),
        ("أُصيبَ مدنيٌّ", "اصيب مدني"),
        ("الرقّة", "الرقه"),
        ("القامشلى", "القامشلي"),
        ("رؤوس", "رووس"),
        ("ســـراقب", "سراقب"),
        ("\u202bعين\u200c عيسى\u202c", "عين عيسي"),
        ("٣ قتلى و١٢ جريحًا", "3 قتلي و12 جريحا"),
        ("#عين_عيسى", "عين عيسي"),
        ("دير-الزور", "دير الزور"),
        ("قـ ـصـ.ـف", "قصف"),
        ("تحـ.ـالف", "تحالف"),
        ("الاحتـ*ـلال", "الاحتلال"),
        ("ق.ص.ف", "قصف"),
        ("صـ.ار.وخ", "صاروخ"),
        ("غار.ة", "غاره"),
        ("مق.تل ثلاثة بانف.جار ل.غم", "مقتل ثلاثه بانفجار لغم"),
        ("بين الج.يش وق.سد", "بين الجيش وقسد"),
        ("مق-تل", "مقتل"),
        ("اعت/قال", "اعتقال"),
        ("د11عش", "داعش"),
        ("ﻻﺟﺌﻴﻦ", "لاجيين"),
        ("کوبانی", "كوباني"),
        ("Deir ez-Zor", "deir ez zor"),
        ("Sana'a", "sanaa"),
        ("Şırnak", "sirnak"),
        ("‘Ayn ‘Īsá", "'ayn 'isa"),
    ],
)
def test_spellings_become_one(written: str, folded: str) -> None:
    assert fold(written) == folded


@pytest.mark.parametrize(
    "written",
    [
        "قتل 11 شخصا",
        "وقال. ثم عاد",
        "بقيت المدينة. وعليه فإن",
        "في الرقة، عين عيسى",
        "م 4",
        "قتل.وقال",
        "قسد.وأضاف",
        "د.محمد",
        "م.س",
        "أ.ف.ب قالت",
        "المدينة.وقال",
    ],
)
def test_what_only_looks_broken_is_left_alone(written: str) -> None:
    assert len(fold(written).split()) == len(written.split())


@pytest.mark.parametrize("written", ["مسلح-مدني", "قتل/جرح", "و-قسد-ترد"])
def test_two_words_joined_by_a_dash_stay_two(written: str) -> None:
    assert len(fold(written).split()) == len(written.replace("/", "-").split("-"))


def test_offsets_lead_back_to_the_letters() -> None:
    text = "قال إن قـ ـصـ.ـفًا طال #عين_عيسى"
    folded = fold_text(text)
    at = folded.text.index("عين عيسي")
    assert text[folded.start(at) : folded.end(at + len("عين عيسي"))] == "عين_عيسى"
    at = folded.text.index("قصف")
    assert text[folded.start(at) : folded.end(at + 3)] == "قـ ـصـ.ـف"


@given(st.text(alphabet=st.characters(), max_size=300))
@settings(max_examples=300, deadline=None)
def test_any_string_folds_and_its_offsets_are_valid_and_in_order(text: str) -> None:
    folded = fold_text(text)
    before = 0
    for position in range(len(folded.text)):
        start, end = folded.start(position), folded.end(position + 1)
        assert before <= start <= end <= len(text)
        before = start


@given(st.text(alphabet="ابتقصفعينةىءأإآـ .*#_-1\u064b\u200f\n'", max_size=120))
@settings(max_examples=300, deadline=None)
def test_arabic_debris_folds_and_its_offsets_are_valid(text: str) -> None:
    folded = fold_text(text)
    assert all(0 <= folded.start(i) <= folded.end(i + 1) <= len(text) for i in range(len(folded.text)))


def test_lone_surrogates_fold() -> None:
    assert fold("عين\ud800عيسى").split() == ["عين", "عيسي"]


@pytest.mark.parametrize("unit", ["ق.", "ـ ", "قـ ـ", "a'", "ا" * 50, "1ا", "  ", "د11ع"])
def test_folding_is_linear_in_repetition(unit: str) -> None:
    def seconds(size: int) -> float:
        text = unit * (size // len(unit))
        best = 9.0
        for _ in range(3):
            start = time.process_time()
            fold_text(text)
            best = min(best, time.process_time() - start)
        return best

    assert seconds(400_000) < 12 * max(seconds(100_000), 0.005)


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("وبالرقه", "الرقه"),
        ("للرقه", "الرقه"),
        ("بدوما", "دوما"),
        ("ولدمشق", "دمشق"),
        ("كالجاح", "جاح"),
        ("وسيقصف", "يقصف"),
    ],
)
def test_prefixes_come_off_in_chains(word: str, stem: str) -> None:
    assert stem in stems(word)


def test_stems_are_longest_first_and_never_the_word_itself() -> None:
    found = stems("وبالرقه")
    assert found == tuple(sorted(found, key=len, reverse=True))
    assert "وبالرقه" not in found
    assert stems("aleppo") == ()
    assert stems("وق") == ()
