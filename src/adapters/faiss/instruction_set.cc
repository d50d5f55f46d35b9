#include "adapters/faiss/instruction_set.h"

namespace magpie::faiss_ann {

std::string_view to_string(InstructionSet set) { return set == InstructionSet::kAvx512 ? "avx512" : "avx2"; }

bool is_supported(InstructionSet set) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c") &&
                    __builtin_cpu_supports("popcnt");
  if (set == InstructionSet::kAvx2) return avx2;
  return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
#else
  static_cast<void>(set);
  return false;
#endif
}

}  // namespace magpie::faiss_ann
