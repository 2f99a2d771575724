"""The evaluation in Markdown, for docs/engine.md."""

import json
from collections import defaultdict
from collections.abc import Iterator

from tests.engine.truth.evaluate import CONFIDENCES, Evaluation
from tests.engine.truth.expectations import FOLDER
from tests.engine.truth.verdicts import Tally

# Why a wrong label is answered, by file and label; a label whose parent is wrong for the same reason shares it.
EXPLANATIONS: dict[str, dict[str, str]] = json.loads((FOLDER / "explanations.json").read_text())


def find_explanation(file: str, label: str) -> str:
    """Why the label is answered for the photograph; empty if nobody has said."""
    return next((why for names, why in EXPLANATIONS.get(file, {}).items() if label in names.split(", ")), "")


def describe_evaluation(evaluation: Evaluation) -> str:
    """Tables of how well the engine saw, then each wrong label with its reason, and what was missed."""
    return "\n".join(
        [*_tabulate_totals(evaluation), "", *_tabulate_wrong(evaluation), "", *_tabulate_missed(evaluation), ""]
    )


def _tabulate_totals(evaluation: Evaluation) -> Iterator[str]:
    yield f"| on {len(evaluation.answers)} photographs | precision | recall | right | wrong | missed |"
    yield "|---|---|---|---|---|---|"
    for confidence in CONFIDENCES:
        yield _describe_counts(f"Labels at {confidence}", evaluation.count_labels(confidence))
    yield _describe_counts("Instances, IoU ≥ 0.5", evaluation.count_instances())
    yield _describe_counts("Faces ≥ 40 px, IoU ≥ 0.5", evaluation.count_faces())
    yield _describe_counts("Words", evaluation.count_text(), with_precision=False)


def _describe_counts(name: str, counts: Tally, with_precision: bool = True) -> str:
    precision, wrong = (f"{counts.precision:.2f}", str(counts.wrong)) if with_precision else ("–", "–")
    return f"| {name} | {precision} | {counts.recall:.2f} | {counts.right} | {wrong} | {counts.missed} |"


def _tabulate_wrong(evaluation: Evaluation) -> Iterator[str]:
    """One row for the labels of a photograph that are wrong for the same reason, the surest first."""
    rows: dict[tuple[str, str], list[str]] = defaultdict(list)
    for file, label, confidence in evaluation.list_wrong_labels(min(CONFIDENCES)):
        rows[file, find_explanation(file, label)].append(f"{label} {confidence:.0f}")
    for file, box in evaluation.list_false_faces():
        rows[file, find_explanation(file, "a face")].append(f"a face at {[round(side, 2) for side in box]}")
    yield "| wrong | said | why |"
    yield "|---|---|---|"
    for (file, explanation), said in rows.items():
        yield f"| `{file}` | {', '.join(said)} | {explanation} |"


def _tabulate_missed(evaluation: Evaluation) -> Iterator[str]:
    yield "| missed | what |"
    yield "|---|---|"
    for file, labels in evaluation.list_missed_labels(min(CONFIDENCES)):
        yield f"| `{file}` | {', '.join(labels)} |"
    for file, words in evaluation.list_missed_words():
        yield f"| `{file}` | the words {', '.join(words)} |"
    for file, box in evaluation.list_missed_faces():
        yield f"| `{file}` | the face at {[round(side, 2) for side in box]} |"
