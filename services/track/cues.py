"""A second look at the quoted words, for the readings that would harm most: denials, history, truces in passing.

Analysis decides the status of a claim by its whole sentence, and is right most of the time; a denial taken for a second
voice would confirm what it denies, and shells that fall "despite the truce" are no sign of calm.
"""

import re
from collections.abc import Iterable

import yaml

from services.track.rules import DATA
from services.track.texts import fold

_LISTS: dict[str, list[str]] = yaml.safe_load((DATA / "cues.yml").read_text(encoding="utf-8"))
_BEFORE = r"(?<!\w)[وف]?(?:[بك]?ال|لل|[بلك])?"
"""What is written in one with an Arabic word."""


def _any(*lists: str) -> re.Pattern[str]:
    """Any of the words of these lists in a folded text."""
    return re.compile(rf"{_BEFORE}(?:{_words(*lists)})(?!\w)")


def _words(*lists: str) -> str:
    folded: Iterable[str] = {fold(word) for name in lists for word in _LISTS[name]}
    return "|".join(re.escape(word) for word in sorted(folded, key=lambda w: (-len(w), w)))


_REACTS, _AFTERWARDS, _JUDGES = _any("reactions"), _any("afterwards"), _any("judgements")
_EVENT, _DAYS, _MEANWHILE = _any("events"), _any("days"), _any("meanwhile")
_THE_EVENT = re.compile(rf"(?<!\w)(?:[وف]?[بك]?ال|لل|the )(?:{_words('events')})(?!\w)")
_HAPPENS = _any("events", "happens")
_RECOUNTS, _RISES, _GOES_ON = _any("recounts"), _any("rises"), _any("goes_on")
_EVENING, _DAWN = _any("evening"), _any("dawn")
_DENIALS = re.compile(rf"^(?:\S+\s+){{0,6}}?[وف]?(?:{_words('denials')})(?!\w)")
_HEARSAY, _VERDICTS = _any("hearsay"), _any("verdicts")

_DENIES = re.compile(
    r"^(?:\S+\s+){0,6}?[وف]?(?:نفي|نفت|نفوا|ينفي|تنفي|نفيها|نفيه|denied|denies|deny)(?!\w)(?!\s+(?:\S+\s+)?(?:مسوولي|تورط|صل[هت]|علاق|responsib|involve))"
)
_DENIES_A_PART = re.compile(
    r"^(?:\S+\s+){0,4}?[وف]?(?:نفي|نفت|ينفي|تنفي|denied|denies|deny)(?:\s+\S+){0,5}?\s+(?:مسووليت|تورط|صلت|علاقت|responsib|involve)"
)
"""«نفت القوات صلتها بالتفجير»: the event is not denied."""
_NOT_DENYING = re.compile(r"(?<!\w)(?:لم|لا|not|neither)\s+(?:ينف|تنف|ينفي|تنفي|deny|denied)")
_SEES_NOTHING = re.compile(
    r"(?<!\w)[وف]?(?:لم|لا|دون ان) [يتن](?:سجل|رصد|سمع|بلغ|لحظ|لاحظ|شهد|رد|وثق)\w*"
    r"|\b(?:no|without any)\b.*\b(?:reported|recorded|registered|documented|observed|noticed|heard|seen)\b"
)
"""«ولم تسجل أي اشتباكات مساء اليوم», "no shelling was reported this evening"."""
_ANNIVERSARY = re.compile(r"(?<!\w)(?:[وبف]?(?:ال)?ذكري|anniversary)(?!\w)")
_WORDS = r"\s+(?:\S+\s+){0,3}?"
_TALKS = r"(?:ال)?(?:محادثات|مفاوضات|مباحثات|مشاورات|قمه|اجتماع|لقاء|جوله|موتمر|talks|negotiations|summit|meeting)"
_PACT = r"(?:ال)?(?:هدنه|وقف|اتفاق|تهديه|تفاهم|truce|ceasefire|cease-fire|deal|agreement)"
_DESPITE = r"رغم|بالرغم من|الرغم من|despite|in spite of"
_DATING = (
    r"بالتزامن مع|تزامنا مع|يتزامن مع|تزامن مع|قبيل|عشيه|غداه|(?:بعد|قبل) (?:ايام|ساعات|يوم|يومين) (?:من|علي)"
    r"|(?:days|hours) (?:after|before)|ahead of|on the eve of"
)
_UNKEPT = (
    r"(?:ال)?مشمول\w*|(?:ال)?خاضع\w*|تشملها|يشملها|[بل]?(?:ال)?خروقات\w*|[بل]?(?:ال)?خرق\w*|[بل]?(?:ال)?انتهاك\w*|[يت]خرق\w*"
    r"|[يت]نتهك\w*|[وف]?(?:تعثر\w*|متعثره?|فشل\w*|فاشله?)|covered by|violat(?:es|ed|ing|ions?)|breach(?:es|ed|ing)?"
)
_IN_PASSING = re.compile(rf"(?<!\w)[وف]?(?:(?:{_DESPITE}){_WORDS}(?:{_PACT}|{_TALKS})|(?:{_DATING}){_WORDS}{_TALKS})")
_AROUND_LEAVING = re.compile(
    r"(?<!\w)[وف]?(?:قبل|قبيل|بعد|عقب|اثر|اثناء|خلال|فور|بالتزامن مع)(?: ان)? (?:ال)?(?:انسحاب\w*|[يت]نسحب\w*)"
    r"|\b(?:before|after|during) (?:its|their|the) (?:withdrawal|retreat)"
)
_NO_DEAL = re.compile(r"(?<!\w)(?:و?لم|دون|بدون)\s+(?:\S+\s+){0,5}?(?:اتفاق|تفاهم)")
_BROKEN = re.compile(
    rf"(?<!\w)[وف]?(?:{_TALKS}\s+)?(?:{_UNKEPT}){_WORDS}[بل]?(?:{_PACT}|{_TALKS})(?:\s+{_PACT})*|{_TALKS}\s+(?:ال)?(?:متعثر|فاشل)ه?(?!\w)"
)
"""«كنصفرة المشمولة بوقف إطلاق النار», «في خرق لاتفاق وقف إطلاق النار», «عقب تعثر جولة من المفاوضات»."""
_EASING = re.compile(rf"(?<!\w)[وفبل]?(?:{_PACT}|{_TALKS})(?!\w)")
_GUNS = re.compile(r"مدفع|هاون|راجم|قذيف|قذايف|artiller|mortar|shell|howitzer")
_ROCKETS = re.compile(r"صاروخ|صواريخ|rocket|missile")
_FROM_THE_AIR = re.compile(
    r"جوي|طيران|طاير|طيار|غار[ها]|مسير|مروحي|حربي|aircraft|air ?strike|air ?raid|warplane|jet|drone"
)
_RAIDERS_LEFT = re.compile(
    r"(?<!\w)(?:[وفب]?(?:ال)?(?:انزال|مداهم|اقتحام)|[وف]?(?:داهم|دهم|اقتحم)).*(?<!\w)[وف]?انسحب"
    r"|\braid.*\bwithdr[ae]w"
)
"""«داهمت القوات المنزل … وانسحبت»: who came for an hour goes back; nobody gives anything up."""
_HABIT = re.compile(
    r"(?<!\w)[وف]?(?:تتعمد|يتعمد|دابت|داب|اعتادت|اعتاد|تتبع سياسه|يتبع سياسه|سياسه استهداف|سياسه القصف"
    r"|خلال (?:ال)?(?:ايام|اسابيع|اشهر|شهور)(?: \S+)? (?:ال)?(?:ماضيه|اخيره|فايته|سابقه|قليله)"
    r"|لا ?[تي]توقف|(?:خلال|علي مدي|طوال) (?:ال)?(?:سنوات|اعوام|عقود)"
    r"|بشكل (?:متواصل|متكرر|مستمر|دايم|دوري|يومي|شبه يومي))(?!\w)"
    r"|\b(?:regularly|routinely|habitually)\b"
)
"""«باتت تتبع سياسة استهداف المدن»: what is done again and again, of no day."""
_TOLD_BEFORE = re.compile(
    r"(?<!\w)(?:و?[يت]شار|و?[يت]ذكر|و?(?:ال)?جدير|[وف]?كان(?:ت|وا)?)(?!\w).*في وقت سابق(?! (?:من )?(?:اليوم|امس|هذا))"
    r"|(?:قصف|غار[ها]|غارات|استهداف|هجوم)(?: \S+)? سابقا(?!\w)"
    r"|(?<!\w)و?من ضمن الحصيله|(?<!\w)تعداد (?:ال)?(?:شهدا|قتلي|ضحايا|مدنيين)"
)
"""«ويشار إلى أن القوات قصفت في وقت سابق القرية», «تعرضت لقصف جوي سابقا», «ومن ضمن الحصيلة …»."""
_LAST_OF_SERIES = re.compile(r"^[وف]?كان(?:ت)? (?:اخرها|احدثها|ابرزها)(?!\w)")
_NOW = re.compile(r"(?<!\w)(?:اليوم|امس|الليله|فجر|صباح|مساء|ظهر)(?!\w)")
_CLAUSE_END = re.compile("[،؛,;:.]")
_RUN_UP = 6
"""Words before the quote, of the same clause, that may say so."""


def denies(quote: str) -> bool:
    """Whether the words begin by denying the event, rather than a part in it."""
    said = fold(quote)
    return bool(_DENIES.search(said) or _refutes(said)) and not _NOT_DENYING.search(said)


def _refutes(said: str) -> bool:
    """«لا صحة لما يتداول عن قصف …», «فندت القوات …», «الأنباء عن هجوم … عارية عن الصحة»."""
    denial = _DENIALS.search(said)
    if denial is not None and not _HAPPENS.search(said[: denial.end()]):
        return True
    hearsay = _HEARSAY.search(said)
    is_first = hearsay is not None and not _HAPPENS.search(said[: hearsay.start()])
    return is_first and hearsay is not None and _VERDICTS.search(said, hearsay.end()) is not None


def looks_back(quote: str) -> bool:
    """Whether the words react to an event, or tell what came after it, and nothing new before they do so."""
    said = fold(quote)
    later = _AFTERWARDS.search(said)
    if later is not None and _nothing_new(said[: later.start()]):
        return True
    reacts = _REACTS.search(said)
    if reacts is not None and _nothing_new(said[: reacts.start()]) and _EVENT.search(said, reacts.end()):
        return True
    event = _THE_EVENT.search(said)
    return event is not None and _nothing_new(said[: event.start()]) and bool(_JUDGES.search(said, event.end()))


def _nothing_new(run_up: str) -> bool:
    return not _HAPPENS.search(run_up) and not _MEANWHILE.search(run_up)


def dates_what_it_looks_back_at(quote: str) -> bool:
    """«أدانت القصف الذي وقع أمس»: the day is the event's; «شيعوا اليوم ضحايا القصف»: it is that of the funeral."""
    said = fold(quote)
    event = _EVENT.search(said)
    return event is not None and _DAYS.search(said, event.end()) is not None


def recounts(words: str) -> bool:
    """Whether a toll is told anew: «تصحيح», «الحصيلة النهائية»."""
    return _RECOUNTS.search(fold(words)) is not None


def rises(words: str) -> bool:
    """Whether a toll has grown: «ارتفع عدد القتلى»."""
    return _RISES.search(fold(words)) is not None


def goes_on(quote: str) -> bool:
    """«تتواصل الاشتباكات لليوم الثاني»."""
    return _GOES_ON.search(fold(quote)) is not None


def names_evening(quote: str) -> bool:
    """«ليلة أمس»: a night by its first day."""
    return _EVENING.search(fold(quote)) is not None


def names_dawn(quote: str) -> bool:
    """«فجر اليوم»: a night by its second day."""
    return _DAWN.search(fold(quote)) is not None


def denies_a_part(quote: str) -> bool:
    """Whether the words deny only to have had a part in the event."""
    return _DENIES_A_PART.search(fold(quote)) is not None


def sees_nothing(quote: str) -> bool:
    """Whether the words only say that nothing was seen or reported: a lull, which denies nothing told before."""
    return _SEES_NOTHING.search(fold(quote)) is not None


def remembers(quote: str) -> bool:
    """Whether the words speak of an anniversary, or of what they say was told before: history, whatever the day."""
    said = fold(quote)
    return bool(_ANNIVERSARY.search(said) or _TOLD_BEFORE.search(said))


def ends_a_series(quote: str) -> bool:
    """Whether the words only name the last of what has happened before: «وكان آخرها استهداف مخيم», of no day."""
    said = fold(quote)
    return bool(_LAST_OF_SERIES.search(said)) and not _NOW.search(said)


def is_habit(quote: str) -> bool:
    """Whether the words tell of what is done again and again: no event, though its towns are named."""
    return bool(_HABIT.search(fold(quote)))


def ends_a_raid(quote: str, before: str = "") -> bool:
    """Whether who withdraws had only come to raid a house."""
    return _RAIDERS_LEFT.search(fold(f"{before} {quote}")) is not None


def only_dates_by_leaving(quote: str) -> bool:
    """«قصفت القرية بعد انسحاب القوة»: the withdrawal only says when something else happened."""
    return _AROUND_LEAVING.search(fold(quote)) is not None


def is_in_passing(quote: str, before: str = "") -> bool:
    """Whether a truce or talks are only what the news ignores ("despite the truce"), breaks ("in breach of the truce"),
    is dated by ("days after the summit") or tells the failure of."""
    run_up = _CLAUSE_END.split(before)[-1].split()[-_RUN_UP:]
    said = _NO_DEAL.sub("", fold(" ".join([*run_up, quote])))
    broken = _BROKEN.search(said)
    is_all = broken is not None and not _EASING.search(said[: broken.start()] + said[broken.end() :])
    return is_all or _IN_PASSING.search(said) is not None


def names_guns(quote: str) -> bool:
    """Whether the words name guns, mortars or rockets from the ground: "bombardment" alone may be from the air."""
    said = fold(quote)
    return bool(_GUNS.search(said) or (_ROCKETS.search(said) and not _FROM_THE_AIR.search(said)))
