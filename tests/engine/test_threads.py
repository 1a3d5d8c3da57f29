"""Work is dealt out evenly."""

import pytest

from engine.threads import even_share


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
