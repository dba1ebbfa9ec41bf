/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * record-text.c: see record-text.h.
 */

#include <math.h>
#include <string.h>

#include "record-text.h"

#define GROUP      DIF_GIMP_RECORD_GROUP
#define MAX_BYTES 65536

static char *
get_text (GKeyFile   *file,
          const char *key)
{
  return g_key_file_get_string (file, GROUP, key, NULL);
}

static gboolean
get_double (GKeyFile   *file,
            const char *key,
            double      least,
            double      most,
            double     *number)
{
  char    *text = get_text (file, key);
  char    *end = text;
  double   value = text ? g_ascii_strtod (text, &end) : 0.0;
  gboolean good = text && end != text && *end == '\0' && isfinite (value)
                  && value >= least && value <= most
                  && (least < 0.0 || ! signbit (value));

  g_free (text);
  *number = value;
  return good;
}

static gboolean
get_number (GKeyFile   *file,
            const char *key,
            guint64     least,
            guint64     most,
            guint64    *number)
{
  char    *text = get_text (file, key);
  gboolean good = text && g_ascii_string_to_unsigned (text, 10, least, most,
                                                      number, NULL);

  g_free (text);
  return good;
}

/* A sign is none of a number that cannot be negative. */
static gboolean
get_whole (GKeyFile       *file,
           const DifParam *row,
           int            *whole)
{
  char    *text = get_text (file, row->name);
  gint64   number = 0;
  gboolean good = text && text[0] != '+' && (row->min < 0.0 || text[0] != '-')
                  && g_ascii_string_to_signed (text, 10, (gint64) row->min,
                                               (gint64) row->max, &number,
                                               NULL);

  g_free (text);
  *whole = (int) number;
  return good;
}

static gboolean
get_boolean (GKeyFile   *file,
             const char *key,
             gboolean   *truth)
{
  char    *text = get_text (file, key);
  gboolean good;

  *truth = g_strcmp0 (text, "true") == 0;
  good = *truth || g_strcmp0 (text, "false") == 0;
  g_free (text);
  return good;
}

static gboolean
get_choice (GKeyFile        *file,
            const DifParam  *row,
            char           **nick)
{
  *nick = get_text (file, row->name);
  if (*nick && dif_param_choice_find (row, *nick) >= 0)
    return TRUE;
  g_clear_pointer (nick, g_free);
  return FALSE;
}

/* Fills value, which stays empty if there is none that is valid. */
static void
get_value (GKeyFile       *file,
           const DifParam *row,
           GValue         *value)
{
  double   number;
  guint64  seed;
  int      whole;
  gboolean truth;
  char    *text;

  switch (row->type)
    {
    case DIF_PARAM_NUMBER:
      if (get_double (file, row->name, row->min * dif_param_unit (row),
                      row->max * dif_param_unit (row), &number))
        g_value_set_double (g_value_init (value, G_TYPE_DOUBLE), number);
      break;
    case DIF_PARAM_WHOLE:
      if (get_whole (file, row, &whole))
        g_value_set_int (g_value_init (value, G_TYPE_INT), whole);
      break;
    case DIF_PARAM_SEED:
      if (get_number (file, row->name, 0, G_MAXUINT64, &seed))
        g_value_set_uint64 (g_value_init (value, G_TYPE_UINT64), seed);
      break;
    case DIF_PARAM_SWITCH:
      if (get_boolean (file, row->name, &truth))
        g_value_set_boolean (g_value_init (value, G_TYPE_BOOLEAN), truth);
      break;
    case DIF_PARAM_CHOICE:
      if (get_choice (file, row, &text))
        g_value_take_string (g_value_init (value, G_TYPE_STRING), text);
      break;
    case DIF_PARAM_TEXT:
    case DIF_PARAM_MODEL:
      if ((text = get_text (file, row->name)))
        g_value_take_string (g_value_init (value, G_TYPE_STRING), text);
      break;
    }
}

static void
get_values (GKeyFile      *file,
            DifGimpRecord *record)
{
  const DifParam *row;
  int             n = 0;

  while (dif_param_table[n].name)
    n++;
  record->values = g_new0 (GValue, n);
  for (row = dif_param_table; row->name; row++)
    if (row->uses & DIF_PARAM_RECORD)
      get_value (file, row, &record->values[row - dif_param_table]);
}

/* What was done before there was a parameter is said by its absence. */
static void
get_before (GKeyFile      *file,
            DifGimpRecord *record)
{
  const DifParam *row;

  for (row = dif_param_table; row->name; row++)
    if (row->before && (row->uses & DIF_PARAM_RECORD)
        && (row->tasks & record->task)
        && ! g_key_file_has_key (file, GROUP, row->name, NULL))
      g_value_set_string (g_value_init (&record->values[row - dif_param_table],
                                        G_TYPE_STRING), row->before);
}

const GValue *
dif_gimp_record_value (const DifGimpRecord *record,
                       const char          *name)
{
  const DifParam *row = dif_param_find (name);
  const GValue   *value = row && record->values
                          ? &record->values[row - dif_param_table] : NULL;

  return value && G_IS_VALUE (value) ? value : NULL;
}

static void
get_task (DifGimpRecord *record)
{
  const GValue *said = dif_gimp_record_value (record, "task");

  record->task = dif_task_of_nick (said ? g_value_get_string (said) : NULL);
}

/* A variation that is near another has no seed without the other one. */
static void
get_seeds (DifGimpRecord *record)
{
  const GValue *seed = dif_gimp_record_value (record, "seed");
  const GValue *vary = dif_gimp_record_value (record, "vary");
  const GValue *other = dif_gimp_record_value (record, "vary-seed");

  if (vary)
    record->vary = g_value_get_double (vary);
  if (seed)
    record->seed = g_value_get_uint64 (seed);
  if (other && record->vary > 0.0)
    record->vary_seed = g_value_get_uint64 (other);
  record->has_seed = seed && (other || ! (record->vary > 0.0));
}

static void
get_lineage (GKeyFile      *file,
             DifGimpRecord *record)
{
  guint64 number;

  record->source = get_text (file, "source");
  if (get_number (file, "source-tattoo", 1, G_MAXUINT32, &number))
    record->source_tattoo = (guint) number;
  if (get_number (file, "protect", 1, G_MAXUINT32, &number))
    record->protect = (guint) number;
  if (get_number (file, "reference", 1, G_MAXUINT32, &number))
    record->reference = (guint) number;
  if (get_number (file, "tattoo", 1, G_MAXUINT32, &number))
    record->tattoo = (guint) number;
  if (get_number (file, "session", 1, G_MAXUINT64, &number))
    record->session = number;
  if (get_number (file, "image", 1, G_MAXINT, &number))
    record->image = (int) number;
}

gboolean
dif_gimp_record_parse (DifGimpRecord *record,
                       const void    *data,
                       gsize          size)
{
  const char *text = data;
  GKeyFile   *file = g_key_file_new ();
  gboolean    good = size > 0 && size <= MAX_BYTES
                     && strnlen (text, size) == size - 1
                     && g_key_file_load_from_data (file, text, size - 1,
                                                   G_KEY_FILE_NONE, NULL)
                     && g_key_file_has_group (file, GROUP);

  memset (record, 0, sizeof *record);
  if (good)
    {
      get_values (file, record);
      get_task (record);
      get_before (file, record);
      get_seeds (record);
      get_lineage (file, record);
      record->model_hash = get_text (file, "model-hash");
    }
  g_key_file_unref (file);
  return good;
}

void
dif_gimp_record_clear (DifGimpRecord *record)
{
  const DifParam *row;

  for (row = dif_param_table; record->values && row->name; row++)
    if (G_IS_VALUE (&record->values[row - dif_param_table]))
      g_value_unset (&record->values[row - dif_param_table]);
  g_clear_pointer (&record->values, g_free);
  g_clear_pointer (&record->source, g_free);
  g_clear_pointer (&record->model_hash, g_free);
}

/* Writing ------------------------------------------------------------ */

static void
set_double (GKeyFile   *file,
            const char *key,
            double      value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  g_ascii_formatd (text, sizeof (text), "%.10g", value);
  g_key_file_set_string (file, GROUP, key, text);
}

void
dif_gimp_record_write (GKeyFile          *file,
                       const DifSettings *settings)
{
  DifTaskKind     task = dif_params_task (&settings->params);
  const DifParam *row;

  for (row = dif_param_table; row->name; row++)
    {
      const char   *key = row->name;
      gconstpointer at = (const char *) settings + row->offset;

      if (! (row->uses & DIF_PARAM_RECORD) || ! (row->tasks & task))
        continue;
      switch (row->type)
        {
        case DIF_PARAM_NUMBER:
          set_double (file, key, *(const double *) at * dif_param_unit (row));
          break;
        case DIF_PARAM_WHOLE:
          g_key_file_set_integer (file, GROUP, key, *(const int *) at);
          break;
        case DIF_PARAM_SEED:
          g_key_file_set_uint64 (file, GROUP, key, *(const guint64 *) at);
          break;
        case DIF_PARAM_SWITCH:
          g_key_file_set_boolean (file, GROUP, key, *(const int *) at);
          break;
        case DIF_PARAM_CHOICE:
          g_key_file_set_string (file, GROUP, key,
                                 row->choices[*(const int *) at].nick);
          break;
        case DIF_PARAM_TEXT:
        case DIF_PARAM_MODEL:
          g_key_file_set_string (file, GROUP, key, *(char *const *) at);
          break;
        }
    }
}
