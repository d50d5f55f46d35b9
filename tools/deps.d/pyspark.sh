# PySpark, as a folder for PYTHONPATH. Asked for by benchmarks that have it as their peer, never by the build.

pyspark_build() {
  local prefix=$1 work=$2
  step "PySpark: fetching and installing ${pyspark_requirements%% *} (320 MB)"
  echo "$pyspark_build_requirements" >"$work/build.txt"
  echo "$pyspark_requirements" >"$work/requirements.txt"
  fetched "$work/build.log" pip_install --target "$work/build" --requirement "$work/build.txt"
  PYTHONPATH=$work/build fetched "$work/pip.log" \
    pip_install --no-build-isolation --target "$prefix" --requirement "$work/requirements.txt"
}
