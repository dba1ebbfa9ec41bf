/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * screened.h: the screened Poisson equation in double precision.
 */

#ifndef SCREENED_H
#define SCREENED_H

#include <glib.h>

typedef struct
{
  int           width;
  int           height;
  gboolean      wrapped;
  double        hold;
  const guint8 *fixed;      /* [height][width]; NULL: nowhere */
} Screened;

/* Fills out with the left-hand side, hold d(p) + sum (d(p) - d(q)); 0 where
 * pixels are fixed.
 */
void    screened_apply (const Screened *e,
                        const double   *d,
                        double         *out);

/* d, by conjugate gradients.  Free with g_free(). */
double *screened_solve (const Screened *e,
                        const float    *right);

#endif
