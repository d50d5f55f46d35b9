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
