/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * whole.c: see whole.h.
 */

#include "reader.h"
#include "whole.h"

/* A layer, as far as it is there. */
typedef struct
{
  DifUiWhole      *whole;
  const DifUiHost *host;     /* NULL: there is none */
  DifUiReader     *reader;
  DifUiPicture    *picture;
} WholeLayer;

struct _DifUiWhole
{
  GObject    parent_instance;

  WholeLayer layer;
  WholeLayer other;
};

G_DEFINE_TYPE (DifUiWhole, dif_ui_whole, G_TYPE_OBJECT)

static guint read_signal;

static void
drop (WholeLayer *layer)
{
  g_clear_pointer (&layer->reader, dif_ui_reader_free);
  g_clear_pointer (&layer->picture, dif_ui_picture_free);
}

static void
on_read (DifUiPicture *picture,
         const GError *error,
         gpointer      data)
{
  WholeLayer *layer = data;

  layer->picture = picture;
  g_clear_pointer (&layer->reader, dif_ui_reader_free);
  g_signal_emit (layer->whole, read_signal, 0, error);
}

/* Whether it is there, or need not be; else it is going to be read. */
static gboolean
is_there (WholeLayer *layer)
{
  DifRect all;

  if (! layer->host || layer->picture)
    return TRUE;
  all = (DifRect) { 0, 0, layer->host->width, layer->host->height };
  if (! layer->reader)
    layer->reader = dif_ui_reader_new (layer->host, &all, 1, FALSE, on_read,
                                       layer);
  return FALSE;
}

static void
dif_ui_whole_init (DifUiWhole *whole)
{
  whole->layer.whole = whole->other.whole = whole;
}

static void
dif_ui_whole_dispose (GObject *object)
{
  dif_ui_whole_drop (DIF_UI_WHOLE (object));
  G_OBJECT_CLASS (dif_ui_whole_parent_class)->dispose (object);
}

static void
dif_ui_whole_class_init (DifUiWholeClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dif_ui_whole_dispose;
  read_signal = g_signal_new ("read", DIF_UI_TYPE_WHOLE, G_SIGNAL_RUN_LAST, 0,
                              NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_ERROR);
}

DifUiWhole *
dif_ui_whole_new (const DifUiHost *host)
{
  DifUiWhole *whole = g_object_new (DIF_UI_TYPE_WHOLE, NULL);

  whole->layer.host = host;
  return whole;
}

gboolean
dif_ui_whole_give (DifUiWhole *whole,
                   DifUiTask  *task)
{
  DifUiPicture *layer, *other;
  gboolean      there = is_there (&whole->layer);

  if (! is_there (&whole->other) || ! there)
    return FALSE;
  layer = whole->layer.picture;
  other = whole->other.picture;
  task->whole = TRUE;
  task->source = layer->rgb;
  task->alpha = layer->alpha;
  task->selected = layer->selected;
  task->owner = dif_ui_picture_ref (layer);
  task->release = (GDestroyNotify) dif_ui_picture_free;
  if (other)
    {
      task->other = other->rgb;
      task->other_alpha = other->alpha;
      task->other_owner = dif_ui_picture_ref (other);
    }
  return TRUE;
}

void
dif_ui_whole_refer (DifUiWhole      *whole,
                    const DifUiHost *reference)
{
  drop (&whole->other);
  whole->other.host = reference;
}

void
dif_ui_whole_drop (DifUiWhole *whole)
{
  if (! whole)
    return;
  drop (&whole->layer);
  drop (&whole->other);
}
