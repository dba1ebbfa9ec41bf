/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * calibration.c: see calibration.h.
 */

#include <math.h>

#include "calibration.h"

#define SHARE          0.25      /* of a new measurement               */
#define MAX_PACE       1e5       /* seconds per unit that are believed */
#define MAX_FILE_BYTES (1 << 16) /* of a file that is ours             */

static char *
key_of_machine (gboolean parts)
{
  return g_strdup_printf (parts ? "%s-%u-parts" : "%s-%u", dif_cpu_path (),
                          g_get_num_processors ());
}

static GKeyFile *
load (const char *path)
{
  GKeyFile *file = g_key_file_new ();
  char     *text = NULL;
  gsize     length;

  if (g_file_get_contents (path, &text, &length, NULL)
      && length < MAX_FILE_BYTES)
    g_key_file_load_from_data (file, text, length, G_KEY_FILE_NONE, NULL);
  g_free (text);
  return file;
}

static double
value_of (GKeyFile       *file,
          const DifModel *model,
          gboolean        parts)
{
  char   *key = key_of_machine (parts);
  double  value = g_key_file_get_double (file, dif_model_info (model)->hash,
                                         key, NULL);

  g_free (key);
  if (! (isfinite (value) && value > 0.0 && value < MAX_PACE))
    return -1.0;
  return value;
}

double
dif_ui_calibration_read (const char     *path,
                         const DifModel *model,
                         gboolean        parts)
{
  GKeyFile *file = load (path);
  double    value = value_of (file, model, parts);

  g_key_file_unref (file);
  return value;
}

double
dif_ui_calibration_mix (double pace,
                        double seconds,
                        double work)
{
  double now = seconds / work;

  if (! (work > 0.0) || ! (now > 0.0 && now < MAX_PACE))
    return pace;
  return pace > 0.0 ? pace + SHARE * (now - pace) : now;
}

void
dif_ui_calibration_write (const char     *path,
                          const DifModel *model,
                          gboolean        parts,
                          double          pace)
{
  GKeyFile *file;
  char     *key, *text;
  gsize     length;

  if (! (pace > 0.0 && pace < MAX_PACE))
    return;
  file = load (path);
  key = key_of_machine (parts);
  g_key_file_set_double (file, dif_model_info (model)->hash, key, pace);
  text = g_key_file_to_data (file, &length, NULL);
  if (length < MAX_FILE_BYTES)
    g_file_set_contents (path, text, (gssize) length, NULL);
  g_free (text);
  g_free (key);
  g_key_file_unref (file);
}
