/* From which packet on secrets may come, and passwords of private keys. */
#include "sensor/run/key_material.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void expectation(void **state)
{
	struct key_material material = { .may_come_from = UINT64_MAX };

	(void)state;
	assert_false(key_material_may_come(&material, 0));
	assert_false(key_material_may_come(&material, UINT64_MAX - 1));
	key_material_expect(&material, 7);
	assert_false(key_material_may_come(&material, 6));
	assert_true(key_material_may_come(&material, 7));
	key_material_expect(&material, 9); /* another input, later */
	assert_true(key_material_may_come(&material, 8));
	key_material_expect(&material, 0);
	assert_true(key_material_may_come(&material, 0));
}

/* What a password file of these bytes is told about it; NULL: nothing. */
static void assert_password(const char *content, size_t len, const char *what)
{
	char path[] = "/tmp/sg-test-XXXXXX";
	struct key_material material;
	struct errors errors = { 0 };
	struct config config;
	int fd = mkstemp(path);

	assert_true(fd >= 0 && write(fd, content, len) == (ssize_t)len);
	close(fd);
	config_init(&config);
	config_set(&config, "tls.key-password-file", path, NULL, 0, &errors);
	assert_int_equal(errors.n, 0);
	key_material_load(&material, &config, &errors);
	assert_int_equal(errors.n, what ? 1 : 0);
	if (what)
		assert_non_null(strstr(errors.text, what));
	assert_non_null(material.keys);
	key_material_free(&material);
	config_fini(&config);
	errors_fini(&errors);
	unlink(path);
}

static void passwords(void **state)
{
	char text[3000];

	(void)state;
	memset(text, 'x', sizeof text);
	assert_password("", 0, NULL);
	assert_password("\n", 1, NULL);
	assert_password("\r\n", 2, NULL);
	assert_password("a test password\r\nmore", 21, NULL);
	assert_password(text, 1023, NULL);
	assert_password(text, 1024, "its first line is too long for a password");
	assert_password(text, sizeof text, "its first line is too long for a password");
	text[1023] = '\n';
	assert_password(text, sizeof text, NULL);
	text[1023] = 'x';
	text[1024] = '\n';
	assert_password(text, sizeof text, "its first line is too long for a password");
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(expectation), cmocka_unit_test(passwords) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
