"""Numbered articles: of each it is known which watch it concerns. Made from a seed, in our own Arabic sentences."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.faults.hooks.sitecustomize import POISON
from tests.support.villages import village

VILLAGES = 500
"""The watches; the news moves on from one to the next and comes back to the first."""
ARTICLES_A_VILLAGE = 4
SPREAD = 3
"""How many villages on either side of the current one have news too."""
COUNT = ("ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية")
HAPPENS = (
    "قصفت مدفعية ثقيلة أحياء سكنية في بلدة {town} صباح اليوم، ما أدى إلى مقتل {killed} مدنيين وإصابة آخرين.",
    "اندلعت اشتباكات عنيفة اليوم في بلدة {town} بين مجموعات مسلحة، وقتل فيها {killed} مقاتلين.",
    "شنت طائرات حربية غارات جوية على مواقع في بلدة {town}، وأسفرت الغارات عن مقتل {killed} أشخاص.",
    "انفجرت سيارة مفخخة في سوق {town} اليوم، وقتل {killed} أشخاص في الانفجار.",
    "أعلن الطرفان وقفاً لإطلاق النار في بلدة {town} بعد ساعات من الهدوء.",
)
ELSEWHERE = (
    "فاز الفريق الضيف بهدفين دون رد في ختام الدوري، وسجل المهاجم الشاب الهدف الثاني قبل صافرة النهاية.",
    "ارتفعت أسعار القمح في الأسواق العالمية هذا الأسبوع وسط توقعات بموسم وفير في الخريف.",
    "افتتحت المكتبة الوطنية معرضاً للمخطوطات القديمة يستمر حتى نهاية الشهر.",
    "أعلنت شركة ناشئة عن تطبيق جديد لتعليم الأطفال القراءة بالعربية.",
)


@dataclass(frozen=True)
class Numbered:
    """One article and what is known of it."""

    number: int
    watch_id: str | None
    body: dict[str, Any]
    """As a client posts it."""


def article(seed: int, number: int, at: datetime, touching: int = 5) -> Numbered:
    """Number `number`: one in `touching` concerns a watch. `at` is its publication time."""
    chance = Random(f"{seed}:{number}")
    watch_id, sentence = None, chance.choice(ELSEWHERE)
    if number % touching == 0:
        current = number // touching // ARTICLES_A_VILLAGE
        place = (current + chance.randint(-SPREAD, SPREAD)) % VILLAGES
        watch_id = f"village-{place}"
        sentence = chance.choice(HAPPENS).format(town=village(place), killed=chance.choice(COUNT))
    return Numbered(number, watch_id, _body(number, sentence[: sentence.find("،")], sentence, at))


def poison(number: int, at: datetime) -> Numbered:
    """An article that the sabotaged analysis cannot read."""
    return Numbered(number, None, _body(number, POISON, "نص عادي في كل شيء غير عنوانه.", at))


def _body(number: int, title: str, sentence: str, at: datetime) -> dict[str, Any]:
    return {
        "url": f"https://outlet-{number % 7}.example.org/news/{number}",
        "source": f"outlet-{number % 7}.example.org",
        "title": title,
        "text": f"{sentence}\nالمراسل، الخبر رقم {number}.",
        "published_at": (at - timedelta(microseconds=at.microsecond % 1000)).isoformat(),
    }
