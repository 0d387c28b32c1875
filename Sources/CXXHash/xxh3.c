#include "CXXHash.h"

#if defined(__x86_64__)
uint64_t worldcache_xxh3_avx2(const void *bytes, size_t count, uint64_t seed);
#endif

uint64_t worldcache_xxh3_long(const void *bytes, size_t count, uint64_t seed) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return worldcache_xxh3_avx2(bytes, count, seed);
#endif
  return XXH3_64bits_withSeed(bytes, count, seed);
}
