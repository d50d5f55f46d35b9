# The package implicit with what it needs (NumPy among it), as a folder for PYTHONPATH. Asked for by the ALS benchmark,
# which has it as its peer, never by the build.

implicit_build() {
  local prefix=$1 work=$2
  step "implicit: fetching and installing ${implicit_requirements%% *} (60 MB)"
  echo "$implicit_requirements" >"$work/requirements.txt"
  fetched "$work/pip.log" pip_install --only-binary=:all: --target "$prefix" --requirement "$work/requirements.txt"
}
