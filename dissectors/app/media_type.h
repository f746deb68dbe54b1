/* media_type: the value of a Content-Type field without its parameters (RFC 9110 8.3.1). */
#ifndef STORMGLASS_DISSECTORS_APP_MEDIA_TYPE_H
#define STORMGLASS_DISSECTORS_APP_MEDIA_TYPE_H

#include "sensor/base/bytes.h"

static inline struct bytes media_type_of(struct bytes value)
{
	const uint8_t *semicolon = value.len ? memchr(value.data, ';', value.len) : NULL;

	if (semicolon)
		value.len = (size_t)(semicolon - value.data);
	while (value.len && (value.data[value.len - 1] == ' ' || value.data[value.len - 1] == '\t'))
		value.len--;
	return value;
}

#endif
