"""The lexicon file: words with endings, phrases with gaps, rules that decide, and how Arabic forms meet it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.analyze.signals.lexicon import Lexicon, lexicon
from services.analyze.signals.words import fold, stem, variants

SMALL = Lexicon(
    {
        "concepts": {
            "shell": {"type": "shelling", "words": ["قصف*", "قذيفة"], "phrases": ["فرض* .. حصار*"]},
            "demand": {"cue": True, "words": ["دعا"]},
        },
        "rules": [{"say": "قرب اتفاق", "type": "agreement", "status": "possible"}],
    }
)


def concepts(text: str) -> list[str]:
    return [hit.concept for hit in SMALL.hits(fold(text).split())]


def test_a_star_stands_for_any_ending_and_prefixes_come_off() -> None:
    assert concepts("وبقصفها") == ["shell"]
    assert concepts("والقذيفة") == ["shell"]
    assert concepts("مقصف") == []


def test_a_phrase_is_named_with_a_plus_and_bridges_two_words() -> None:
    assert "shell+" in concepts("فرضت على المدينة حصارا")
    assert "shell+" not in concepts("فرضت على كل المدينة اليوم حصارا")


def test_a_rule_says_type_and_status() -> None:
    [(type_, status, hit)] = SMALL.certain(SMALL.parts(fold("وعن قرب اتفاق جديد").split()))
    assert (type_, status, hit.start, hit.end) == ("agreement", "possible", 1, 3)


def test_types_and_cues_are_known_by_class() -> None:
    assert SMALL.types == {"shell": "shelling"}
    assert SMALL.cues == {"demand"}


def test_the_shipped_lexicons_name_only_known_types() -> None:
    from schemas.base import SignalType, Status

    for lang in ("ar", "en"):
        shipped = lexicon(lang)
        assert {SignalType(t) for t in shipped.types.values()} == set(SignalType)
        assert all(SignalType(t) and Status(s) for t, s in shipped._rules)


def test_spellings_of_one_word_fold_alike() -> None:
    assert fold("إطلاقِ") == fold("اطلاق") == "اطلاق"
    assert fold("قـــصف") == "قصف"
    assert fold("١٢٣") == "123"


def test_a_short_word_is_not_cut_to_nothing() -> None:
    assert variants("في") == ("في",)
    assert stem("وقف") == "وقف"


@given(st.text(max_size=60))
def test_any_text_has_variants_and_a_stem(text: str) -> None:
    word = fold(text)
    assert variants(word)[0] == word
    assert len(stem(word)) <= max(40, 2)


@pytest.mark.parametrize(
    ("text", "goes_on"),
    [
        ("وقال شهود إن القصف توقف", True),
        ("ومن ناحية ثانية قتل أربعة", True),
        ("من جهة أخرى قصف الطيران", True),
        ("كما هاجم مسلحون مجلس عزاء", True),
        ("وزير الدفاع يزور الحسكة", False),
        ("وصول تعزيزات إلى عين عيسى", False),
        ("وقف إطلاق النار في درعا", False),
        ("قصف مدفعي على كوباني", False),
    ],
)
def test_first_words_tell_whether_a_sentence_goes_on_from_another(text: str, goes_on: bool) -> None:
    assert lexicon("ar").goes_on([fold(word) for word in text.split()]) is goes_on


def test_english_sentences_go_on_too() -> None:
    assert lexicon("en").goes_on("but the shelling went on".split())
    assert not lexicon("en").goes_on("shelling hits ain issa".split())
