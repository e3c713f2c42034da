"""Details: what is bound to which claim of an article."""

from datetime import UTC, datetime

import pytest

from services.analyze.document import Claim, Document, PlaceMention
from services.analyze.signals.details import enrich
from services.analyze.signals.evidence import Span, clause
from services.analyze.text.reader import read_document

PUBLISHED = datetime(2026, 1, 7, 15, tzinfo=UTC)


def enriched(text: str, *claims: tuple[str, str, str]) -> list[Claim]:
    """Claims as (type, status, trigger word), enriched."""
    document = read_document("a", "", text, published_at=PUBLISHED)
    made = [claim_at(document, type, status, text.index(word), len(word)) for type, status, word in claims]
    enrich(document, made, [])
    return made


def claim_at(document: Document, type: str, status: str, at: int, length: int) -> Claim:
    sentence = next(s for s in document.sentences if s.start <= at < s.end)
    return Claim(sentence.index, type, status, 0.9, sentence.start, sentence.end, trigger=(at, at + length))


def test_the_dead_belong_to_the_means_that_killed_them() -> None:
    shelling, attack = enriched(
        "أدى قصف مدفعي إلى مقتل ثلاثة مدنيين", ("shelling", "actual", "قصف"), ("attack", "actual", "مقتل")
    )
    assert (shelling.killed, attack.killed) == (3, None)


def test_an_attack_carries_them_where_no_means_is_claimed() -> None:
    talks, attack = enriched(
        "قتل مسلحون حارسين خلال الاجتماع", ("talks", "actual", "الاجتماع"), ("attack", "actual", "قتل")
    )
    assert (talks.killed, attack.killed) == (None, 2)


def test_what_did_not_happen_and_history_carry_no_dead() -> None:
    possible, past = enriched(
        "حذر من قصف بعد مقتل خمسة جنود", ("shelling", "possible", "قصف"), ("attack", "background", "مقتل")
    )
    assert (possible.killed, past.killed) == (None, None)


def test_a_range_fills_both_bounds() -> None:
    (claim,) = enriched("سقط بين 10 و15 جريحا في القصف", ("shelling", "actual", "القصف"))
    assert (claim.injured, claim.injured_max, claim.killed) == (10, 15, None)


def test_each_claim_says_who_says_so_who_acts_and_when() -> None:
    (claim,) = enriched(
        "قالت مصادر محلية إن قوات النظام قصفت أمس مواقع لهيئة تحرير الشام", ("shelling", "actual", "قصفت")
    )
    assert claim.attribution == "مصادر محلية"
    assert [(a.actor_id, a.role) for a in claim.actors] == [("SYRIAN_ARMY", "source"), ("HTS", "target")]
    assert claim.event_date == datetime(2026, 1, 6, tzinfo=UTC)


def test_an_actor_behind_a_noun_of_saying_is_the_speaker() -> None:
    (claim,) = enriched("سبق الهدوء إعلان قسد مقتل أربعة مسلحين في كمين", ("clash", "actual", "كمين"))
    assert (claim.attribution, claim.killed) == ("قسد", 4)
    (claim,) = enriched("جاء القصف بعد إعلان هدنة في البلدة", ("shelling", "actual", "القصف"))
    assert claim.attribution is None


def test_the_unarmed_never_open_fire_but_may_march() -> None:
    shelling, unrest = enriched(
        "مدنيون في السوق ساعة القصف، والأهالي يتظاهرون",
        ("shelling", "actual", "القصف"),
        ("unrest", "actual", "يتظاهرون"),
    )
    assert [(a.actor_id, a.role) for a in shelling.actors] == [("CIVILIANS", "target")]
    assert ("CIVILIANS", "source") in [(a.actor_id, a.role) for a in unrest.actors]


def test_the_united_nations_count_the_dead_and_fire_at_nobody() -> None:
    (claim,) = enriched("شهدت المدينة قصفاً عنيفاً وسط انتقادات من الأمم المتحدة", ("shelling", "actual", "قصفاً"))
    assert ("UN", "source") not in [(a.actor_id, a.role) for a in claim.actors]


def test_bodies_that_condemn_are_no_party_unless_they_are_hit() -> None:
    (condemned,) = enriched("أدانت جامعة الدول العربية القصف على البلدة", ("shelling", "actual", "القصف"))
    assert condemned.actors == []
    (hit,) = enriched("استهدف القصف قافلة ضد الأمم المتحدة", ("shelling", "actual", "القصف"))
    assert [(a.actor_id, a.role) for a in hit.actors] == [("UN", "target")]


def test_according_to_whom_it_is_told_takes_no_part() -> None:
    (claim,) = enriched("قتل ثلاثة في هجوم على البلدة وفقا لبيان الأسايش", ("attack", "actual", "هجوم"))
    assert claim.actors == []


def test_who_only_tells_is_no_actor() -> None:
    (claim,) = enriched("قال المرصد السوري إن قسد دخلت القرية", ("territory", "actual", "دخلت"))
    assert [a.actor_id for a in claim.actors] == ["SDF"]


def test_an_actor_named_twice_is_listed_once() -> None:
    (claim,) = enriched("دخلت قسد القرية ثم أعلنت قسد حظر التجوال", ("territory", "actual", "دخلت"))
    assert [a.actor_id for a in claim.actors] == ["SDF"]


def test_a_sentence_that_goes_on_is_of_the_day_of_the_one_before_where_that_is_long_past() -> None:
    text = "قصفت المدفعية قرية السد في 20 كانون الأول الفائت. تزامن ذلك مع غارة على قرية النهر."
    _, raid = enriched(text, ("shelling", "actual", "قصفت"), ("airstrike", "actual", "غارة"))
    assert raid.event_date == datetime(2025, 12, 20, tzinfo=UTC)
    recent = text.replace("في 20 كانون الأول الفائت", "أمس")
    _, raid = enriched(recent, ("shelling", "actual", "قصفت"), ("airstrike", "actual", "غارة"))
    assert raid.event_date is None
    same_day = recent.replace("تزامن ذلك مع غارة", "وشنت الطائرات في اليوم نفسه غارة")
    _, raid = enriched(same_day, ("shelling", "actual", "قصفت"), ("airstrike", "actual", "غارة"))
    assert raid.event_date == datetime(2026, 1, 6, tzinfo=UTC)
    apart = text.replace("تزامن ذلك مع غارة", "وشنت الطائرات غارة")
    _, raid = enriched(apart, ("shelling", "actual", "قصفت"), ("airstrike", "actual", "غارة"))
    assert raid.event_date is None


def test_what_is_told_of_the_place_of_a_dated_sentence_is_of_its_day_where_that_is_long_past() -> None:
    def raid(old: str, told: str, place_of: int = 0) -> datetime | None:
        text = f"{old} قصفت الطائرات بلدة سراقب. {told}"
        document = read_document("a", "", text, published_at=PUBLISHED)
        first, second = (claim_at(document, "airstrike", "actual", text.index(w), len(w)) for w in ("قصفت", "الغارة"))
        first.places = [place_in(0)]
        second.places = [place_in(place_of)]
        enrich(document, [first, second], [])
        return second.event_date

    goes_on = "وقال المسعفون إن الغارة أوقعت سبعة قتلى."
    assert raid("في 20 كانون الأول الفائت", goes_on) == datetime(2025, 12, 20, tzinfo=UTC)
    assert raid("في 20 كانون الأول الفائت", "أما الغارة على بلدة سرمين فأوقعت قتيلا.", place_of=1) is None
    assert raid("في 5 كانون الثاني", goes_on) is None


def place_in(sentence: int) -> PlaceMention:
    return PlaceMention(
        sentence=sentence, field="text", start=0, end=1, surface="سراقب", name=None, place_id="x:1", lat=None, lon=None,
        country=None, precision="town", role="event",
    )  # fmt: skip


def test_an_article_dated_at_the_beginning_of_time_is_read() -> None:
    document = read_document("a", "", "هدوء. وأدى القصف إلى أضرار.", published_at=datetime(1, 1, 2, tzinfo=UTC))
    claim = claim_at(document, "shelling", "actual", document.text.index("القصف"), 5)
    enrich(document, [claim], [])
    assert claim.event_date is None


def test_which_coalition_is_meant_the_article_tells() -> None:
    (syria,) = enriched("قصف طيران التحالف قرية السد", ("airstrike", "actual", "قصف"))
    (yemen,) = enriched("قصف طيران التحالف مواقع الحوثيين", ("airstrike", "actual", "قصف"))
    assert [a.actor_id for a in syria.actors] == ["COALITION"]
    assert "ARAB_COALITION" in [a.actor_id for a in yemen.actors]


def test_whose_army_of_occupation_is_meant_the_article_tells() -> None:
    (north,) = enriched("قصف جيش الاحتلال قرية الدردارة. واستهدف القصف التركي غيرها.", ("shelling", "actual", "قصف"))
    (south,) = enriched("قصف جيش الاحتلال قرية في القنيطرة", ("shelling", "actual", "قصف"))
    assert [[a.actor_id for a in claim.actors] for claim in (north, south)] == [["TURKEY"], ["ISRAEL"]]
    (unsaid,) = enriched("قصف جيش الاحتلال خان يونس", ("shelling", "actual", "قصف"))
    assert [a.actor_id for a in unsaid.actors] == ["ISRAEL"]


def test_who_tells_as_a_source_takes_no_part() -> None:
    (told,) = enriched("قالت مصادر من المعارضة السورية إن طائرات روسية قصفت البلدة", ("airstrike", "actual", "قصفت"))
    assert [a.actor_id for a in told.actors] == ["RUSSIA"]


def test_each_clause_has_its_own_actors() -> None:
    guns, rockets = enriched(
        "قصفت قوات النظام بلدة سراقب، فيما استهدفت قسد بالصواريخ مدينة أعزاز.",
        ("shelling", "actual", "قصفت"),
        ("attack", "actual", "استهدفت"),
    )
    assert [a.actor_id for a in guns.actors] == ["SYRIAN_ARMY"]
    assert [a.actor_id for a in rockets.actors] == ["SDF"]


def test_who_acted_before_goes_on_where_a_clause_names_nobody_who_does() -> None:
    _, later = enriched(
        "قصفت قوات النظام بلدة سراقب، كما استهدفت بالصواريخ مواقع قسد.",
        ("shelling", "actual", "قصفت"),
        ("attack", "actual", "استهدفت"),
    )
    assert [(a.actor_id, a.role) for a in later.actors] == [("SYRIAN_ARMY", "source"), ("SDF", "target")]


def test_whose_press_office_tells_takes_no_part() -> None:
    (claim,) = enriched(
        "أكدت وحدة الإعلام الحربي التابعة للجيش الوطني أن قسد قصفت البلدة", ("shelling", "actual", "قصفت")
    )
    assert [a.actor_id for a in claim.actors] == ["SDF"]


def test_but_who_flew_is_not_who_fired_the_guns_of_another_clause() -> None:
    _, guns = enriched(
        "شن الطيران الروسي غارات على بلدة سراقب، في حين تعرض محور القرية لقصف بالهاون.",
        ("airstrike", "actual", "غارات"),
        ("shelling", "actual", "لقصف"),
    )
    assert guns.actors == []


def doers(text: str, *words: str) -> list[list[str]]:
    """Who does it, of claims of shelling by the words that tell of them."""
    claims = enriched(text, *(("shelling", "actual", word) for word in words))
    return [[actor.actor_id for actor in claim.actors if actor.role == "source"] for claim in claims]


def test_what_goes_on_with_a_strike_is_done_by_whoever_did_that() -> None:
    first = "قصف الجيش التركي ريف كوباني. "
    for more in ("كما تم استهداف عين عيسى.", "كما طال التدمير عين عيسى.", "وطال القصف بلدة عين عيسى."):
        assert doers(first + more, "قصف", "عين عيسى") == [["TURKEY"], ["TURKEY"]], more
    chain = "حيث تم استهداف حاجز. كما تم تدمير الفرن."
    assert doers(first + chain, "قصف", "استهداف", "تدمير") == [["TURKEY"]] * 3


def test_the_attack_before_is_by_whoever_sent_its_drone() -> None:
    text = "تعرضت سيارة لهجوم عبر طائرة مسيرة تركية. وأسفر الهجوم عن مقتل ثلاثة."
    [first, second] = enriched(text, ("airstrike", "actual", "مسيرة"), ("attack", "actual", "وأسفر"))
    assert [actor.actor_id for actor in second.actors] == [actor.actor_id for actor in first.actors] == ["TURKEY"]


def test_but_not_where_somebody_else_may_have_done_it() -> None:
    first = "قصف الجيش التركي ريف كوباني. "
    assert doers(first + "وسقطت قذائف مجهولة المصدر على عين عيسى.", "قصف", "سقطت") == [["TURKEY"], []]
    assert doers(first + "كما تم استهداف مواقع من قبل قسد.", "قصف", "استهداف") == [["TURKEY"], ["SDF"]]
    assert doers(first + "ونفذ الهجوم على عين عيسى مجهولون.", "قصف", "الهجوم") == [["TURKEY"], []]


def test_who_tells_it_for_a_force_makes_the_force_no_party() -> None:
    text = "وقال المركز الإعلامي لمجلس منبج العسكري التابع لقوات سوريا الديمقراطية إن القصف التركي طال قرية صيادة."
    assert doers(text, "القصف") == [["TURKEY"]]


def test_a_quote_is_not_cut_inside_its_dateline() -> None:
    text = "دبي، الإمارات العربية المتحدة (CNN)—نفذ الجيش عملية في البلدة، وقال شهود إنها كانت واسعة النطاق"
    [sentence] = read_document("a", "", text).sentences
    at = text.index("عملية")
    assert clause(sentence, Span(at, at + 5)).start == 0


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("قتل ثلاثة مدنيين في غارة على البلدة في 12 آذار 2023", "background"),
        ("الغارة التي استهدفت البلدة قبل خمس سنوات أوقعت قتلى", "background"),
        ("وفي عام 2016 قتل ثلاثة مدنيين في غارة على البلدة", "background"),
        ("قتل ثلاثة مدنيين في غارة على البلدة قبل أسبوع", "actual"),
        ("تستمر الحملة بعد غارة على البلدة في 12 آذار 2023", "actual"),
        ("غارة على البلدة، وكان المعبر قد أغلق في 12 آذار 2023", "actual"),
        ("قتل ثلاثة في غارة على البلدة التي استعادها الجيش قبل سنوات", "actual"),
    ],
)
def test_violence_that_the_text_dates_far_back_is_history(text: str, status: str) -> None:
    (raid,) = enriched(text, ("airstrike", "actual", "غارة" if "غارة" in text else "الغارة"))
    assert raid.status == status


def test_what_may_last_is_no_history_for_having_begun_long_ago() -> None:
    (offensive,) = enriched("بدأ الجيش عملية عسكرية في 12 تشرين الثاني الماضي", ("offensive", "actual", "عملية"))
    assert offensive.status == "actual"
