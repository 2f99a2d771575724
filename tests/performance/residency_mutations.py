"""Random changes of regions, transfers and retention, and how many `rekbridge residency policy` shows.

Run: python -m tests.performance.residency_mutations. The baseline is the document of the unchanged variables: a change
is visible if the line that names it differs from there.
"""

import sys
from argparse import ArgumentParser
from collections import Counter

from rekbridge.residency.policy import markdown
from rekbridge.residency.policy.reading import create_policy

from tests.many_variables import evaluate_policies
from tests.policy_mutations import ORIGINAL, create_mutations, is_visible

SOAK_MUTATIONS, SMALLEST_MUTATIONS = 200, 10


def main() -> None:
    """Change, and print how many changes of each kind are visible; the exit code is 1 when one is not."""
    parser = ArgumentParser("python -m tests.performance.residency_mutations", description=__doc__.splitlines()[0])
    parser.add_argument("--smallest", action="store_true", help=f"{SMALLEST_MUTATIONS} changes")
    parser.add_argument("--seed", type=int, default=12)
    options = parser.parse_args()
    mutations = create_mutations(options.seed, SMALLEST_MUTATIONS if options.smallest else SOAK_MUTATIONS)
    values = evaluate_policies([ORIGINAL, *(mutation.variables for mutation in mutations)])
    baseline, *documents = (markdown.render(create_policy(value)) for value in values)
    changed, visible = Counter[str](), Counter[str]()
    for mutation, document in zip(mutations, documents, strict=True):
        changed[mutation.kind] += 1
        visible[mutation.kind] += is_visible(baseline, document, mutation)
    for kind in ("region", "transfer", "retention"):
        print(f"{kind:12}{visible[kind]:>5} of {changed[kind]} visible")
    invisible = changed.total() - visible.total()
    print(f"{changed.total()} changes, seed {options.seed}: {invisible} invisible")
    sys.exit(1 if invisible else 0)


if __name__ == "__main__":
    main()
