/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * whole.c: see whole.h.
 */

#include "reader.h"
#include "whole.h"

struct _DifUiWhole
{
  GObject          parent_instance;

  const DifUiHost *host;
  DifUiReader     *reader;
  DifUiPicture    *picture;
};

G_DEFINE_TYPE (DifUiWhole, dif_ui_whole, G_TYPE_OBJECT)

static guint read_signal;

static void
dif_ui_whole_init (DifUiWhole *whole)
{
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

  whole->host = host;
  return whole;
}

static void
on_read (DifUiPicture *picture,
         const GError *error,
         gpointer      data)
{
  DifUiWhole *whole = data;

  whole->picture = picture;
  g_clear_pointer (&whole->reader, dif_ui_reader_free);
  g_signal_emit (whole, read_signal, 0, error);
}

DifUiPicture *
dif_ui_whole_get (DifUiWhole *whole)
{
  DifRect all = { 0, 0, whole->host->width, whole->host->height };

  if (! whole->picture && ! whole->reader)
    whole->reader = dif_ui_reader_new (whole->host, &all, 1, FALSE, on_read,
                                       whole);
  return whole->picture;
}

void
dif_ui_whole_drop (DifUiWhole *whole)
{
  if (! whole)
    return;
  g_clear_pointer (&whole->reader, dif_ui_reader_free);
  g_clear_pointer (&whole->picture, dif_ui_picture_free);
}
