/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * options.c: the table of options and the help of each command.  GOption
 * takes every value as text; values.h reads it, so that all mistakes get
 * a message of the same form.
 */

#include <stdio.h>
#include <string.h>

#include "tool/options.h"
#include "tool/tool.h"
#include "tool/values.h"

#define MAX_THREADS 256
#define MAX_BATCH   256

#define VARY     DIF_COMMAND_VARY
#define NOISE    DIF_COMMAND_NOISE
#define GENERATE DIF_COMMAND_GENERATE
#define MODELS   DIF_COMMAND_MODELS

/* What GOption leaves behind. */
typedef struct
{
  char    *strength;
  char    *variations;
  char    *seed;
  char    *vary;
  char    *vary_seed;
  char    *quality;
  char    *steps;
  char    *sampler;
  char    *eta;
  char    *scale_side;
  char    *threads;
  char    *batch;
  char    *size;
  char    *model;
  char    *output;
  char   **operands;
  gboolean tileable;
  gboolean keep_colours;
  gboolean quiet;
  gboolean json;
  gboolean help;
} Raw;

typedef struct
{
  guint       commands;
  const char *name;
  char        letter;
  GOptionArg  type;
  gsize       offset;
  const char *description;
  const char *argument;
} Option;

#define TEXT  G_OPTION_ARG_STRING
#define FILE_ G_OPTION_ARG_FILENAME
#define FLAG  G_OPTION_ARG_NONE
#define AT(member) G_STRUCT_OFFSET (Raw, member)

static const Option table[] =
{
  { VARY | NOISE | GENERATE, "output", 'o', FILE_, AT (output),
    "Write to FILE; %d in it becomes the variation's number", "FILE" },
  { GENERATE, "size", 0, TEXT, AT (size),
    "Width and height in pixels", "WxH" },
  { VARY | NOISE, "strength", 's', TEXT, AT (strength),
    "How far to go into noise, 0 to 1 or 0% to 100% (0.4)", "S" },
  { VARY | GENERATE, "variations", 'n', TEXT, AT (variations),
    "Number of pictures, 1 to 100 (vary: 4, generate: 1)", "N" },
  { VARY | NOISE | GENERATE, "seed", 0, TEXT, AT (seed),
    "Seed of the first; number k uses seed + k - 1 (0)", "N" },
  { VARY | NOISE | GENERATE, "vary", 0, TEXT, AT (vary),
    "How far to turn from the seed's noise to another, 0 to 1 (0)",
    "V" },
  { VARY | NOISE | GENERATE, "vary-seed", 0, TEXT, AT (vary_seed),
    "Where --vary turns to; number k uses this + k - 1 (0)", "N" },
  { VARY | GENERATE, "quality", 0, TEXT, AT (quality),
    "draft, normal or best: a sampler and its steps (normal)", "NAME" },
  { VARY | GENERATE, "steps", 0, TEXT, AT (steps),
    "Network steps, 1 to 1000 (12)", "N" },
  { VARY | GENERATE, "sampler", 0, TEXT, AT (sampler),
    "ddpm, ddim, dpmpp-2m, dpmpp-2m-sde or dpmpp-2m-karras (the last)",
    "NAME" },
  { VARY | GENERATE, "eta", 0, TEXT, AT (eta),
    "Noise that ddim adds on the way back, 0 to 1 (0)", "E" },
  { VARY | GENERATE, "scale-side", 0, TEXT, AT (scale_side),
    "Shorter side of the whole that the picture is cut from (its own)", "N" },
  { VARY | GENERATE, "tileable", 0, FLAG, AT (tileable),
    "Left continues at the right and the top at the bottom", NULL },
  { VARY, "keep-colours", 0, FLAG, AT (keep_colours),
    "Keep the picture's colours on the large scale", NULL },
  { VARY | NOISE | GENERATE, "model", 'm', FILE_, AT (model),
    "Name or folder of the model (photo)", "NAME" },
  { VARY | GENERATE, "threads", 't', TEXT, AT (threads),
    "Threads, 0 for one per core (0); never changes the result", "N" },
  { VARY | GENERATE, "batch", 0, TEXT, AT (batch),
    "Tiles per network call, 0 to choose (0); never changes the result", "N" },
  { VARY | GENERATE, "quiet", 'q', FLAG, AT (quiet),
    "No progress line", NULL },
  { MODELS, "json", 0, FLAG, AT (json),
    "Print the list as JSON", NULL },
  { VARY | NOISE | GENERATE | MODELS, "help", 'h', FLAG, AT (help),
    "Print this help", NULL }
};

typedef struct
{
  DifCommand  command;
  const char *operands;
  const char *summary;
} Help;

static const Help helps[] =
{
  { VARY, "IN -o OUT-%d.png",
    "Writes variations of the picture IN." },
  { NOISE, "IN -o OUT",
    "Adds to the picture IN the noise that the first variation starts from." },
  { GENERATE, "-o OUT --size WxH",
    "Writes pictures made from noise alone." },
  { MODELS, "",
    "Lists the models that are installed." }
};

static const char picture_help[] =
  "Pictures are PNG, JPEG, TIFF or OpenEXR; the name's ending chooses what "
  "is\nwritten. Bit depth, grey, transparency and colour profile are kept "
  "where the\nformat can hold them. A file that exists is overwritten, once "
  "the new one is\ncomplete. With more than one variation FILE needs one %d "
  "(or %02d ...); a\npercent sign is written %%.\n";

/* A seed, any 64-bit number. */
static gboolean
parse_seed (const char *name,
            const char *text,
            guint64    *seed,
            GError    **error)
{
  if (text == NULL ||
      g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT64, seed, NULL))
    return TRUE;
  return dif_value_fault (error, name, text,
                          "a whole number from 0 to 18446744073709551615");
}

static gboolean
parse_quality (const char *text,
               DifParams  *params,
               GError    **error)
{
  static const char *const names[DIF_QUALITY_CUSTOM] = {
    [DIF_QUALITY_DRAFT]  = "draft",
    [DIF_QUALITY_NORMAL] = "normal",
    [DIF_QUALITY_BEST]   = "best"
  };

  if (text == NULL)
    return TRUE;
  for (int i = 0; i < DIF_QUALITY_CUSTOM; i++)
    if (strcmp (text, names[i]) == 0)
      {
        dif_params_set_quality (params, (DifQuality) i);
        return TRUE;
      }
  return dif_value_fault (error, "quality", text, "draft, normal or best");
}

static gboolean
parse_values (DifOptions  *options,
              const Raw   *raw,
              GError     **error)
{
  DifParams *params = &options->params;

  params->tileable = raw->tileable;
  params->keep_colours = raw->keep_colours;
  if (! parse_seed ("seed", raw->seed, &params->seed, error) ||
      ! parse_seed ("vary-seed", raw->vary_seed, &params->vary_seed, error) ||
      ! parse_quality (raw->quality, params, error))
    return FALSE;
  if (raw->sampler != NULL &&
      ! dif_sampler_kind_from_string (raw->sampler, &params->sampler, NULL))
    return dif_value_fault (error, "sampler", raw->sampler,
                            "ddpm, ddim, dpmpp-2m, dpmpp-2m-sde or "
                            "dpmpp-2m-karras");
  if (raw->eta != NULL && params->sampler != DIF_SAMPLER_DDIM)
    return dif_value_fault (error, "eta", raw->eta, "--sampler=ddim");

  return dif_value_size (raw->size, &options->width, &options->height,
                         error) &&
         dif_value_share ("strength", raw->strength, TRUE, &params->strength,
                          error) &&
         dif_value_share ("vary", raw->vary, FALSE, &params->vary, error) &&
         dif_value_share ("eta", raw->eta, FALSE, &params->eta, error) &&
         dif_value_int ("variations", raw->variations, 1, DIF_MAX_VARIATIONS,
                        &params->num_variations, error) &&
         dif_value_int ("steps", raw->steps, 1, DIF_MAX_STEPS,
                        &params->steps, error) &&
         dif_value_int ("scale-side", raw->scale_side, 1, G_MAXINT,
                        &params->scale_side, error) &&
         dif_value_int ("threads", raw->threads, 0, MAX_THREADS,
                        &params->threads, error) &&
         dif_value_int ("batch", raw->batch, 0, MAX_BATCH, &params->batch,
                        error);
}

static gboolean
take_operands (DifOptions  *options,
               DifCommand   command,
               Raw         *raw,
               GError     **error)
{
  guint       n = raw->operands != NULL ? g_strv_length (raw->operands) : 0;
  guint       wanted = command & (VARY | NOISE) ? 1 : 0;
  const char *fault = NULL;

  if (n < wanted)
    fault = "the picture to read is missing";
  else if (command != MODELS && raw->output == NULL)
    fault = "the picture to write is missing: give --output";
  else if (command == GENERATE && raw->size == NULL)
    fault = "the size is missing: give --size";
  if (fault != NULL || n > wanted)
    {
      if (fault != NULL)
        g_set_error_literal (error, DIF_USAGE_ERROR, 0, fault);
      else
        g_set_error (error, DIF_USAGE_ERROR, 0,
                     "\"%s\" is one argument too many",
                     raw->operands[wanted]);
      return FALSE;
    }

  if (wanted == 1)
    options->input = g_strdup (raw->operands[0]);
  options->output = g_strdup (raw->output);
  options->model = g_strdup (raw->model != NULL ? raw->model : "photo");
  options->quiet = raw->quiet;
  options->json = raw->json;
  return TRUE;
}

/* The option that argument names by its letter, "-n" or "-n4", or by its
 * whole name, "--steps"; NULL for all else.
 */
static const Option *
find_option (const char *argument)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (argument[0] == '-' &&
        (argument[1] == '-' ? strcmp (argument + 2, table[i].name) == 0
                            : argument[1] != '\0' &&
                              argument[1] == table[i].letter))
      return &table[i];
  return NULL;
}

/* GOption takes "-n 4" but not "-n4"; this makes the first of the
 * second.  Free with g_strfreev().
 */
static char **
split_letters (int    argc,
               char **argv)
{
  GPtrArray *words = g_ptr_array_new ();

  for (int i = 0; i < argc; i++)
    {
      const Option *option = i > 0 ? find_option (argv[i]) : NULL;

      if (option == NULL && i > 0 && strcmp (argv[i], "--") == 0)
        {
          for (; i < argc; i++)
            g_ptr_array_add (words, g_strdup (argv[i]));
          break;
        }
      if (option == NULL || option->type == FLAG)
        g_ptr_array_add (words, g_strdup (argv[i]));
      else if (argv[i][1] != '-' && argv[i][2] != '\0')
        {
          g_ptr_array_add (words, g_strndup (argv[i], 2));
          g_ptr_array_add (words, g_strdup (argv[i] + 2));
        }
      else
        {
          /* The next word is this one's value, whatever it looks like. */
          g_ptr_array_add (words, g_strdup (argv[i]));
          if (i + 1 < argc)
            g_ptr_array_add (words, g_strdup (argv[++i]));
        }
    }
  g_ptr_array_add (words, NULL);
  return (char **) g_ptr_array_free (words, FALSE);
}

static GOptionContext *
make_context (DifCommand  command,
              const char *name,
              Raw        *raw)
{
  GOptionContext *context = NULL;
  GOptionEntry    entries[G_N_ELEMENTS (table) + 2] = { { NULL } };
  int             n = 0;
  char           *prgname = g_strdup_printf ("gimp-diffusion %s", name);

  for (gsize i = 0; i < G_N_ELEMENTS (helps); i++)
    if (helps[i].command == command)
      {
        context = g_option_context_new (helps[i].operands);
        g_option_context_set_summary (context, helps[i].summary);
      }
  if (command != MODELS)
    g_option_context_set_description (context, picture_help);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].commands & command)
      entries[n++] = (GOptionEntry) {
        table[i].name, table[i].letter, 0, table[i].type,
        G_STRUCT_MEMBER_P (raw, table[i].offset),
        table[i].description, table[i].argument
      };
  entries[n] = (GOptionEntry) {
    G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->operands,
    NULL, NULL
  };
  g_option_context_add_main_entries (context, entries, NULL);
  g_option_context_set_help_enabled (context, FALSE);
  g_set_prgname (prgname);
  g_free (prgname);
  return context;
}

static void
clear_raw (Raw *raw)
{
  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (table[i].type != FLAG)
      g_free (G_STRUCT_MEMBER (char *, raw, table[i].offset));
  g_strfreev (raw->operands);
}

gboolean
dif_options_parse (DifOptions  *options,
                   DifCommand   command,
                   int          argc,
                   char       **argv,
                   GError     **error)
{
  Raw             raw = { NULL };
  GOptionContext *context = make_context (command, argv[0], &raw);
  char          **words = split_letters (argc, argv);
  GError         *fault = NULL;
  gboolean        good;

  memset (options, 0, sizeof *options);
  options->params = (DifParams) DIF_PARAMS_INIT;
  if (command != VARY)
    options->params.num_variations = 1;

  good = g_option_context_parse_strv (context, &words, &fault);
  if (! good)
    {
      g_set_error_literal (error, DIF_USAGE_ERROR, 0, fault->message);
      g_error_free (fault);
    }
  else if (raw.help)
    {
      /* Not g_print(): it would lose what the locale cannot show. */
      char *text = g_option_context_get_help (context, TRUE, NULL);

      fputs (text, stdout);
      g_free (text);
      options->help = TRUE;
    }
  else
    good = parse_values (options, &raw, error) &&
           take_operands (options, command, &raw, error);

  g_option_context_free (context);
  g_strfreev (words);
  clear_raw (&raw);
  if (! good)
    dif_options_clear (options);
  return good;
}

void
dif_options_clear (DifOptions *options)
{
  g_free (options->input);
  g_free (options->output);
  g_free (options->model);
  memset (options, 0, sizeof *options);
}
