/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * rng.h: counter-based standard normal noise.  A value is a function of
 * (seed, stream, channel, x, y) alone, so that tiles, threads and the
 * order of calls cannot change it.
 *
 * Generator: Philox4x32-10 (Salmon et al., "Parallel random numbers: as
 * easy as 1, 2, 3", SC 2011), keyed by the seed, with the counter
 * (x, y, channel / 4, stream); the four words give four normals by
 * Box and Muller (1958), one per channel modulo 4.
 */

#ifndef DIF_BASE_RNG_H
#define DIF_BASE_RNG_H

#include <stddef.h>
#include <stdint.h>

/* The streams in use: the noise of the forward process, and that of
 * step i of a stochastic sampler, of the forward Markov chain or of draw i when
 * a picture's own noise is topped up; grain that is put on a restored one; and
 * noise on which a picture is made of patches.
 */
#define DIF_STREAM_FORWARD  0u
#define DIF_STREAM_STEP(i)  (1u + (uint32_t) (i))
#define DIF_STREAM_CHAIN(i) (0x40000000u + (uint32_t) (i))
#define DIF_STREAM_QUILT(i) (0x50000000u + (uint32_t) (i))
#define DIF_STREAM_DRAW(i)  (0x60000000u + (uint32_t) (i))
#define DIF_STREAM_GRAIN    0x70000000u

void dif_philox4x32 (const uint32_t counter[4],
                     const uint32_t key[2],
                     uint32_t       out[4]);

/* n values of N(0, 1) for the pixels (x .. x+n-1, y) of three channels:
 * plane c (0..2) is written at out[c * plane_stride + i].
 */
void dif_rng_normal_rgb (uint64_t  seed,
                         uint32_t  stream,
                         int32_t   x,
                         int32_t   y,
                         int       n,
                         float    *out,
                         size_t    plane_stride);

#endif
