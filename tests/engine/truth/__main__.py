"""`python -m tests.engine.truth`: print how well the engine of this tree sees the truth set, in Markdown."""

from tests.engine.engine_process import run_engine
from tests.engine.truth.evaluate import evaluate_engine
from tests.engine.truth.report import describe_evaluation

if __name__ == "__main__":
    with run_engine() as engine:
        print(describe_evaluation(evaluate_engine(engine.create_client())))
