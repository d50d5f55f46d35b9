#!/usr/bin/env python3
"""Runs the queries of sql/ on Spark: a request a line on standard input, an answer a line on standard output.

A request is what ports/analytics.h calls a query, as JSON:

    {"tables": [{"name": "raw_events", "location": "..."}], "views": [{"name": "...", "sql": "..."}],
     "sql": "SELECT ...", "to": "..."}

With "to" the rows are written there as Parquet, replacing what was there; without, they come back in the answer.

    {"rows": 4711}        {"columns": [{"name": "rule", "values": ["robot_minute"]}]}        {"error": "..."}

    run_sql.py [--master local[2]] [--memory 6g] [--conf spark.name=value]...
"""

import argparse
import json
import sys

from pyspark.sql import SparkSession


def open_session(arguments):
    builder = (SparkSession.builder.appName("magpie").master(arguments.master)
               .config("spark.driver.memory", arguments.memory)
               .config("spark.ui.enabled", "false")
               .config("spark.sql.session.timeZone", "UTC")
               .config("spark.sql.parquet.compression.codec", "zstd"))
    for setting in arguments.conf:
        name, value = setting.split("=", 1)
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def select(spark, request):
    for table in request["tables"]:
        # Files of before a column was added lack it; directories are names, and no columns.
        (spark.read.option("mergeSchema", "true").option("recursiveFileLookup", "true")
         .option("pathGlobFilter", "*.parquet").parquet(table["location"]).createOrReplaceTempView(table["name"]))
    for view in request["views"]:
        spark.sql(view["sql"]).createOrReplaceTempView(view["name"])
    return spark.sql(request["sql"])


def answer(spark, request):
    rows = select(spark, request)
    if "to" in request:
        rows.write.mode("overwrite").parquet(request["to"])
        return {"rows": spark.read.parquet(request["to"]).count()}
    collected = rows.collect()
    return {"columns": [{"name": name, "values": [row[place] for row in collected]}
                        for place, name in enumerate(rows.columns)]}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--master", default="local[2]")
    parser.add_argument("--memory", default="6g")
    parser.add_argument("--conf", action="append", default=[])
    spark = open_session(parser.parse_args())
    for line in sys.stdin:
        try:
            result = answer(spark, json.loads(line))
        except Exception as failure:  # Whatever Spark raises is the answer to this request, not the end of the others.
            result = {"error": str(failure)}
        print(json.dumps(result), flush=True)
    spark.stop()


if __name__ == "__main__":
    main()
