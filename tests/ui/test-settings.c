/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-settings.c: every row of the table of parameters that GIMP has, through
 * its configuration, a record and a preset.
 */

#include <math.h>
#include <string.h>

#include "job-fixture.h"
#include "params.h"
#include "presets-factory.h"
#include "presets-file.h"
#include "record.h"
#include "row-values.h"
#include "settings-mock.h"

/* From the configuration into the structure ---------------------------- */

static gboolean
is_task (const DifParam *row)
{
  return strcmp (row->name, "task") == 0;
}

/* The defaults of a task, which makes one variation where it makes none. */
static void
init_task (DifSettings *settings,
           gboolean     restore)
{
  dif_settings_init (settings);
  settings->params.task = restore ? DIF_JOB_RESTORE : DIF_JOB_VARY;
  if (restore)
    settings->params.num_variations = 1;
}

/* What belongs to the task arrives, and nothing else. */
static void
check_config (const DifParam *row,
              gboolean        restore)
{
  g_autoptr (GObject) mock = settings_mock_new ();
  DifTaskKind         task = restore ? DIF_TASK_RESTORE : DIF_TASK_VARY;
  DifSettings         wanted, settings;
  DifParams           params;
  const DifParam     *other;

  g_test_message ("%s, %d", row->name, task);
  if (restore)
    g_object_set (mock, "task", "restore", NULL);
  g_assert_cmpint (dif_gimp_params_task (mock), ==, task);
  init_task (&wanted, restore);
  dif_gimp_settings_from_config (mock, &settings);
  for (other = dif_param_table; other->name; other++)
    g_assert_true (row_same (other, &settings, &wanted));
  dif_settings_clear (&settings);

  settings_mock_other (mock, row);
  if (row->tasks & task)
    row_set_other (row, &wanted);
  dif_gimp_settings_from_config (mock, &settings);
  for (other = dif_param_table; other->name; other++)
    g_assert_true (row_same (other, &settings, &wanted));
  dif_gimp_params_from_config (mock, &params);
  g_assert_false (dif_params_differ (&params, &wanted.params, ~0u));
  dif_settings_clear (&settings);
  dif_settings_clear (&wanted);
}

static void
test_config (void)
{
  const DifParam *row;

  for (row = dif_param_table; row->name; row++)
    if (row->label && ! is_task (row))
      {
        check_config (row, FALSE);
        check_config (row, TRUE);
      }
}

/* A configuration without a choice of the task is for restoring. */
static void
test_task (void)
{
  g_autoptr (GObject) mock = settings_mock_new ();
  g_autoptr (GObject) other = g_object_new (G_TYPE_OBJECT, NULL);
  DifSettings         settings;

  g_assert_cmpuint (dif_gimp_params_tasks (mock), ==,
                    DIF_TASK_VARY | DIF_TASK_RESTORE);
  g_assert_cmpint (dif_gimp_params_task (mock), ==, DIF_TASK_VARY);
  g_assert_cmpuint (dif_gimp_params_tasks (other), ==, DIF_TASK_RESTORE);
  g_assert_cmpint (dif_gimp_params_task (other), ==, DIF_TASK_RESTORE);
  dif_gimp_settings_from_config (other, &settings);
  g_assert_true (settings.params.task == DIF_JOB_RESTORE);
  g_assert_cmpint (settings.params.num_variations, ==, 1);
  dif_settings_clear (&settings);
}

/* Records -------------------------------------------------------------- */

/* Settings with other values than the defaults in one row, or in all. */
static void
init_other (DifSettings    *settings,
            gboolean        restore,
            const DifParam *changed)
{
  const DifParam *row;

  init_task (settings, restore);
  for (row = dif_param_table; row->name; row++)
    if (row->label && ! is_task (row) && (! changed || row == changed))
      row_set_other (row, settings);
}

static char *
record_of (const DifSettings *settings)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  dif_gimp_record_write (file, settings);
  return g_key_file_to_data (file, NULL, NULL);
}

static void
recall (const char *text,
        GObject    *config)
{
  DifGimpRecord record;

  g_assert_true (dif_gimp_record_parse (&record, text, strlen (text) + 1));
  dif_gimp_record_apply (&record, config);
  dif_gimp_record_clear (&record);
}

/* What a record says comes back into the configuration; of what counts for
 * the noise the seed alone, and near another one the pick that it makes.
 */
static void
check_record (const DifParam *row,
              gboolean        restore)
{
  g_autoptr (GObject) mock = settings_mock_new ();
  g_autoptr (GObject) wanted = settings_mock_new ();
  g_autofree char    *text = NULL;
  DifSettings         settings;
  DifTaskKind         task = restore ? DIF_TASK_RESTORE : DIF_TASK_VARY;
  gboolean            kept = (row->uses & DIF_PARAM_RECORD)
                             && (row->tasks & task);
  const DifParam     *other;

  init_other (&settings, restore, row);
  text = record_of (&settings);
  dif_settings_clear (&settings);
  g_test_message ("%s:\n%s", row->name, text);
  g_object_set (wanted, "task", restore ? "restore" : "vary", NULL);
  if (kept && (! (row->uses & DIF_PARAM_NOISE)
               || strcmp (row->name, "seed") == 0))
    settings_mock_other (wanted, row);
  if (kept && strcmp (row->name, "vary") == 0)
    g_object_set (wanted, "picks", "0~0.25~0", NULL);
  g_object_set (mock, "task", restore ? "vary" : "restore", NULL);
  recall (text, mock);
  for (other = dif_param_table; other->name; other++)
    if (other->label)
      g_assert_true (settings_mock_same (mock, wanted, other));
}

static void
test_record (void)
{
  const DifParam *row;

  for (row = dif_param_table; row->name; row++)
    if (row->label && ! is_task (row))
      {
        check_record (row, FALSE);
        check_record (row, TRUE);
      }
}

/* A record from before there were tasks is one of variations, and one from
 * before they were made of layers is of what the model makes.
 */
static void
test_old_record (void)
{
  g_autoptr (GObject) mock = settings_mock_new ();
  g_autofree char    *made_of = NULL, *kept = NULL;
  double              strength;

  g_object_set (mock, "task", "restore", "made-of", "layer", NULL);
  recall ("[diffusion]\ntask=restore\n", mock);
  g_object_get (mock, "made-of", &kept, NULL);
  g_assert_cmpstr (kept, ==, "layer");
  recall ("[diffusion]\nstrength=29\nseed=6\n", mock);
  g_object_get (mock, "made-of", &made_of, NULL);
  g_assert_cmpstr (made_of, ==, "model");
  g_assert_cmpint (dif_gimp_params_task (mock), ==, DIF_TASK_VARY);
  g_object_get (mock, "strength", &strength, NULL);
  g_assert_cmpfloat (strength, ==, 29.0);
}

static void
test_near (void)
{
  g_autoptr (GObject) mock = settings_mock_new ();
  g_autofree char    *text = NULL, *picks = NULL;
  DifSettings         settings;

  init_other (&settings, FALSE, NULL);
  text = record_of (&settings);
  dif_settings_clear (&settings);
  recall (text, mock);
  g_object_get (mock, "picks", &picks, NULL);
  g_assert_cmpstr (picks, ==, "1234567~0.25~1234567");
}

static gboolean
is_taken (const DifParam *row,
          const char     *value)
{
  g_autofree char *text = g_strdup_printf ("[diffusion]\n%s=%s\n", row->name,
                                           value);
  DifGimpRecord        record;
  gboolean         taken;

  g_test_message ("%s", text);
  g_assert_true (dif_gimp_record_parse (&record, text, strlen (text) + 1));
  taken = dif_gimp_record_value (&record, row->name) != NULL;
  dif_gimp_record_clear (&record);
  return taken;
}

static gboolean
is_number_taken (const DifParam *row,
                 double          value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  return is_taken (row, g_ascii_dtostr (text, sizeof text, value));
}

/* A record comes from strangers: it says what a row can be, or nothing. */
static void
test_ranges (void)
{
  const DifParam *row;

  for (row = dif_param_table; row->name; row++)
    {
      double unit = dif_param_unit (row);
      double min = row->min * unit, max = row->max * unit;

      if (! (row->uses & DIF_PARAM_RECORD))
        {
          g_assert_false (is_taken (row, "1"));
          continue;
        }
      switch (row->type)
        {
        case DIF_PARAM_NUMBER:
          g_assert_true (is_number_taken (row, min));
          g_assert_true (is_number_taken (row, max));
          g_assert_false (is_number_taken (row, nextafter (min, -INFINITY)));
          g_assert_false (is_number_taken (row, nextafter (max, INFINITY)));
          g_assert_false (is_taken (row, "nan"));
          break;
        case DIF_PARAM_WHOLE:
          g_assert_true (is_number_taken (row, min));
          g_assert_true (is_number_taken (row, max));
          g_assert_false (is_number_taken (row, min - 1));
          g_assert_false (is_number_taken (row, max + 1));
          break;
        case DIF_PARAM_SEED:
          g_assert_true (is_taken (row, "18446744073709551615"));
          g_assert_false (is_taken (row, "18446744073709551616"));
          g_assert_false (is_taken (row, "-1"));
          break;
        case DIF_PARAM_SWITCH:
          g_assert_true (is_taken (row, "true") && is_taken (row, "false"));
          g_assert_false (is_taken (row, "1"));
          break;
        case DIF_PARAM_CHOICE:
          g_assert_true (is_taken (row, row->choices[0].nick));
          g_assert_false (is_taken (row, "nonsense"));
          break;
        case DIF_PARAM_TEXT:
        case DIF_PARAM_MODEL:
          break;
        }
    }
}

/* Fails unless text is wanted, byte for byte, but for lines of keys that are
 * not in that: parameters that have come since.
 */
static void
expect_bytes (const char *text,
              const char *wanted)
{
  g_auto (GStrv)   lines = g_strsplit (text, "\n", -1);
  GString         *known = g_string_new (NULL);
  g_autofree char *left = NULL;
  char           **line;

  for (line = lines; *line; line++)
    {
      const char      *end = strchr (*line, '=');
      g_autofree char *key = g_strdup_printf (
        "\n%.*s=", (int) (end ? end - *line : 0), *line);

      if (! end || strstr (wanted, key))
        g_string_append_printf (known, "%s%s", *line, line[1] ? "\n" : "");
    }
  left = g_string_free (known, FALSE);
  g_assert_cmpstr (left, ==, wanted);
}

/* What layers have carried since there are records. */
static void
test_bytes (Fixture       *f,
            gconstpointer  data)
{
  g_autoptr (DifModel)   model = fixture_load (f);
  const DifModelInfo    *info = dif_model_info (model);
  g_autofree char       *wanted = NULL;
  DifSettings            settings;
  GimpParasite          *parasite;
  guint32                size;
  const char            *text;

  dif_settings_init (&settings);
  settings.params.strength = 0.29;
  settings.params.seed = 5;
  settings.params.sampler = DIF_SAMPLER_DDIM;
  settings.params.eta = 0.1;
  settings.params.keep_colours = TRUE;
  settings.group = TRUE;
  parasite = dif_gimp_record_to_parasite (&settings, model, 1, "Beach", 7, 12,
                                          0);
  text = gimp_parasite_get_data (parasite, &size);
  wanted = g_strdup_printf (
    "[diffusion]\nversion=%s\nmodel=%s\nmodel-hash=%s\nstrength=29\nt=%d\n"
    "seed=6\nsteps=12\nsampler=ddim\neta=0.1\ntileable=false\n"
    "keep-colours=true\ngroup=true\nselection-mask=true\nvary=0\n"
    "vary-seed=1\nvariation=2\nsource=Beach\nsource-tattoo=7\nprotect=12\n",
    DIF_VERSION, info->id, info->hash, dif_strength_to_t (model, 0.29));
  g_assert_cmpuint (size, ==, strlen (text) + 1);
  expect_bytes (text, wanted);
  gimp_parasite_free (parasite);
  dif_settings_clear (&settings);
}

/* Presets -------------------------------------------------------------- */

static void
check_preset (const DifParam *row,
              DifTaskKind     task)
{
  g_autoptr (GKeyFile) file = g_key_file_new (), read = g_key_file_new ();
  g_autoptr (GObject)  from = settings_mock_new ();
  g_autoptr (GObject)  mock = settings_mock_new ();
  g_autoptr (GObject)  wanted = settings_mock_new ();
  g_autofree char     *text = NULL;
  const DifParam      *other;

  settings_mock_other (from, row);
  if ((row->uses & DIF_PARAM_PRESET) && (row->tasks & task))
    settings_mock_other (wanted, row);
  dif_ui_presets_store (file, "One", task, from);
  text = g_key_file_to_data (file, NULL, NULL);
  g_test_message ("%s:\n%s", row->name, text);
  g_assert_true (g_key_file_load_from_data (read, text, (gsize) -1,
                                            G_KEY_FILE_NONE, NULL));
  g_assert_cmpint (dif_ui_presets_task (read, "One"), ==, task);
  dif_ui_presets_apply (read, "One", mock);
  for (other = dif_param_table; other->name; other++)
    if (other->label)
      g_assert_true (settings_mock_same (mock, wanted, other));
}

static void
test_preset (void)
{
  const DifParam *row;

  for (row = dif_param_table; row->name; row++)
    if (row->label && ! is_task (row))
      {
        check_preset (row, DIF_TASK_VARY);
        check_preset (row, DIF_TASK_RESTORE);
      }
}

static void
expect_made_of (const char *preset,
                const char *text,
                const char *wanted)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GObject)  mock = settings_mock_new ();
  g_autofree char     *made_of = NULL;

  g_object_set (mock, "made-of", "layer", NULL);
  g_assert_true (g_key_file_load_from_data (file, text, (gsize) -1,
                                            G_KEY_FILE_NONE, NULL));
  dif_ui_presets_apply (file, preset, mock);
  g_object_get (mock, "made-of", &made_of, NULL);
  g_assert_cmpstr (made_of, ==, wanted);
}

/* One from before variations were made of layers is for the model. */
static void
test_old_preset (void)
{
  expect_made_of ("One", "[One]\nstrength=33\n", "model");
  expect_made_of ("One", "[One]\ntask=restore\n", "layer");
  expect_made_of ("One", "[One]\nmade-of=layer-finished\n", "layer-finished");
  expect_made_of ("Two", "[One]\nstrength=33\n", "layer");
}

/* What presets have been since there are any. */
static void
test_preset_bytes (void)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GObject)  mock = settings_mock_new ();
  g_autofree char     *text = NULL;

  g_object_set (mock, "strength", 33.3, "tileable", TRUE, NULL);
  dif_ui_presets_store (file, "One", DIF_TASK_VARY, mock);
  text = g_key_file_to_data (file, NULL, NULL);
  expect_bytes (text,
                "[One]\nstrength=33.299999999999997\nnum-variations=4\n"
                "steps=12\nsampler=dpmpp-2m-karras\neta=0\nmodel=photo\n"
                "tileable=true\nkeep-colours=false\ngroup=false\n"
                "selection-mask=true\n");
}

/* Each that comes with the plug-in sets what it says, whatever was set before. */
static void
test_factory (void)
{
  g_autoptr (GKeyFile) file = dif_ui_presets_factory ();
  g_auto (GStrv)       names = g_key_file_get_groups (file, NULL);
  char               **name, **key;

  g_assert_cmpuint (g_strv_length (names), >=, 5);
  for (name = names; *name; name++)
    {
      g_autoptr (GObject)  mock = settings_mock_new ();
      g_autoptr (GKeyFile) again = g_key_file_new ();
      g_auto (GStrv)       keys = g_key_file_get_keys (file, *name, NULL, NULL);

      g_assert_true (g_utf8_validate (*name, -1, NULL));
      g_object_set (mock, "strength", 3.0, "tileable", TRUE, "keep-colours", TRUE,
                    "structure", 3.0, "steps", 3, NULL);
      dif_ui_presets_apply (file, *name, mock);
      dif_ui_presets_store (again, *name, DIF_TASK_VARY, mock);
      for (key = keys; *key; key++)
        {
          g_autofree char *wanted = g_key_file_get_string (file, *name, *key, NULL);
          g_autofree char *got = g_key_file_get_string (again, *name, *key, NULL);
          const DifParam  *row = dif_param_find (*key);

          g_assert_nonnull (row);
          g_assert_true (row->tasks & DIF_TASK_VARY);
          g_assert_cmpstr (got, ==, wanted);
        }
    }
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/settings/config", test_config);
  g_test_add_func ("/settings/task", test_task);
  g_test_add_func ("/settings/record", test_record);
  g_test_add_func ("/settings/old-record", test_old_record);
  g_test_add_func ("/settings/near", test_near);
  g_test_add_func ("/settings/ranges", test_ranges);
  fixture_add ("/settings/bytes", test_bytes, NULL);
  g_test_add_func ("/settings/preset", test_preset);
  g_test_add_func ("/settings/old-preset", test_old_preset);
  g_test_add_func ("/settings/factory", test_factory);
  g_test_add_func ("/settings/preset-bytes", test_preset_bytes);
  return g_test_run ();
}
