/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * options.c: the options and the help of each command.  Those of
 * parameters come from their table.  GOption takes every value as text;
 * values.h reads it, so that all mistakes get a message of the same form.
 */

#include <stdio.h>
#include <string.h>

#include "tool/options.h"
#include "tool/tool.h"
#include "tool/values.h"

#define VARY     DIF_TOOL_COMMAND_VARY
#define NOISE    DIF_TOOL_COMMAND_NOISE
#define GENERATE DIF_TOOL_COMMAND_GENERATE
#define RESTORE  DIF_TOOL_COMMAND_RESTORE
#define FILL     DIF_TOOL_COMMAND_FILL
#define TEXTURE  DIF_TOOL_COMMAND_TEXTURE
#define MODELS   DIF_TOOL_COMMAND_MODELS

/* What GOption leaves behind of the options that are no parameters. */
typedef struct
{
  char    *quality;
  char    *size;
  char    *output;
  char    *protect;
  char    *reference;
  char    *mask;
  char   **operands;
  gboolean quiet;
  gboolean json;
  gboolean help;
} Raw;

typedef struct
{
  int         place;       /* see DifParamOption */
  guint       commands;
  const char *name;
  char        letter;
  GOptionArg  type;
  gsize       offset;      /* in Raw */
  const char *description;
  const char *argument;
} Own;

#define TEXT  G_OPTION_ARG_STRING
#define FILE_ G_OPTION_ARG_FILENAME
#define FLAG  G_OPTION_ARG_NONE
#define AT(member) G_STRUCT_OFFSET (Raw, member)

static const Own own[] =
{
  { 10, VARY | NOISE | GENERATE | RESTORE | FILL | TEXTURE, "output", 'o', FILE_, AT (output),
    "Write to FILE; %d in it becomes the variation's number", "FILE" },
  { 15, FILL, "mask", 'm', FILE_, AT (mask),
    "A picture of the same size: where it is white IN is filled; without it, where "
    "IN is transparent", "FILE" },
  { 20, GENERATE | TEXTURE, "size", 0, TEXT, AT (size),
    "Width and height in pixels", "WxH" },
  { 36, VARY, "protect", 0, FILE_, AT (protect),
    "A picture of the same size: where it is white IN stays as it is", "FILE" },
  { 38, VARY, "reference", 0, FILE_, AT (reference),
    "A picture that parts are taken of instead of IN", "FILE" },
  { 80, VARY | GENERATE, "quality", 0, TEXT, AT (quality),
    "draft, normal or best: a sampler and its steps (normal)", "NAME" },
  { 1000, VARY | GENERATE | FILL | TEXTURE, "quiet", 'q', FLAG, AT (quiet),
    "No progress line", NULL },
  { 1000, RESTORE, "quiet", 'q', FLAG, AT (quiet),
    "No progress line and nothing of what was measured", NULL },
  { 1010, MODELS, "json", 0, FLAG, AT (json),
    "Print the list as JSON", NULL },
  { 1020, VARY | NOISE | GENERATE | RESTORE | FILL | TEXTURE | MODELS, "help", 'h', FLAG, AT (help),
    "Print this help", NULL }
};

/* An option: one of these, or a parameter's. */
typedef struct
{
  int             place;
  guint           commands;
  const char     *name;
  char            letter;
  GOptionArg      type;
  const char     *argument;
  char           *description;
  const DifParam *param;       /* NULL: one of the tool's own */
  gsize           offset;      /* of that */
  char           *text;        /* a parameter's value, NULL if not given */
  gboolean        given;       /* of one without a value */
} Option;

typedef struct
{
  DifToolCommand command;
  const char    *operands;
  const char    *summary;
} Help;

static const Help helps[] =
{
  { VARY, "IN -o OUT-%d.png",
    "Writes variations of the picture IN." },
  { NOISE, "IN -o OUT",
    "Adds to the picture IN the noise that the first variation starts from." },
  { GENERATE, "-o OUT --size WxH",
    "Writes pictures made from noise alone." },
  { RESTORE, "IN -o OUT",
    "Takes the noise out of the picture IN: of cameras, film and JPEG files." },
  { FILL, "IN --mask M -o OUT",
    "Makes parts of the picture IN anew of what is around them." },
  { TEXTURE, "SAMPLE -o OUT --size WxH",
    "Writes textures made of the stuff of the picture SAMPLE." },
  { MODELS, "",
    "Lists the models that are installed." }
};

static const char picture_help[] =
  "Pictures are PNG, JPEG, TIFF or OpenEXR; the name's ending chooses what "
  "is\nwritten. Bit depth, grey, transparency and colour profile are kept "
  "where the\nformat can hold them. A file that exists is overwritten, once "
  "the new one is\ncomplete. With more than one variation FILE needs one %d "
  "(or %02d ...); a\npercent sign is written %%.\n";

static char *
usual_value (const DifParam *row)
{
  if (row->usual_text != NULL)
    return g_strdup (row->usual_text);
  if (row->type == DIF_PARAM_CHOICE)
    return g_strdup (row->choices[(int) row->usual].nick);
  return g_strdup_printf ("%g", row->usual);
}

/* A parameter's help, with its range and default put in. */
static char *
describe (const DifParam *row)
{
  GString *text = g_string_new (row->option.help);
  char    *range = dif_tool_value_range (row);
  char    *usual = usual_value (row);

  g_string_replace (text, "{range}", range, 0);
  g_string_replace (text, "{default}", usual, 0);
  g_free (usual);
  g_free (range);
  return g_string_free (text, FALSE);
}

static gint
by_place (gconstpointer a,
          gconstpointer b)
{
  return (*(const Option *const *) a)->place
         - (*(const Option *const *) b)->place;
}

static void
free_option (gpointer data)
{
  Option *option = data;

  g_free (option->description);
  g_free (option->text);
  g_free (option);
}

/* The options of all commands, in the order of their help. */
static GPtrArray *
collect (void)
{
  GPtrArray *options = g_ptr_array_new_with_free_func (free_option);

  for (gsize i = 0; i < G_N_ELEMENTS (own); i++)
    {
      Option *option = g_new (Option, 1);

      *option = (Option) {
        .place = own[i].place, .commands = own[i].commands,
        .name = own[i].name, .letter = own[i].letter, .type = own[i].type,
        .argument = own[i].argument,
        .description = g_strdup (own[i].description), .offset = own[i].offset
      };
      g_ptr_array_add (options, option);
    }
  for (const DifParam *row = dif_param_table; row->name != NULL; row++)
    if (row->option.help != NULL)
      {
        Option *option = g_new (Option, 1);

        *option = (Option) {
          .place = row->option.place, .commands = row->tasks,
          .letter = row->option.letter,
          .name = row->option.name != NULL ? row->option.name : row->name,
          .type = row->type == DIF_PARAM_SWITCH  ? FLAG
                  : row->type == DIF_PARAM_MODEL ? FILE_
                                                 : TEXT,
          .argument = row->option.value, .description = describe (row),
          .param = row
        };
        g_ptr_array_add (options, option);
      }
  g_ptr_array_sort (options, by_place);
  return options;
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
  return dif_tool_value_fault (error, "quality", text, "draft, normal or best");
}

/* What --made-of has to be for an option that counts for one kind alone; NULL: it is
 * that, or the option counts for all.
 */
static const char *
wants_made_of (const char      *name,
               const DifParams *params)
{
  static const char *const of_model[] = { "quality", "steps", "sampler", "eta", NULL };
  static const char *const of_layer[] = { "structure", "layout", "reference",
                                               NULL };
  gboolean                 model = params->made_of == DIF_MADE_OF_MODEL;

  if (! model && g_strv_contains (of_model, name))
    return "--made-of=model";
  if (model && g_strv_contains (of_layer, name))
    return "--made-of=layer or layer-finished";
  return NULL;
}

/* text is what was given for the option, or NULL. */
static gboolean
check_made_of (const char      *name,
               const char      *text,
               DifToolCommand   command,
               const DifParams *params,
               GError         **error)
{
  const char *wanted = wants_made_of (name, params);

  return command != VARY || text == NULL || wanted == NULL ||
         dif_tool_value_fault (error, name, text, wanted);
}

static gboolean
parse_param (const Option  *option,
             DifToolCommand command,
             DifSettings   *settings,
             GError       **error)
{
  const DifParam *row = option->param;
  const char     *text = option->given ? "" : option->text;

  if (! check_made_of (option->name, text, command, &settings->params, error))
    return FALSE;

  if (row->offset == G_STRUCT_OFFSET (DifSettings, params.eta) &&
      text != NULL && settings->params.sampler != DIF_SAMPLER_DDIM)
    return dif_tool_value_fault (error, option->name, text, "--sampler=ddim");
  return dif_tool_value_param (row, text, settings, error);
}

/* By the table, in which what variations are made of comes first and the sampler before
 * eta.
 */
static gboolean
parse_values (DifToolOptions *options,
              DifToolCommand  command,
              GPtrArray      *table,
              const Raw      *raw,
              GError        **error)
{
  gboolean good = parse_quality (raw->quality, &options->settings.params,
                                 error) &&
                  dif_tool_value_size (raw->size, &options->width,
                                       &options->height, error);

  for (guint i = 0; i < table->len && good; i++)
    {
      const Option *option = table->pdata[i];

      if (option->param != NULL)
        good = parse_param (option, command, &options->settings, error);
    }
  return good && check_made_of ("quality", raw->quality, command,
                                &options->settings.params, error) &&
         check_made_of ("reference", raw->reference, command,
                        &options->settings.params, error);
}

static gboolean
take_operands (DifToolOptions *options,
               DifToolCommand  command,
               Raw            *raw,
               GError        **error)
{
  guint       n = raw->operands != NULL ? g_strv_length (raw->operands) : 0;
  guint       wanted = command & (GENERATE | MODELS) ? 0 : 1;
  const char *fault = NULL;

  if (n < wanted)
    fault = "the picture to read is missing";
  else if (command != MODELS && raw->output == NULL)
    fault = "the picture to write is missing: give --output";
  else if (command & (GENERATE | TEXTURE) && raw->size == NULL)
    fault = "the size is missing: give --size";
  if (fault != NULL || n > wanted)
    {
      if (fault != NULL)
        g_set_error_literal (error, DIF_TOOL_USAGE_ERROR, 0, fault);
      else
        g_set_error (error, DIF_TOOL_USAGE_ERROR, 0,
                     "\"%s\" is one argument too many",
                     raw->operands[wanted]);
      return FALSE;
    }

  if (wanted == 1)
    options->input = g_strdup (raw->operands[0]);
  options->output = g_strdup (raw->output);
  options->protect = g_strdup (raw->protect);
  options->reference = g_strdup (raw->reference);
  options->mask = g_strdup (raw->mask);
  options->quiet = raw->quiet;
  options->json = raw->json;
  return TRUE;
}

/* The option that argument names by its letter, "-n" or "-n4", or by its
 * whole name, "--steps"; NULL for all else.
 */
static const Option *
find_option (GPtrArray  *table,
             const char *argument)
{
  for (guint i = 0; i < table->len; i++)
    {
      const Option *option = table->pdata[i];

      if (argument[0] == '-' &&
          (argument[1] == '-' ? strcmp (argument + 2, option->name) == 0
                              : argument[1] != '\0' &&
                                argument[1] == option->letter))
        return option;
    }
  return NULL;
}

/* GOption takes "-n 4" but not "-n4"; this makes the first of the
 * second.  Free with g_strfreev().
 */
static char **
split_letters (GPtrArray *table,
               int        argc,
               char     **argv)
{
  GPtrArray *words = g_ptr_array_new ();

  for (int i = 0; i < argc; i++)
    {
      const Option *option = i > 0 ? find_option (table, argv[i])
                                   : NULL;

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
make_context (DifToolCommand command,
              const char    *name,
              GPtrArray     *table,
              Raw           *raw)
{
  GOptionContext *context = NULL;
  GArray         *entries = g_array_new (TRUE, TRUE, sizeof (GOptionEntry));
  GOptionEntry    operands = {
    G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &raw->operands,
    NULL, NULL
  };
  char           *prgname = g_strdup_printf ("gimp-diffusion %s", name);

  for (gsize i = 0; i < G_N_ELEMENTS (helps); i++)
    if (helps[i].command == command)
      {
        context = g_option_context_new (helps[i].operands);
        g_option_context_set_summary (context, helps[i].summary);
      }
  if (command != MODELS)
    g_option_context_set_description (context, picture_help);

  for (guint i = 0; i < table->len; i++)
    {
      Option      *option = table->pdata[i];
      GOptionEntry entry = {
        option->name, option->letter, 0, option->type,
        option->param == NULL  ? G_STRUCT_MEMBER_P (raw, option->offset)
        : option->type == FLAG ? (void *) &option->given
                               : (void *) &option->text,
        option->description, option->argument
      };

      if (option->commands & command)
        g_array_append_val (entries, entry);
    }
  g_array_append_val (entries, operands);
  g_option_context_add_main_entries (context,
                                     (GOptionEntry *) (void *) entries->data,
                                     NULL);
  g_option_context_set_help_enabled (context, FALSE);
  g_set_prgname (prgname);
  g_free (prgname);
  g_array_unref (entries);
  return context;
}

static void
clear_raw (Raw *raw)
{
  g_free (raw->quality);
  g_free (raw->size);
  g_free (raw->output);
  g_free (raw->protect);
  g_free (raw->reference);
  g_free (raw->mask);
  g_strfreev (raw->operands);
}

gboolean
dif_tool_options_parse (DifToolOptions *options,
                        DifToolCommand  command,
                        int             argc,
                        char          **argv,
                        GError        **error)
{
  Raw             raw = { NULL };
  GPtrArray      *table = collect ();
  GOptionContext *context = make_context (command, argv[0], table, &raw);
  char          **words = split_letters (table, argc, argv);
  GError         *fault = NULL;
  gboolean        good;

  memset (options, 0, sizeof *options);
  dif_settings_init (&options->settings);
  dif_params_set_task (&options->settings.params, (DifTaskKind) command);
  if (command != VARY)
    options->settings.params.num_variations = 1;

  good = g_option_context_parse_strv (context, &words, &fault);
  if (! good)
    {
      g_set_error_literal (error, DIF_TOOL_USAGE_ERROR, 0, fault->message);
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
    good = parse_values (options, command, table, &raw, error) &&
           take_operands (options, command, &raw, error);

  g_option_context_free (context);
  g_strfreev (words);
  g_ptr_array_unref (table);
  clear_raw (&raw);
  if (! good)
    dif_tool_options_clear (options);
  return good;
}

void
dif_tool_options_clear (DifToolOptions *options)
{
  dif_settings_clear (&options->settings);
  g_free (options->input);
  g_free (options->output);
  g_free (options->protect);
  g_free (options->reference);
  g_free (options->mask);
  memset (options, 0, sizeof *options);
}
