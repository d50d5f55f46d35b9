# FAISS as position independent static libraries, one an instruction set: lib/libfaiss_avx2.a, lib/libfaiss_avx512.a,
# include/faiss/. Which of them a process loads is decided when it runs; the generic build is not made, since Magpie's
# own index serves where there is no AVX2.

faiss_build() {
  local prefix=$1 work=$2
  step "FAISS $faiss_version: fetching the source"
  crate_source "$faiss_crate" "$faiss_crate_version" "$faiss_crate_sha256" "$work/crate"

  step "FAISS $faiss_version: building for avx2 and avx512 (3 minutes on two cores)"
  CXXFLAGS='-w -fno-semantic-interposition' logged "$work/configure.log" \
    cmake -S "$work/crate/faiss" -B "$work/build" -G Ninja \
    -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DBUILD_TESTING=OFF -DFAISS_OPT_LEVEL=avx512 \
    -DFAISS_ENABLE_GPU=OFF -DFAISS_ENABLE_PYTHON=OFF -DFAISS_ENABLE_C_API=OFF -DFAISS_ENABLE_EXTRAS=OFF \
    -DFAISS_ENABLE_MKL=OFF -DBLA_VENDOR=OpenBLAS
  NINJA_STATUS='   [%f/%t, %es] ' nice ninja -C "$work/build" -k 1 faiss_avx2 faiss_avx512 | progress

  mkdir -p "$prefix/lib" "$prefix/include"
  cp "$work/build/faiss/libfaiss_avx2.a" "$work/build/faiss/libfaiss_avx512.a" "$prefix/lib/"
  (cd "$work/crate/faiss" && find faiss -name '*.h' -not -path '*/gpu*' -not -path '*/python/*' -print0 |
    xargs -0 cp --parents -t "$prefix/include")
  cp "$work/crate/faiss/LICENSE" "$prefix/"
}

# A static library of one compiler is of no use to another.
faiss_key() { "${CXX:-g++}" -dumpfullversion; }
