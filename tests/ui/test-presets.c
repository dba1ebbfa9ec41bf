/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-presets.c: settings to a key file and back, and key files that say
 * what settings cannot be.
 */

#include <string.h>

#include <glib/gstdio.h>

#include "presets-file.h"

/* Settings such as the procedure's. */
typedef struct
{
  GObject  parent_instance;
  double   strength;
  int      steps;
  gboolean tileable;
  char    *sampler;
  int      seed;
} Settings;

typedef GObjectClass SettingsClass;

GType settings_get_type (void);

G_DEFINE_TYPE (Settings, settings, G_TYPE_OBJECT)

enum { STRENGTH = 1, STEPS, TILEABLE, SAMPLER, SEED };

static void
get (GObject    *object,
     guint       id,
     GValue     *value,
     GParamSpec *spec)
{
  Settings *s = (Settings *) object;

  switch (id)
    {
    case STRENGTH:
      g_value_set_double (value, s->strength);
      break;
    case STEPS:
      g_value_set_int (value, s->steps);
      break;
    case TILEABLE:
      g_value_set_boolean (value, s->tileable);
      break;
    case SAMPLER:
      g_value_set_string (value, s->sampler);
      break;
    default:
      g_value_set_int (value, s->seed);
    }
}

static void
set (GObject      *object,
     guint         id,
     const GValue *value,
     GParamSpec   *spec)
{
  Settings *s = (Settings *) object;

  switch (id)
    {
    case STRENGTH:
      s->strength = g_value_get_double (value);
      break;
    case STEPS:
      s->steps = g_value_get_int (value);
      break;
    case TILEABLE:
      s->tileable = g_value_get_boolean (value);
      break;
    case SAMPLER:
      g_free (s->sampler);
      s->sampler = g_value_dup_string (value);
      break;
    default:
      s->seed = g_value_get_int (value);
    }
}

static void
finalize (GObject *object)
{
  g_free (((Settings *) object)->sampler);
  G_OBJECT_CLASS (settings_parent_class)->finalize (object);
}

static void
settings_init (Settings *settings)
{
}

static void
settings_class_init (SettingsClass *klass)
{
  klass->get_property = get;
  klass->set_property = set;
  klass->finalize = finalize;
  g_object_class_install_property (
    klass, STRENGTH, g_param_spec_double ("strength", NULL, NULL, 0.0, 100.0,
                                          40.0, G_PARAM_READWRITE));
  g_object_class_install_property (
    klass, STEPS, g_param_spec_int ("steps", NULL, NULL, 1, 1000, 12,
                                    G_PARAM_READWRITE));
  g_object_class_install_property (
    klass, TILEABLE, g_param_spec_boolean ("tileable", NULL, NULL, FALSE,
                                           G_PARAM_READWRITE));
  g_object_class_install_property (
    klass, SAMPLER, g_param_spec_string ("sampler", NULL, NULL, "ddim",
                                         G_PARAM_READWRITE));
  g_object_class_install_property (
    klass, SEED, g_param_spec_int ("seed", NULL, NULL, 0, 1000, 0,
                                   G_PARAM_READWRITE));
}

static Settings *
make (double      strength,
      int         steps,
      gboolean    tileable,
      const char *sampler,
      int         seed)
{
  return g_object_new (settings_get_type (), "strength", strength, "steps",
                       steps, "tileable", tileable, "sampler", sampler, "seed",
                       seed, NULL);
}

static void
equal (Settings   *settings,
       double      strength,
       int         steps,
       gboolean    tileable,
       const char *sampler,
       int         seed)
{
  g_assert_cmpfloat (settings->strength, ==, strength);
  g_assert_cmpint (settings->steps, ==, steps);
  g_assert_cmpint (settings->tileable, ==, tileable);
  g_assert_cmpstr (settings->sampler, ==, sampler);
  g_assert_cmpint (settings->seed, ==, seed);
}

/* Through text, as the file does it.  The seed is no part of a preset. */
static void
test_round_trip (void)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GKeyFile) read = g_key_file_new ();
  Settings            *one = make (33.3, 50, TRUE, "dpmpp-2m", 9);
  Settings            *two = make (1.0, 2, FALSE, "ddpm", 7);
  g_autofree char     *name = dif_ui_presets_name (" \tSoft [Größe] = #1\n");
  g_autofree char     *text = NULL;

  g_assert_cmpstr (name, ==, "Soft  Größe  = #1");
  dif_ui_presets_store (file, name, DIF_TASK_VARY, G_OBJECT (one));
  text = g_key_file_to_data (file, NULL, NULL);
  g_assert_true (g_key_file_load_from_data (read, text, (gsize) -1,
                                            G_KEY_FILE_NONE, NULL));
  dif_ui_presets_apply (read, name, G_OBJECT (two));
  equal (two, 33.3, 50, TRUE, "dpmpp-2m", 7);
  dif_ui_presets_apply (read, "not there", G_OBJECT (two));
  equal (two, 33.3, 50, TRUE, "dpmpp-2m", 7);
  g_object_unref (one);
  g_object_unref (two);
}

/* A preset is for one task, and one that takes the place of another leaves
 * nothing of it.
 */
static void
test_tasks (void)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autofree char     *text = NULL;
  Settings            *settings = make (33.3, 50, TRUE, "dpmpp-2m", 9);

  g_assert_true (g_key_file_load_from_data (
    file, "[Old]\nstrength=20\n[Odd]\ntask=nonsense\n", (gsize) -1,
    G_KEY_FILE_NONE, NULL));
  g_assert_cmpint (dif_ui_presets_task (file, "Old"), ==, DIF_TASK_VARY);
  g_assert_cmpint (dif_ui_presets_task (file, "Odd"), ==, DIF_TASK_VARY);
  dif_ui_presets_store (file, "One", DIF_TASK_VARY, G_OBJECT (settings));
  g_assert_cmpint (dif_ui_presets_task (file, "One"), ==, DIF_TASK_VARY);
  g_assert_true (g_key_file_has_key (file, "One", "strength", NULL));
  dif_ui_presets_store (file, "One", DIF_TASK_RESTORE, G_OBJECT (settings));
  g_assert_cmpint (dif_ui_presets_task (file, "One"), ==, DIF_TASK_RESTORE);
  text = g_key_file_to_data (file, NULL, NULL);
  g_assert_nonnull (strstr (text, "[One]\ntask=restore\n"));
  g_assert_false (g_key_file_has_key (file, "One", "strength", NULL));
  g_object_unref (settings);
}

/* What the settings cannot be leaves them as they are. */
static void
test_wrong (void)
{
  static const char text[] =
    "[a]\nstrength=500\nsteps=0\ntileable=perhaps\nnonsense=1\nseed=5\n"
    "[b]\nstrength=nan\nsteps=1e3\ntileable=true\nsampler=x\n"
    "[c]\nstrength=\nsteps=99999999999\n";
  g_autoptr (GKeyFile) file = g_key_file_new ();
  Settings            *settings = make (40.0, 12, FALSE, "ddim", 3);

  g_assert_true (g_key_file_load_from_data (file, text, (gsize) -1,
                                            G_KEY_FILE_NONE, NULL));
  dif_ui_presets_apply (file, "a", G_OBJECT (settings));
  equal (settings, 40.0, 12, FALSE, "ddim", 3);
  dif_ui_presets_apply (file, "b", G_OBJECT (settings));
  equal (settings, 40.0, 12, TRUE, "x", 3);
  dif_ui_presets_apply (file, "c", G_OBJECT (settings));
  equal (settings, 40.0, 12, TRUE, "x", 3);
  g_object_unref (settings);
}

static void
refuse (const char *path)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (dif_ui_presets_load (path, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, path));
}

/* A file that cannot be read is not one without presets, which would be
 * written over.
 */
static void
test_files (void)
{
  g_autoptr (GError)   error = NULL;
  g_autofree char     *folder = g_dir_make_tmp ("dif-XXXXXX", NULL);
  g_autofree char     *path = g_build_filename (folder, "presets.ini", NULL);
  g_autofree char     *large = g_strnfill ((1 << 20) + 1, '#');
  g_autoptr (GKeyFile) none = dif_ui_presets_load (path, &error);

  g_assert_no_error (error);
  g_assert_nonnull (none);
  g_assert_true (g_file_set_contents (path, "no key file", -1, NULL));
  refuse (path);
  g_assert_true (g_file_set_contents (path, large, -1, NULL));
  refuse (path);
  refuse (folder);
  g_unlink (path);
  g_rmdir (folder);
}

static void
test_names (void)
{
  static const char *const empty[] = { "", " ", "[]", "\t\n", "\x7f" };
  guint i;

  for (i = 0; i < G_N_ELEMENTS (empty); i++)
    g_assert_null (dif_ui_presets_name (empty[i]));
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/presets/round-trip", test_round_trip);
  g_test_add_func ("/presets/tasks", test_tasks);
  g_test_add_func ("/presets/wrong", test_wrong);
  g_test_add_func ("/presets/files", test_files);
  g_test_add_func ("/presets/names", test_names);
  return g_test_run ();
}
