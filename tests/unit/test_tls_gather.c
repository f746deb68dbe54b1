/* Handshake messages out of fragments cut anywhere, too long ones, and without memory; and the flight that keeps them. */
#include "dissectors/app/tls_flight.h"
#include "dissectors/app/tls_gather.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

enum { STREAM_LEN = 4 + 0 + 4 + 1 + 4 + 300 + 4 + 5000 };

/* Four messages, of types 1 to 4 and of 0, 1, 300 and 5000 bytes. */
static uint8_t *make_stream(void)
{
	static const size_t lens[] = { 0, 1, 300, 5000 };
	uint8_t *stream = malloc(STREAM_LEN), *at = stream;

	assert_non_null(stream);
	for (size_t i = 0; i < 4; i++) {
		*at++ = (uint8_t)(i + 1);
		*at++ = 0;
		*at++ = (uint8_t)(lens[i] >> 8);
		*at++ = (uint8_t)lens[i];
		for (size_t j = 0; j < lens[i]; j++)
			*at++ = (uint8_t)(i + j);
	}
	return stream;
}

/* Feeds the stream in fragments of `cut` bytes; returns how many messages came, each as it should be. */
static size_t gather(const uint8_t *stream, size_t cut, struct budget *budget, size_t *n_refused)
{
	struct tls_gather gather = { 0 };
	struct tls_message message;
	size_t n = 0;

	for (size_t at = 0; at < STREAM_LEN; at += cut) {
		size_t len = cut < STREAM_LEN - at ? cut : STREAM_LEN - at;
		uint8_t *exact = malloc(len);
		struct bytes fragment = bytes_of(exact, len);
		enum tls_gathered gathered;

		memcpy(exact, stream + at, len);
		while ((gathered = tls_gather_next(&gather, &fragment, budget, &message)) != TLS_GATHER_MORE) {
			if (gathered == TLS_GATHER_REFUSED) {
				++*n_refused;
				continue;
			}
			n++;
			assert_int_equal(message.whole.len, message.body.len + 4);
			assert_int_equal(message.type, message.whole.data[0]);
			for (size_t i = 0; i < message.body.len; i++)
				assert_int_equal(message.body.data[i], (uint8_t)(message.type - 1u + i));
		}
		assert_int_equal(fragment.len, 0);
		free(exact);
	}
	tls_gather_drop(&gather, budget);
	assert_int_equal(budget->used, 0);
	return n;
}

static void test_any_cut(void **state)
{
	uint8_t *stream = make_stream();
	struct budget budget;
	size_t n_refused = 0;

	(void)state;
	budget_init(&budget, 100000, NULL);
	for (size_t cut = 1; cut <= STREAM_LEN; cut += cut < 700 ? 1 : 97)
		assert_int_equal(gather(stream, cut, &budget, &n_refused), 4);
	assert_int_equal(n_refused, 0);
	free(stream);
}

/* What there is no memory for is passed over; what follows is not. */
static void test_little_memory(void **state)
{
	uint8_t *stream = make_stream();

	(void)state;
	for (size_t cap = 0; cap < 20000; cap += 500)
		for (size_t cut = 1; cut < 400; cut += 7) {
			struct budget budget;
			size_t n_refused = 0;

			budget_init(&budget, cap, NULL);
			size_t n = gather(stream, cut, &budget, &n_refused);

			assert_true(n + n_refused >= 1 && (cap < 2048 || n >= 3));
			assert_true(n_refused == 0 || budget.n_refused > 0);
		}
	free(stream);
}

/* Longer than any message may be: its bytes pass, the next one counts. */
static void test_too_long(void **state)
{
	static const uint8_t head[] = { 11, 0x02, 0x00, 0x01 }, next[] = { 14, 0, 0, 0 };
	uint8_t *body = calloc(1, TLS_MESSAGE_CAP + 1);
	struct tls_gather gather = { 0 };
	struct bytes fragment = bytes_of(head, sizeof head);
	struct tls_message message;
	struct budget budget;

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	assert_int_equal(tls_gather_next(&gather, &fragment, &budget, &message), TLS_GATHER_REFUSED);
	fragment = bytes_of(body, 1000);
	assert_int_equal(tls_gather_next(&gather, &fragment, &budget, &message), TLS_GATHER_MORE);
	fragment = bytes_of(body, TLS_MESSAGE_CAP + 1 - 1000);
	assert_int_equal(tls_gather_next(&gather, &fragment, &budget, &message), TLS_GATHER_MORE);
	fragment = bytes_of(next, sizeof next);
	assert_int_equal(tls_gather_next(&gather, &fragment, &budget, &message), TLS_GATHERED);
	assert_int_equal(message.type, TLS_SERVER_HELLO_DONE);
	assert_int_equal(budget.used, 0);
	free(body);
}

/* ---- the flight ---- */

static void test_flight(void **state)
{
	struct tls_flight flight = { 0 };
	struct budget budget;
	struct bytes message = bytes_text("message"), view = bytes_head(bytes_tail(message, 3), 2);

	(void)state;
	budget_init(&budget, 1 << 20, NULL);
	struct tls_part empty = tls_flight_add(&flight, bytes_of("", 0), &budget);
	struct tls_part part = tls_flight_add(&flight, message, &budget), again = tls_flight_add(&flight, message, &budget);

	assert_int_equal(empty.len, 0);
	assert_int_equal(tls_flight_part(&flight, empty).len, 0);
	assert_true(bytes_is(tls_flight_part(&flight, part), "message") && bytes_is(tls_flight_part(&flight, again), "message"));
	assert_true(bytes_is(tls_flight_part(&flight, tls_flight_within(again, message, view)), "sa"));
	assert_int_equal(tls_flight_within(again, message, bytes_of("", 0)).len, 0);
	assert_int_equal(tls_flight_within(empty, message, view).len, 0);
	for (size_t i = 0; i < 1000; i++) /* it grows, and what is in it stays */
		(void)tls_flight_add(&flight, message, &budget);
	assert_true(bytes_is(tls_flight_part(&flight, part), "message"));
	assert_false(flight.cut);
	tls_flight_drop(&flight, &budget);
	assert_int_equal(budget.used, 0);
}

static void test_full_flight(void **state)
{
	uint8_t *big = calloc(1, TLS_FLIGHT_CAP);

	(void)state;
	for (size_t cap = 1000; cap <= 1 << 20; cap *= 2) {
		struct tls_flight flight = { 0 };
		struct budget budget;
		unsigned n = 0;

		budget_init(&budget, cap, NULL);
		while (n < 1000 && tls_flight_add(&flight, bytes_of(big, 1000), &budget).len)
			n++;
		assert_true(flight.cut && n < 1000 && flight.len == n * 1000 && flight.len <= TLS_FLIGHT_CAP);
		assert_int_equal(tls_flight_add(&flight, bytes_of(big, TLS_FLIGHT_CAP), &budget).len, 0);
		tls_flight_drop(&flight, &budget);
		assert_false(flight.cut);
		assert_int_equal(budget.used, 0);
	}
	free(big);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_any_cut), cmocka_unit_test(test_little_memory),
	    cmocka_unit_test(test_too_long),
		cmocka_unit_test(test_flight), cmocka_unit_test(test_full_flight) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
