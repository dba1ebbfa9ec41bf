/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test-params.c: every row of the table of parameters, by what goes by it in
 * the engine and in gimp-diffusion: defaults, ranges, comparing, options and
 * their manual.
 */

#include <math.h>
#include <string.h>

#include "job-fixture.h"
#include "row-values.h"
#include "tool/options.h"
#include "tool/tool.h"

GQuark
dif_tool_usage_error_quark (void)
{
  return g_quark_from_static_string ("dif-usage-error-quark");
}

/* The table itself --------------------------------------------------- */

static gsize
size_of (const DifParam *row)
{
  switch (row->type)
    {
    case DIF_PARAM_NUMBER:
    case DIF_PARAM_SEED:
      return 8;
    case DIF_PARAM_TEXT:
    case DIF_PARAM_MODEL:
      return sizeof (char *);
    default:
      return sizeof (int);
    }
}

/* The row whose member is the first at or after offset, or NULL. */
static const DifParam *
row_from (gsize offset)
{
  const DifParam *row, *first = NULL;

  for (row = dif_param_table; row->name; row++)
    if (row->offset >= offset && (! first || row->offset < first->offset))
      first = row;
  return first;
}

/* Between the members that rows stand for there is room for no other one. */
static void
test_members (void)
{
  gsize           at = 0;
  const DifParam *row;

  while ((row = row_from (at)))
    {
      gsize size = size_of (row), aligned = (at + size - 1) / size * size;

      if (dif_param_is_engines (row) != (at < sizeof (DifParams)))
        aligned = at = sizeof (DifParams);
      if (row->offset != aligned)
        g_error ("before \"%s\" there is a member without a row", row->name);
      at = row->offset + size;
    }
  g_assert_cmpuint (sizeof (DifSettings) - at, <, sizeof (char *));
}

static gboolean
is_in_range (const DifParam *row)
{
  int n = 0;

  switch (row->type)
    {
    case DIF_PARAM_NUMBER:
    case DIF_PARAM_WHOLE:
      return row->usual >= row->min && row->usual <= row->max;
    case DIF_PARAM_CHOICE:
      while (row->choices[n].nick)
        n++;
      return row->usual >= 0 && row->usual < n;
    case DIF_PARAM_TEXT:
    case DIF_PARAM_MODEL:
      return row->usual_text != NULL;
    case DIF_PARAM_SEED:
    case DIF_PARAM_SWITCH:
      break;
    }
  return TRUE;
}

/* What a parameter is for says where it is kept: whatever people choose for
 * the pixels of a result is in its record, and, but for its noise, in presets.
 */
static void
test_rows (void)
{
  const DifParam *row, *other;

  for (row = dif_param_table; row->name; row++)
    {
      gboolean result = row->uses & DIF_PARAM_RESULT;
      gboolean noise = row->uses & DIF_PARAM_NOISE;
      gboolean shown = row->label != NULL;

      g_test_message ("%s", row->name);
      g_assert_true (dif_param_find (row->name) == row);
      g_assert_true (is_in_range (row));
      g_assert_true (! noise || result);
      g_assert_true (! result || dif_param_is_engines (row));
      g_assert_true (shown == (row->help != NULL));
      g_assert_true (row->tasks != 0 || (! shown && ! row->option.help));
      g_assert_true (row->tasks == 0 || shown || row->option.help);
      g_assert_true (! result || ! shown || (row->uses & DIF_PARAM_RECORD));
      g_assert_true (! result || ! shown || noise
                     || (row->uses & DIF_PARAM_PRESET));
      g_assert_true (shown || ! (row->uses & (DIF_PARAM_RECORD
                                              | DIF_PARAM_PRESET)));
      g_assert_true (! (row->uses & DIF_PARAM_PERCENT)
                     || row->type == DIF_PARAM_NUMBER);
      g_assert_true (! row->before
                     || (row->type == DIF_PARAM_CHOICE
                         && dif_param_choice_find (row, row->before) >= 0));
      for (other = dif_param_table; other < row; other++)
        if (row->option.help && other->option.help)
          {
            g_assert_cmpint (row->option.place, !=, other->option.place);
            g_assert_true (! row->option.letter
                           || row->option.letter != other->option.letter);
          }
    }
  g_assert_null (dif_param_find ("nonsense"));
}

static void
test_defaults (void)
{
  DifParams   params = dif_params_default ();
  DifSettings settings;

  g_assert_cmpfloat (params.strength, ==, 0.4);
  g_assert_cmpint (params.num_variations, ==, 4);
  g_assert_cmpint (params.steps, ==, 12);
  g_assert_cmpint (params.sampler, ==, DIF_SAMPLER_DPMPP_2M_KARRAS);
  params.strength = 0.0;
  params.num_variations = params.steps = 0;
  params.sampler = 0;
  g_assert_cmpint (params.made_of, ==, DIF_MADE_OF_LAYER_FINISHED);
  g_assert_true (params.structure == 0.3 && params.layout == 0.5);
  g_assert_true (params.seed == 0 && params.vary_seed == 0);
  g_assert_true (params.eta == 0.0 && params.vary == 0.0);
  g_assert_true (! params.tileable && ! params.keep_colours
                 && ! params.from_noise);
  g_assert_true (params.reduction == 0 && params.scale_side == 0
                 && params.threads == 0 && params.batch == 0);

  dif_settings_init (&settings);
  params = dif_params_default ();
  g_assert_false (dif_params_differ (&settings.params, &params, ~0u));
  g_assert_cmpstr (settings.model, ==, "photo");
  g_assert_cmpstr (settings.picks, ==, "");
  g_assert_true (settings.selection_mask && ! settings.group);
  g_assert_true (settings.chain_frames == 0
                 && settings.chain_as == DIF_CHAIN_GROUP);
  dif_settings_clear (&settings);
  g_assert_null (settings.model);
}

/* Comparing ---------------------------------------------------------- */

static void
test_differ (void)
{
  static const guint uses[] = { DIF_PARAM_RESULT, DIF_PARAM_NOISE };
  const DifParam    *row;
  gsize              i;

  for (row = dif_param_table; row->name; row++)
    for (i = 0; dif_param_is_engines (row) && i < G_N_ELEMENTS (uses); i++)
      {
        DifParams a = dif_params_default (), b = a;
        gboolean  counts = (row->uses & uses[i]) != 0;

        g_test_message ("%s", row->name);
        g_assert_false (dif_params_differ (&a, &b, uses[i]));
        row_set_other (row, &b);
        g_assert_cmpint (dif_params_differ (&a, &b, uses[i]), ==, counts);
        g_assert_cmpint (dif_params_differ (&b, &a, uses[i]), ==, counts);
      }
}

/* All that changes pixels, by name: a row that forgets to say so is found. */
static void
test_counts (void)
{
  static const char *const not_pixels[] = {
    "num-variations", "threads", "batch", NULL
  };
  const DifParam *row;

  for (row = dif_param_table; row->name; row++)
    if (dif_param_is_engines (row))
      g_assert_cmpint (! (row->uses & DIF_PARAM_RESULT), ==,
                       g_strv_contains (not_pixels, row->name));
}

/* Ranges ------------------------------------------------------------- */

static void
expect (DifModel       *model,
        const DifParam *row,
        double          value,
        gboolean        good)
{
  g_autoptr (DifImage) image = fixture_picture (4, 4);
  g_autoptr (GError)   error = NULL;
  DifParams            params = dif_params_default ();

  /* One of the tasks that have it; what a task has not is not looked at. */
  if (row->tasks && ! (row->tasks & DIF_TASK_VARY))
    dif_params_set_task (&params, row->tasks & DIF_TASK_RESTORE ? DIF_TASK_RESTORE
                                  : row->tasks & DIF_TASK_FILL ? DIF_TASK_FILL
                                  : DIF_TASK_TEXTURE);
  row_set (row, &params, value, NULL);
  g_test_message ("%s is %g", row->name, value);
  g_assert_cmpint (dif_join_edges (model, image, &params, &error), ==, good);
  if (! good)
    {
      g_assert_error (error, DIF_ERROR, DIF_ERROR_ARGUMENT);
      g_assert_true (g_str_has_prefix (error->message, row->subject));
    }
}

static void
test_ranges (Fixture       *f,
             gconstpointer  data)
{
  g_autoptr (DifModel) model = fixture_load (f);
  const DifParam      *row;
  int                  n;

  for (row = dif_param_table; row->name; row++)
    if (! dif_param_is_engines (row))
      continue;
    else if (row->type == DIF_PARAM_NUMBER)
      {
        expect (model, row, row->min, TRUE);
        expect (model, row, row->max, TRUE);
        expect (model, row, nextafter (row->min, -INFINITY), FALSE);
        expect (model, row, nextafter (row->max, INFINITY), FALSE);
        expect (model, row, NAN, FALSE);
      }
    else if (row->type == DIF_PARAM_WHOLE)
      {
        expect (model, row, row->min, TRUE);
        expect (model, row, row->max, TRUE);
        if (row->min > G_MININT)
          expect (model, row, row->min - 1, FALSE);
        if (row->max < G_MAXINT)
          expect (model, row, row->max + 1, FALSE);
      }
    else if (row->type == DIF_PARAM_CHOICE)
      {
        for (n = 0; row->choices[n].nick; n++)
          expect (model, row, n, TRUE);
        expect (model, row, -1, FALSE);
        expect (model, row, n, FALSE);
      }
}

/* Options ------------------------------------------------------------ */

static const DifToolCommand commands[] = {
  DIF_TOOL_COMMAND_VARY, DIF_TOOL_COMMAND_NOISE, DIF_TOOL_COMMAND_GENERATE, DIF_TOOL_COMMAND_RESTORE
};

static const char *
option_name (const DifParam *row)
{
  return row->option.name ? row->option.name : row->name;
}

/* What has to stand beside an option of a command, with spaces between, or NULL. */
static const char *
option_needs (const DifParam *row,
              DifToolCommand  command)
{
  static const char *const of_model[] = { "steps", "sampler", NULL };
  gboolean                 vary = command == DIF_TOOL_COMMAND_VARY;

  if (strcmp (row->name, "eta") == 0)
    return vary ? "--made-of=model --sampler=ddim" : "--sampler=ddim";
  return vary && g_strv_contains (of_model, row->name) ? "--made-of=model" : NULL;
}

/* The command line of that command, with more words; what it reads.  second: several,
 * with spaces between.
 */
static gboolean
parse (DifToolCommand  command,
       DifToolOptions *options,
       GError        **error,
       const char     *first,
       const char     *second)
{
  g_auto (GStrv) more = g_strsplit (second ? second : "", " ", -1);
  char          *argv[8] = { (char *) "command", (char *) "-o",
                             (char *) "out-%d.png" };
  int            argc = 3, i;

  argv[argc++] = (char *) (command == DIF_TOOL_COMMAND_GENERATE
                           ? "--size=4x4" : "in.png");
  if (first)
    argv[argc++] = (char *) first;
  for (i = 0; more[i]; i++)
    argv[argc++] = more[i];
  return dif_tool_options_parse (options, command, argc, argv, error);
}

static void
check_option (DifToolCommand  command,
              const DifParam *row,
              const char     *word,
              const char     *second)
{
  g_autoptr (GError) error = NULL;
  DifToolOptions     options, plain;
  DifSettings        wanted;
  const DifParam    *other;

  dif_settings_init (&wanted);
  row_set_other (row, &wanted);
  g_assert_true (parse (command, &plain, NULL, NULL, second));
  g_assert_true (parse (command, &options, &error, word, second));
  g_assert_no_error (error);
  for (other = dif_param_table; other->name; other++)
    g_assert_true (row_same (other, &options.settings,
                             other == row ? &wanted : &plain.settings));
  dif_settings_clear (&wanted);
  dif_tool_options_clear (&plain);
  dif_tool_options_clear (&options);
}

static void
refuse_option (DifToolCommand command,
               const char    *word,
               const char    *second,
               const char    *wanted)
{
  g_autoptr (GError) error = NULL;
  DifToolOptions     options;

  g_test_message ("%s", word);
  g_assert_false (parse (command, &options, &error, word, second));
  g_assert_true (error && error->domain == DIF_TOOL_USAGE_ERROR);
  g_assert_nonnull (strstr (error->message, wanted));
}

/* Each row's value reaches its own member, and no other one. */
static void
test_options (void)
{
  const DifParam *row;
  gsize           i;

  for (row = dif_param_table; row->name; row++)
    for (i = 0; row->option.help && i < G_N_ELEMENTS (commands); i++)
      {
        const char      *name = option_name (row);
        const char      *needs = option_needs (row, commands[i]);
        g_autofree char *value = row_other_text (row);
        g_autofree char *word = row->type == DIF_PARAM_SWITCH
                                ? g_strdup_printf ("--%s", name)
                                : g_strdup_printf ("--%s=%s", name, value);
        g_autofree char *letter = g_strdup_printf ("-%c%s", row->option.letter,
                                                   value);

        g_test_message ("%s", word);
        if (! (row->tasks & commands[i]))
          {
            refuse_option (commands[i], word, NULL, "nknown option");
            continue;
          }
        check_option (commands[i], row, word, needs);
        if (row->option.letter)
          check_option (commands[i], row, letter, NULL);
      }
}

static void
expect_option (const DifParam *row,
               const char     *value,
               gboolean        good)
{
  const char      *name = option_name (row);
  g_autofree char *word = g_strdup_printf ("--%s=%s", name, value);
  DifToolCommand   command = row->tasks & DIF_TASK_VARY ? DIF_TOOL_COMMAND_VARY
                             : row->tasks & DIF_TASK_FILL ? DIF_TOOL_COMMAND_FILL
                             : DIF_TOOL_COMMAND_RESTORE;
  const char      *needs = option_needs (row, command);
  DifToolOptions   options;

  if (! good)
    {
      refuse_option (command, word, needs, word);
      refuse_option (command, word, needs, "wanted");
      return;
    }
  g_test_message ("%s", word);
  g_assert_true (parse (command, &options, NULL, word, needs));
  dif_tool_options_clear (&options);
}

static void
expect_number (const DifParam *row,
               double          value,
               gboolean        good)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  expect_option (row, g_ascii_dtostr (text, sizeof text, value), good);
}

/* Half of the most in percent is taken where people see it in percent. */
static void
expect_percent (const DifParam *row,
                double          max)
{
  g_autofree char *text = g_strdup_printf ("%g%%", max * 50.0);

  expect_option (row, text, row->uses & DIF_PARAM_PERCENT);
}

static void
test_option_ranges (void)
{
  const DifParam *row;

  for (row = dif_param_table; row->name; row++)
    {
      double min = row->min, max = row->max;

      if (! row->option.help)
        continue;
      switch (row->type)
        {
        case DIF_PARAM_NUMBER:
          expect_number (row, min, TRUE);
          expect_number (row, max, TRUE);
          expect_number (row, nextafter (min, -INFINITY), FALSE);
          expect_number (row, nextafter (max, INFINITY), FALSE);
          expect_option (row, "nan", FALSE);
          expect_percent (row, max);
          break;
        case DIF_PARAM_WHOLE:
          expect_number (row, min, TRUE);
          expect_number (row, max, TRUE);
          expect_number (row, min - 1, FALSE);
          expect_number (row, max + 1, FALSE);
          expect_option (row, "", FALSE);
          break;
        case DIF_PARAM_SEED:
          expect_option (row, "0", TRUE);
          expect_option (row, "18446744073709551615", TRUE);
          expect_option (row, "-1", FALSE);
          expect_option (row, "18446744073709551616", FALSE);
          break;
        case DIF_PARAM_CHOICE:
          expect_option (row, "nonsense", FALSE);
          break;
        case DIF_PARAM_SWITCH:
        case DIF_PARAM_TEXT:
        case DIF_PARAM_MODEL:
          break;
        }
    }
}

/* The manual --------------------------------------------------------- */

/* What the manual says of an option, as people read it, or NULL. */
static char *
manual_of (const char *manual,
           const char *name)
{
  g_autofree char *dashed = g_strdup_printf ("--%s", name);
  g_auto (GStrv)   parts = g_strsplit (manual, "\n.TP\n", -1);
  char           **part;

  for (part = parts; *part; part++)
    {
      char  *end = strchr (*part, '\n');
      char  *at = strstr (*part, dashed);
      gsize  n = strlen (dashed);

      if (at && end && at < end && strchr (" =\n", at[n]))
        {
          char *next = strstr (*part, "\n.SH");

          if (next)
            *next = '\0';
          return g_strdup (*part);
        }
    }
  return NULL;
}

static void
mentions (const char *text,
          double      number)
{
  char             digits[G_ASCII_DTOSTR_BUF_SIZE];
  g_autofree char *pattern = NULL;

  g_ascii_formatd (digits, sizeof digits, "%g", number);
  pattern = g_strdup_printf ("(^|[^0-9.])%s($|%%|[^0-9.]|\\.($|[^0-9]))", digits);
  if (! g_regex_match_simple (pattern, text, 0, 0))
    g_error ("%s is missing in: %s", digits, text);
}

/* The manual has each option, with its range and default. */
static void
test_manual (void)
{
  g_autofree char *path = fixture_source ("core/tool/gimp-diffusion.1");
  g_autofree char *manual = NULL;
  GString         *plain;
  const DifParam  *row;
  int              i;

  g_assert_true (g_file_get_contents (path, &manual, NULL, NULL));
  plain = g_string_new (manual);
  g_string_replace (plain, "\\-", "-", 0);
  for (row = dif_param_table; row->name; row++)
    {
      const char      *help = row->option.help;
      g_autofree char *text = NULL;
      g_autofree char *letter = g_strdup_printf ("-%c", row->option.letter);

      if (! help)
        continue;
      text = manual_of (plain->str, option_name (row));
      if (! text)
        g_error ("--%s is not in the manual", option_name (row));
      g_assert_true (! row->option.letter || strstr (text, letter));
      if (strstr (help, "{range}") && row->type == DIF_PARAM_CHOICE)
        for (i = 0; row->choices[i].nick; i++)
          g_assert_nonnull (strstr (text, row->choices[i].nick));
      else if (strstr (help, "{range}"))
        {
          mentions (text, row->min);
          mentions (text, row->max);
        }
      if (strstr (help, "{default}") && row->usual_text)
        g_assert_nonnull (strstr (text, row->usual_text));
      else if (strstr (help, "{default}") && row->type == DIF_PARAM_CHOICE)
        g_assert_nonnull (strstr (text, row->choices[(int) row->usual].nick));
      else if (strstr (help, "{default}"))
        mentions (text, row->usual);
    }
  g_string_free (plain, TRUE);
}

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/params/members", test_members);
  g_test_add_func ("/params/rows", test_rows);
  g_test_add_func ("/params/defaults", test_defaults);
  g_test_add_func ("/params/differ", test_differ);
  g_test_add_func ("/params/counts", test_counts);
  fixture_add ("/params/ranges", test_ranges, NULL);
  g_test_add_func ("/params/options", test_options);
  g_test_add_func ("/params/option-ranges", test_option_ranges);
  g_test_add_func ("/params/manual", test_manual);
  return g_test_run ();
}
