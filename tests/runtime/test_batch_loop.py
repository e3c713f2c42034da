"""The loop that handles messages together keeps the guarded loop's promise: none is lost, the order stays."""

import pytest

from services.runtime.dead import read_dead
from tests.runtime.test_guarded_loop import Bench
from tests.runtime.worker import MANY, SMALL_DEAD_LETTERS
from tests.support.processes import wait_for

NUMBERED = [f"خبر{number}" for number in range(120)]


def sizes(bench: Bench) -> list[int]:
    return [int(size) for size in bench.lines("batches")]


def test_messages_that_wait_are_handled_together_in_order_and_committed(bench: Bench) -> None:
    bench.put(*[(id, "نص") for id in NUMBERED])
    bench.worker(MANY)
    bench.until("handled", *NUMBERED)
    assert bench.lines("handled") == NUMBERED
    assert 1 < max(sizes(bench)) <= 51
    wait_for(lambda: bench.committed() == len(NUMBERED), "the commit")


def test_one_bad_message_of_a_batch_goes_to_the_dead_letters_alone(bench: Bench) -> None:
    bench.put(("أ", "نص"), ("مسموم", "سم"), ("ب", "نص"), ("ج", "نص"))
    bench.put_bytes(b"\xff")
    bench.put(("د", "نص"))
    bench.worker(MANY)
    bench.until("handled", "أ", "ب", "ج", "د")
    assert bench.lines("handled") == ["أ", "ب", "ج", "د"]
    assert [read_dead(found).offset for found in bench.read("articles.dead", 2)] == [1, 4]
    wait_for(lambda: bench.committed() == 6, "the commit")


def test_nothing_is_committed_before_the_batch_in_work_is_handled(bench: Bench) -> None:
    bench.put(("أ", "نص"), *[(id, "نص") for id in NUMBERED[:20]], ("ب", "متجر"), ("ج", "نص"))
    bench.worker(MANY)
    bench.until("begun", "ب")
    wait_for(lambda: "the store is locked" in str(bench.readiness()["waiting"]), "the reason on /readyz")
    assert (bench.committed() or 0) <= 21
    (bench.folder / "store").touch()
    bench.until("handled", "ج")
    assert bench.lines("handled") == ["أ", *NUMBERED[:20], "ب", "ج"]
    wait_for(lambda: bench.committed() == 23, "the commit")


@pytest.mark.parametrize("text", ["بطيء", "متجر"], ids=["work that does not end", "waiting for the store"])
def test_a_stop_with_a_batch_in_work_ends_soon_and_the_batch_comes_again(bench: Bench, text: str) -> None:
    bench.put(("أ", "نص"), ("ب", text), ("ج", "نص"))
    worker = bench.worker(MANY)
    bench.until("begun", "ب")
    assert worker.stop(seconds=5) == 0
    assert bench.committed() in (None, 0, 1)
    bench.worker(MANY)
    wait_for(lambda: bench.lines("begun").count("ب") >= 2, "the work to come again", 60)


def test_after_sigkill_nothing_is_missing(bench: Bench) -> None:
    bench.put(*[(id, "نص") for id in NUMBERED])
    worker = bench.worker(MANY)
    bench.until("handled", NUMBERED[0])
    worker.kill()
    bench.worker(MANY)
    bench.until("handled", *NUMBERED)


def test_a_stop_without_work_commits(bench: Bench) -> None:
    bench.put(("أ", "نص"))
    worker = bench.worker(MANY)
    bench.until("handled", "أ")
    assert worker.stop(seconds=5) == 0
    assert bench.committed() == 1


def test_where_no_dead_letter_can_be_delivered_the_process_ends_and_the_message_comes_again(bench: Bench) -> None:
    bench.put(("أ", "نص"), ("ب", "سم" * 200), ("ج", "نص"))
    worker = bench.worker(SMALL_DEAD_LETTERS, MANY)
    wait_for(lambda: not worker.alive(), "the process to end", 60)
    assert worker.child.returncode == 1
    assert bench.committed() in (None, 0, 1)
    bench.worker(MANY)
    bench.until("handled", "ج")
    assert read_dead(bench.read("articles.dead", 1)[0]).key == "ب"
