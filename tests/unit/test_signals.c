/* signals: asked by signal, told by number, none acts meanwhile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <poll.h>
#include <signal.h>

#include "sensor/run/signals.h"

static void heard(void **state)
{
	int fd = signals_open();
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(signals_take(fd), 0);
	assert_int_equal(poll(&ready, 1, 0), 0);
	raise(SIGHUP);
	assert_int_equal(poll(&ready, 1, 0), 1);
	raise(SIGHUP);
	assert_int_equal(signals_take(fd), SIGNALS_REOPEN);
	raise(SIGTERM);
	raise(SIGUSR2);
	assert_int_equal(signals_take(fd), SIGNALS_END | SIGNALS_RELOAD);
	raise(SIGINT);
	assert_int_equal(signals_take(fd), SIGNALS_END);
	assert_int_equal(signals_take(fd), 0);
	raise(SIGTERM); /* dropped: asked too late */
	signals_close(fd);
	signals_close(-1);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(heard) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
