/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * strips.h: how the work of a layer is cut into strips of rows, whose
 * number depends on the size of the picture alone.
 */

#ifndef DIF_NN_STRIPS_H
#define DIF_NN_STRIPS_H

/* Strips of a picture. */
int  dif_strips_of  (int  h,
                     int  w);

/* Rows of the highest of them. */
int  dif_strip_rows (int  h,
                     int  w);

/* Chunk number of a batch to picture and rows. */
void dif_strip      (int  chunk,
                     int  n_strips,
                     int  h,
                     int *picture,
                     int *y0,
                     int *y1);

#endif
