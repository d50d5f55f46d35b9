"""Trains PyPI implicit's ALS (CPU, conjugate gradients, native code) for bench/als_bench.cc.

als_implicit.py PACKAGES FOLDER FACTORS REGULARIZATION ALPHA ITERATIONS THREADS

PACKAGES: the folder that `tools/deps implicit` makes. FOLDER: holds train.offsets (u64), train.indices (u32), shape
(text: users items); gets, for each iteration k from 1, k.users and k.items (f32, row-major), and `seconds`: a line with
the time since the call of fit(), without what it took to write these files.
"""

import os
import sys
import time

# The machine's own choice of instructions, and implicit's threads only: what serves it best, and what its authors ask for.
os.environ.pop("OPENBLAS_CORETYPE", None)
os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, sys.argv[1])

import numpy as np  # noqa: E402
import scipy.sparse  # noqa: E402
from implicit.cpu.als import AlternatingLeastSquares  # noqa: E402


def read_train(folder):
    with open(os.path.join(folder, "shape")) as file:
        users, items = map(int, file.read().split())
    offsets = np.fromfile(os.path.join(folder, "train.offsets"), dtype=np.uint64)
    indices = np.fromfile(os.path.join(folder, "train.indices"), dtype=np.uint32).astype(np.int32)
    ones = np.ones(len(indices), dtype=np.float32)
    return scipy.sparse.csr_matrix((ones, indices, offsets.astype(np.int32)), shape=(users, items))


def main(folder, factors, regularization, alpha, iterations, threads):
    train = read_train(folder)
    model = AlternatingLeastSquares(
        factors=factors, regularization=regularization, alpha=alpha, iterations=iterations, use_native=True,
        use_cg=True, num_threads=threads, random_state=42)
    seconds = []
    writing = 0.0
    start = time.perf_counter()

    def after_iteration(*_):
        nonlocal writing
        entered = time.perf_counter()
        seconds.append(entered - start - writing)
        model.user_factors.astype(np.float32).tofile(os.path.join(folder, f"{len(seconds)}.users"))
        model.item_factors.astype(np.float32).tofile(os.path.join(folder, f"{len(seconds)}.items"))
        writing += time.perf_counter() - entered

    model.fit_callback = after_iteration
    model.fit(train, show_progress=False)
    with open(os.path.join(folder, "seconds"), "w") as file:
        file.writelines(f"{value}\n" for value in seconds)


main(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]), int(sys.argv[6]), int(sys.argv[7]))
