/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * cosines.h: the discrete cosine transform of 8 values, as JPEG has it.
 */

#ifndef DIF_PIPELINE_COSINES_H
#define DIF_PIPELINE_COSINES_H

#define DIF_COSINES 8

/* Row k has the orthonormal basis of frequency k: the matrix turns values into
 * coefficients, its transpose turns them back.
 */
void dif_cosines (float matrix[DIF_COSINES][DIF_COSINES]);

#endif
