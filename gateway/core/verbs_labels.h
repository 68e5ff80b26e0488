/* SPDX-License-Identifier: GPL-3.0-or-later */
/* verbs_labels - labels as verbs print and read them. */
#ifndef GATEWAY_CORE_VERBS_LABELS_H
#define GATEWAY_CORE_VERBS_LABELS_H

#include "gateway/json/json.h"
#include "gateway/store/corrections.h"

/* language, request, urgency, categories, flags. */
json_t *verb_labels(const struct labels *labels);

#endif
