/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * strips.h: how the work of a layer is cut into strips of rows, whose
 * number depends on the size of the picture alone.
 */

#ifndef DIF_NN_STRIPS_H
#define DIF_NN_STRIPS_H

/* How many strips a picture has. */
int  dif_strips_of  (int  h,
                     int  w);

/* Rows of the highest of them. */
int  dif_strip_rows (int  h,
                     int  w);

/* The picture and the rows, y0 <= y < y1, of a strip that is numbered through
 * the batch.
 */
void dif_strip      (int  chunk,
                     int  n_strips,
                     int  h,
                     int *picture,
                     int *y0,
                     int *y1);

#endif
