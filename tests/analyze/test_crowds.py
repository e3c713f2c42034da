"""A crowd that comes out, told from protesters of whom something else is said."""

import pytest

from services.analyze.core import Analyzer
from services.analyze.signals.crowds import crowd_names
from services.analyze.signals.features import read
from services.analyze.signals.lexicon import lexicon
from services.analyze.signals.units import whole_unit
from services.analyze.text.reader import read_document
from tests.support.articles import written


def told(text: str) -> list[str]:
    return list(crowd_names(whole_unit(read_document("x", "", text)).words, lexicon("ar")))


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("ونزل آلاف المتظاهرين إلى شوارع المدينة", ["mout", "many"]),
        ("واحتشد أمام المبنى القديم مئات الطلاب", ["mout", "many"]),
        ("المتظاهرون تجمعوا في الساحة", ["mpeople", "many"]),
        ("واندلعت في عدد من الأحياء مظاهرات", ["mmarch", "many"]),
        ("المظاهرات التي اندلعت أمس", []),
        ("لاحقت الشرطة المتظاهرين الذين خرجوا إلى الشوارع", []),
        ("وحمل المتظاهرون السلطات مسؤولية ما جرى", []),
        ("خرج اللاعب مصابا من المباراة", []),
    ],
)
def test_who_comes_out_is_told_from_who_is_spoken_of(text: str, names: list[str]) -> None:
    assert told(text) == names


def test_only_a_sentence_that_stands_alone_is_asked() -> None:
    text = "ونزل آلاف المتظاهرين إلى شوارع المدينة"
    alone, titled = (read(whole_unit(read_document("x", title, text))) for title in ("", "احتجاجات"))
    assert "mout" in alone.other_names
    assert "mout" not in titled.other_names


@pytest.mark.parametrize(
    ("text", "is_protest"),
    [
        ("وقالت الوكالة إن آلاف المتظاهرين نزلوا إلى الشوارع واحتشدوا أمام مبنى البلدية مطالبين برحيل المحافظ", True),
        ("ونزل آلاف المتظاهرين إلى شوارع العاصمة ورفعوا لافتات تندد بارتفاع أسعار الخبز والوقود", True),
        ("وحمل المتظاهرون رئيس البلدية مسؤولية ما جرى وقالوا إن السلطات لم تستجب لمطالبهم منذ شهور", False),
        ("ودافع المحامي عن المتظاهرين الذين خرجوا قبل أعوام وقال إن المحكمة لم تستمع إلى شهودهم", False),
    ],
)
def test_of_a_lone_sentence_that_names_protesters_only_a_crowd_that_comes_out_is_a_protest(
    text: str, is_protest: bool
) -> None:
    signals = Analyzer(encoder=False).analyze(written(text, published_at=None)).signals
    assert any(s.type == "unrest" and s.status in ("actual", "background") for s in signals) is is_protest
