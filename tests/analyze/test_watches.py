"""Which signals wake which watch."""

import pytest

from schemas.base import BothNames, Direction, SignalType, Status
from schemas.signal import Evidence, Place, PlaceRole, Precision, Signal
from schemas.watch import Watch
from services.analyze.watches import WatchIndex
from tests.analyze.reading import gazetteer

AIN_ISSA = Watch(
    id="ain-issa", name=BothNames(ar="عين عيسى", en="Ain Issa"), center=(36.3837, 38.8629), radius_km=15,
    aliases=("Ayn Issa",), landmarks=("صوامع الشركراك", "طريق M4"),
)  # fmt: skip
DAMASCUS = Watch(id="damascus", name=BothNames(ar="دمشق", en="Damascus"), center=(33.5138, 36.2765))
DOUMA = Watch(id="douma", name=BothNames(ar="دوما", en="Douma"), center=(33.5711, 36.4028))
RAQQA = Watch(id="raqqa", name=BothNames(ar="الرقة"), center=(35.9528, 39.01))
RIYADH = Watch(id="riyadh", name=BothNames(ar="الرياض"), center=(24.7136, 46.6753))


def place(surface: str, lat: float | None = None, lon: float | None = None, **more: object) -> Place:
    return Place.model_validate({"surface": surface, "lat": lat, "lon": lon, **more})


def signal(
    *places: Place, type_: SignalType = SignalType.SHELLING, status: Status = Status.ACTUAL, confidence: float = 0.9
) -> Signal:
    return Signal(
        type=type_, status=status, direction=Direction.ESCALATING, confidence=confidence, places=places,
        evidence=Evidence(start=0, end=1),
    )  # fmt: skip


def woken(watches: list[Watch], *signals: Signal) -> dict[str, list[int]]:
    return dict(WatchIndex(watches, gazetteer()).observe(signals))


TOWN = {"place_id": "geonames:172134", "precision": Precision.TOWN, "country": "SY"}


def test_its_name_alias_and_landmark_wake_it() -> None:
    for surface in ("عين عيسى", "Ain Issa", "Ayn Issa", "صوامع الشركراك", "طريق M4"):
        assert woken([AIN_ISSA], signal(place(surface))) == {"ain-issa": [0]}, surface


def test_a_settled_place_inside_the_radius_wakes_it_and_an_ambiguous_one_does_not() -> None:
    near = place("صيدا", 36.40, 38.87, place_id="x:1", precision=Precision.VILLAGE)
    assert woken([AIN_ISSA], signal(near)) == {"ain-issa": [0]}
    unsettled = near.model_copy(update={"ambiguous": True, "candidates": ("x:1", "x:2")})
    assert woken([AIN_ISSA], signal(unsettled)) == {}
    assert woken([AIN_ISSA], signal(place("صيدا", 33.56, 35.37, place_id="x:2"))) == {}


def test_only_its_own_signals_belong_to_it_whatever_their_status() -> None:
    there, elsewhere = place("عين عيسى", 36.3855, 38.862, **TOWN), place("منبج", 36.52, 37.95)
    found = woken([AIN_ISSA], signal(there), signal(elsewhere), signal(there, status=Status.NEGATED))
    assert found == {"ain-issa": [0, 2]}


def test_what_is_far_likelier_wrong_than_right_belongs_to_no_watch() -> None:
    there = place("عين عيسى", 36.3855, 38.862, **TOWN)
    assert woken([AIN_ISSA], signal(there, confidence=0.3)) == {}
    assert woken([AIN_ISSA], signal(there, confidence=0.3), signal(there, confidence=0.4)) == {"ain-issa": [1]}


def test_a_governorate_or_a_country_never_wakes_a_town() -> None:
    governorate = place("الرقة", 35.95, 39.01, place_id="region:SY.04", precision=Precision.REGION)
    country = place("سوريا", 35.95, 39.01, place_id="country:SY", precision=Precision.COUNTRY)
    assert woken([RAQQA], signal(governorate), signal(country)) == {}


def test_the_countryside_of_the_watched_town_wakes_it_unless_a_finer_place_is_named() -> None:
    countryside = place("عين عيسى", 36.3855, 38.862, **{**TOWN, "precision": Precision.COUNTRYSIDE})
    village = place("سلوك", 36.5975, 39.1258, place_id="geonames:1", precision=Precision.VILLAGE)
    assert woken([AIN_ISSA], signal(countryside)) == {"ain-issa": [0]}
    assert woken([AIN_ISSA], signal(countryside, village)) == {}


def test_of_an_unknown_village_its_countryside_is_enough_unless_a_governorate_may_be_meant() -> None:
    """«قرية الجهبل بريف عين عيسى» is near Ain Issa; «قرية الجهبل بريف الرقة» may lie anywhere in the governorate."""
    unknown = place("الجهبل", precision=Precision.VILLAGE)
    near = place("عين عيسى", 36.3855, 38.862, **{**TOWN, "precision": Precision.COUNTRYSIDE})
    assert woken([AIN_ISSA], signal(unknown, near)) == {"ain-issa": [0]}
    wide = {"precision": Precision.COUNTRYSIDE, "ambiguous": True, "candidates": ("geonames:172955", "region:SY.04")}
    assert woken([RAQQA], signal(unknown, place("الرقة", 35.95, 39.01, place_id="geonames:172955", **wide))) == {}


IDLIB = Watch(id="idlib", name=BothNames(ar="إدلب", en="Idlib"), center=(35.9306, 36.6339), radius_km=15)
WIDE = place(
    "إدلب", 35.93062, 36.63393, place_id="geonames:169389", precision=Precision.TOWN, ambiguous=True,
    candidates=("geonames:169389", "region:SY.12"),
)  # fmt: skip
FAR = place("الكفير", 35.83, 36.36, place_id="x:1", precision=Precision.VILLAGE)
NEAR = place("بنش", 35.956, 36.7126, place_id="x:2", precision=Precision.TOWN)


def test_where_a_governorate_may_be_meant_the_villages_of_the_article_tell() -> None:
    """«قصف على إدلب» is the title of a report on a village far from the city."""
    assert woken([IDLIB], signal(WIDE)) == {"idlib": [0]}
    assert woken([IDLIB], signal(WIDE), signal(FAR)) == {}
    assert woken([IDLIB], signal(WIDE), signal(FAR), signal(NEAR)) == {"idlib": [0, 2]}


def test_an_attack_in_a_title_is_the_air_raid_of_the_text() -> None:
    assert woken([IDLIB], signal(WIDE, type_=SignalType.ATTACK), signal(FAR, type_=SignalType.AIRSTRIKE)) == {}


def test_so_does_the_countryside_of_the_governorate_where_nothing_finer_is_named() -> None:
    countryside = WIDE.model_copy(update={"precision": Precision.COUNTRYSIDE})
    unrest = signal(countryside, type_=SignalType.UNREST)
    assert woken([IDLIB], signal(WIDE), unrest) == {}
    assert woken([IDLIB], signal(WIDE), signal(FAR, countryside, type_=SignalType.UNREST)) == {"idlib": [0]}


def test_the_countryside_of_a_town_far_away_tells_as_its_villages_do() -> None:
    countryside = place("جسر الشغور", 35.81, 36.32, place_id="x:3", precision=Precision.COUNTRYSIDE)
    assert woken([IDLIB], signal(WIDE), signal(countryside)) == {}


def test_the_countryside_of_a_governorate_is_not_its_seat() -> None:
    """«ريف إدلب», «جنوبي إدلب»: forty kilometres wide; but to a watch of the governorate it belongs."""
    countryside = WIDE.model_copy(update={"precision": Precision.COUNTRYSIDE})
    assert woken([IDLIB], signal(countryside)) == {}
    governorate = Watch(id="all", name=BothNames(ar="محافظة إدلب"), center=(35.8, 36.6), radius_km=60)
    assert woken([governorate], signal(countryside)) == {"all": [0]}


def test_only_what_is_told_of_the_same_type_and_status_tells() -> None:
    other = signal(FAR, type_=SignalType.DETENTION)
    denied = signal(FAR, status=Status.NEGATED)
    assert woken([IDLIB], signal(WIDE), other, denied) == {"idlib": [0]}


def test_the_countryside_finds_the_unknown_village_though_it_is_no_site_itself() -> None:
    unknown = place("الجهبل", precision=Precision.VILLAGE)
    background = {**TOWN, "precision": Precision.COUNTRYSIDE, "role": PlaceRole.BACKGROUND}
    countryside = place("عين عيسى", 36.3855, 38.862, **background)
    assert woken([AIN_ISSA], signal(unknown, countryside)) == {"ain-issa": [0]}
    assert woken([AIN_ISSA], signal(FAR, countryside)) == {}
    assert woken([AIN_ISSA], signal(countryside)) == {}


def test_the_countryside_of_a_neighbour_does_not_wake_it() -> None:
    other = place("سلوك", 36.45, 38.9, place_id="x:3", precision=Precision.COUNTRYSIDE)
    assert woken([AIN_ISSA], signal(other)) == {}


def test_the_countryside_in_a_title_is_where_the_text_says_that_it_happened() -> None:
    """«قصف سيارة في ريف عين عيسى», and below it the village, just outside the watch."""
    countryside = place("عين عيسى", 36.3855, 38.862, **{**TOWN, "precision": Precision.COUNTRYSIDE})
    outside = place("الفاطسة", 36.55, 38.97, place_id="x:5", precision=Precision.VILLAGE)
    assert woken([AIN_ISSA], signal(countryside)) == {"ain-issa": [0]}
    assert woken([AIN_ISSA], signal(countryside), signal(outside)) == {}
    assert woken([AIN_ISSA], signal(countryside), signal(FAR)) == {"ain-issa": [0]}


@pytest.mark.parametrize("role", [PlaceRole.ACTOR_HOME, PlaceRole.DATELINE, PlaceRole.BACKGROUND])
def test_other_roles_wake_nothing(role: PlaceRole) -> None:
    assert woken([DAMASCUS], signal(place("دمشق", 33.51, 36.29, role=role))) == {}


def test_a_venue_counts_only_where_the_talks_name_no_other_place() -> None:
    venue = place("دمشق", 33.51, 36.29, role=PlaceRole.VENUE)
    about = place("عين عيسى", 36.3855, 38.862, **TOWN)
    talks = SignalType.TALKS
    assert woken([DAMASCUS, AIN_ISSA], signal(venue, type_=talks)) == {"damascus": [0]}
    assert woken([DAMASCUS, AIN_ISSA], signal(venue, about, type_=talks)) == {"ain-issa": [0]}


def test_a_namesake_far_away_does_not_wake_it() -> None:
    lebanese = Watch(id="tripoli-lb", name=BothNames(ar="طرابلس"), center=(34.4367, 35.8497))
    libyan = Watch(id="tripoli-ly", name=BothNames(ar="طرابلس"), center=(32.8872, 13.1913))
    settled = place("طرابلس", 32.88743, 13.18733, place_id="geonames:2210247")
    assert woken([lebanese, libyan], signal(settled)) == {"tripoli-ly": [0]}
    unsettled = settled.model_copy(update={"ambiguous": True, "candidates": ("geonames:2210247", "geonames:266826")})
    assert woken([lebanese], signal(unsettled)) == {"tripoli-lb": [0]}


def test_names_match_as_words_with_their_article_never_as_parts() -> None:
    taiz = Watch(id="taiz", name=BothNames(ar="تعز"), center=(13.5789, 44.0219))
    assert woken([taiz], signal(place("تعزيزات"))) == {}
    assert woken([RIYADH], signal(place("رياض"))) == {}
    assert woken([RIYADH], signal(place("الرياض"))) == {"riyadh": [0]}


def test_nested_watches_both_fire() -> None:
    wide = Watch(id="north-raqqa", name=BothNames(en="North of Raqqa"), center=(36.4, 38.9), radius_km=60)
    there = place("عين عيسى", 36.3855, 38.862, **TOWN)
    assert woken([AIN_ISSA, wide], signal(there)) == {"ain-issa": [0], "north-raqqa": [0]}


def test_overlapping_watches_both_fire_between_them() -> None:
    east = Watch(id="east", name=BothNames(en="Eastern post"), center=(36.3837, 39.08), radius_km=15)
    between = place("المستراح", 36.3837, 38.96, place_id="x:4", precision=Precision.VILLAGE)
    assert woken([AIN_ISSA, east], signal(between)) == {"ain-issa": [0], "east": [0]}


def test_of_two_towns_that_have_grown_together_the_nearer_is_woken() -> None:
    douma = place("دوما", 33.57175, 36.4027, place_id="geonames:170592")
    assert woken([DAMASCUS, DOUMA], signal(douma)) == {"douma": [0]}
    assert woken([DAMASCUS], signal(douma)) == {"damascus": [0]}


def test_radius_zero_is_the_named_place_alone() -> None:
    alone = AIN_ISSA.model_copy(update={"radius_km": 0.0})
    assert woken([alone], signal(place("عين عيسى", 36.3855, 38.862, **TOWN))) == {"ain-issa": [0]}
    assert woken([alone], signal(place("صيدا", 36.385, 38.863, place_id="x:1"))) == {}


def test_a_metropolis_is_in_no_watch_that_does_not_hold_all_of_it() -> None:
    city = place("دمشق", 33.5102, 36.2913, place_id="geonames:170654", precision=Precision.TOWN)
    quarter = place("القابون", 33.548, 36.33, place_id="x:9", precision=Precision.TOWN)
    suburb = Watch(id="hezzeh", name=BothNames(ar="حزة"), center=(33.52, 36.35), radius_km=7)
    wide = suburb.model_copy(update={"id": "ghouta", "radius_km": 15})
    assert woken([suburb, wide], signal(city), signal(quarter)) == {"hezzeh": [1], "ghouta": [0, 1]}


def test_a_polygon_takes_the_place_of_the_radius() -> None:
    square = Watch(
        id="square", name=BothNames(en="Square"), center=(36.0, 38.0),
        polygon=((36.3, 38.8), (36.3, 38.9), (36.5, 38.9), (36.5, 38.8)),
    )  # fmt: skip
    assert woken([square], signal(place("عين عيسى", 36.3855, 38.862, **TOWN))) == {"square": [0]}
    assert woken([square], signal(place("منبج", 36.0, 38.0, place_id="x:5"))) == {}


def test_a_polygon_that_crosses_itself_is_mended_not_fatal() -> None:
    bow = Watch(
        id="bow",
        name=BothNames(en="Bow"),
        center=(36.0, 38.0),
        polygon=((36.0, 38.0), (36.2, 38.2), (36.0, 38.2), (36.2, 38.0)),
    )
    assert woken([bow], signal(place("س", 36.1, 38.19, place_id="x:6"))) == {"bow": [0]}


@pytest.mark.parametrize(
    "text",
    [
        "قصف على عين عيسى", "اشتباكات بعين عيسى", "#عين_عيسى", "عـ.ـين عيـسى تحت القصف", "Shelling near Ayn-Issa",
        "لعين عيسى أهمية", "انفجار قرب صوامع الشركراك",
    ],
)  # fmt: skip
def test_an_article_that_may_touch_a_watch_is_let_through(text: str) -> None:
    assert WatchIndex([AIN_ISSA], gazetteer()).touched(text)


@pytest.mark.parametrize("text", ["قصف على منبج", "تعزيزات عسكرية", "قطع عين وعيسى حاضر", ""])
def test_an_article_that_names_nothing_of_a_watch_is_not(text: str) -> None:
    assert not WatchIndex([AIN_ISSA], gazetteer()).touched(text)


def test_without_watches_nothing_is_touched() -> None:
    index = WatchIndex([], gazetteer())
    assert not index.touched("عين عيسى")
    assert index.observe([signal(place("عين عيسى"))]) == []
