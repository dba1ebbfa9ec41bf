/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * noise-print.c: see noise-print.h.
 */

#include <math.h>

#include "tool/noise-print.h"

/* A quarter and three quarters of the way from black to white. */
#define SHADOWS -0.5
#define LIGHTS   0.5

/* 255ths of the range, which [-1,1] is. */
#define LEVELS 127.5

static double
deviation (const DifLayerNoise *noise,
           int                  c,
           double               value)
{
  return LEVELS * sqrt (MAX (0.0, dif_layer_noise_variance (noise, c, value)));
}

void
dif_tool_noise_print (const char          *name,
                      const DifLayerNoise *noise)
{
  static const char *const channels[3] = { "red", "green", "blue" };
  g_autofree char         *shown = g_filename_display_name (name);
  GString                 *text = g_string_new (NULL);

  g_string_append_printf (text, "%s: noise %.1f of 255; in the shadows and in "
                          "the lights", shown, LEVELS * noise->deviation);
  for (int c = 0; c < 3; c++)
    g_string_append_printf (text, "%s %s %.1f and %.1f", c > 0 ? "," : "",
                            channels[c], deviation (noise, c, SHADOWS),
                            deviation (noise, c, LIGHTS));
  g_string_append_printf (text, "; coarseness %.2f", noise->coarseness);
  if (noise->blocks > 0.0)
    g_string_append_printf (text, "; JPEG's error %.1f", LEVELS * noise->blocks);
  g_print ("%s\n", text->str);
  g_string_free (text, TRUE);
}
