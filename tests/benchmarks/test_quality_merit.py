"""Figures of merit: what is counted as a split, as found and as the wrong way round."""

from itertools import pairwise

import pytest

from benchmarks.quality.classes import PROGRAMS, Program, Text
from benchmarks.quality.merit import Outcome, merit, together
from benchmarks.share import Share

CLASS = (
    Program("base", 0),
    Program("copy", 0),
    Program("reworded", 0, Text.REWORDED),
    Program("more-02", 2),
    Program("more-02-copy", 2),
    Program("more-10", 10),
)


def outcome(*groups: str) -> Outcome:
    """A ranking: each group of names ties, and is faster than all groups behind it."""
    places = {author: place for place, group in enumerate(groups) for author in group.split()}
    faster = {(one, other) for one in places for other in places if places[one] < places[other]}
    return Outcome({author: 0.01 * place for author, place in places.items()}, faster, seconds=2.0, runs=3)


PERFECT = outcome("base copy reworded", "more-02 more-02-copy", "more-10")


def test_a_perfect_ranking_splits_nothing_and_finds_everything() -> None:
    found = merit([PERFECT, PERFECT], CLASS)
    assert (found.split_gradings, found.split_copies, found.split_texts) == (Share(0, 2), Share(0, 2), Share(0, 4))
    assert found.split_among_others == Share(0, 2)
    assert found.found == {1: Share(0, 0), 2: Share(4, 4), 5: Share(0, 0), 10: Share(2, 2)}
    assert found.wrong == Share(0, 2 * 11)
    assert (found.seconds, found.runs) == (2.0, 3.0)


def test_a_split_of_copies_and_one_of_texts_are_told_apart() -> None:
    copies = merit([outcome("base reworded", "copy", "more-02 more-02-copy", "more-10")], CLASS)
    assert (copies.split_gradings, copies.split_copies, copies.split_texts) == (Share(1, 1), Share(1, 1), Share(1, 2))
    texts = merit([outcome("base copy", "reworded", "more-02 more-02-copy", "more-10")], CLASS)
    assert (texts.split_gradings, texts.split_copies, texts.split_texts) == (Share(1, 1), Share(0, 1), Share(2, 2))


def test_a_split_behind_others_is_no_split_of_the_base() -> None:
    found = merit([outcome("base copy reworded more-02", "more-02-copy", "more-10")], CLASS)
    assert (found.split_gradings, found.split_among_others) == (Share(0, 1), Share(1, 1))
    assert found.found[2] == Share(1, 2)


def test_a_pair_that_ties_is_not_found_and_not_wrong() -> None:
    found = merit([outcome("base copy reworded more-02 more-02-copy more-10")], CLASS)
    assert (found.found[2], found.found[10], found.wrong) == (Share(0, 2), Share(0, 1), Share(0, 11))


def test_a_pair_the_wrong_way_round_is_wrong_and_not_found() -> None:
    found = merit([outcome("more-10", "base copy reworded", "more-02 more-02-copy")], CLASS)
    assert (found.found[10], found.wrong) == (Share(0, 1), Share(5, 11))


def test_ranks_count_who_is_faster_as_the_grader_does() -> None:
    assert PERFECT.ranks == {"base": 1, "copy": 1, "reworded": 1, "more-02": 4, "more-02-copy": 4, "more-10": 6}


def test_equal_rankings_agree_opposite_ones_do_the_contrary_and_no_ranking_agrees_with_nothing() -> None:
    ladder = [program.author for program in PROGRAMS]
    forwards, backwards, nothing = outcome(*ladder), outcome(*ladder[::-1]), outcome(" ".join(ladder))
    assert merit([forwards, forwards], PROGRAMS).agreement == pytest.approx(1.0)
    assert merit([forwards, backwards], PROGRAMS).agreement == pytest.approx(-1.0)
    assert merit([forwards, nothing], PROGRAMS).agreement == 0.0
    assert merit([forwards], PROGRAMS).agreement is None


def test_agreement_is_taken_over_every_two_gradings() -> None:
    assert len(merit([PERFECT] * 4, CLASS).agreements) == 6


def test_the_scatter_of_equals_is_that_of_their_times() -> None:
    times = {"base": 0.01, "copy": 0.0, "reworded": -0.01, "more-02": 5.0, "more-02-copy": 5.0, "more-10": 7.0}
    assert merit([Outcome(times, set(), 1.0)], CLASS).copies_sd_percent == pytest.approx(1.0)


def test_the_interval_is_that_of_clopper_and_pearson() -> None:
    assert Share(0, 30).interval_percent == pytest.approx((0.0, 100 * (1 - 0.025 ** (1 / 30))))
    assert Share(8, 10).interval_percent == pytest.approx((44.39, 97.48), abs=0.01)


def test_of_nothing_there_is_no_share() -> None:
    assert (Share(0, 0).percent, Share(0, 0).interval_percent) == (None, None)


def test_several_classes_together_add_up() -> None:
    one, other = merit([PERFECT, PERFECT], CLASS), merit([outcome("base", "copy reworded more-02 more-02-copy more-10")], CLASS)
    both = together([one, other])
    assert (both.gradings, both.split_gradings, both.found[2]) == (3, Share(1, 3), Share(6, 6))
    assert both.agreements == one.agreements


def test_who_is_left_out_of_a_ranking_moves_nobody_else() -> None:
    kept = PERFECT.only({"base", "more-02", "more-10"})
    assert kept.ranks == {"base": 1, "more-02": 2, "more-10": 3}
    assert kept.seconds == PERFECT.seconds / 2
    assert all(kept.ranks[one] < kept.ranks[other] for one, other in pairwise(kept.log_times))
