"""Speed of analysis on one core, beside two yardsticks in the same run.

    python benchmarks/analyze.py [--articles FILE] [--seconds 5] [--no-spacy]

Prints articles/s and MB/s with watches (1 article in 20 names one) and with everything coded, start-up and resident
memory, a naive scan (one regular expression of the watches' names) and spaCy's PhraseMatcher on a blank pipeline with
the gazetteer's names; then, on adversarial input, the time for texts of doubling size, which must double and no more.
Without --articles the articles are made here: sentences of our own about invented events.
"""

import argparse
import itertools
import json
import random
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from schemas.base import BothNames
from schemas.watch import Watch
from services.analyze.cli import InputArticle
from services.analyze.core import Analyzer
from services.analyze.places.gazetteer import Gazetteer
from tests.support.articles import written

LENGTH = 1500
"""Characters of an article."""
ONE_IN = 20
WATCHED = (("ain-issa", "عين عيسى", 36.38, 38.86), ("manbij", "منبج", 36.53, 37.95), ("sirrin", "صرين", 36.58, 38.29))
PLACES = ("القاهرة", "عدن", "طرابلس", "بغداد", "الخرطوم", "تعز", "البصرة", "غزة", "صيدا", "مأرب")
SENTENCES = (
    "اندلعت اشتباكات عنيفة بين قوات الجيش ومسلحين في محيط {place} صباح اليوم، وأسفرت عن مقتل {n} أشخاص.",
    "وقالت مصادر محلية إن القصف المدفعي طال أحياء سكنية في {place} وألحق أضرارا بعدد من المنازل.",
    "وأعلن متحدث رسمي أن وفدا حكوميا زار {place} لبحث سبل إعادة الخدمات إلى السكان.",
    "وشهدت أسواق {place} إقبالا كبيرا مع اقتراب العيد رغم ارتفاع أسعار المواد الأساسية.",
    "وفاز فريق {place} بهدفين مقابل هدف في المباراة التي جمعته أمس بضيفه ضمن بطولة الدوري.",
    "وتوقعت هيئة الأرصاد هطول أمطار غزيرة على {place} خلال الأيام المقبلة مع انخفاض درجات الحرارة.",
    "ودعت منظمات إنسانية إلى وقف فوري لإطلاق النار وفتح ممرات آمنة أمام المدنيين في {place}.",
    "ونزحت {n} عائلة من القرى القريبة من {place} خشية تجدد المواجهات في المنطقة.",
    "وقال أحد السكان إن الحياة بدأت تعود تدريجيا إلى طبيعتها وإن المدارس فتحت أبوابها.",
)


def make_articles(count: int, seed: int = 1) -> list[InputArticle]:
    """Articles of about LENGTH characters; every ONE_IN-th is about a watched place."""
    rng = random.Random(seed)
    return [_article(rng, rng.choice(WATCHED)[1] if i % ONE_IN == 0 else rng.choice(PLACES)) for i in range(count)]


def _article(rng: random.Random, place: str) -> InputArticle:
    text = ""
    while len(text) < LENGTH:
        text += rng.choice(SENTENCES).format(place=place, n=rng.randint(2, 40)) + " "
    return written(text.strip(), f"تطورات في {place}", "ar")


def read_articles(path: Path) -> list[InputArticle]:
    with path.open(encoding="utf-8") as lines:
        items = [json.loads(line) for line in lines if line.strip()]
    return [written(item["text"], item.get("title", ""), item.get("lang")) for item in items]


def watches() -> list[Watch]:
    return [Watch(id=id_, name=BothNames(ar=name), center=(lat, lon), radius_km=5) for id_, name, lat, lon in WATCHED]


def rate(
    work: Callable[[InputArticle], object], articles: Sequence[InputArticle], seconds: float
) -> tuple[float, float]:
    """(articles/s, MB/s) of CPU time of one core, after a warm-up."""
    for article in articles[:50]:
        work(article)
    endless = itertools.cycle(articles)
    done = size = 0
    start = time.process_time()
    while time.process_time() - start < seconds:
        article = next(endless)
        work(article)
        done += 1
        size += len(article.text.encode())
    spent = time.process_time() - start
    return done / spent, size / spent / 1e6


def startup_seconds() -> float:
    """CPU time of a fresh process that imports analysis and loads places and weights, less the bare interpreter's."""
    code = "import time; from services.analyze.core import Analyzer; Analyzer().warm(); print(time.process_time())"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return float(out.stdout)


def adversaries() -> Iterator[tuple[str, Callable[[int], str]]]:
    yield "one word repeated", lambda n: "قصف " * (n // 4)
    yield "one line without spaces", lambda n: "ق" * n
    yield "phrases that almost match", lambda n: "فرض على حصار وقف " * (n // 17)
    yield "place names only", lambda n: "عين عيسى منبج حلب " * (n // 18)
    yield "dots and quotes", lambda n: '."' * (n // 2)
    yield "digits", lambda n: "12 قتيلا و " * (n // 11)


def doubling(analyzer: Analyzer, make: Callable[[int], str], sizes: Sequence[int]) -> list[float]:
    spent = []
    for size in sizes:
        article = written(make(size), lang="ar")
        start = time.process_time()
        analyzer.analyze(article)
        spent.append(time.process_time() - start)
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--articles", type=Path, help="JSON lines with title and text, instead of made ones")
    parser.add_argument("--seconds", type=float, default=5.0, help="CPU seconds per measurement")
    parser.add_argument("--no-spacy", action="store_true")
    options = parser.parse_args()
    articles = read_articles(options.articles) if options.articles else make_articles(2000)
    print(f"start-up            {startup_seconds():8.2f} s CPU")
    watched, everything = Analyzer(watches=watches()), Analyzer()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    naive = re.compile("|".join(name for _, name, _, _ in WATCHED))
    rows = [
        ("with watches", rate(watched.analyze, articles, options.seconds)),
        ("everything coded", rate(everything.analyze, articles, options.seconds)),
        ("naive scan", rate(lambda a: naive.findall(a.text), articles, min(1.0, options.seconds))),
    ]
    memory = max(memory, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    print(f"resident memory     {memory:8.0f} MB")
    if not options.no_spacy:
        rows.append(("spaCy PhraseMatcher", rate(_phrase_matcher(), articles, options.seconds)))
    reference = rows[0][1][0]
    for name, (per_second, megabytes) in rows:
        print(f"{name:19} {per_second:8.0f} articles/s {megabytes:7.2f} MB/s   {per_second / reference:8.2f} x")
    print("\ndoubling sizes (s): linear where each is about twice the one before")
    sizes = (20_000, 40_000, 80_000, 160_000)
    for name, make in adversaries():
        print(f"{name:27} " + "  ".join(f"{s:7.3f}" for s in doubling(everything, make, sizes)))
    [five] = doubling(everything, lambda n: "قصف على البلدة " * (n // 15), [5_000_000])
    print(f"{'one line of 5 million':27} {five:7.1f}")


def _phrase_matcher() -> Callable[[InputArticle], object]:
    import spacy
    from spacy.matcher import PhraseMatcher

    blank = spacy.blank("ar")
    matcher = PhraseMatcher(blank.vocab)
    names = list(Gazetteer.load().keys)
    matcher.add("PLACE", [blank.make_doc(name) for name in names])
    return lambda article: matcher(blank.make_doc(article.text))


if __name__ == "__main__":
    main()
