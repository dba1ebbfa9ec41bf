/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * network.h: networks drawn at random from all that config.json may ask
 * for, with random weights.
 */

#ifndef DIF_TESTS_NETWORK_H
#define DIF_TESTS_NETWORK_H

#include "fixture.h"
#include "denoise/unet/unet.h"

/* Of a network that knows classes. */
#define NETWORK_LABELS 7

/* Draws a network, writes its config.json and weights to the folder of
 * the fixture and reads them back: config, and weights to be closed.
 */
DifWeights *network_draw (Fixture       *fixture,
                          GRand         *rand,
                          DifUnetConfig *config);

#endif
