"""Work is dealt out evenly, to all cores, whatever thread asks."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from engine.cores import cores
from engine.text.analyze import TextModel
from engine.text.scorer import EmotionScorer
from engine.threads import deal, even_share


@pytest.mark.parametrize("threads", [1, 2, 3, 8])
@pytest.mark.parametrize("whole", [0, 1, 7, 383, 384, 385, 1150, 6144])
def test_every_thread_has_as_many_batches_as_the_others_and_none_is_too_large(
    whole: int, threads: int
) -> None:
    share = even_share(whole, 384, threads)
    assert 1 <= share <= 384
    batches = -(-whole // share)
    rounds = -(-batches // threads)
    assert rounds == -(-whole // (384 * threads))  # no more rounds than there must be
    assert rounds * share <= whole / threads + rounds  # none waits for another by more than a token a batch


def test_texts_are_read_on_all_cores_from_a_thread_that_began_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the workstation, where each question is answered in a thread of its own."""
    monkeypatch.setattr("engine.threads._AT_FIRST", 2)
    scorer = TextModel.load("debug").scorer
    assert isinstance(scorer, EmotionScorer)
    deal(lambda number: number, range(4), threads=2)
    at_once, batch = threading.Barrier(2), scorer._batch

    def together(texts):  # type: ignore[no-untyped-def]
        at_once.wait(20)  # broken where one batch waits for the other
        return batch(texts)

    monkeypatch.setattr(scorer, "_batch", together)
    with ThreadPoolExecutor(1) as later:
        later.submit(scorer.vectors, ["The lamp went out.", "He laughed at it.."]).result()


def test_the_cores_are_those_that_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {3}, raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 64)
    assert cores() == 1
    monkeypatch.delattr("os.sched_getaffinity")
    assert cores() == 64
