"""The 128 numbers by which dlib's ResNet tells faces apart."""

from collections.abc import Sequence

import numpy as np

from rekbridge_engine.vision.crops import cut_square
from rekbridge_engine.vision.detected_faces import DetectedFace
from rekbridge_engine.vision.models import run_model
from rekbridge_engine.vision.similarity import FloatArray, fit_similarity

_INPUT_SIDE = 150
# Where eyes, nose and corners of the mouth lie in the squares on which the model was trained.
_POINTS = np.array([[46.28, 47.13], [103.41, 45.56], [74.39, 78.45], [49.76, 103.87], [99.42, 102.48]])
# 16 faces at once take 150 MB; more would not be faster.
_MAX_BATCH = 16


def compute_descriptors(faces: Sequence[DetectedFace]) -> FloatArray:
    """Compute the descriptors of faces, n x 128. The distance of two is below 0.6 for one person."""
    squares = [
        cut_square(face.image, fit_similarity(np.array(face.points), _POINTS), _INPUT_SIDE).transpose(2, 0, 1)
        for face in faces
    ]
    batches = [np.stack(squares[start : start + _MAX_BATCH]) for start in range(0, len(squares), _MAX_BATCH)]
    return np.concatenate(
        [np.zeros((0, 128), np.float32), *(run_model("resnet128", batch.astype(np.float32))[0] for batch in batches)]
    )


def measure_distances(descriptor: FloatArray, others: FloatArray) -> FloatArray:
    """Measure how far a descriptor is from each of n others."""
    distances: FloatArray = np.linalg.norm(others - descriptor, axis=1)
    return distances
