/* SPDX-License-Identifier: GPL-3.0-or-later */
/* figureshide - which cells of figures may be shown; see figures.h. */
#ifndef GATEWAY_CORE_FIGURESHIDE_H
#define GATEWAY_CORE_FIGURESHIDE_H

#include "gateway/core/figures.h"

int figureshide_all(struct figures *figures) MUST_CHECK; /* ERR_NOMEM */

#endif
