#pragma once
// Sums of products of vectors of signed bytes, with the widest instructions that the processor has:
// Swift is compiled for the oldest processor of its kind, and knows no way to choose at run time.
// Everything is inline, so that it becomes part of the Swift module that calls it.
//
// Rows are `stride` bytes apart, a multiple of 64, and padded with zeros; so is the query. No byte
// is -128. At most 65,536 bytes a row: a sum of so many products of two bytes fits into 32 bits.
#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

enum vectors_way { vectors_plain = 0, vectors_avx2 = 1, vectors_vnni = 2 };

static inline void vectors_scan_plain(const int8_t *rows, size_t count, size_t stride,
                                      const int8_t *query, int32_t *sums) {
    for (size_t row = 0; row < count; row++, rows += stride) {
        int32_t sum = 0;
        for (size_t index = 0; index < stride; index++) sum += rows[index] * query[index];
        sums[row] = sum;
    }
}

#if defined(__x86_64__)
// 32 bytes at a time: the query's are made positive and their signs moved to the row's, as
// vpmaddubsw multiplies an unsigned byte by a signed one. Two products of up to 127 * 127 fit into
// 16 bits.
__attribute__((target("avx2"))) static inline int32_t vectors_sum_avx2(const int8_t *row,
                                                                       size_t stride,
                                                                       const int8_t *query) {
    const __m256i ones = _mm256_set1_epi16(1);
    __m256i even = _mm256_setzero_si256(), odd = even;
    for (size_t index = 0; index < stride; index += 64) {
        __m256i q0 = _mm256_loadu_si256((const __m256i *)(query + index));
        __m256i q1 = _mm256_loadu_si256((const __m256i *)(query + index + 32));
        __m256i r0 = _mm256_loadu_si256((const __m256i *)(row + index));
        __m256i r1 = _mm256_loadu_si256((const __m256i *)(row + index + 32));
        __m256i p0 = _mm256_maddubs_epi16(_mm256_abs_epi8(q0), _mm256_sign_epi8(r0, q0));
        __m256i p1 = _mm256_maddubs_epi16(_mm256_abs_epi8(q1), _mm256_sign_epi8(r1, q1));
        even = _mm256_add_epi32(even, _mm256_madd_epi16(p0, ones));
        odd = _mm256_add_epi32(odd, _mm256_madd_epi16(p1, ones));
    }
    __m256i both = _mm256_add_epi32(even, odd);
    __m128i four =
        _mm_add_epi32(_mm256_castsi256_si128(both), _mm256_extracti128_si256(both, 1));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0x4E));
    four = _mm_add_epi32(four, _mm_shuffle_epi32(four, 0xB1));
    return _mm_cvtsi128_si32(four);
}

__attribute__((target("avx2"))) static inline void vectors_scan_avx2(const int8_t *rows,
                                                                     size_t count, size_t stride,
                                                                     const int8_t *query,
                                                                     int32_t *sums) {
    for (size_t row = 0; row < count; row++, rows += stride)
        sums[row] = vectors_sum_avx2(rows, stride, query);
}

// 64 bytes at a time: the row's bytes plus 128 are unsigned, and 128 times the query's sum is taken
// off again.
__attribute__((target("avx512f,avx512bw,avx512vnni"))) static inline void vectors_scan_vnni(
    const int8_t *rows, size_t count, size_t stride, const int8_t *query, int32_t *sums) {
    const __m512i flip = _mm512_set1_epi8((char)0x80);
    int32_t excess = 0;
    for (size_t index = 0; index < stride; index++) excess += query[index];
    excess *= 128;
    for (size_t row = 0; row < count; row++, rows += stride) {
        __m512i sum = _mm512_setzero_si512();
        for (size_t index = 0; index < stride; index += 64) {
            __m512i bytes = _mm512_xor_si512(_mm512_loadu_si512(rows + index), flip);
            sum = _mm512_dpbusd_epi32(sum, bytes, _mm512_loadu_si512(query + index));
        }
        sums[row] = _mm512_reduce_add_epi32(sum) - excess;
    }
}
#endif

// The sums of products of a query with `count` rows.
static inline void vectors_scan(int way, const int8_t *rows, size_t count, size_t stride,
                                const int8_t *query, int32_t *sums) {
#if defined(__x86_64__)
    if (way == vectors_vnni) return vectors_scan_vnni(rows, count, stride, query, sums);
    if (way == vectors_avx2) return vectors_scan_avx2(rows, count, stride, query, sums);
#endif
    (void)way;
    vectors_scan_plain(rows, count, stride, query, sums);
}

// Whether a way gives here what the plain one gives, on rows that exercise every lane and sign.
static inline int vectors_is_right(int way) {
    enum { stride = 192, count = 3 };
    int8_t rows[stride * count], query[stride];
    int32_t wanted[count], sums[count];
    uint32_t word = 1;
    for (size_t index = 0; index < sizeof rows; index++) {
        word = word * 1664525u + 1013904223u;  // Knuth's, of Numerical Recipes
        rows[index] = (int8_t)((int)((word >> 16) % 255) - 127);
        word = word * 1664525u + 1013904223u;
        if (index < stride) query[index] = (int8_t)((int)((word >> 16) % 255) - 127);
    }
    vectors_scan_plain(rows, count, stride, query, wanted);
    vectors_scan(way, rows, count, stride, query, sums);
    for (size_t row = 0; row < count; row++)
        if (sums[row] != wanted[row]) return 0;
    return 1;
}

// Whether the processor and the system have what a way needs.
static inline int vectors_has(int way) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (way == vectors_vnni)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
               __builtin_cpu_supports("avx512vnni");
    if (way == vectors_avx2) return __builtin_cpu_supports("avx2");
#endif
    return way == vectors_plain;
}

// The fastest way that the processor has.
static inline int vectors_fastest(void) {
    for (int way = vectors_vnni; way > vectors_plain; way--)
        if (vectors_has(way) && vectors_is_right(way)) return way;
    return vectors_plain;
}

// The sum of products of signed bytes with floats; sixteen sums, as the compiler must not change the
// order of additions, so that it takes several at once.
static inline float vectors_mixed(const int8_t *row, const float *query, size_t count) {
    float sums[16] = {0};
    size_t index = 0;
    for (; index + 16 <= count; index += 16)
        for (size_t lane = 0; lane < 16; lane++)
            sums[lane] += (float)row[index + lane] * query[index + lane];
    float sum = 0;
    for (size_t lane = 0; lane < 16; lane++) sum += sums[lane];
    for (; index < count; index++) sum += (float)row[index] * query[index];
    return sum;
}

// Asks for large pages for some memory: of small ones, looking up where each is takes a third of a
// scan's time. The kernel may refuse, and then it is slower, no more.
static inline void vectors_use_large_pages(void *memory, size_t bytes) {
#ifdef MADV_HUGEPAGE
    uintptr_t start = ((uintptr_t)memory + 4095) & ~(uintptr_t)4095;
    uintptr_t end = ((uintptr_t)memory + bytes) & ~(uintptr_t)4095;
    if (end > start) (void)madvise((void *)start, end - start, MADV_HUGEPAGE);
#else
    (void)memory;
    (void)bytes;
#endif
}
