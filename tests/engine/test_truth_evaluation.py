"""What counts for and against an answer about a photograph of the truth set."""

from tests.engine.truth.evaluate import Evaluation, PhotoAnswer
from tests.engine.truth.expectations import Box, Expectation, ExpectedFace, parse_expectation
from tests.engine.truth.report import describe_evaluation
from tests.engine.truth.verdicts import Tally, judge_faces, judge_instances, judge_labels, judge_text, match_boxes

PARENTS = {
    "Dog": frozenset({"Animal", "Pet"}),
    "Beagle": frozenset({"Dog", "Animal", "Pet"}),
    "Grass": frozenset({"Plant"}),
}
DOG = Expectation("dog.jpg", labels=frozenset({"Dog"}), allowed=frozenset({"Grass"}))
FACE: Box = (0.4, 0.4, 0.2, 0.2)
ELSEWHERE: Box = (0.0, 0.0, 0.2, 0.2)


def count_labels(confidences: dict[str, float], least: float = 55) -> Tally:
    return judge_labels(DOG, confidences, least, PARENTS).counts


def test_a_wrong_label_counts_against_precision() -> None:
    assert count_labels({"Dog": 90, "Cat": 80}).precision == 0.5


def test_a_wrong_label_does_not_count_against_recall() -> None:
    assert count_labels({"Dog": 90, "Cat": 80}).recall == 1


def test_a_missed_label_counts_against_recall() -> None:
    assert count_labels({"Grass": 90}).recall == 0


def test_an_allowed_label_is_right() -> None:
    assert count_labels({"Dog": 90, "Grass": 60}).precision == 1


def test_an_allowed_label_that_is_not_answered_is_not_missed() -> None:
    assert count_labels({"Dog": 90}).recall == 1


def test_a_parent_of_a_true_label_is_right() -> None:
    assert count_labels({"Animal": 90, "Plant": 90}).wrong == 0


def test_a_parent_does_not_stand_in_for_the_label_itself() -> None:
    assert count_labels({"Animal": 90}).missed == 1


def test_a_child_of_a_true_label_is_wrong() -> None:
    assert count_labels({"Beagle": 90}).wrong == 1


def test_a_label_below_the_confidence_was_not_said() -> None:
    assert count_labels({"Dog": 60, "Cat": 60}, least=75) == Tally(missed=1)


def test_no_answer_is_precise_and_finds_nothing() -> None:
    assert (count_labels({}).precision, count_labels({}).recall) == (1, 0)


def test_an_answer_fits_one_expected_box_only() -> None:
    assert match_boxes([FACE, FACE], [FACE]) == {0: 0} or match_boxes([FACE, FACE], [FACE]) == {1: 0}


def test_the_best_overlap_is_matched_first() -> None:
    near: Box = (0.41, 0.4, 0.2, 0.2)
    assert match_boxes([FACE], [near, FACE]) == {0: 1}


def test_boxes_that_share_less_than_half_do_not_match() -> None:
    assert match_boxes([FACE], [(0.5, 0.4, 0.2, 0.2)]) == {}


def judge_dogs(answered: list[Box], crowd: frozenset[str] = frozenset()) -> Tally:
    expectation = Expectation("dogs.jpg", frozenset({"Dog"}), objects=(("Dog", FACE),), crowd=crowd)
    return judge_instances(expectation, {"Dog": answered, "Cat": [ELSEWHERE]})


def test_a_box_without_a_thing_is_wrong() -> None:
    assert judge_dogs([FACE, ELSEWHERE]) == Tally(right=1, wrong=1, recalled=1)


def test_a_thing_without_a_box_is_missed() -> None:
    assert judge_dogs([]) == Tally(missed=1)


def test_more_of_a_crowd_than_is_boxed_is_not_wrong() -> None:
    assert judge_dogs([FACE, ELSEWHERE], crowd=frozenset({"Dog"})).wrong == 0


def expect_faces(*faces: ExpectedFace) -> Expectation:
    return Expectation("faces.jpg", frozenset({"Face"}), faces=faces)


def test_a_face_is_found_by_a_box_that_shares_half_of_it() -> None:
    assert judge_faces(expect_faces(ExpectedFace(FACE)), [(0.42, 0.4, 0.2, 0.22)]).counts == Tally(right=1, recalled=1)


def test_a_box_on_no_face_is_false() -> None:
    assert judge_faces(expect_faces(ExpectedFace(FACE)), [FACE, ELSEWHERE]).false == (ELSEWHERE,)


def test_a_second_box_on_a_face_is_false() -> None:
    second: Box = (0.43, 0.43, 0.2, 0.2)
    assert judge_faces(expect_faces(ExpectedFace(FACE)), [FACE, second]).false == (second,)


def test_a_face_that_is_not_found_is_missed() -> None:
    assert judge_faces(expect_faces(ExpectedFace(FACE)), []).counts == Tally(missed=1)


def test_a_drawn_or_small_face_need_not_be_found() -> None:
    faces = (ExpectedFace(FACE, drawn=True), ExpectedFace(ELSEWHERE, small=True))
    assert judge_faces(expect_faces(*faces), []).counts == Tally()


def test_a_drawn_or_small_face_that_is_found_is_not_false() -> None:
    faces = (ExpectedFace(FACE, drawn=True), ExpectedFace(ELSEWHERE, small=True))
    assert judge_faces(expect_faces(*faces), [(0.45, 0.45, 0.1, 0.1), ELSEWHERE]).counts == Tally()


def test_a_word_is_read_whatever_its_case() -> None:
    assert judge_text(Expectation("sign.jpg", frozenset(), text=("Stop", "Here")), ["STOP"]).recall == 0.5


def test_a_word_that_is_not_read_is_named_in_the_report() -> None:
    sign = Expectation("sign.jpg", frozenset(), text=("Stop", "Here"))
    answer = PhotoAnswer(sign, confidences={}, instances={}, faces=(), words=("STOP",))
    assert "| `sign.jpg` | the words Here |" in describe_evaluation(Evaluation((answer,)))


def test_an_entry_of_the_file_is_read_in_full() -> None:
    row = {
        "labels": ["Dog"],
        "allowed": ["Grass"],
        "faces": [{"box": list(FACE), "small": True}],
        "objects": [{"label": "Dog", "box": list(FACE)}],
        "crowd": ["Dog"],
        "text": ["Rex"],
    }
    assert parse_expectation("dog.jpg", row) == Expectation(
        "dog.jpg",
        labels=frozenset({"Dog"}),
        allowed=frozenset({"Grass"}),
        faces=(ExpectedFace(FACE, small=True),),
        objects=(("Dog", FACE),),
        crowd=frozenset({"Dog"}),
        text=("Rex",),
    )


def evaluate_dog(confidences: dict[str, float], faces: tuple[Box, ...] = ()) -> Evaluation:
    return Evaluation((PhotoAnswer(DOG, confidences, instances={}, faces=faces, words=()),))


def test_the_surest_wrong_label_comes_first() -> None:
    wrong = evaluate_dog({"Cat": 60, "Sheep": 90}).list_wrong_labels(55)
    assert wrong == [("dog.jpg", "Sheep", 90), ("dog.jpg", "Cat", 60)]


def test_a_false_face_on_a_photograph_without_faces_is_listed() -> None:
    assert evaluate_dog({}, faces=(FACE,)).list_false_faces(without_faces=True) == [("dog.jpg", FACE)]


def test_the_report_names_what_is_wrong_and_missed() -> None:
    report = describe_evaluation(evaluate_dog({"Cat": 60, "Sheep": 90}, faces=(FACE,)))
    assert "| Labels at 55 | 0.00 | 0.00 | 0 | 2 | 1 |" in report
    assert "| `dog.jpg` | Sheep 90, Cat 60, a face at [0.4, 0.4, 0.2, 0.2] |" in report
    assert "| `dog.jpg` | Dog |" in report
