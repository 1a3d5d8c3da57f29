"""What choosing remembers: the answer longest unused goes first."""

from engine.match.memory import Memory


def test_an_answer_that_is_used_outlives_one_that_is_not() -> None:
    memory = Memory(most=2)
    memory.put("a", 1)
    memory.put("b", 2)
    assert memory.get("a") == 1
    memory.put("c", 3)
    assert [memory.get(key) for key in "abc"] == [1, None, 3]


def test_every_memory_is_its_own() -> None:
    Memory().put("a", 1)
    assert Memory().get("a") is None
