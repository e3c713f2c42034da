"""The encoder: words cut into pieces, a second reading of a sentence, and when it is asked."""

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from schemas.base import BothNames, SignalType
from schemas.watch import Watch
from services.analyze.core import Analyzer
from services.analyze.signals.classify import LOOKS, SHORT, Classifier
from services.analyze.signals.encoder.base import read_base
from services.analyze.signals.encoder.bert import Operation, base_of, read_bert
from services.analyze.signals.encoder.encoder import Encoder, Impression, impression, load_encoder, rows_of
from services.analyze.signals.encoder.held import recall, remember
from services.analyze.signals.encoder.pieces import END, START, UNKNOWN, Pieces, WordPieces, load_pieces
from services.analyze.signals.features import Unit
from services.analyze.text.reader import read_document
from tests.support.articles import written

SPECIAL = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
LEARNT = [("▁قصف", -4.0), ("▁", -3.0), ("قصف", -6.0), ("▁ال", -3.0), ("بلدة", -5.0), ("ة", -4.0), ("بلد", -4.0)]
WORDS = Pieces([*SPECIAL, *LEARNT])
DOUBTFUL = "وتحدثت مصادر محلية عن مقتل ثلاثة أشخاص في عين عيسى إثر توتر أمني."
ENGLISH = WordPieces(["[CLS]", "[PAD]", "[SEP]", "[UNK]", "shell", "##ing", "##ed", "the", "town", ",", "s", "##h"])
SHELLED = "قصفت المدفعية بعشرات القذائف أحياء البلدة مساء أمس."


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    loaded = load_encoder("ar")
    assert loaded is not None
    return loaded


@pytest.fixture(scope="module")
def english() -> Encoder:
    loaded = load_encoder("en")
    assert loaded is not None
    return loaded


def unit(text: str, title: str = "", context: str = "", lang: str = "ar") -> Unit:
    return Unit(lang=lang, text=text, words=tuple(text.split()), title_text=title, context_text=context)


def test_the_likeliest_pieces_win() -> None:
    assert WORDS.encode("قصف البلدة") == [4, 7, 8]
    assert WORDS.encode("") == []


@pytest.mark.parametrize("text", ["قَصْف", "قصــف", "قص\u200fف", "  قصف "])
def test_vowels_tatweel_and_direction_marks_are_not_read(text: str) -> None:
    assert WORDS.encode(text) == [4]


def test_signs_without_a_piece_are_unknown_and_cost_no_neighbour() -> None:
    assert WORDS.encode("☃") == [5, UNKNOWN]
    assert WORDS.encode("البلد☃") == [7, 10, UNKNOWN]


def test_of_english_words_the_longest_piece_counts() -> None:
    assert ENGLISH.encode("Shelling, the TOWN") == [4, 5, 9, 7, 8]
    assert ENGLISH.encode("shelled") == [4, 6]
    assert ENGLISH.encode("Shéll") == [4]


def test_an_english_word_with_a_part_that_has_no_piece_is_unknown_as_a_whole() -> None:
    assert ENGLISH.encode("shells the_town") == [UNKNOWN, 7, UNKNOWN, 8]
    assert ENGLISH.encode("قصف") == [UNKNOWN]


def test_a_vocabulary_says_by_its_form_of_which_kind_it_is(tmp_path: Path) -> None:
    path = tmp_path / "encoder.pieces"
    path.write_text("".join(f"{piece}\t{score}\n" for piece, score in [*SPECIAL, *LEARNT]), encoding="utf-8")
    assert load_pieces(path).encode("قصف البلدة") == WORDS.encode("قصف البلدة")
    path.write_text("[CLS]\n[PAD]\n[SEP]\n[UNK]\nshell\n##ing\n", encoding="utf-8")
    assert load_pieces(path).encode("shelling") == [4, 5]


def test_a_sentence_is_read_beside_title_and_context() -> None:
    rows, parts = rows_of(unit("قصف", "بلد", "البلدة"), WORDS)
    assert rows.tolist() == [START, 4, END, 5, 10, END, 7, 8, END]
    assert parts.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]


def test_of_long_texts_a_bounded_part_is_read() -> None:
    rows, _ = rows_of(unit("قصف " * 5000, "قصف " * 5000, "قصف " * 5000), WORDS)
    assert len(rows) < 180


def test_it_tells_shelling_from_an_opened_school(encoder: Encoder) -> None:
    at = list(SignalType).index(SignalType.SHELLING)
    shelled, opened = (
        encoder.impression(unit(t)) for t in (SHELLED, "افتتح الوزير مدرسة جديدة في المدينة صباح اليوم.")
    )
    assert shelled.types[at] > 0 > opened.types.max()
    assert shelled.types.argmax() == at


def test_the_english_one_tells_shelling_from_an_opened_school(english: Encoder) -> None:
    at = list(SignalType).index(SignalType.SHELLING)
    texts = ("Artillery shells hit the town last night, killing two.", "The minister opened a new school in the city.")
    shelled, opened = (english.impression(unit(t, lang="en")) for t in texts)
    assert shelled.types[at] > 0 > opened.types.max()
    assert shelled.types.argmax() == at


@pytest.mark.parametrize(("lang", "asked"), [("ar", True), ("en", True), ("fr", False)])
def test_each_language_has_its_own(lang: str, asked: bool) -> None:
    assert (impression(unit("قصف shelling", lang=lang)) is not None) is asked


def test_the_same_words_make_the_same_impression(encoder: Encoder) -> None:
    first, second = (encoder.impression(unit(SHELLED, "قصف", "قال")) for _ in range(2))
    assert all(np.array_equal(getattr(first, n), getattr(second, n)) for n in Impression.__slots__)


@pytest.mark.parametrize("text", ["", "\ud800", "☃" * 500, "ق" * 100_000, "\u200f", "a" * 61 + " قصف", "_" * 900])
def test_no_text_is_too_odd(encoder: Encoder, english: Encoder, text: str) -> None:
    for each in (encoder, english):
        assert np.isfinite(each.impression(unit(text, text, text)).types).all()


class Asked:
    """An encoder that remembers what it was asked."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder, self.texts = encoder, list[str]()

    def __call__(self, unit: Unit) -> Impression:
        self.texts.append(unit.text)
        return self._encoder.impression(unit)


def test_only_sentences_that_leave_a_doubt_are_read_twice(encoder: Encoder) -> None:
    asked = Asked(encoder)
    calm = "وقال أحد السكان إن الحياة بدأت تعود تدريجيا إلى طبيعتها وإن المدارس فتحت أبوابها."
    Classifier(asked).classify(read_document("x", "أخبار المدينة", f"{calm} {SHELLED} {DOUBTFUL}"))
    assert asked.texts == [DOUBTFUL]


def test_of_a_long_text_full_of_doubt_only_the_first_are_read_twice(encoder: Encoder) -> None:
    asked = Asked(encoder)
    text = " ".join(DOUBTFUL.replace("ثلاثة", str(n)) for n in range(3, 50))
    Classifier(asked).classify(read_document("x", "أخبار متفرقة", text), closely=range(50))
    assert len(asked.texts) == LOOKS


def test_a_long_text_of_which_nobody_said_what_matters_is_left_to_the_machines(encoder: Encoder) -> None:
    asked = Asked(encoder)
    said = [DOUBTFUL.replace("ثلاثة", str(n)) for n in range(3, 3 + SHORT)]
    Classifier(asked).classify(read_document("x", "أخبار متفرقة", " ".join(said)))
    assert asked.texts == []
    Classifier(asked).classify(read_document("x", "أخبار متفرقة", " ".join(said[1:])))
    assert asked.texts == said[1 : 1 + LOOKS]


def test_the_words_of_sport_are_not_its_field(encoder: Encoder) -> None:
    asked = Asked(encoder)
    played = "سجل المهاجم هدفين في مباراة الفريق أمام ضيفه ضمن الدوري الممتاز."
    assert Classifier(asked).classify(read_document("x", "الدوري", played)) == []
    assert asked.texts == []


def test_only_what_is_said_near_a_watched_place_is_read_twice(encoder: Encoder) -> None:
    asked = Asked(encoder)
    watch = Watch(id="ain-issa", name=BothNames(ar="عين عيسى"), center=(36.38, 38.86), radius_km=5)
    analyzer = Analyzer(watches=[watch])
    analyzer._classifier = Classifier(asked)
    next_to_it = "وتوترت الأوضاع وتحدث السكان عن إطلاق نار متقطع."
    text = f"{DOUBTFUL} {next_to_it} {DOUBTFUL.replace('عين عيسى', 'إدلب')}"
    analyzer.analyze(written(text, "أخبار متفرقة", "ar"))
    assert asked.texts == [DOUBTFUL, next_to_it]


def test_a_killing_told_without_a_weapon_is_an_attack_to_it_alone(encoder: Encoder) -> None:
    document = read_document("x", "أخبار متفرقة", DOUBTFUL, published_at=written("").published_at)
    alone, both = (Classifier(look).classify(document) for look in (None, encoder.impression))
    assert alone == []
    assert [(claim.type, claim.status) for claim in both] == [("attack", "actual")]


def test_without_it_the_linear_machines_decide() -> None:
    article = written(SHELLED, "قصف على البلدة", "ar")
    signals = Analyzer(encoder=False).analyze(article).signals
    assert [s.type for s in signals] == [SignalType.SHELLING]


def test_the_weights_to_start_from_are_read_from_four_bits(tmp_path: Path) -> None:
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁قصف"]
    letters = "".join(pieces).encode()
    ends = np.cumsum([0, *(len(p.encode()) for p in pieces)]).astype("<u4")
    nibbles = bytes((low | high << 4) for low, high in zip(range(16), range(15, -1, -1), strict=True))
    matrix = np.float16(0.5).tobytes() + nibbles
    vector = np.array([1.5, -2.0], dtype="<f4").tobytes()
    head = b"E5S1" + struct.pack("<I7ifi", 1, 32, 1, 4, 64, 5, 8, 2, 1e-12, 32) + struct.pack("<5i", 5, 0, 2, 1, 3)
    head += struct.pack("<Q", len(letters)) + ends.tobytes() + np.zeros(5, "<f4").tobytes() + letters
    head += struct.pack("<iI", 0, 0) + struct.pack("<i", 2)
    entries = [(b"emb.word", 1, 32, matrix), (b"emb.ln.w", 0, 2, vector)]
    at = len(head) + sum(2 + len(name) + 21 for name, *_ in entries)
    for name, kind, count, data in entries:
        head += struct.pack("<H", len(name)) + name + struct.pack("<BIQQ", kind, count, at, len(data))
        at += len(data)
    path = tmp_path / "base.bin"
    path.write_bytes(head + matrix + vector)
    base = read_base(path)
    assert (base.width, base.layers, base.positions, base.pieces) == (32, 1, 8, pieces)
    assert base.tensor("emb.word", 1, 32)[0, :3].tolist() == [-4.0, -3.5, -3.0]
    assert base.tensor("emb.word", 1, 32)[0, 16:18].tolist() == [3.5, 3.0]
    assert base.tensor("emb.ln.w", 2).tolist() == [1.5, -2.0]


def test_the_english_weights_to_start_from_are_named_by_the_bias_beside_them() -> None:
    rng = np.random.default_rng(1)
    layer, matrix = "encoder.layer.0.", rng.normal(size=(2, 6)).astype(np.float32)
    stored = {
        "embeddings.word_embeddings.weight": rng.normal(size=(3, 2)),
        "embeddings.position_embeddings.weight": rng.normal(size=(8, 2)),
        "pooler.dense.bias": np.zeros(2),
        f"{layer}intermediate.dense.bias": np.arange(6.0),
        f"{layer}output.LayerNorm.weight": np.ones(2),
        "onnx::MatMul_7": matrix,
    }
    operations = [
        Operation("MatMul", ["x", "onnx::MatMul_7"], "y"),
        Operation("Add", [f"{layer}intermediate.dense.bias", "y"], "z"),
        Operation("MatMul", ["z", "x"], "likeness"),
    ]
    base = base_of(stored, operations, {"shell": 2, "[PAD]": 0, "##ing": 1})
    assert (base.width, base.layers, base.inner, base.positions) == (2, 1, 6, 8)
    assert base.pieces == ["[PAD]", "##ing", "shell"]
    assert np.array_equal(base.tensor("l0.fi.w", 6, 2), matrix.T)
    assert base.tensor("l0.fi.b", 6).tolist() == [0, 1, 2, 3, 4, 5]
    assert base.tensor("l0.oln.w", 2).tolist() == [1, 1]
    assert not any(name.startswith("pooler") for name in base.tensors)


def test_another_jar_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.jar"
    with zipfile.ZipFile(path, "w") as jar:
        jar.writestr("README", "words")
    with pytest.raises(ValueError, match=r"other\.jar: not the jar of bge"):
        read_bert(path)
    path.write_bytes(b"no jar")
    with pytest.raises(ValueError, match=r"other\.jar: not the jar of bge"):
        read_bert(path)


def test_what_it_made_of_held_out_sentences_is_kept_by_their_id(encoder: Encoder, tmp_path: Path) -> None:
    made = {"عين-عيسى#1": encoder.impression(unit(SHELLED)), "aw-2#7": encoder.impression(unit(DOUBTFUL))}
    remember(made, "ar", tmp_path)
    kept = recall("ar", tmp_path)
    assert list(kept) == list(made)
    for name in Impression.__slots__:
        assert np.allclose(getattr(kept["aw-2#7"], name), getattr(made["aw-2#7"], name), atol=0.02)


def test_another_file_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "other.bin"
    path.write_bytes(b"GGUF" + bytes(60))
    with pytest.raises(ValueError, match=r"other\.bin: not a model file"):
        read_base(path)
