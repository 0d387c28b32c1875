#pragma once
// Without a library to link: the functions are inlined where they are called.
#define XXH_INLINE_ALL
#include <xxhash.h>

// The header renames its functions by macros, which Swift does not see.
static inline uint64_t worldcache_xxh3(const void *bytes, size_t count, uint64_t seed) {
  return XXH3_64bits_withSeed(bytes, count, seed);
}
