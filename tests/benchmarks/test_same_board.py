"""How two gradings of one class agree: pairs in order, tied, contradicted; and for sure, where the intervals say so."""

import pytest

from benchmarks.same_board import CLUSTER, HERE, Agreement, Place, agreement, boards_of, table


def board(**ranks: int | None) -> dict[tuple[str, str], Place]:
    """By author; nobody has an interval."""
    return {("julia", author): Place("ACCEPTED" if rank else "WRONG_ANSWER", rank) for author, rank in ranks.items()}


def test_the_same_board_has_every_pair_in_the_same_order() -> None:
    found = agreement(board(ada=1, ben=2, cyd=3), board(ada=1, ben=2, cyd=3))
    assert found == Agreement(results=3, alike=3)
    assert found.tau_b == 1.0


def test_a_tie_that_the_other_grading_separates_contradicts_nobody() -> None:
    found = agreement(board(ada=1, ben=1, cyd=3), board(ada=1, ben=2, cyd=2))
    assert found == Agreement(results=3, alike=1, tied_in_first=1, tied_in_second=1)


def test_a_pair_that_both_tie_is_counted_apart() -> None:
    found = agreement(board(ada=1, ben=1), board(ada=1, ben=1))
    assert (found.both_tie, found.pairs, found.tau_b) == (1, 1, None)


def test_opposite_ranks_are_a_contradiction() -> None:
    found = agreement(board(ada=1, ben=2), board(ada=2, ben=1))
    assert (found.contradicted, found.surely_contradicted, found.tau_b) == (("ada and ben · julia",), (), -1.0)


@pytest.mark.parametrize(("end", "is_sure"), [(1.9, True), (2.1, False)])
def test_it_is_sure_where_the_intervals_are_disjoint_in_both(end: float, is_sure: bool) -> None:
    fast, slow = Place("ACCEPTED", 1, 2.0, 3.0), Place("ACCEPTED", 2, 1.0, end)
    one = {("julia", "ada"): fast, ("julia", "ben"): slow}
    other = {("julia", "ada"): slow, ("julia", "ben"): fast}
    found = agreement(one, other)
    assert (len(found.contradicted), len(found.surely_contradicted)) == (1, int(is_sure))


def test_pairs_are_of_one_task() -> None:
    both = {("julia", "ada"): Place("ACCEPTED", 1), ("matmul", "ben"): Place("ACCEPTED", 2)}
    assert agreement(both, both).pairs == 0


def test_another_verdict_and_who_is_on_one_board_alone_are_named() -> None:
    found = agreement(board(ada=1, ben=2, cyd=None), board(ada=1, ben=None))
    assert found.other_verdicts == ("ben · julia", "cyd · julia")
    assert found.on_one_board == ("ben · julia",)


@pytest.mark.parametrize(
    ("first", "second"),
    [((1, 2, 2, 4, 5), (1, 1, 3, 5, 4)), ((1, 1, 1, 4, 5), (5, 3, 3, 1, 1)), ((1, 2, 3, 4, 5), (2, 1, 3, 5, 4))],
)
def test_tau_b_is_scipys(first: tuple[int, ...], second: tuple[int, ...]) -> None:
    from scipy.stats import kendalltau

    one, other = (board(**dict(zip("abcde", ranks, strict=True))) for ranks in (first, second))
    assert agreement(one, other).tau_b == pytest.approx(float(kendalltau(first, second).statistic))


def test_only_students_of_what_a_grading_prints_are_compared() -> None:
    figures = {"verdict": "ACCEPTED", "rank": 1, "rate_low": 1.0, "rate_high": 2.0}
    one = {"task": "julia", "author": "ada", "kind": "student", **figures}
    document = {"results": [one, {**one, "author": "numba", "kind": "reference", "rank": None}]}
    assert boards_of(document) == {("julia", "ada"): Place("ACCEPTED", 1, 1.0, 2.0)}


def test_the_table_sums_over_gradings_and_names_contradictions() -> None:
    one, other = board(ada=1, ben=2), board(ada=2, ben=1)
    first, second, contradicted = table({HERE: [one, one], CLUSTER: [other]}).splitlines()
    assert first.startswith("two gradings here, 1 compared: 2 verdicts, 0 differ; 1 pairs: 1 in the same order")
    assert second.startswith("here and by jobs, 2 compared: 4 verdicts, 0 differ; 2 pairs: 0 in the same order")
    assert "2 contradicted (0 with intervals apart in both); τ_b -1.000" in second
    assert contradicted == "  contradicted: ada and ben · julia"
