/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * dif.h: the engine's one public header.  A model is loaded from a
 * folder, a job is made from a model, a picture and parameters; it runs
 * in a thread of its own and hands back one picture per variation.
 *
 * The theory, in the notation of Ho et al. 2020 (DDPM): the forward
 * process x_t = sqrt(abar_t) x_0 + sqrt(1 - abar_t) noise makes noise of a
 * picture over t = 1..T; a network has learned the way back.
 * As in SDEdit (Meng et al. 2022) a job walks forward to
 * t = round(strength * T), then back to 0.
 *
 * Nothing here depends on GIMP, GTK or GEGL.  Unless said otherwise,
 * functions may be called from any thread, pointers are not NULL, and a
 * function that returns NULL or FALSE sets its GError.
 */

#ifndef DIF_H
#define DIF_H

#include <glib.h>

#include "dif-params.h"

G_BEGIN_DECLS

/* Errors ------------------------------------------------------------- */

/* Every message is a plain English sentence that names the file or the
 * argument and the fault.
 */
#define DIF_ERROR (dif_error_quark ())

typedef enum
{
  DIF_ERROR_ARGUMENT,     /* a parameter out of its range              */
  DIF_ERROR_NOT_FOUND,    /* no such file or folder                    */
  DIF_ERROR_IO,           /* it exists but cannot be read or written   */
  DIF_ERROR_MALFORMED,    /* truncated, inconsistent or hostile file   */
  DIF_ERROR_UNSUPPORTED,  /* well formed, but not something we run     */
  DIF_ERROR_MEMORY,       /* would not fit, or an allocation failed    */
  DIF_ERROR_NUMERIC,      /* the network produced NaN or infinity      */
  DIF_ERROR_CANCELLED     /* dif_job_cancel() was called               */
} DifError;

GQuark dif_error_quark (void);

/* Pictures ----------------------------------------------------------- */

/* A picture the engine works on.  rgb holds three planes, R'G'B' in
 * sRGB primaries and transfer curve, mapped so that [0,1] becomes
 * [-1,1] (values outside: see dif_params_beyond()); row-major, no padding:
 * rgb[(c * height + y) * width + x].
 */
typedef struct
{
  int    width;
  int    height;
  float *rgb;
} DifImage;

/* A part of a picture, in pixels; empty where width or height is 0. */
typedef struct
{
  int x;
  int y;
  int width;
  int height;
} DifRect;

/* Largest pixel count that the engine takes, beside DIF_MAX_SIDE. */
#define DIF_MAX_PIXELS ((gsize) 1 << 30)

/* A black (all -1) picture.  Errors: ARGUMENT, MEMORY. */
DifImage *dif_image_new  (int        width,
                          int        height,
                          GError   **error);

/* Errors: MEMORY. */
DifImage *dif_image_copy (const DifImage  *image,
                          GError         **error);

/* NULL is allowed. */
void      dif_image_free (DifImage  *image);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifImage, dif_image_free)

/* Replaces the colour of pixels whose alpha is 0 by a smooth
 * continuation of their visible neighbours, so that the network never
 * sees the arbitrary colour behind transparency.  alpha is
 * [height][width] in [0,1].  A picture with no visible pixel becomes
 * mid-grey.
 */
gboolean  dif_image_fill_transparent (DifImage     *image,
                                      const float  *alpha,
                                      GError      **error);

/* Models ------------------------------------------------------------- */

/* A denoiser, a network say, with its schedule: immutable once loaded,
 * shared by reference count, usable from any number of jobs at once.
 */
typedef struct _DifModel DifModel;

typedef struct
{
  const char *id;              /* name of its folder, "photo"                  */
  const char *folder;          /* the path it was loaded from, or NULL         */
  const char *name;            /* for people                                   */
  const char *licence;         /* SPDX expression, or NULL if it names none    */
  char        hash[17];        /* first 64 bits, in hex, of the SHA-256 of
                                  config, schedule and weights                 */
  gsize       n_parameters;
  guint64     memory;          /* bytes that its weights take, packed for the
                                  set of kernels in use                       */
  int         n_train_steps;   /* T                                            */
  int         native_size;     /* side in pixels of its training crops         */
  int         pixel_unshuffle; /* p: the network sees p x p pixels as channels */
  int         octaves;         /* number of scale labels, 0 for none           */
  gboolean    knows_cameras;   /* it was also trained on the noise of cameras and
                                  files                                       */
  gboolean    knows_jpeg;      /* and on what JPEG's compression makes        */
} DifModelInfo;

/* Loads the folder of a pipeline as the diffusers library saves it
 * (model_index.json, unet/, scheduler/).  Every tensor's name, shape
 * and value is checked.  A network whose packed weights would take more
 * than dif_memory_available() is refused before any of it is taken.
 * Errors: NOT_FOUND, IO, MALFORMED, UNSUPPORTED, MEMORY.
 */
DifModel           *dif_model_load  (const char      *folder,
                                     GError         **error);
DifModel           *dif_model_ref   (DifModel        *model);
void                dif_model_unref (DifModel        *model);
const DifModelInfo *dif_model_info  (const DifModel  *model);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifModel, dif_model_unref)

/* Paths of the folders directly below the NULL-terminated search_dirs
 * that hold a model_index.json, in the order of search_dirs, by name
 * within each; a name met before is left out.  Folders are not opened
 * further.  Missing search folders are passed over.  Free with
 * g_strfreev().
 */
char              **dif_models_find (const char *const *search_dirs);

/* abar_t, the share of the picture's power left at position t = 0..T of
 * the chain (abar_0 = 1).
 */
double              dif_model_alpha_bar (const DifModel *model,
                                         int             t);

/* Noise that is in a picture ------------------------------------------ */

/* What was measured of it.  In channel c the variance at a pixel of value x,
 * both in [-1,1], is slope[c] * x + base[c], but at least least[c] and at most
 * most[c] (Foi et al. 2008, equation 3: of a sensor it grows with the light;
 * tone curves bend it).
 */
typedef struct
{
  double slope[3];
  double base[3];
  double least[3];
  double most[3];
  double deviation;    /* of the channel that has most, over the whole picture */
  double coarseness;   /* 1 for white noise; how many times more of it there is
                          at half the size than white noise would leave       */
  gboolean grey;            /* the channels are the same all over             */
  double   blocks;          /* deviation of what JPEG's compression changed
                               beside, 0 where none of its blocks are found   */
  gboolean blocks_visible;  /* it was strong enough to be seen                */
  int      block_x;         /* where the first whole block begins             */
  int      block_y;
  guint8   block_steps[64]; /* by how much its coefficients were rounded, of
                               brightness in steps of 8 bits, row by row; 0
                               where that is unknown                          */
} DifLayerNoise;

/* Measures the noise of a picture, of 16 x 16 pixels at least: of a smaller one
 * it counts as 0.  Clipped values are left out.  Takes the time of a few
 * megapixels' reading, however large the picture is.
 * Errors: MEMORY.
 */
gboolean dif_layer_noise_measure  (const DifImage      *image,
                                   DifLayerNoise       *noise,
                                   GError             **error);

/* Its variance in channel c at a value. */
double   dif_layer_noise_variance (const DifLayerNoise *noise,
                                   int                  c,
                                   double               value);

/* Parameters, beside those of dif-params.h ---------------------------- */

/* "ddpm", "ddim", "dpmpp-2m", "dpmpp-2m-sde", "dpmpp-2m-karras".
 * Errors: ARGUMENT for any other name.
 */
const char *dif_sampler_kind_to_string   (DifSamplerKind   kind);
gboolean    dif_sampler_kind_from_string (const char      *name,
                                          DifSamplerKind  *kind,
                                          GError         **error);

/* Settings by name, chosen by measurement (core/training/steps.md). */
typedef enum
{
  DIF_QUALITY_DRAFT,
  DIF_QUALITY_NORMAL,        /* what dif_params_default() has */
  DIF_QUALITY_BEST,
  DIF_QUALITY_CUSTOM         /* none of these */
} DifQuality;

/* Sets sampler, steps and eta; DIF_QUALITY_CUSTOM leaves them alone. */
void       dif_params_set_quality (DifParams       *params,
                                   DifQuality       quality);
DifQuality dif_params_get_quality (const DifParams *params);

/* t = round(strength * T), at least 1 where strength > 0. */
int      dif_strength_to_t (const DifModel   *model,
                            double            strength);

/* What a job with these parameters makes of its source before it noises it:
 * where results are to be tileable and are made from it, the edges of image
 * are joined so that it wraps; else it stays as it is.
 * Errors: ARGUMENT, MEMORY.
 */
gboolean dif_join_edges    (const DifModel   *model,
                            DifImage         *image,
                            const DifParams  *params,
                            GError          **error);

/* Pixels up to so far away count for a pixel's noise, see dif_forward(). */
#define DIF_FORWARD_REACH 14

/* The forward process alone: image becomes x_t by the closed form, with
 * the noise that variation 0 of a job with these parameters starts from.
 * It is noised as it is; with tileable the noise wraps, which counts where
 * its edges have been joined.  What a pixel becomes depends on those up to
 * DIF_FORWARD_REACH pixels away, because noise is bounded more narrowly where
 * the picture is flat.  At the end of the chain it depends on none.
 * Errors: ARGUMENT, MEMORY.
 */
gboolean dif_forward       (const DifModel   *model,
                            DifImage         *image,
                            const DifParams  *params,
                            GError          **error);

/* abar where the chain turns round, params->reduction counted in: what
 * dif_forward() and a job noise the picture to.
 */
double   dif_params_alpha_bar (const DifModel   *model,
                               const DifParams  *params);

/* The share of what a picture has outside [-1,1], as floating-point layers
 * can, that its variations get back.  The denoiser never sees it: it is added
 * to the result.  The share is sqrt (abar) where the chain turns round, and 0
 * where that is the end of the chain or from_noise is set.  It is 0 too where a
 * picture is restored: what it has outside counts as noise as far as noise
 * reaches, and what is farther out is in the result; and where a picture is made of
 * its own parts, which bring what they have outside with them.
 */
double   dif_params_beyond  (const DifModel   *model,
                             const DifParams  *params);

/* Network steps that one variation takes, 0 where strength is 0.  The size is that
 * of the job's picture: it matters where draws are left open.
 */
int      dif_params_n_steps (const DifModel   *model,
                             int               width,
                             int               height,
                             const DifParams  *params);

/* The work of a whole job in megapixels times steps times variations,
 * overlaps of tiles included: for one model and machine, time is in
 * proportion to it.  What is made of the picture's own parts counts as what the
 * bundled model does in that time, about.
 */
double   dif_params_work    (const DifModel   *model,
                             int               width,
                             int               height,
                             const DifParams  *params);

/* Jobs --------------------------------------------------------------- */

typedef struct _DifJob DifJob;

typedef struct
{
  int    variation;       /* the one under way, 0..num_variations       */
  int    num_variations;
  int    step;            /* network steps of it done                   */
  int    steps;           /* that it takes                              */
  int    finished;        /* variations ready for dif_job_take_result() */
  double fraction;        /* of the whole job, 0..1                     */
  double elapsed;         /* seconds                                    */
  double remaining;       /* seconds, estimated; < 0 while not yet known */
} DifProgress;

/* Bytes of memory that such a job holds at its peak beside the model, which
 * holds DifModelInfo.memory, provided that results are taken and freed as
 * they are finished; G_MAXINT64 and more where that cannot be counted.  Masks are
 * counted in.
 */
guint64     dif_job_memory      (DifModel         *model,
                                 int               width,
                                 int               height,
                                 const DifParams  *params);

/* With params->task DIF_JOB_FILL what may change, by dif_job_set_masks(), is made anew of
 * what is round it and not copied from; with DIF_JOB_TEXTURE source is the sample, and
 * the results have the texture's size.  Neither asks the model for anything.
 *
 * Checks everything and, unless the job is made of the source's own parts,
 * allocates what it will need; takes ownership of source, also on failure.
 *
 * Made of its own parts (params->made_of) the whole of a picture is needed.  The
 * results of one that is too small for that or of one colour, and of one of which
 * nothing may change, are the source itself; one that is too long is refused here, and
 * one of which too little may be copied by dif_job_wait().
 * Errors: ARGUMENT, MEMORY.
 */
DifJob     *dif_job_new         (DifModel         *model,
                                 DifImage         *source,
                                 const DifParams  *params,
                                 GError          **error);

/* A job made of the source's own parts whose results show the whole picture at a
 * smaller size, as it is on the way to the whole job's results: that of its levels
 * whose shorter side is the first to be so many pixels or more.  Nothing that the
 * whole job decides on the way there is decided differently; the model does not go
 * over it.  params->made_of is not the model.  Takes ownership of source, also on
 * failure.
 * Errors: ARGUMENT, MEMORY.
 */
DifJob     *dif_job_new_smaller (DifModel         *model,
                                 DifImage         *source,
                                 int               side,
                                 const DifParams  *params,
                                 GError          **error);

/* What of the source a job may use and change; to be called once, before
 * dif_job_start().  Both are [height][width] of the source, and copied.  excluded is
 * other than 0 where nothing is copied from, as where it is transparent; it counts
 * where the results are made of the source's own parts.  change is 0 where the
 * results have the source's values, to the bit, and 255 where they may have others;
 * what lies between is a blend of both.  NULL: nothing is excluded, everything may
 * change.
 * Errors: MEMORY.
 */
gboolean    dif_job_set_masks   (DifJob           *job,
                                 const guint8     *excluded,
                                 const guint8     *change,
                                 GError          **error);

/* A picture of any size whose parts results are made of instead of the source's, their
 * colours matched to it; to be called once, before dif_job_start().  It does not count
 * where results are not made so.  excluded is that of dif_job_set_masks(), of the
 * reference, and what is excluded of the source does not count then.  Takes ownership
 * of reference, also on failure.  It and a copy of it are not counted in by
 * dif_job_memory().
 * Errors: ARGUMENT if it is too small or too long, MEMORY.
 */
gboolean    dif_job_set_reference (DifJob         *job,
                                   DifImage       *reference,
                                   const guint8   *excluded,
                                   GError        **error);

/* What a preview needs to see of a picture of width x height pixels to show
 * visible, a part of it, as the whole job would make it: the tiles that come
 * within 128 pixels of it; all of it where it is made of its own parts.  params have
 * no reduction.
 */
void        dif_job_preview_area (DifModel         *model,
                                  int               width,
                                  int               height,
                                  const DifParams  *params,
                                  const DifRect    *visible,
                                  DifRect          *area);

/* A job that makes only area of the picture, as dif_job_preview_area() gives
 * it, of whole tiles of the whole job; source has the size of area, and so have
 * the results.  params are the whole job's (its origin is the picture's).
 * Where area is the whole picture the pixels are the whole job's, bit
 * for bit; else the tiles beyond it do not take part, and within the
 * visible part of dif_job_preview_area() the pixels are a little off.
 * With the bundled model, twelve steps and three pictures that was, in
 * steps of 8 bits, 0.4 at most and 0.05 in the mean (the root of the mean
 * square) at strength 0.4, 2.2 and 0.2 at 0.8.  Kernels that calculate in
 * bfloat16 add what rounding makes of any difference, however small: there
 * it was 0.4 and 0.06, 2.4 and 0.2.  Takes ownership of source, also on
 * failure.
 * Errors: ARGUMENT, MEMORY.
 */
DifJob     *dif_job_new_preview  (DifModel         *model,
                                  DifImage         *source,
                                  int               width,
                                  int               height,
                                  const DifRect    *area,
                                  const DifParams  *params,
                                  GError          **error);

/* A job that takes out of a picture the noise that was measured of it, whatever
 * params->task says; of a part of it, or with area the whole picture of all,
 * as dif_job_new_preview() has it.  With the same noise a part has the pixels of
 * the whole, as near as there.  dif_job_new() with params->task measures its
 * source and does the same with all of it.  Where the noise is less than the
 * model's chain can tell, the result is the source.
 * Errors: ARGUMENT, MEMORY.
 */
DifJob     *dif_job_new_restore  (DifModel             *model,
                                  DifImage             *source,
                                  int                   width,
                                  int                   height,
                                  const DifRect        *area,
                                  const DifLayerNoise  *noise,
                                  const DifParams      *params,
                                  GError              **error);

/* The work of job in the unit of dif_params_work(), by the tiles that it
 * goes through.
 */
double      dif_job_work         (DifJob           *job);

/* Called in the job's thread: after the forward process with step 0 and
 * the noised picture in both, then after each network step (1..steps).
 * sample is x_t, denoised the estimate of x_0 that the step made; both
 * have the size of the source, belong to the job and are good during the
 * call alone.  t is where on the chain sample stands.
 */
typedef void (* DifStepFunc)     (int              variation,
                                  int              step,
                                  int              steps,
                                  double           t,
                                  const DifImage  *sample,
                                  const DifImage  *denoised,
                                  void            *data);

/* To be called before dif_job_start().  Costs two pictures of memory.  Of a job made
 * of the source's own parts there is nothing to be shown: it is not called.
 * Errors: MEMORY.
 */
gboolean    dif_job_watch        (DifJob           *job,
                                  DifStepFunc       func,
                                  void             *data,
                                  GError          **error);

/* Runs the whole job in a new thread.  Call once. */
void        dif_job_start       (DifJob           *job);

/* Asks the job to stop: it does so within the time of one tile.
 * Variations that are finished stay available.
 */
void        dif_job_cancel      (DifJob           *job);

/* Fills progress; TRUE while the job runs.  Never blocks for long. */
gboolean    dif_job_poll        (DifJob           *job,
                                 DifProgress      *progress);

/* The picture of variation i, or NULL while it is not finished or once
 * it was taken (no error either way).  The caller owns it.
 */
DifImage   *dif_job_take_result (DifJob           *job,
                                 int               i);

/* Waits for the end of the job.  TRUE if every variation is finished.
 * Errors: CANCELLED, NUMERIC, MEMORY; ARGUMENT if it was not started, or if there
 * is too little that may be copied.
 */
gboolean    dif_job_wait        (DifJob           *job,
                                 GError          **error);

/* Cancels and waits where need be; NULL is allowed. */
void        dif_job_free        (DifJob           *job);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (DifJob, dif_job_free)

/* Bytes that this process could take now: what the system has available,
 * or less where a control group sets a limit; at least 1.  0 where that is
 * unknown.
 */
guint64     dif_memory_available (void);

/* The name of the set of kernels in use, "x86-64-v4" say.  The
 * environment variable DIF_CPU forces one: ref, x86-64-v2, x86-64-v3,
 * x86-64-v4, and in bfloat16 avx512-bf16, amx-bf16; vector elsewhere, and
 * neon on 64-bit ARM.  One that this machine cannot run is a warning on
 * the log, and the best that it can run instead.
 */
const char *dif_cpu_path        (void);

G_END_DECLS

#endif /* DIF_H */
