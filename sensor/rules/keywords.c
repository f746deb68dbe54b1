#include "sensor/rules/keywords.h"

#include "sensor/rules/text.h"
#include "sensor/model/anomaly.h"
#include "sensor/model/http.h"
#include "sensor/model/tls.h"
#include "sensor/model/token.h"

static const struct record_type *const keywords_types[] = { &http_record, &token_record, &use_record, &anomaly_record,
	&tls_record };

enum { KEYWORDS_TYPES = sizeof keywords_types / sizeof keywords_types[0] };

bool keywords_find(struct bytes name, struct keyword *keyword)
{
	for (size_t t = 0; t < KEYWORDS_TYPES; t++) {
		const struct record_type *type = keywords_types[t];

		for (size_t i = 0; i < type->n_fields; i++) {
			if (bytes_is(name, type->fields[i].keyword)) {
				*keyword = (struct keyword){ type, i };
				return true;
			}
		}
	}
	return false;
}

const char *keywords_nearest(struct bytes name, const char *best, size_t distance)
{
	for (size_t t = 0; t < KEYWORDS_TYPES; t++) {
		const struct record_type *type = keywords_types[t];

		for (size_t i = 0; i < type->n_fields; i++) {
			size_t d = text_distance(name, bytes_text(type->fields[i].keyword));

			if (d < distance) {
				distance = d;
				best = type->fields[i].keyword;
			}
		}
	}
	return distance <= 2 || distance <= name.len / 4 ? best : NULL;
}
