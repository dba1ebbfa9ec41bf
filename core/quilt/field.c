/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * field.c: see field.h.
 */

#include <math.h>
#include <string.h>

#include "base/memory.h"
#include "quilt/field.h"
#include "quilt/field-private.h"

DifField *
dif_field_new_window (int             patch,
                      int             width,
                      int             height,
                      gboolean        wrapped,
                      const DifRect  *places,
                      GError        **error)
{
  DifField *f = g_new0 (DifField, 1);

  f->patch = patch;
  f->width = width;
  f->height = height;
  f->wrapped = wrapped;
  f->left = places->x;
  f->top = places->y;
  f->columns = places->width;
  f->rows = places->height;
  f->at = dif_alloc (dif_product (f->columns, f->rows), sizeof (DifMatch),
                     "the matches", error);
  if (! f->at)
    g_clear_pointer (&f, g_free);
  return f;
}

DifField *
dif_field_new (int        patch,
               int        width,
               int        height,
               gboolean   wrapped,
               GError   **error)
{
  DifRect all = { 0, 0, dif_field_places (width, patch, wrapped),
                  dif_field_places (height, patch, wrapped) };

  return dif_field_new_window (patch, width, height, wrapped, &all, error);
}

DifField *
dif_field_copy (const DifField *field,
                GError        **error)
{
  DifRect   places = { field->left, field->top, field->columns, field->rows };
  DifField *copy = dif_field_new_window (field->patch, field->width,
                                         field->height, field->wrapped, &places,
                                         error);

  if (copy)
    memcpy (copy->at, field->at,
            (gsize) field->columns * field->rows * sizeof (DifMatch));
  return copy;
}

void
dif_field_free (DifField *field)
{
  if (! field)
    return;
  dif_free (field->at);
  g_free (field);
}

static inline int
nearest (double v)
{
  return (int) (v < 0.0 ? v - 0.5 : v + 0.5);
}

/* One side of a field and of the one that it comes from. */
typedef struct
{
  int      from;          /* pixels of the whole            */
  int      from_patch;
  int      from_first;    /* place of the window's first    */
  int      from_places;   /* in the window                  */
  int      to;
  int      to_patch;
  gboolean wrapped;
} Side;

/* Which place of the window that it comes from lies where place i of the whole
 * lies, by the middles of their patches.
 */
static int
place_before (const Side *s,
              int         i)
{
  int at = nearest ((i + 0.5 * s->to_patch) * s->from / s->to
                    - 0.5 * s->from_patch);

  if (s->wrapped)
    at = dif_field_within (at, s->from, TRUE);
  at -= s->from_first;
  if (s->wrapped && at < 0)
    at += s->from;
  return CLAMP (at, 0, s->from_places - 1);
}

void
dif_field_fix (DifField     *field,
               const guint8 *fixed)
{
  int x, y;

  for (y = 0; y < field->rows; y++)
    for (x = 0; x < field->columns; x++)
      if (! fixed || fixed[(gsize) y * field->columns + x])
        field->at[(gsize) y * field->columns + x] = (DifMatch) { (guint16) y,
                                                                 (guint16) x };
}

void
dif_field_carry (const DifField *from,
                 DifField       *to,
                 int             source_width,
                 int             source_height)
{
  Side            across = { from->width, from->patch, from->left, from->columns,
                             to->width, to->patch, from->wrapped };
  Side            down = { from->height, from->patch, from->top, from->rows,
                           to->height, to->patch, from->wrapped };
  double          scale_x = (double) to->width / from->width;
  double          scale_y = (double) to->height / from->height;
  int             columns = dif_field_places (source_width, to->patch, to->wrapped);
  int             rows = dif_field_places (source_height, to->patch, to->wrapped);
  g_autofree int *before = g_new (int, to->columns);
  int             x, y;

  for (x = 0; x < to->columns; x++)
    before[x] = place_before (&across, dif_field_whole_x (to, x));
  for (y = 0; y < to->rows; y++)
    {
      int             here_y = dif_field_whole_y (to, y);
      int             row = place_before (&down, here_y);
      int             from_y = dif_field_whole_y (from, row);
      const DifMatch *match = from->at + (gsize) row * from->columns;
      DifMatch       *at = to->at + (gsize) y * to->columns;

      for (x = 0; x < to->columns; x++)
        {
          DifMatch m = match[before[x]];
          int      from_x = dif_field_whole_x (from, before[x]);
          int      to_x = dif_field_whole_x (to, x)
                          + nearest ((m.x - from_x) * scale_x);
          int      to_y = here_y + nearest ((m.y - from_y) * scale_y);

          at[x] = (DifMatch) {
            (guint16) dif_field_within (to_y, rows, to->wrapped),
            (guint16) dif_field_within (to_x, columns, to->wrapped)
          };
        }
    }
}

void
dif_field_shifts (const DifField *f,
                  DifShift       *shifts)
{
  int x, y;

  for (y = 0; y < f->height; y++)
    for (x = 0; x < f->width; x++)
      {
        int             px = x - f->patch / 2, py = y - f->patch / 2;
        const DifMatch *match;

        if (f->wrapped)
          {
            px = (px + f->columns) % f->columns;
            py = (py + f->rows) % f->rows;
          }
        px = CLAMP (px, 0, f->columns - 1);
        py = CLAMP (py, 0, f->rows - 1);
        match = &f->at[(gsize) py * f->columns + px];
        shifts[(gsize) y * f->width + x] = (DifShift) { match->y - py,
                                                        match->x - px };
      }
}
