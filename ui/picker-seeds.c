/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * picker-seeds.c: see picker-seeds.h.
 */

#include <math.h>

#include "picker-seeds.h"
#include "picker-tile.h"

#define NEARNESS     0.25    /* of a right angle, for "more like this" */
#define MIN_DISTANCE 0.02    /* likewise; less would look the same     */
#define SEED_LIMIT   1000000 /* of seeds that are chosen by chance     */

/* Gives a tile another pick and has its picture made. */
static void
set_pick (DifUiPickerTile *tile,
          DifUiPick        pick)
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
  return (guint64) g_random_int_range (0, SEED_LIMIT);
}

void
dif_ui_picker_reroll (DifUiPicker *picker)
{
  int i;

  for (i = 0; i < DIF_UI_N_TILES; i++)
    if (! picker->tiles[i].ticked)
      set_pick (&picker->tiles[i], (DifUiPick) { chance (), 0.0, 0 });
}

/* Variation i of n near pick.  Where pick has the noise of one seed, each goes
 * a little way towards noise of its own; where pick lies on the way between
 * two, all lie on that way, before it and beyond.
 */
static DifUiPick
near_pick (const DifUiPick *pick,
           int              i,
           int              n)
{
  double from = MAX (MIN_DISTANCE, pick->vary - NEARNESS);
  double to = MIN (1.0, pick->vary + NEARNESS);
  double place = (i + 0.5) / n;
  double share = floor ((from + (to - from) * place) * 100.0 + 0.5) / 100.0;

  if (! (pick->vary > 0.0))
    return (DifUiPick) { pick->seed, NEARNESS, chance () };
  if (fabs (share - pick->vary) < MIN_DISTANCE)
    share += pick->vary < 1.0 - 2 * MIN_DISTANCE ? 2 * MIN_DISTANCE
                                                 : -2 * MIN_DISTANCE;
  return (DifUiPick) { pick->seed, share, pick->vary_seed };
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
is_pick (const DifUiPick *a,
         const DifUiPick *b)
{
  /* The text of picks has no more digits than that. */
  return a->seed == b->seed && fabs (a->vary - b->vary) < 1e-6
         && (! (a->vary > 0.0) || a->vary_seed == b->vary_seed);
}

/* Whether a ticked one is pick. */
static gboolean
is_taken (DifUiPicker     *picker,
          const DifUiPick *pick)
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
        DifUiPick pick = { first++, 0.0, 0 };

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
dif_ui_picker_add_pick (DifUiPicker     *picker,
                        const DifUiPick *pick)
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
