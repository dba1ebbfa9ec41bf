/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * jpeg-blocks.h: what a JPEG file's compression has left in a picture.  Its 8 x 8
 * blocks are found by the coefficients that were rounded to zero, and the steps of
 * rounding by the multiples that the others keep to (Fan and de Queiroz 2003,
 * "Identification of bitmap compression history: JPEG detection and quantizer
 * estimation").  A result may then be held to what the file says: the brightness of
 * each block lies within half a step of the coefficients found in the source (Zakhor
 * 1992, "Iterative procedures for reduction of blocking effects in transform image
 * coding").
 */

#ifndef DIF_PIPELINE_JPEG_BLOCKS_H
#define DIF_PIPELINE_JPEG_BLOCKS_H

#include "dif.h"

/* Fills what noise says of blocks; blocks 0 where none are found, as in a picture
 * that was resized since.
 */
void   dif_jpeg_blocks_measure  (const DifImage      *image,
                                 DifLayerNoise       *noise);

/* The mean of the known steps of the lowest frequencies, in steps of 8 bits; 0 if
 * none is known.
 */
double dif_jpeg_blocks_low_step (const DifLayerNoise *noise);

/* Moves the brightness of eight rows of a result into what the steps allow of the
 * source's.  Both are planes of width pixels a row; the first row, at pixels, is the
 * first of a row of blocks, and the first whole block begins at column first.
 */
void   dif_jpeg_blocks_hold     (const DifLayerNoise *noise,
                                 int                  first,
                                 int                  width,
                                 const float         *source,
                                 gsize                source_plane,
                                 float               *result,
                                 gsize                result_plane);

#endif
