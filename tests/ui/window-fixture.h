/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * window-fixture.h: a part of the dialog in a window without GIMP, on the
 * layer of host-fixture.h, which is opaque and shown as it is, and with a
 * small network.  Needs a display.
 */

#ifndef TESTS_UI_WINDOW_FIXTURE_H
#define TESTS_UI_WINDOW_FIXTURE_H

#include <gtk/gtk.h>

#include "fixture.h"
#include "host-fixture.h"
#include "whole.h"
#include "worker.h"

#define WINDOW_PATIENCE 120     /* seconds that anything may take */

typedef struct
{
  FixtureHost  layer;
  DifModel    *model;
  DifUiWorker   *worker;
  DifUiWhole    *whole;
  DifParams    params;     /* one variation of seed 17, the model's */
  GtkWidget   *top;        /* an offscreen window      */
} WindowFixture;

/* All but what is shown. */
void       window_fixture_init    (WindowFixture *window,
                                   Fixture       *fixture,
                                   int            width,
                                   int            height);

/* Shows a widget, which the window then owns; the focus is elsewhere. */
void       window_fixture_show    (WindowFixture *window,
                                   GtkWidget     *widget);

/* Destroys it, whatever it is at. */
void       window_fixture_close   (WindowFixture *window);

/* The first widget of a type within another, or label with a text of such a
 * pattern, or NULL.
 */
GtkWidget *window_fixture_look_up (GtkWidget     *within,
                                   GType          type,
                                   const char    *text);

/* Whether there is such a label. */
gboolean   window_fixture_says    (WindowFixture *window,
                                   const char    *text);

/* Runs the main loop until there is. */
void       window_fixture_wait    (WindowFixture *window,
                                   const char    *text);

#endif
