/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * holes.c: see holes.h.  Holes are found among the cells of a grid, so that their
 * number is bounded, whatever the mask is.
 */

#include <math.h>

#include "pipeline/holes.h"
#include "quilt/quilt.h"

/* Cells of the longer side, at the most, and pixels of a cell's side, at least. */
#define CELLS      64
#define LEAST_CELL 16

/* Pixels that a context reaches at least. */
#define LEAST_REACH 96

/* A side of it is no less than this share of the other. */
#define LEAST_SHARE 0.125

typedef struct
{
  int columns;
  int rows;
  int side;
  int boxes[CELLS * CELLS][4];   /* left, top, right, bottom; right 0: empty  */
  int counts[CELLS * CELLS];
  int stack[CELLS * CELLS];
} Grid;

static void
fill_cells (Grid         *grid,
            const guint8 *change,
            int           width,
            int           height)
{
  int x, y, i;

  for (i = 0; i < grid->columns * grid->rows; i++)
    {
      grid->boxes[i][0] = grid->boxes[i][1] = G_MAXINT;
      grid->boxes[i][2] = grid->boxes[i][3] = 0;
      grid->counts[i] = 0;
    }
  for (y = 0; y < height; y++)
    for (x = 0; x < width; x++, change++)
      if (*change)
        {
          int *box;

          i = y / grid->side * grid->columns + x / grid->side;
          box = grid->boxes[i];
          box[0] = MIN (box[0], x);
          box[1] = MIN (box[1], y);
          box[2] = MAX (box[2], x + 1);
          box[3] = MAX (box[3], y + 1);
          grid->counts[i]++;
        }
}

/* Takes a cell and all that hang together with it. */
static DifHole
take_hole (Grid *grid,
           int   first)
{
  int     left = G_MAXINT, top = G_MAXINT, right = 0, bottom = 0, n = 1, dx, dy;
  DifHole hole = { .pixels = grid->counts[first] };

  grid->stack[0] = first;
  grid->counts[first] = 0;
  while (n > 0)
    {
      int        i = grid->stack[--n];
      const int *box = grid->boxes[i];

      left = MIN (left, box[0]);
      top = MIN (top, box[1]);
      right = MAX (right, box[2]);
      bottom = MAX (bottom, box[3]);
      for (dy = -1; dy <= 1; dy++)
        for (dx = -1; dx <= 1; dx++)
          {
            int column = i % grid->columns + dx, row = i / grid->columns + dy;
            int next = row * grid->columns + column;

            if (column < 0 || row < 0 || column >= grid->columns
                || row >= grid->rows || grid->counts[next] == 0)
              continue;
            hole.pixels += grid->counts[next];
            grid->counts[next] = 0;
            grid->stack[n++] = next;
          }
    }
  hole.box = (DifRect) { left, top, right - left, bottom - top };
  return hole;
}

/* The part of the picture that reaches so far round box. */
static DifRect
reach (const DifRect *box,
       int            across,
       int            down,
       int            width,
       int            height)
{
  int left = MAX (0, box->x - across), top = MAX (0, box->y - down);

  return (DifRect) { left, top, MIN (width, box->x + box->width + across) - left,
                     MIN (height, box->y + box->height + down) - top };
}

static void
choose_context (DifHole *hole,
                double   context,
                int      width,
                int      height)
{
  int far = (int) ceil (MAX (context * sqrt (hole->pixels), LEAST_REACH));
  int wide = (int) (LEAST_SHARE * hole->box.height);
  int tall = (int) (LEAST_SHARE * hole->box.width);

  hole->context = reach (&hole->box, MAX (far, wide), MAX (far, tall), width, height);
}

static gboolean
meet (const DifRect *a,
      const DifRect *b)
{
  return a->x < b->x + b->width && b->x < a->x + a->width
         && a->y < b->y + b->height && b->y < a->y + a->height;
}

static DifRect
both (const DifRect *a,
      const DifRect *b)
{
  int left = MIN (a->x, b->x), top = MIN (a->y, b->y);

  return (DifRect) { left, top,
                     MAX (a->x + a->width, b->x + b->width) - left,
                     MAX (a->y + a->height, b->y + b->height) - top };
}

static double
work_of (const DifRect *context)
{
  DifQuiltWork work = dif_quilt_fill_work (context->width, context->height);

  return work.once + work.first + work.finer;
}

/* Makes a the hole of both if that is better. */
static gboolean
join_two (DifHole       *a,
          const DifHole *b,
          double         context,
          int            width,
          int            height)
{
  DifHole one = { both (&a->box, &b->box), { 0 }, a->pixels + b->pixels };

  choose_context (&one, context, width, height);
  if (! meet (&a->context, &b->box) && ! meet (&a->box, &b->context)
      && work_of (&one.context) > work_of (&a->context) + work_of (&b->context))
    return FALSE;
  *a = one;
  return TRUE;
}

/* Makes one of two wherever that is better. */
static void
join (GArray *holes,
      double  context,
      int     width,
      int     height)
{
  gboolean again = TRUE;
  guint    i, k;

  while (again)
    for (again = FALSE, i = 0; i < holes->len; i++)
      for (k = i + 1; k < holes->len; k++)
        if (join_two (&g_array_index (holes, DifHole, i),
                      &g_array_index (holes, DifHole, k), context, width, height))
          {
            g_array_remove_index_fast (holes, k);
            k = i;
            again = TRUE;
          }
}

GArray *
dif_holes_find (const guint8 *change,
                int           width,
                int           height,
                double        context)
{
  GArray *holes = g_array_new (FALSE, FALSE, sizeof (DifHole));
  Grid   *grid = g_new (Grid, 1);
  int     side = MAX (width, height), i;

  grid->side = MAX (LEAST_CELL, (side + CELLS - 1) / CELLS);
  grid->columns = (width + grid->side - 1) / grid->side;
  grid->rows = (height + grid->side - 1) / grid->side;
  fill_cells (grid, change, width, height);
  for (i = 0; i < grid->columns * grid->rows; i++)
    if (grid->counts[i] > 0)
      {
        DifHole hole = take_hole (grid, i);

        choose_context (&hole, context, width, height);
        g_array_append_val (holes, hole);
      }
  join (holes, context, width, height);
  g_free (grid);
  return holes;
}

gboolean
dif_hole_widen (DifHole *hole,
                int      width,
                int      height)
{
  DifRect *context = &hole->context;

  if (context->width == width && context->height == height)
    return FALSE;
  *context = reach (context, (context->width + 1) / 2, (context->height + 1) / 2,
                    width, height);
  return TRUE;
}
