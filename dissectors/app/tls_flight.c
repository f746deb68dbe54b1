#include "dissectors/app/tls_flight.h"

enum { CAP_FIRST = 1024 };

struct tls_part tls_flight_add(struct tls_flight *flight, struct bytes message, struct budget *budget)
{
	size_t len = flight->len + message.len, cap = flight->cap ? flight->cap : CAP_FIRST;

	if (len > TLS_FLIGHT_CAP) {
		flight->cut = true;
		return (struct tls_part){ 0 };
	}
	while (cap < len)
		cap *= 2;
	if (cap != flight->cap) {
		uint8_t *data = budget_alloc(budget, cap);

		if (!data) {
			flight->cut = true;
			return (struct tls_part){ 0 };
		}
		if (flight->len)
			memcpy(data, flight->data, flight->len);
		budget_free(budget, flight->data, flight->cap);
		flight->data = data;
		flight->cap = (uint32_t)cap;
	}
	struct tls_part part = { flight->len, (uint32_t)message.len };

	if (message.len)
		memcpy(flight->data + flight->len, message.data, message.len);
	flight->len = (uint32_t)len;
	return part;
}

struct tls_part tls_flight_within(struct tls_part part, struct bytes message, struct bytes view)
{
	if (!part.len || !view.len)
		return (struct tls_part){ 0 };
	return (struct tls_part){ part.at + (uint32_t)(view.data - message.data), (uint32_t)view.len };
}

struct bytes tls_flight_part(const struct tls_flight *flight, struct tls_part part)
{
	return part.len ? bytes_of(flight->data + part.at, part.len) : bytes_of("", 0);
}

void tls_flight_drop(struct tls_flight *flight, struct budget *budget)
{
	budget_free(budget, flight->data, flight->cap);
	*flight = (struct tls_flight){ 0 };
}
