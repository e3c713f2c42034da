"""A thousand villages that we made up, so that as many places as a test needs have news of their own."""

from typing import Any

HEADS = ("تل", "خربة", "كفر", "عين", "بئر", "وادي", "مزرعة", "جب", "قلعة", "حوش")
TAILS = ("الرمان", "السنديان", "الزيزفون", "النرجس", "الغزلان", "اليمام", "الحجل", "السرو", "الخزامى", "الصفصاف")
SIDES = ("", " الشرقي", " الغربي", " الشمالي", " الجنوبي", " الأوسط", " الكبير", " الصغير", " الأعلى", " الأدنى")
COUNT = len(HEADS) * len(TAILS) * len(SIDES)


def village(number: int) -> str:
    """Its name; different for each number below COUNT."""
    return f"{HEADS[number % 10]} {TAILS[number // 10 % 10]}{SIDES[number // 100 % 10]}"


def watch(number: int) -> dict[str, Any]:
    """A watch of the village alone."""
    return {
        "id": f"village-{number}",
        "name": {"ar": village(number)},
        "center": [36.0 + number % 100 / 100, 39.0 + number // 100 / 10],
        "radius_km": 0,
    }
