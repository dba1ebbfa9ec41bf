/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * field-private.h: what the parts of field.h share.
 */

#ifndef DIF_QUILT_FIELD_PRIVATE_H
#define DIF_QUILT_FIELD_PRIVATE_H

#include "quilt/field.h"

/* v within 0 .. n - 1: the end, or on a wrapped source the other side. */
static inline int
dif_field_within (int      v,
                  int      n,
                  gboolean wrapped)
{
  if (v >= 0 && v < n)
    return v;
  if (wrapped)
    return (v % n + n) % n;
  return v < 0 ? 0 : n - 1;
}

/* Whether the first column comes after the last one. */
static inline gboolean
dif_field_is_round_x (const DifField *f)
{
  return f->wrapped && f->columns == f->width;
}

static inline gboolean
dif_field_is_round_y (const DifField *f)
{
  return f->wrapped && f->rows == f->height;
}

/* Where a place of the field lies in that of the whole picture. */
static inline int
dif_field_whole_x (const DifField *f,
                   int             x)
{
  x += f->left;
  return f->wrapped && x >= f->width ? x - f->width : x;
}

static inline int
dif_field_whole_y (const DifField *f,
                   int             y)
{
  y += f->top;
  return f->wrapped && y >= f->height ? y - f->height : y;
}

#endif
