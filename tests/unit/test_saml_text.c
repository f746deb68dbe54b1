#include "dissectors/token/saml_text.h"
#include "dissectors/token/saml_odd.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#define BAD (1u << SAML_ODD_BAD_XML)
#define B64 (1u << SAML_ODD_BAD_BASE64)
#define ENC (1u << SAML_ODD_ENCODING)
#define DOC (1u << SAML_ODD_DOCTYPE)
#define LONG (1u << SAML_ODD_TOO_LONG)

static uint8_t room[SAML_TEXT_LEN];

/* With no more room than was asked for, so that a sanitizer sees a byte too many. */
static struct saml_text text_of(struct bytes secret)
{
	size_t len = saml_text_room(secret);
	uint8_t *exact = malloc(len ? len : 1);

	assert_non_null(exact);
	struct saml_text text = saml_text_of(secret, exact, len);

	if (len) {
		memcpy(room, exact, len);
		text.xml.data = room + (text.xml.data - exact);
	}
	free(exact);
	return text;
}

static const struct {
	const char *secret, *xml;
	uint32_t odd;
} cases[] = {
	{ "<a/>", "<a/>", 0 },
	{ " \r\n\t<a/>", "<a/>", 0 },
	{ "\xEF\xBB\xBF<a/>", "<a/>", 0 },
	{ "", "", BAD },
	/* base64 of "<a>?></a>" and of two other lengths */
	{ "PGE+Pz48L2E+", "<a>?></a>", 0 },
	{ "PGE-Pz48L2E-", "<a>?></a>", 0 },
	{ "PGE+Pz48\r\nL2E+\r\n", "<a>?></a>", 0 },
	{ " \tP G E + P z 4 8 L 2 E + ", "<a>?></a>", 0 },
	{ "PGEvPg==", "<a/>", 0 },
	{ "PGEvPg", "<a/>", 0 },
	{ "PGEvPg=", "<a/>", 0 },
	{ "PGEvPg==\n", "<a/>", 0 },
	{ "PGEvPiA=", "<a/> ", 0 },
	{ "77u/PGEvPg==", "<a/>", 0 }, /* a byte order mark */
	{ "CjxhLz4=", "<a/>", 0 },     /* a line's end */
	{ "PGEv,Pg==", "<a/>", B64 },
	{ "PGEv%0APg==", "", B64 | BAD },
	{ "PGEvPg===", "<a/>", B64 },
	{ "PG==EvPg", "<a/>", B64 },
	{ "PGEvPiAgI", "<a/>  ", B64 },
	{ "\"PGEvPg\"", "<a/>", B64 },
	/* prologs */
	{ "<?xml version=\"1.0\"?><a/>", "<a/>", 0 },
	{ "<?xml version='1.0' encoding = 'Utf-8' ?>\n<!-- <b/> --><?x <c/> ?>\n<a/>", "<a/>", 0 },
	{ "<?xml version=\"1.0\" encoding=\"us-ascii\"?><a/>", "<a/>", 0 },
	{ "<?xml version=\"1.0\" encoding=\"utf-16\"?><a/>", "<a/>", 0 },
	{ "<?xml version=\"1.0\" encoding=\"UTF-7\"?><a/>", "<a/>", ENC },
	{ "<?xml version=\"1.0\" encoding=\"\"?><a/>", "<a/>", ENC },
	{ "<?xml version=\"1.0\" encoding=?><a/>", "<a/>", ENC },
	{ "<?xml version=\"1.0\"?><a encoding=\"UTF-7\"/>", "<a encoding=\"UTF-7\"/>", 0 },
	{ "<a/><?xml encoding='UTF-7'?>", "<a/><?xml encoding='UTF-7'?>", 0 },
	{ "<?xml version=\"1.0\"", "", BAD },
	{ "<a/><b", "<a/>", 0 },
	{ "<a/><b c=\">", "<a/>", 0 },
	{ "<a/><b>", "<a/><b>", 0 },
	{ "<a", "", BAD },
	{ "<!-- --", "", BAD },
	{ "<!-- -->", "", BAD },
	{ "<!-->--><a/>", "<a/>", 0 },
	{ "<!--><a/>", "", BAD },
	/* document types */
	{ "<!DOCTYPE a><a/>", "<a/>", DOC },
	{ "<?xml version='1.0'?><!-- x --> <!DOCTYPE a SYSTEM \"x>y\"> <a/>", "<a/>", DOC },
	{ "<!DOCTYPE a PUBLIC 'x]>' \"[\"><a/>", "<a/>", DOC },
	{ "<!DOCTYPE a [<!ENTITY b \"]>\"><!ENTITY % c ']>'>]><a/>", "<a/>", DOC },
	{ "<!DOCTYPE a [<!-- ]> ' --><?x ]> \" ?> ] ><a/>", "<a/>", DOC },
	{ "<!DOCTYPE a [<!ELEMENT b (c)>\n%d;]\n><a/>", "<a/>", DOC },
	{ "<!DOCTYPE a [ <!ENTITY b \"", "", DOC | BAD },
	{ "<!DOCTYPE a [ <!ENTITY b 'c'>", "", DOC | BAD },
	{ "<!DOCTYPE a><!DOCTYPE b><a/>", "<a/>", DOC },
	{ "<!doctype a><a/>", "<!doctype a><a/>", 0 },
	{ "<!---->\xEF\xBB\xBF<a/>", "", BAD },
	{ "< a/>", "", BAD },
	{ "hello", "", B64 | BAD },
	{ "<a/><!DOCTYPE a>", "<a/><!DOCTYPE a>", 0 },
};

static void test_cases(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct saml_text text = text_of(bytes_text(cases[i].secret));

		if (!bytes_is(text.xml, cases[i].xml) || text.odd != cases[i].odd || text.cut)
			fail_msg("%s: %.*s %x", cases[i].secret, (int)text.xml.len, (const char *)text.xml.data, text.odd);
	}
}

/* UTF-16 is not read, with a mark or without, as XML or in base64. */
static void test_utf16(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
	} utf16[] = { { "<\0a\0/\0>\0", 8 }, { "\0<\0a\0/\0>", 8 }, { "\xFF\xFE<\0a\0/\0>\0", 10 },
		{ "\xFE\xFF\0<\0a\0/\0>", 10 }, { "PABhAC8APgA=", 12 }, { "//48AGEALwA+AA==", 16 } };

	(void)state;
	for (size_t i = 0; i < sizeof utf16 / sizeof *utf16; i++) {
		struct saml_text text = text_of(bytes_of(utf16[i].bytes, utf16[i].len));

		assert_int_equal(text.xml.len, 0);
		assert_int_equal(text.odd, ENC);
	}
}

/* What is beyond the cap is cut off, and that is said; what just reaches it is not. */
static void test_caps(void **state)
{
	enum { LONGEST = 3 * SAML_TEXT_LEN };
	char *secret = malloc(LONGEST);
	static const struct {
		const char *begin;
		char rest;
		size_t len, want;
		bool cut;
	} caps[] = {
		{ "<a>", 'x', SAML_TEXT_LEN, SAML_TEXT_LEN, false },
		{ "<a>", 'x', SAML_TEXT_LEN + 1, SAML_TEXT_LEN, true },
		{ "PGE+", 'x', SAML_TEXT_LEN / 3 * 4, SAML_TEXT_LEN / 3 * 3, false },
		{ "PGE+", 'x', SAML_TEXT_LEN / 3 * 4 + 4, SAML_TEXT_LEN, true },
		{ "PGE+", '\n', 2 * SAML_TEXT_LEN, 3, false },
		{ "PGE+", '\n', 2 * SAML_TEXT_LEN + 1, 3, true },
	};

	(void)state;
	assert_non_null(secret);
	for (size_t i = 0; i < sizeof caps / sizeof *caps; i++) {
		memset(secret, caps[i].rest, caps[i].len);
		memcpy(secret, caps[i].begin, strlen(caps[i].begin));
		assert_true(saml_text_room(bytes_of(secret, caps[i].len)) <= SAML_TEXT_LEN);
		struct saml_text text = text_of(bytes_of(secret, caps[i].len));

		assert_int_equal(text.xml.len, caps[i].want);
		assert_int_equal(text.cut, caps[i].cut);
		assert_int_equal(text.odd, caps[i].cut ? LONG : 0);
	}
	free(secret);
}

/* Writes `part` `n` times. */
static size_t repeat(char *to, const char *part, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += (size_t)sprintf(to + len, "%s", part);
	return len;
}

/* A tag of as many attributes as are read, and one of one more, after which nothing is. */
static void test_wide(void **state)
{
	static const struct {
		const char *before, *attribute, *after;
		bool counts;
	} tags[] = {
		{ "<x/><a", " b=''", "/>", true },
		{ "<x/><a", " b=\"'>\"", "/>", true },
		{ "<x y='>'/><a", " xmlns:b=''", "/>", true },
		{ "<!-- ' --><a", " b=''", "/>", true },
		{ "<x>'</x><a", " b=''", "/>", true },
		{ "<a b='", "=", "'/>", false },
		{ "<a>", "=", "</a>", false },
		{ "<a b=''>", " b=''", "</a>", false },
		{ "<a>", "<b c=''/>", "</a>", false },
		{ "<a><!-- ", "b='' ", "--></a>", false },
		{ "<a><?x ", "b='' ", "?></a>", false },
		{ "<a><![CDATA[ ", "b='' ", "]]></a>", false },
	};
	char *xml = malloc(1 << 16);

	(void)state;
	assert_non_null(xml);
	for (size_t i = 0; i < 2 * sizeof tags / sizeof *tags; i++) {
		bool over = i % 2;
		size_t len = (size_t)sprintf(xml, "%s", tags[i / 2].before), tag = len - 2;

		len += repeat(xml + len, tags[i / 2].attribute, SAML_TEXT_ATTRIBUTES + over);
		len += (size_t)sprintf(xml + len, "%s", tags[i / 2].after);
		struct saml_text text = text_of(bytes_of(xml, len));

		over &= tags[i / 2].counts;
		if (text.cut != over || text.odd != (over ? LONG : 0))
			fail_msg("%s%s: %d %x", tags[i / 2].before, tags[i / 2].attribute, text.cut, text.odd);
		if (over)
			assert_int_equal(text.xml.data + text.xml.len - (const uint8_t *)xml, tag);
	}
	free(xml);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_cases), cmocka_unit_test(test_utf16),
		cmocka_unit_test(test_caps), cmocka_unit_test(test_wide) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
