/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * textures.h: pictures of surfaces that do not wrap, and how their lines
 * stand out.
 */

#ifndef TEXTURES_H
#define TEXTURES_H

#include "dif.h"

#define N_TEXTURES 8

/* Of no particular size; free with dif_image_free(). */
DifImage   *texture_new       (int kind);
DifImage   *texture_new_sized (int kind,
                               int width,
                               int height);

const char *texture_name   (int             kind);

/* How strongly line i shows, which lies between columns i and i + 1, or
 * rows if down is set, the last one between the last and the first: the mean
 * size of the differences across it, of single pixels or of sums of so many
 * along it.
 */
double      texture_line   (const DifImage *image,
                            gboolean        down,
                            int             i,
                            int             block);

/* The share of the lines within the picture that show less than line i. */
double      texture_rank   (const DifImage *image,
                            gboolean        down,
                            int             i,
                            int             block);

#endif
