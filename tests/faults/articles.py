"""Numbered articles: of each it is known which watch it concerns. Made from a seed, in our own Arabic sentences."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.faults.hooks.sitecustomize import POISON

TOWNS: tuple[tuple[str, str, str, float, float], ...] = (
    ("ain-issa", "عين عيسى", "Ain Issa", 36.3837, 38.8629),
    ("tal-tamr", "تل تمر", "Tal Tamr", 36.6597, 40.3689),
    ("manbij", "منبج", "Manbij", 36.5281, 37.9549),
    ("tal-rifaat", "تل رفعت", "Tal Rifaat", 36.4733, 37.0972),
    ("jarablus", "جرابلس", "Jarablus", 36.8175, 38.0111),
    ("saraqib", "سراقب", "Saraqib", 35.8644, 36.8058),
    ("khan-shaykhun", "خان شيخون", "Khan Shaykhun", 35.4419, 36.6508),
    ("qamishli", "القامشلي", "Qamishli", 37.0522, 41.2317),
)
COUNT = ("ثلاثة", "أربعة", "خمسة", "ستة", "سبعة", "ثمانية")
HAPPENS = (
    "قصفت مدفعية ثقيلة أحياء سكنية في {town} صباح اليوم، ما أدى إلى مقتل {killed} مدنيين وإصابة آخرين.",
    "اندلعت اشتباكات عنيفة اليوم في {town} بين مجموعات مسلحة، وقتل فيها {killed} مقاتلين.",
    "شنت طائرات حربية غارات جوية على مواقع في {town}، وأسفرت الغارات عن مقتل {killed} أشخاص.",
    "انفجرت سيارة مفخخة في سوق {town} اليوم، وقتل {killed} أشخاص في الانفجار.",
    "أعلن الطرفان وقفاً لإطلاق النار في {town} بعد ساعات من الهدوء.",
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


def watch(town: tuple[str, str, str, float, float]) -> dict[str, Any]:
    watch_id, arabic, english, latitude, longitude = town
    return {
        "id": watch_id,
        "name": {"ar": arabic, "en": english},
        "center": [latitude, longitude],
        "radius_km": 5,
    }


def article(seed: int, number: int, at: datetime, touching: int = 5) -> Numbered:
    """Number `number`: one in `touching` concerns a watch. `at` is its publication time."""
    chance = Random(f"{seed}:{number}")
    watch_id, sentence = None, chance.choice(ELSEWHERE)
    if number % touching == 0:
        watch_id, town, *_ = chance.choice(TOWNS)
        sentence = chance.choice(HAPPENS).format(town=town, killed=chance.choice(COUNT))
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
