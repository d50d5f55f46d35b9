"""Trains Spark MLlib's ALS (implicitPrefs) in one process for bench/als_bench.cc.

als_spark.py PACKAGES FOLDER FACTORS REGULARIZATION ALPHA ITERATIONS THREADS

PACKAGES: the folders that `tools/deps pyspark` and `tools/deps implicit` make (for NumPy), with ':' between. FOLDER: as
in als_implicit.py; gets 1.users, 1.items and `seconds`, of one fit() of all ITERATIONS. Neither Spark's start nor
reading the data counts: they are in memory, in as many partitions as there are threads, before the clock starts.
"""

import os
import sys
import time

packages = sys.argv[1].split(":")
sys.path[:0] = packages
# The Python workers that Spark starts need them, too.
os.environ["PYTHONPATH"] = sys.argv[1]
os.environ["PYSPARK_PYTHON"] = sys.executable

import numpy as np  # noqa: E402
from pyspark.ml.recommendation import ALS  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402


def write_pairs(folder):
    offsets = np.fromfile(os.path.join(folder, "train.offsets"), dtype=np.uint64).astype(np.int64)
    items = np.fromfile(os.path.join(folder, "train.indices"), dtype=np.uint32)
    users = np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))
    path = os.path.join(folder, "pairs.csv")
    np.savetxt(path, np.column_stack([users, items]), fmt="%d", delimiter=",")
    return path


def write_factors(frame, count, factors, path):
    matrix = np.zeros((count, factors), dtype=np.float32)
    for row in frame.toLocalIterator():
        matrix[row["id"]] = row["features"]
    matrix.tofile(path)


def main(folder, factors, regularization, alpha, iterations, threads):
    with open(os.path.join(folder, "shape")) as file:
        users, items = map(int, file.read().split())
    spark = (SparkSession.builder.master(f"local[{threads}]").config("spark.driver.memory", "8g")
             .config("spark.ui.enabled", "false").config("spark.sql.shuffle.partitions", str(threads)).getOrCreate())
    spark.sparkContext.setLogLevel("ERROR")
    pairs = spark.read.csv(write_pairs(folder), schema="user INT, item INT").selectExpr("user", "item", "1.0F AS weight")
    pairs = pairs.repartition(threads).cache()
    pairs.count()
    als = ALS(rank=factors, maxIter=iterations, regParam=regularization, implicitPrefs=True, alpha=alpha,
              userCol="user", itemCol="item", ratingCol="weight", numUserBlocks=threads, numItemBlocks=threads, seed=42,
              intermediateStorageLevel="MEMORY_ONLY", finalStorageLevel="MEMORY_ONLY")
    start = time.perf_counter()
    model = als.fit(pairs)
    model.itemFactors.count()
    model.userFactors.count()
    seconds = time.perf_counter() - start
    write_factors(model.userFactors, users, factors, os.path.join(folder, "1.users"))
    write_factors(model.itemFactors, items, factors, os.path.join(folder, "1.items"))
    with open(os.path.join(folder, "seconds"), "w") as file:
        file.write(f"{seconds}\n")
    spark.stop()


main(sys.argv[2], int(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5]), int(sys.argv[6]), int(sys.argv[7]))
