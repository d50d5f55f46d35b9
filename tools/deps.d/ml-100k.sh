# MovieLens-100k in RecBole's layout: ml-100k.inter, ml-100k.item, ml-100k.user. Asked for by the demo, the end-to-end
# tests and the benchmarks, never by the build.

ml100k_build() {
  local prefix=$1 work=$2
  step "MovieLens-100k: fetching $ml100k_pip"
  pip_wheel "$ml100k_pip" "$ml100k_pip_sha256" "$work"
  mkdir -p "$prefix"
  python3 - "$work"/*.whl "$prefix" <<'PY'
import os, sys, zipfile
wheel, prefix = sys.argv[1:]
folder = "recbole/dataset_example/ml-100k/"
with zipfile.ZipFile(wheel) as archive:
    for name in ("ml-100k.inter", "ml-100k.item", "ml-100k.user"):
        with open(os.path.join(prefix, name), "wb") as out:
            out.write(archive.read(folder + name))
PY
}
