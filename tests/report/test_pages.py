"""The three kinds of pages: what each shows, what it never shows, and that text from outside is text."""

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from grader.advice.keeping import KeptProfile
from grader.content.course import Course
from grader.content.extraction import CellLines
from grader.content.reading import SourceFile
from grader.content.submission import Submission
from grader.grading.check_class import AGAIN, SMALLEST
from grader.grading.class_report import Report
from grader.grading.own_history import PastResult
from grader.grading.profile_lines import Line
from grader.grading.score import Points
from grader.grading.standings import Confidence, Result
from grader.report.feedback_pages import feedback_pages
from grader.report.pictures import Drawn, DrawnPicture
from grader.report.published_pages import overall, published_pages, techniques_of
from grader.report.staff_pages import attention, staff_pages, waiting
from grader.verdicts import Verdict
from tests.report.example import HOSTILE_TEXTS, accepted, final, findings, marked, marks, reference, report, wrong

COURSE = Course.model_validate({"course": {"title": "Lab", "term": "autumn", "machine": "laptop"}, "machines": {"laptop": {}}})
SOURCE = "import numpy as np\n\ndef double(x):\n    return 2 * np.asarray(x)  # a line of ada's own\n"
KEY = ("student", "ada", "double")


def submission(author: str, source: str = SOURCE) -> Submission:
    files = (SourceFile("double.py", source.encode("utf-8", "surrogatepass")),)
    return Submission(author, "student", "double", Path(author), files, "double.py", "double", (), "0" * 64)


def a_class() -> Report:
    whole = marked(
        accepted("ada", 1, speedup=1.3, suspicions=("it is faster than light",)),
        accepted("bob", 1),
        reference("numba"),
        reference("naive", wall_time_s=1.0, speedup=0.02, speedup_low=0.019, speedup_high=0.021),
        accepted("eve", 3, wall_time_s=0.1, flags=("erratic: its own times scatter",)),
        accepted("ida", None, review="an unknown order of operations"),
        wrong("max", "expected <2>, got <3>", printed="hello from max"),
    )
    return replace(
        whole,
        confidence=(
            Confidence("double", "large", 0.013, 3, 5, control_tied=True, disturbed_runs=0, counting_runs=5, set_aside_runs=0),
        ),
    )


def renamed(author: str) -> str:
    return f"pseudonym-{sorted(('ada', 'bob', 'eve', 'ida', 'max')).index(author)}"


SUBMISSIONS = {("student", author, "double"): submission(author) for author in ("ada", "bob", "eve", "ida", "max")}


def published(shown: Report) -> str:
    return published_pages(shown, COURSE, techniques_of(SUBMISSIONS), renamed)["index.html"]


class Seen(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if not self.tags or self.tags[-1][0] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def every_page(shown: Report) -> dict[str, str]:
    return {
        **{f"staff/{path}": text for path, text in staff_pages(shown, COURSE, SUBMISSIONS).items()},
        **{f"board/{path}": text for path, text in published_pages(shown, COURSE, {}, str.upper).items()},
        **{f"feedback/{path}": text for path, text in feedback_pages(shown, COURSE, SUBMISSIONS, str.upper).items()},
    }


# The teaching staff


def test_the_staff_sees_the_class_by_task_and_a_page_for_each_student_and_task() -> None:
    pages = staff_pages(a_class(), COURSE, SUBMISSIONS)
    students = {f"students/{author}.html" for author in ("ada", "bob", "eve", "ida", "max")}
    assert pages.keys() == {"index.html", "tasks/double.html", *students}
    index = Seen(pages["index.html"])
    links = {attributes["href"] for tag, attributes in index.tags if tag == "a"}
    assert links >= {*students, "tasks/double.html"}
    assert "1 · 1.3 ×" in index.text
    assert "WRONG_ANSWER" in index.text


def test_what_waits_for_a_person_stands_first_with_its_evidence_and_the_command() -> None:
    found = {one.author: one for one in attention(a_class())}
    assert found.keys() == {"ada", "ida"}
    assert found["ada"].evidence == ("it is faster than light",)
    assert found["ida"].remedy == "grader accept ida double --note WHY"
    text = Seen(staff_pages(a_class(), COURSE, SUBMISSIONS)["index.html"]).text
    assert text.index("it is faster than light") < text.index("The class")


def test_a_person_decides_what_is_by_hand_and_what_a_grading_left_undecided() -> None:
    criteria = [
        {"id": "right", "text": "right", "points": 1, "by": "correct"},
        {"id": "tidy", "text": "tidy", "points": 1, "by": "technique", "avoids": ["@"]},
        {"id": "drawn", "text": "drawn", "points": 1, "by": "hand"},
    ]
    assignment = {"id": "doubling", "title": "Doubling", "kind": "lab", "tasks": ["double"], "criteria": criteria}
    course = Course.model_validate({**COURSE.model_dump(by_alias=True, exclude_unset=True), "assignments": [assignment]})
    undecided = tuple(Points(str(one["id"]), "", None, 1.0, "", "double") for one in criteria)
    everyone = [replace(marks(author), criteria=undecided[1:]) for author in ("ada", "bob")]
    everyone += [replace(marks("eve"), criteria=undecided)]
    shown = report(accepted("ada"), accepted("bob"), marks=tuple(everyone))
    assert waiting(shown, course) == {("doubling", "tidy"): 2, ("doubling", "drawn"): 3}
    assert "doubling/drawn, of 3 students" in Seen(staff_pages(shown, course, {})["index.html"]).text


def test_whom_somebody_has_looked_at_wants_no_attention() -> None:
    looked_at = report(accepted("ada", suspicions=("fast",), looked_at="tess on 2026-10-05: fine"))
    assert list(attention(looked_at)) == []


def test_a_failure_of_the_grader_and_what_is_not_graded_want_attention() -> None:
    failed = report(
        replace(wrong("ada"), verdict=Verdict.GRADER_ERROR),
        faults=("student/ada · double: no worker",),
        ungraded=("bob · double",),
    )
    assert [one.remedy for one in attention(failed)] == ["grader grade ada --task double"]
    text = Seen(staff_pages(failed, COURSE, {})["index.html"]).text
    assert "the grader failed, not the submission: student/ada · double: no worker" in text
    assert "not graded yet (grader grade): bob · double" in text


# Everyone


def test_the_published_board_has_ranks_intervals_and_references_in_their_order() -> None:
    page = published(a_class())
    assert re.findall(r'<th scope="row">(.*?)</th>', page) == ["pseudonym-0", "pseudonym-1", "numba", "naive", "pseudonym-2"]
    text = Seen(page).text
    for figure in ("50 M numbers/s", "1.25 × ±0.81 % over numba", "numpy", "differences of 1.3 % and more"):
        assert figure in text


def test_nothing_private_is_published() -> None:
    page = published(a_class())
    planted = (
        "ada",
        "bob",
        "eve",
        "ida",
        "max",
        "light",
        "erratic",
        "unknown order",
        "expected",
        "hello",
        "ada's own",
        "WRONG",
    )
    shown = Seen(page)
    everything = " ".join([shown.text, *(str(value) for _, attributes in shown.tags for value in attributes.values())])
    assert [word for word in planted if re.search(rf"\b{word}\b", everything)] == []
    assert "pseudonym-3" not in everything, "who is not ranked yet is not on it"
    assert "pseudonym-4" not in everything, "nor who is wrong"
    assert "5 / 7" not in everything, "marks are private"


def test_a_library_that_could_name_its_author_is_not_named() -> None:
    own = {
        KEY: submission(
            "ada", "import ada_lovelace_lib, numba\n\ndef double(x):\n    return ada_lovelace_lib.f(numba.njit(x))\n"
        )
    }
    assert techniques_of(own) == {KEY: ("numba",)}
    assert techniques_of({KEY: submission("ada", "def double(x):\n    return x\n")}) == {KEY: ("plain Python",)}


def places(*results: Result) -> list[tuple[str, int, int, float]]:
    return [(one.author, one.first_rank, one.last_rank, one.mean_rank) for one in overall(report(*results))]


def ranked(author: str, *ranks: int, task: str = "double") -> Result:
    """The rank, and the first and the last one that are open."""
    rank, first, last = ranks if len(ranks) > 1 else 3 * ranks
    return replace(accepted(author, rank), task=task, first_rank=first, last_rank=last)


def test_overall_the_mean_of_the_ranks_decides_and_equal_means_are_ties() -> None:
    first = [ranked("ada", 1), ranked("bob", 2), ranked("eve", 3)]
    second = [ranked("ada", 2, task="triple"), ranked("bob", 1, task="triple")]
    assert places(*first, *second) == [("ada", 1, 2, 1.5), ("bob", 1, 2, 1.5), ("eve", 3, 3, 3.0)]


def test_overall_nobody_is_ahead_by_ranks_that_noise_leaves_open() -> None:
    first = [ranked("ada", 1, 1, 2), ranked("bob", 2, 1, 2), ranked("eve", 3)]
    second = [ranked("ada", 1, task="triple"), ranked("bob", 2, 2, 3, task="triple"), ranked("eve", 2, 2, 3, task="triple")]
    assert places(*first, *second) == [("ada", 1, 2, 1.0), ("bob", 1, 3, 2.0), ("eve", 2, 3, 2.5)]
    shown = replace(report(*first, *second), work_units={"double": "numbers", "triple": "numbers"})
    page = published_pages(shown, COURSE, {}, str)["index.html"]
    cells = re.findall(r'<td class="number" data-value="[^"]*">([^<]*)</td>', page[page.index("Overall") :])
    assert cells[:3] == ["1–2", "1–2", "1"]


@pytest.mark.parametrize(
    "shown",
    [
        lambda report: staff_pages(report, COURSE, {})["index.html"],
        lambda report: staff_pages(report, COURSE, {})["tasks/double.html"],
        lambda report: published_pages(report, COURSE, {}, str)["index.html"],
        lambda report: feedback_pages(report, COURSE, {}, str)["ada.html"],
    ],
    ids=["staff", "task", "published", "feedback"],
)
def test_every_page_shows_the_ranks_that_noise_leaves_open(shown: Callable[[Report], str]) -> None:
    assert "2–7" in shown(report(ranked("ada", 2, 2, 7), reference("numba")))


# Each student


def led_to(text: str) -> list[str]:
    """The addresses outside the report that a page leads to."""
    return [address for address in re.findall(r'href="([^"#]+)"', text) if address.startswith(("https:", "../"))]


def with_addresses(**addresses: str) -> Course:
    return COURSE.model_copy(update={"about": COURSE.about.model_copy(update=addresses)})


def test_the_board_and_the_staffs_first_page_lead_to_the_history() -> None:
    shown, course = a_class(), with_addresses(history="../history/html/index.html", suite="https://suite.example/")
    assert led_to(published_pages(shown, course, {}, renamed)["index.html"]) == ["../history/html/index.html"]
    assert led_to(staff_pages(shown, course, {})["index.html"]) == ["../history/html/index.html", "https://suite.example/"]
    assert led_to(staff_pages(shown, COURSE, {})["index.html"]) == []


def test_the_staff_has_a_history_of_its_own_where_there_is_one() -> None:
    course = with_addresses(history="../history/html/index.html", staff_history="../staffs/html/index.html")
    assert led_to(staff_pages(a_class(), course, {})["index.html"]) == ["../staffs/html/index.html"]
    assert "staffs" not in published_pages(a_class(), course, {}, renamed)["index.html"]


def test_a_page_that_is_handed_back_leads_into_the_web_alone() -> None:
    folders = with_addresses(
        history="../history/html/index.html", leaderboard="../../board/index.html", staff_pages="https://s.example"
    )
    assert led_to(feedback_pages(a_class(), folders, SUBMISSIONS, renamed)["ada.html"]) == []
    web = with_addresses(history="https://course.example/history/", leaderboard="https://course.example/")
    found = led_to(feedback_pages(a_class(), web, SUBMISSIONS, renamed)["ada.html"])
    assert found == ["https://course.example/", "https://course.example/history/"]


def test_a_student_is_given_verdict_figures_marks_and_code() -> None:
    pages = feedback_pages(a_class(), COURSE, SUBMISSIONS, renamed)
    assert pages.keys() == {f"{author}.html" for author in ("ada", "bob", "eve", "ida", "max")}
    text = Seen(pages["eve.html"]).text
    for words in (
        "ACCEPTED",
        "100 ms at case large",
        "±0.81 %",
        "time ∝ work^1.00 (0.90 to 1.10, 2 cases)",
        "every check case was answered correctly",
        "3.5 / 4",
        "course so far",
        "erratic: its own times scatter",
        "return 2 * np.asarray(x)",
        "pseudonym-2",
    ):
        assert words in text
    assert "hello from max" in Seen(pages["max.html"]).text


def test_a_students_page_names_nobody_else_and_no_evidence() -> None:
    pages = feedback_pages(
        replace(a_class(), ungraded=("bob · triple",), faults=("student/bob: x",)), COURSE, SUBMISSIONS, renamed
    )
    for author in ("ada", "eve", "ida", "max"):
        own_source_aside = pages[f"{author}.html"].replace("ada&#39;s own", "")
        others = {"ada", "bob", "eve", "ida", "max"} - {author}
        assert [name for name in others if re.search(rf"\b{name}\b", Seen(own_source_aside).text)] == []
        assert "faster than light" not in own_source_aside


def test_a_student_is_told_the_smallest_call_that_fails_and_no_file_that_only_the_staff_has() -> None:
    command = "grader check FILE --case results/cases/max/double.npz"
    shown = report(wrong("max", f"Wrong on case 'one'{SMALLEST}  double([0.0])\n  expected 0, got 1{AGAIN}{command}"))
    feedback = feedback_pages(shown, COURSE, SUBMISSIONS, renamed)["max.html"]
    assert "expected 0, got 1" in feedback
    assert "again on this case" not in feedback
    assert "double.npz" not in feedback
    assert command in staff_pages(shown, COURSE, SUBMISSIONS)["students/max.html"]


def test_a_student_sees_how_the_own_versions_developed_and_nobody_elses() -> None:
    versions = [
        PastResult("2026-10-05T09:30:12+00:00", Verdict.WRONG_ANSWER),
        PastResult("2026-10-06T10:00:00+00:00", Verdict.ACCEPTED, "large", "numba", 0.5, 0.49, 0.51),
    ]
    pages = feedback_pages(a_class(), COURSE, SUBMISSIONS, renamed, histories={("max", "double"): versions})
    text = Seen(pages["max.html"]).text
    words = ("2026-10-05 09:30", "WRONG_ANSWER", "–", "2026-10-06 10:00", "ACCEPTED", "0.5 × ±2 %", "numba", "large")
    assert " ".join(words) in text[text.index("How it developed") :]
    assert_is_ours_alone(pages["max.html"])
    assert "How it developed" not in pages["eve.html"]


def test_the_lines_of_the_code_are_numbered_as_in_the_file() -> None:
    page = feedback_pages(report(accepted("ada")), COURSE, SUBMISSIONS, str)["ada.html"]
    listed = page[page.index('<ol class="source"') :]
    lines = re.findall(r"<li><code>(.*?)</code></li>", listed)
    assert lines[:3] == ["import numpy as np", "", "def double(x):"]


def listing(page: str) -> list[str]:
    """What stands in each line of the code, its heat included."""
    return [Seen(one).text for one in re.findall(r"<li[^>]*>.*?<code>.*?</code></li>", page[page.index('<ol class="source') :])]


def test_what_ends_no_line_for_python_ends_none_here_so_heat_and_numbers_are_those_of_the_profile() -> None:
    own = submission("ada", "# a\fb\N{LINE SEPARATOR}c\vd\r\ndef double(x):\r    return 2 * x\n")
    profile = replace(kept(own), shares={"double.py": (0.0, 0.05, 0.95)}, slowest=("double.py", 3))
    lines = listing(feedback_pages(a_class(), COURSE, {KEY: own}, str, profiles=lambda _: profile)["ada.html"])
    assert lines == [r"# a\x0cb\u2028c\x0bd", "5 % def double(x):", "95 % ▶ return 2 * x"]


def test_of_a_very_long_file_the_first_lines_are_shown_and_it_is_said_how_many_are_not() -> None:
    long = submission("ada", SOURCE + "x = 1\n" * 5000)
    page = feedback_pages(a_class(), COURSE, {KEY: long}, str, profiles=kept)["ada.html"]
    assert len(listing(page)) == 5000
    assert f"{SOURCE.count(chr(10))} more lines are left out." in page


def of_a_notebook() -> Submission:
    """Its function stands in code cell 3, from line 2 on, and what it needs in cell 1."""
    places = ((1, 4), (3, 2), (3, 3), (3, 5))
    module = SourceFile("lab_ipynb.py", b"import numpy as np\ndef double(x):\n    y = 2 * x\n    return y\n")
    cells = CellLines("lab.ipynb", module.path, places, ("import numpy", "", "def double"))
    return replace(submission("ada"), files=(module,), file=module.path, lines=cells)


def test_the_lines_of_a_notebook_have_the_numbers_of_its_cells_as_the_advice_does() -> None:
    own = of_a_notebook()
    advice = replace(findings()[0], line=Line("lab.ipynb", 3, 3, "y = 2 * x"))
    profile = replace(kept(own), shares={own.file: (0.0, 0.0, 0.95, 0.05)}, slowest=(own.file, 3), findings=(advice,))
    page = feedback_pages(a_class(), COURSE, {KEY: own}, str, profiles=lambda _: profile)["ada.html"]
    assert "code cell 3, line 3: python-loop" in page
    one, three = page.split('<p class="cell">code cell ')[1:]
    assert one.startswith("1<")
    assert re.findall(r'<li value="(\d+)">', one) == ["4"]
    assert three.startswith("3<")
    assert re.findall(r'<li value="(\d+)">', three) == ["2", "3", "5"]
    (hot,) = (line for line in three.splitlines() if "95 %" in line)
    assert 'value="3"' in hot
    assert "▶" in hot
    assert_is_ours_alone(page)


# All pages


def test_every_table_has_a_caption_and_every_head_a_scope_and_every_page_a_language_and_a_way_past_the_head() -> None:
    for page in every_page(a_class()).values():
        seen = Seen(page)
        tags = [tag for tag, _ in seen.tags]
        assert tags.count("table") == tags.count("caption")
        assert all(attributes.get("scope") in ("col", "row") for tag, attributes in seen.tags if tag == "th")
        assert ("html", {"lang": "en"}) in seen.tags
        assert ("a", {"class": "skip", "href": "#main"}) in seen.tags
        assert tags.count("h1") == 1
        identifiers = [attributes["id"] for _, attributes in seen.tags if "id" in attributes]
        assert len(identifiers) == len(set(identifiers))


def assert_is_ours_alone(page: str) -> None:
    """Nothing that loads or runs anything, but for the page's own script."""
    seen = Seen(page)
    tags = [tag for tag, _ in seen.tags]
    assert not {"img", "iframe", "link", "object", "embed", "base"} & set(tags)
    assert tags.count("script") <= 1
    for _, attributes in seen.tags:
        assert not [name for name in attributes if name.startswith("on") or name in ("src", "style", "xlink:href")]
        assert not re.match(r"\s*(\w+:|//)", attributes.get("href") or "")
    assert page.isprintable() or page.replace("\n", "").isprintable()


def test_no_page_loads_anything() -> None:
    for page in every_page(a_class()).values():
        assert_is_ours_alone(page)
        assert "default-src &#39;none&#39;" in page


@pytest.mark.parametrize("text", ["A set", *HOSTILE_TEXTS.values()], ids=["plain", *HOSTILE_TEXTS])
def test_pictures_stand_in_the_page_itself_each_with_what_there_is_to_see(text: str) -> None:
    still = DrawnPicture("set", text, text, "png", is_right=True, files={"light": b"white", "dark": b"black"})
    film = replace(still, name="film", format="gif", is_right=False)

    def pictures(_submission: Submission) -> Drawn:
        return Drawn((still, film), {"Another film": text})

    shown = report(accepted("ada"))
    for page in (
        feedback_pages(shown, COURSE, SUBMISSIONS, str.upper, pictures)["ada.html"],
        staff_pages(shown, COURSE, SUBMISSIONS, pictures)["students/ada.html"],
    ):
        seen = Seen(page)
        images = [attributes for tag, attributes in seen.tags if tag == "img"]
        assert [one["src"] for one in images] == ["data:image/png;base64,d2hpdGU=", "data:image/gif;base64,d2hpdGU="]
        assert all(one["alt"] for one in images)
        dark = [attributes["srcset"] for tag, attributes in seen.tags if tag == "source"]
        assert dark == ["data:image/png;base64,YmxhY2s=", "data:image/gif;base64,YmxhY2s="]
        assert {tag for tag, _ in seen.tags} & {"a", "script", "b", "svg"} <= {"a", "svg"}
        assert "the answer is wrong" in seen.text
        assert "Another film: not drawn: " in seen.text


@pytest.mark.parametrize(("result", "is_right", "said"), [(wrong, True, 1), (wrong, False, 0), (accepted, True, 0)])
def test_of_a_wrong_answer_it_is_said_where_the_pictures_happen_to_be_right(
    result: Callable[[str], Result], is_right: bool, said: int
) -> None:
    picture = DrawnPicture("set", "A set", "A set.", "png", is_right=is_right, files={"light": b"white", "dark": b"black"})
    page = feedback_pages(report(result("ada")), COURSE, SUBMISSIONS, str, lambda _: Drawn((picture,), {}))["ada.html"]
    assert page.count("What is drawn here is right") == said


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_text_from_outside_is_text(text: str) -> None:
    name = text[:200] or "nobody"
    hostile = report(
        accepted(name, flags=(text,) * 30, suspicions=(text,), review=None),
        replace(wrong(f"{name[:100]}2", text, printed=text), flags=(text,)),
        faults=(text,),
        ungraded=(name,),
        marks=(marks(name, because=text),),
        finals=(final(name),),
    )
    own = {("student", name, "double"): submission(name, f"# {text[:10_000]}\n")}
    pages = [
        *staff_pages(hostile, COURSE, own).items(),
        *published_pages(hostile, COURSE, {}, str).items(),
        *feedback_pages(hostile, COURSE, own, str).items(),
    ]
    for path, page in pages:
        assert_is_ours_alone(page)
        assert len(page) < 1_000_000
        assert path.replace("/", "").isprintable()


# Profiles


def kept(_submission: Submission) -> KeptProfile:
    """A profile in which the third line takes nearly all of the time."""
    return KeptProfile("large", {"double.py": (0.0, 0.0, 0.95, 0.05)}, ("double.py", 3), findings(), "numba")


def test_a_student_sees_the_heat_of_each_line_and_the_advice_where_there_is_a_profile() -> None:
    page = feedback_pages(a_class(), COURSE, {KEY: submission("ada")}, str, profiles=kept)["ada.html"]
    assert "line 3: python-loop, up to 3.3 times as fast" in page
    assert "The next step is shown by the reference numba." in page
    hot = next(line for line in page.splitlines() if "def double" in line and "<li>" in line)
    assert "95 %" in hot
    assert "▶" in hot
    assert page.count("▶</span>") == 1


def test_and_nothing_of_it_where_there_is_none() -> None:
    page = feedback_pages(a_class(), COURSE, {KEY: submission("ada")}, str)["ada.html"]
    assert "What would make it faster" not in page
    assert '<span class="heat">' not in page


def test_the_staff_sees_it_too() -> None:
    page = staff_pages(a_class(), COURSE, {KEY: submission("ada")}, profiles=kept)["students/ada.html"]
    assert "line 3: python-loop" in page


def test_a_profile_of_fewer_lines_than_the_file_has_is_no_matter() -> None:
    short = replace(kept(submission("ada")), shares={"double.py": (0.5,)}, findings=(), next_reference=None)
    page = feedback_pages(a_class(), COURSE, {KEY: submission("ada")}, str, profiles=lambda _: short)["ada.html"]
    assert "nothing to fix that would gain a tenth" in page


@pytest.mark.parametrize("text", HOSTILE_TEXTS.values(), ids=HOSTILE_TEXTS)
def test_advice_out_of_a_program_is_text_and_nothing_else(text: str) -> None:
    hostile = replace(kept(submission("ada")), findings=(replace(findings()[0], evidence=text, next_step=text),))
    page = feedback_pages(a_class(), COURSE, {KEY: submission("ada")}, str, profiles=lambda _: hostile)["ada.html"]
    assert "<script>alert" not in page
    assert len(page) < 60_000
