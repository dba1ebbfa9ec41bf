/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * messages.c: the engine speaks plain English and error codes; this makes
 * sentences for people of both, in their language.
 */

#include <math.h>

#include <glib/gi18n.h>

#include "messages.h"
#include "picks.h"

static const char *
format_for_code (int code)
{
  switch ((DifError) code)
    {
    case DIF_ERROR_ARGUMENT:
      return _("Diffusion cannot do this.\n%s");
    case DIF_ERROR_NOT_FOUND:
      return _("The model, or a file of it, is missing.\n%s");
    case DIF_ERROR_IO:
      return _("A file of the model cannot be read.\n%s");
    case DIF_ERROR_MALFORMED:
      return _("The model is damaged.\n%s");
    case DIF_ERROR_UNSUPPORTED:
      return _("The model is of a kind that Diffusion cannot run.\n%s");
    case DIF_ERROR_MEMORY:
      return _("There is not enough memory. "
               "Select a smaller area, or scale the layer down.\n%s");
    case DIF_ERROR_NUMERIC:
      return _("The model's output is not a picture.\n%s");
    case DIF_ERROR_CANCELLED:
      break;
    }
  return _("Cancelled.\n%s");
}

GError *
dif_ui_message_from_error (GError *error)
{
  GError *told;
  char   *text;

  if (error->domain != DIF_ERROR)
    return error;

  text = g_strdup_printf (format_for_code (error->code), error->message);
  told = g_error_new_literal (error->domain, error->code, text);
  g_free (text);
  g_error_free (error);
  return told;
}

char *
dif_ui_message_text (const GError *error)
{
  GError *told = dif_ui_message_from_error (g_error_copy (error));
  char   *text = g_steal_pointer (&told->message);

  g_error_free (told);
  return text;
}

char *
dif_ui_message_made (int n)
{
  return g_strdup_printf (ngettext ("%d layer was made",
                                    "%d layers were made", n), n);
}

GError *
dif_ui_message_made_before (GError *error,
                            int     n)
{
  char *made, *text;

  error = dif_ui_message_from_error (error);
  if (n == 0)
    return error;
  made = dif_ui_message_made (n);
  text = g_strconcat (error->message, "\n", made, NULL);
  g_free (error->message);
  error->message = text;
  g_free (made);
  return error;
}

char *
dif_ui_message_duration (double seconds)
{
  /* Rounded up: a countdown that ends with "0 s left" has lied. */
  int whole = (int) ceil (CLAMP (seconds, 0.0, 3600.0 * 24 * 365));

  if (whole < 60)
    return g_strdup_printf (_("%d s"), whole);
  if (whole < 3600)
    return g_strdup_printf (_("%d min %d s"), whole / 60, whole % 60);
  return g_strdup_printf (_("%d h %d min"), whole / 3600, whole / 60 % 60);
}

char *
dif_ui_message_progress (const DifProgress *progress,
                         const DifParams   *params,
                         int                layer,
                         int                n_layers,
                         double             remaining)
{
  GString *text = g_string_new (NULL);
  int      variation = MIN (progress->variation, progress->num_variations - 1);
  int      step = MIN (progress->step + 1, progress->steps);

  if (n_layers > 1)
    g_string_append_printf (text, _("Layer %d of %d, "), layer + 1, n_layers);

  if (params->task == DIF_JOB_FILL)
    g_string_append_printf (text, _("Filling, %d of %d"), variation + 1,
                            progress->num_variations);
  else if (params->task == DIF_JOB_TEXTURE)
    g_string_append_printf (text, _("Texture %d of %d"), variation + 1,
                            progress->num_variations);
  else if (params->task != DIF_JOB_RESTORE && params->made_of != DIF_MADE_OF_MODEL)
    g_string_append_printf (text, _("Variation %d of %d"), variation + 1,
                            progress->num_variations);
  else if (params->task != DIF_JOB_RESTORE)
    g_string_append_printf (text, _("Variation %d of %d, step %d of %d"),
                            variation + 1, progress->num_variations, step,
                            progress->steps);
  else if (progress->steps > 1)
    g_string_append_printf (text, _("Restoring, step %d of %d"), step,
                            progress->steps);
  else
    g_string_append (text, _("Restoring"));

  if (remaining > 0.0)
    {
      char *left = dif_ui_message_duration (remaining);

      g_string_append_printf (text, _(" – %s left"), left);
      g_free (left);
    }

  return g_string_free (text, FALSE);
}

/* What differs between two that were restored of one layer is seldom more. */
static char *
restored_name (const char      *source,
               const DifParams *params)
{
  char percent[32];

  if (params->amount == 1.0)
    /* TRANSLATORS: the name of a layer without the noise of the source layer. */
    return g_strdup_printf (_("Restored – %s"), source);
  g_snprintf (percent, sizeof (percent), "%.6g", params->amount * 100.0);
  /* TRANSLATORS: the same with an amount. */
  return g_strdup_printf (_("Restored %s %% – %s"), percent, source);
}

static char *
varied_name (const char      *source,
             const DifParams *params,
             int              i)
{
  guint64    n = (guint64) i;
  DifUiPick  pick = { params->seed + (params->vary > 0.0 ? 0 : n), params->vary,
                      params->vary_seed + n };
  GArray    *picks = g_array_new (FALSE, TRUE, sizeof (DifUiPick));
  char      *made, *name;
  char       percent[32];

  g_array_append_val (picks, pick);
  made = dif_ui_picks_to_string (picks);
  g_array_unref (picks);

  /* Six digits hold any strength that a slider can be set to. */
  g_snprintf (percent, sizeof (percent), "%.6g", params->strength * 100.0);

  /* TRANSLATORS: the name of a result: strength, seed, source layer.  The
   * list of layers cuts long names, so what differs between results comes
   * first.
   */
  name = g_strdup_printf (_("%s %% #%s – %s"), percent, made, source);
  g_free (made);
  return name;
}

char *
dif_ui_message_layer_name (const char      *source,
                           const DifParams *params,
                           int              i)
{
  char seed[32];

  g_snprintf (seed, sizeof seed, "%" G_GUINT64_FORMAT, params->seed + (guint64) i);
  if (params->task == DIF_JOB_RESTORE)
    return restored_name (source, params);
  if (params->task == DIF_JOB_FILL)
    /* TRANSLATORS: the name of a layer in which a part of the source layer is filled;
     * there are several, with these numbers.
     */
    return g_strdup_printf (_("Filled #%s – %s"), seed, source);
  if (params->task == DIF_JOB_TEXTURE)
    /* TRANSLATORS: the name of a texture made of the source layer. */
    return g_strdup_printf (_("Texture #%s – %s"), seed, source);
  return varied_name (source, params, i);
}

/* The noise ---------------------------------------------------------- */

/* In steps of 8 bits of a deviation in [-1,1]. */
#define STEPS 127.5

#define HARDLY      0.5  /* steps: below that there is nothing to take out */
#define DARK       -0.6  /* values that are compared                       */
#define LIGHT       0.6
#define MORE        1.5  /* times as much is more                          */
#define COARSE      1.3  /* see DifLayerNoise: neighbours are alike        */
#define VERY_COARSE 2.5

/* Of all channels. */
static double
variance_at (const DifLayerNoise *noise,
             double               value)
{
  double sum = 0.0;
  int    c;

  for (c = 0; c < 3; c++)
    sum += dif_layer_noise_variance (noise, c, value);
  return sum;
}

char *
dif_ui_message_noise (const DifLayerNoise *noise)
{
  double   steps = STEPS * noise->deviation;
  double   dark = variance_at (noise, DARK), light = variance_at (noise, LIGHT);
  GString *text = g_string_new (NULL);

  if (! (steps >= HARDLY))
    g_string_append (text, noise->blocks_visible
                           ? _("JPEG blocks, hardly any noise")
                           : _("Hardly any noise: nothing to take out"));
  else
    {
      g_string_append_printf (text, _("Noise %.*f of 255"), steps < 9.95, steps);
      if (dark > MORE * light)
        g_string_append (text, _(", more in the shadows"));
      else if (light > MORE * dark)
        g_string_append (text, _(", more in the highlights"));
      if (noise->coarseness > COARSE)
        g_string_append_printf (text, _(", correlated over %d px"),
                                noise->coarseness > VERY_COARSE ? 3 : 2);
      if (noise->blocks_visible)
        g_string_append (text, _(", JPEG blocks"));
    }
  return g_string_free (text, FALSE);
}
