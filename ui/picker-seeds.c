/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker-seeds.c: see picker-seeds.h.
 */

#include <math.h>

#include "picker-seeds.h"
#include "picker-tile.h"

#define NEARNESS  0.25   /* of a right angle, for "more like this" */
#define LEAST     0.02   /* of it, so that it is not the same      */
#define MOST_SEED 1000000

/* Another noise for a tile. */
static void
set_pick (DifUiPickerTile *tile,
          DifPick          pick)
{
  DifUiPicker *picker = tile->picker;

  tile->pick = pick;
  dif_ui_picker_tile_name (tile);
  if (picker->shown == (int) (tile - picker->tiles))
    {
      picker->shown = -1;
      g_signal_emit_by_name (picker, "activated");
    }
  if (picker->active && ! picker->small.picture)
    dif_ui_small_read (&picker->small);
  else if (picker->active && picker->model)
    dif_ui_picker_tile_start (tile);
}

static guint64
chance (void)
{
  return (guint64) g_random_int_range (0, MOST_SEED);
}

void
dif_ui_picker_reroll (DifUiPicker *picker)
{
  int i;

  for (i = 0; i < DIF_UI_N_TILES; i++)
    if (! picker->tiles[i].ticked)
      set_pick (&picker->tiles[i], (DifPick) { chance (), 0.0, 0 });
}

/* One of n variations near pick: with other noise to turn to, or, where the
 * pick is itself on its way to some, a little before it or beyond.
 */
static DifPick
near_pick (const DifPick *pick,
           int            i,
           int            n)
{
  double from = MAX (LEAST, pick->vary - NEARNESS);
  double to = MIN (1.0, pick->vary + NEARNESS);
  double place = (i + 0.5) / n;
  double share = floor ((from + (to - from) * place) * 100.0 + 0.5) / 100.0;

  if (! (pick->vary > 0.0))
    return (DifPick) { pick->seed, NEARNESS, chance () };
  if (fabs (share - pick->vary) < LEAST)
    share += pick->vary < 1.0 - 2 * LEAST ? 2 * LEAST : -2 * LEAST;
  return (DifPick) { pick->seed, share, pick->vary_seed };
}

void
dif_ui_picker_vary (DifUiPicker *picker,
                    int          chosen)
{
  int i, n = 0, next = 0;

  for (i = 0; i < DIF_UI_N_TILES; i++)
    n += i != chosen && ! picker->tiles[i].ticked;
  for (i = 0; i < DIF_UI_N_TILES; i++)
    if (i != chosen && ! picker->tiles[i].ticked)
      set_pick (&picker->tiles[i], near_pick (&picker->tiles[chosen].pick,
                                              next++, n));
}

static gboolean
is_pick (const DifPick *a,
         const DifPick *b)
{
  /* As many digits as the text of the picks has. */
  return a->seed == b->seed && fabs (a->vary - b->vary) < 1e-6
         && (! (a->vary > 0.0) || a->vary_seed == b->vary_seed);
}

/* Whether a ticked one is pick. */
static gboolean
is_taken (DifUiPicker   *picker,
          const DifPick *pick)
{
  int i;

  for (i = 0; i < DIF_UI_N_TILES; i++)
    if (picker->tiles[i].ticked && is_pick (&picker->tiles[i].pick, pick))
      return TRUE;
  return FALSE;
}

void
dif_ui_picker_set_seeds (DifUiPicker *picker,
                         guint64      first)
{
  int i;

  for (i = 0; i < DIF_UI_N_TILES; i++)
    if (! picker->tiles[i].ticked)
      {
        DifPick pick = { first++, 0.0, 0 };

        while (is_taken (picker, &pick))
          pick.seed = first++;
        picker->tiles[i].pick = pick;
        dif_ui_picker_tile_name (&picker->tiles[i]);
      }
    else if (picker->tiles[i].pick.vary == 0.0
             && picker->tiles[i].pick.seed == first)
      first++;
  picker->shown = -1;
}

void
dif_ui_picker_add_pick (DifUiPicker   *picker,
                        const DifPick *pick)
{
  DifUiPickerTile *free_tile = NULL;
  int              i;

  for (i = DIF_UI_N_TILES - 1; i >= 0; i--)
    if (! picker->tiles[i].ticked)
      {
        free_tile = &picker->tiles[i];
        if (is_pick (&free_tile->pick, pick))
          break;
      }
  if (! free_tile)
    return;
  if (! is_pick (&free_tile->pick, pick))
    set_pick (free_tile, *pick);
  free_tile->ticked = TRUE;
}
