#include "dissectors/token/xmlroot.h"
#include "tests/support/compact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#define X62 "x123456789x123456789x123456789x123456789x123456789x123456789x1"

static const char *const cases[][2] = {
	{ "<a>", "a" },
	{ "<a/>", "a" },
	{ "<a b='c'>", "a" },
	{ "<samlp:Response xmlns:samlp=\"urn:oasis:names:tc:SAML:2.0:protocol\">", "Response" },
	{ "<a:b:c>", "c" },
	{ "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n<saml:Assertion\n ", "Assertion" },
	{ "<?x?y>?><a>", "a" },
	{ "<!-- - -- <b> --- ><c> --><!----><a>", "a" },
	{ "<!DOCTYPE r [ <!ENTITY e \"x\"> <!ELEMENT r (#PCDATA)> ]><a>", "a" },
	{ "<!DOCTYPE r>\n<a>", "a" },
	{ "\xEF\xBB\xBF<a>", "a" },
	{ "\xEF\xBB\xBF \n<a>", "a" },
	{ "<" X62 "12>", X62 "12" },
	{ "<" X62 "123>", "" },
	{ "<p:" X62 "12>", X62 "12" },
	{ "<a", "" },
	{ "<>", "" },
	{ "<a:>", "" },
	{ "</a>", "" },
	{ "<? <a>", "" },
	{ "<!-- <a> --", "" },
	{ "<!DOCTYPE r [ ><a>", "" },
	{ "<?xml?>x<a>", "" },
	{ "\xEF\xBB<a>", "" },
	{ "<", "" },
	{ " \r\n\t<a>", "a" },
	{ "", "" },
};

/* As it is, and in base64. */
static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		uint8_t name[XMLROOT_NAME_LEN];
		char text[400];
		size_t len = compact_encode(bytes_text(cases[i][0]), text);

		if (!bytes_is(bytes_of(name, xmlroot_name(bytes_text(cases[i][0]), name)), cases[i][1]))
			fail_msg("%s", cases[i][0]);
		if (!bytes_is(bytes_of(name, xmlroot_name(bytes_of(text, len), name)), cases[i][1]))
			fail_msg("%.*s", (int)len, text);
	}
}

/* Lines of base64 are joined. */
static void test_base64(void **state)
{
	static const char *const texts[] = { "IDxhPg==", " PGE+", "PGE+", "PGE-", "P\r\nGE\n+", "PG E+" };
	uint8_t name[XMLROOT_NAME_LEN];

	(void)state;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		if (!bytes_is(bytes_of(name, xmlroot_name(bytes_text(texts[i]), name)), "a"))
			fail_msg("%s", texts[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_base64),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
