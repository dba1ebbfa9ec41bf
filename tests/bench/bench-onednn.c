/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * bench-onednn: oneDNN's side of the benchmark: single convolutions in
 * the memory layout that the library likes best, weights and input
 * already in it.  Commands, one a line, as bench-engine's:
 *
 *   conv f32|bf16 CIN COUT KERNEL STRIDE SIDE SECONDS   seconds, and the
 *                                          name of what the library chose
 *   version
 *
 * Threads are OpenMP's, so OMP_NUM_THREADS says how many.
 */

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <oneapi/dnnl/dnnl.h>

#include "bench.h"

typedef struct
{
  dnnl_primitive_t primitive;
  dnnl_stream_t    stream;
  dnnl_memory_t    memory[4];     /* source, weights, bias, destination */
  char             name[128];
} Conv;

static dnnl_engine_t engine;

static void
check (dnnl_status_t status,
       const char   *what)
{
  if (status != dnnl_success)
    g_error ("oneDNN: %s: %d", what, status);
}

static dnnl_memory_desc_t
describe (int               n_dims,
          const dnnl_dim_t *dims,
          dnnl_data_type_t  type,
          dnnl_format_tag_t tag)
{
  dnnl_memory_desc_t md;

  check (dnnl_memory_desc_create_with_tag (&md, n_dims, dims, type, tag),
         "memory description");
  return md;
}

/* Memory as md says, filled with values of moderate size. */
static dnnl_memory_t
new_memory (const_dnnl_memory_desc_t md,
            dnnl_data_type_t         type)
{
  size_t        size = dnnl_memory_desc_get_size (md), i;
  float        *values = bench_floats (size / 2 + 1);
  dnnl_memory_t memory;
  void         *to;

  check (dnnl_memory_create (&memory, md, engine, DNNL_MEMORY_ALLOCATE),
         "memory");
  check (dnnl_memory_get_data_handle (memory, &to), "memory handle");
  for (i = 0; i < size / 2; i++)
    if (type == dnnl_bf16)
      ((uint16_t *) to)[i] = ((uint16_t *) values)[2 * i + 1];
    else if (i % 2 == 0)
      ((float *) to)[i / 2] = values[i / 2];
  dif_free (values);
  return memory;
}

/* FALSE if the library has no such algorithm for it. */
static gboolean
conv_init (Conv              *c,
           dnnl_alg_kind_t    algorithm,
           dnnl_data_type_t   type,
           DifConvShape       s,
           int                side)
{
  dnnl_dim_t wide = (dnnl_dim_t) side * s.stride, pad = s.kernel == 3;
  dnnl_dim_t src[] = { 1, s.cin, wide, wide }, dst[] = { 1, s.cout, side, side };
  dnnl_dim_t weights[] = { s.cout, s.cin, s.kernel, s.kernel };
  dnnl_dim_t bias[] = { s.cout }, strides[] = { s.stride, s.stride };
  dnnl_dim_t none[] = { 0, 0 }, left[] = { pad, pad };
  dnnl_dim_t right[] = { s.stride == 2 ? 0 : pad, s.stride == 2 ? 0 : pad };
  dnnl_memory_desc_t mds[] = {
    describe (4, src, type, dnnl_format_tag_any),
    describe (4, weights, type, dnnl_format_tag_any),
    describe (1, bias, dnnl_f32, dnnl_a),
    describe (4, dst, type, dnnl_format_tag_any),
  };
  static const dnnl_query_t queries[] = { dnnl_query_src_md,
                                          dnnl_query_weights_md, 0,
                                          dnnl_query_dst_md };
  dnnl_primitive_desc_t pd;
  const char           *name;
  dnnl_status_t         status;
  int                   i;

  status = dnnl_convolution_forward_primitive_desc_create (
    &pd, engine, dnnl_forward_inference, algorithm, mds[0], mds[1], mds[2],
    mds[3], strides, none, left, right, NULL);
  if (status == dnnl_success)
    {
      check (dnnl_primitive_create (&c->primitive, pd), "primitive");
      check (dnnl_primitive_desc_query (pd, dnnl_query_impl_info_str, 0, &name),
             "name");
      g_strlcpy (c->name, name, sizeof c->name);
      for (i = 0; i < 4; i++)
        c->memory[i] = new_memory (
          i == 2 ? mds[2] : dnnl_primitive_desc_query_md (pd, queries[i], 0),
          i == 2 ? dnnl_f32 : type);
      check (dnnl_stream_create (&c->stream, engine, dnnl_stream_default_flags),
             "stream");
      dnnl_primitive_desc_destroy (pd);
    }
  for (i = 0; i < 4; i++)
    dnnl_memory_desc_destroy (mds[i]);
  return status == dnnl_success;
}

static void
conv_run (void *data)
{
  Conv           *c = data;
  dnnl_exec_arg_t args[] = {
    { DNNL_ARG_SRC, c->memory[0] }, { DNNL_ARG_WEIGHTS, c->memory[1] },
    { DNNL_ARG_BIAS, c->memory[2] }, { DNNL_ARG_DST, c->memory[3] },
  };

  check (dnnl_primitive_execute (c->primitive, c->stream, 4, args), "execute");
  check (dnnl_stream_wait (c->stream), "wait");
}

static void
conv_clear (Conv *c)
{
  int i;

  for (i = 0; i < 4; i++)
    dnnl_memory_destroy (c->memory[i]);
  dnnl_stream_destroy (c->stream);
  dnnl_primitive_destroy (c->primitive);
}

/* The better of the library's own choice and Winograd's method. */
static void
answer_conv (char **word)
{
  static const dnnl_alg_kind_t algorithms[] = {
    dnnl_convolution_auto, dnnl_convolution_direct, dnnl_convolution_winograd,
  };
  DifConvShape     shape = { atoi (word[2]), atoi (word[3]), atoi (word[4]),
                             atoi (word[5]) };
  dnnl_data_type_t type = strcmp (word[1], "bf16") == 0 ? dnnl_bf16 : dnnl_f32;
  char             name[128] = "";
  double           best = 0.0, seconds;
  guint            i;
  Conv             conv;

  for (i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      if (! conv_init (&conv, algorithms[i], type, shape, atoi (word[6])))
        continue;
      /* The same code under two names need not be timed twice. */
      if (strcmp (conv.name, name) != 0)
        {
          seconds = bench_repeat (conv_run, &conv, atof (word[7]));
          if (best == 0.0 || seconds < best)
            {
              best = seconds;
              g_strlcpy (name, conv.name, sizeof name);
            }
        }
      conv_clear (&conv);
    }
  if (best > 0.0)
    printf ("%.9f %s\n", best, name);
  else
    printf ("no such convolution\n");
}

int
main (void)
{
  char line[1024];

  check (dnnl_engine_create (&engine, dnnl_cpu, 0), "engine");
  while (fgets (line, sizeof line, stdin))
    {
      g_auto (GStrv)        word = g_strsplit (g_strstrip (line), " ", -1);
      const dnnl_version_t *v = dnnl_version ();

      if (g_strv_length (word) == 8 && strcmp (word[0], "conv") == 0)
        answer_conv (word);
      else
        printf ("%d.%d.%d\n", v->major, v->minor, v->patch);
      fflush (stdout);
    }
  dnnl_engine_destroy (engine);
  return 0;
}
