#pragma once
// Without a library to link: the functions are inlined where they are called.
#define XXH_INLINE_ALL
#include <xxhash.h>

/// The same for more bytes than are hashed without vectors, with the widest vectors that the processor has.
uint64_t worldcache_xxh3_long(const void *bytes, size_t count, uint64_t seed);

/// XXH3's 64 bits of bytes: the same on every processor. (The header renames its functions by macros, which Swift does not see.)
static inline uint64_t worldcache_xxh3(const void *bytes, size_t count, uint64_t seed) {
  if (count > XXH3_MIDSIZE_MAX) return worldcache_xxh3_long(bytes, count, seed);
  return XXH3_64bits_withSeed(bytes, count, seed);
}
