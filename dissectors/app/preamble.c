/* SSLproxy:  "SSLproxy: [host]:port,[host]:port,[host]:port,s" and more after commas, CR LF */
#include "dissectors/app/preamble.h"

enum { LINE_MAX = 512 };

struct preamble preamble_of(struct bytes data)
{
	static const char start[] = "SSLproxy: [";
	size_t len = sizeof start - 1 < data.len ? sizeof start - 1 : data.len;

	if (!data.len || memcmp(data.data, start, len) != 0)
		return (struct preamble){ 0 };
	const uint8_t *end = memchr(data.data, '\n', data.len < LINE_MAX ? data.len : LINE_MAX);

	if (end)
		return (struct preamble){ .len = (size_t)(end - data.data) + 1 };
	return (struct preamble){ .undecided = data.len < LINE_MAX };
}
