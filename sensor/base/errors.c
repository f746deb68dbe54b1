#include "sensor/base/errors.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERRORS_KEPT 1000u

void errors_add(struct errors *errors, const char *place, unsigned line, const char *format, ...)
{
	char head[1024] = "", body[1024], text[2100];
	va_list args;

	if (errors->n++ >= ERRORS_KEPT)
		return;
	if (place && line)
		snprintf(head, sizeof head, "%s:%u: ", place, line);
	else if (place)
		snprintf(head, sizeof head, "%s: ", place);
	va_start(args, format);
	vsnprintf(body, sizeof body, format, args);
	va_end(args);
	int n = snprintf(text, sizeof text, "%s%s\n", head, body);
	size_t len = n > 0 ? (size_t)n : 0;
	char *grown = realloc(errors->text, errors->len + len + 1);

	if (!grown)
		return;
	memcpy(grown + errors->len, text, len + 1);
	errors->text = grown;
	errors->len += len;
}

void errors_fini(struct errors *errors)
{
	free(errors->text);
	*errors = (struct errors){ 0 };
}
