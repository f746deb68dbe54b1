#include "dissectors/token/saml.h"
#include "dissectors/token/saml_text.h"
#include "dissectors/token/saml_walk.h"
#include "tests/support/saml_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct workspace workspace;

static int set_up(void **state)
{
	(void)state;
	saml_start();
	workspace_init(&workspace, 1 << 24, 16384);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	workspace_fini(&workspace);
	return 0;
}

static const char *line_of(const char *xml)
{
	return saml_sample_line(&workspace, bytes_text(xml));
}

static bool has_word(const char *word)
{
	const char *at = strstr(saml_sample_odd(), word);

	return at && (at[strlen(word)] == ' ' || at[strlen(word)] == '\0');
}

/* ---- entities ---- */

#define SECRET "what only the file says"

/* Ways in which a parser may be brought to read what `%s` names. */
static const char *const externals[] = {
	"<!DOCTYPE Assertion [<!ENTITY x SYSTEM \"%s\">]>" ASSERTION_OF("_a", "", "&x;"),
	"<!DOCTYPE Assertion SYSTEM \"%s\">" ASSERTION_OF("_a", "", "&x;"),
	"<!DOCTYPE Assertion PUBLIC \"-//test//EN\" \"%s\">" ASSERTION_OF("_a", "", "&x;"),
	"<!DOCTYPE Assertion [<!ENTITY %% x SYSTEM \"%s\">%%x;]>" ASSERTION_OF("_a", "", "&x;"),
	"<?xml version=\"1.0\" standalone=\"no\"?><?xml-stylesheet href=\"%s\"?>" ASSERTION_OF("_a", "", "x"),
	"<saml:Assertion" SAML_NS " xmlns:xi=\"http://www.w3.org/2001/XInclude\"><saml:Subject><saml:NameID>"
	"<xi:include parse=\"text\" href=\"%s\"/></saml:NameID></saml:Subject></saml:Assertion>",
	"<saml:Assertion" SAML_NS " xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:schemaLocation=\"urn:test %s\"/>",
	"<saml:Assertion" SAML_NS " xml:base=\"%s\"/>",
};

static void scan_external(size_t i, const char *url)
{
	char xml[4096];

	snprintf(xml, sizeof xml, externals[i], url);
	assert_null(strstr(line_of(xml), SECRET));
	assert_int_equal(has_word("doctype"), strstr(xml, "DOCTYPE") != NULL);
}

/* The kernel tells of each opening of the file: of ours, and of no other. */
static void test_no_file(void **state)
{
	char path[] = "/tmp/stormglass-test-XXXXXX", url[64], event[4096];
	int file = mkstemp(path), watch = inotify_init1(IN_NONBLOCK);

	(void)state;
	assert_true(file >= 0 && watch >= 0);
	assert_int_equal(write(file, SECRET, sizeof SECRET - 1), sizeof SECRET - 1);
	close(file);
	assert_true(inotify_add_watch(watch, path, IN_OPEN | IN_ACCESS) >= 0);
	snprintf(url, sizeof url, "file://%s", path);
	for (size_t i = 0; i < sizeof externals / sizeof *externals; i++) {
		scan_external(i, url);
		scan_external(i, path);
	}
	assert_int_equal(read(watch, event, sizeof event), -1);
	assert_int_equal(errno, EAGAIN);
	close(open(path, O_RDONLY));
	assert_true(read(watch, event, sizeof event) > 0);
	close(watch);
	unlink(path);
}

static void test_no_network(void **state)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof address;
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	char url[64];

	(void)state;
	assert_true(listener >= 0 && client >= 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&address, len), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &len), 0);
	snprintf(url, sizeof url, "http://127.0.0.1:%d/x", ntohs(address.sin_port));
	for (size_t i = 0; i < sizeof externals / sizeof *externals; i++)
		scan_external(i, url);
	assert_int_equal(accept(listener, NULL, NULL), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(connect(client, (struct sockaddr *)&address, len), 0);
	assert_true(accept(listener, NULL, NULL) >= 0);
	close(client);
	close(listener);
}

/* What stands behind a document type is read as if it were not there: what it declares does not exist. */
static void test_doctype(void **state)
{
	static const char *const types[] = { "<!DOCTYPE x>", "<!DOCTYPE x [<!ENTITY a 'b'>]>", "<!DOCTYPE x SYSTEM 'y'>",
		"<!DOCTYPE Assertion [<!ATTLIST Assertion Version CDATA '6.6' evil CDATA 'x'>]>" };
	char xml[8192];

	(void)state;
	for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
		snprintf(xml, sizeof xml, "<?xml version=\"1.0\"?>%s%s", types[i], ASSERTION("_a", SIGNATURE("#_a")));
		assert_string_equal(line_of(xml), SAID "; 1; assertion rsa-sha256 " CERTIFICATE_SHA256 "; doctype");
	}
	assert_string_equal(
	    line_of("<!DOCTYPE a [<!ENTITY x 'evil'>]><Assertion ID='&x;'><Subject><NameID>a&x;b</NameID></Subject></Assertion>"),
	    "- - ab - - - - -; 1; - - -; doctype bad_xml no_signature");
}

/* Nested ten times by ten it would be 10^10 letters. */
static void test_billion_laughs(void **state)
{
	char xml[8192];
	size_t n = (size_t)snprintf(xml, sizeof xml, "<!DOCTYPE a [<!ENTITY l0 \"lol\">");

	(void)state;
	for (int i = 1; i <= 10; i++) {
		n += (size_t)snprintf(xml + n, sizeof xml - n, "<!ENTITY l%d \"", i);
		for (int j = 0; j < 10; j++)
			n += (size_t)snprintf(xml + n, sizeof xml - n, "&l%d;", i - 1);
		n += (size_t)snprintf(xml + n, sizeof xml - n, "\">");
	}
	snprintf(xml + n, sizeof xml - n, "]>%s", ASSERTION_OF("_a", "", "&l10;"));
	assert_null(strstr(line_of(xml), "lol"));
	assert_true(has_word("doctype"));
}

/* ---- damage ---- */

/* Is every word of the line one of `words`? */
static bool has_only(const char *line, const char *words)
{
	char all[4096], each[4096], word[4096 + 2], *rest = all;

	snprintf(all, sizeof all, "%s", line);
	snprintf(each, sizeof each, " %s ", words);
	for (char *at; (at = strsep(&rest, " ;"));) {
		snprintf(word, sizeof word, " %s ", at);
		if (*at && !strstr(each, word))
			return false;
	}
	return true;
}

/* Of every beginning of a response: no value is half of what it is in the whole, and nothing is said of what was not read. */
static void test_cut_anywhere(void **state)
{
	static const char whole[] = RESPONSE("_r", SIGNATURE("#_r") ASSERTION("_a", SIGNATURE("#_a")));

	(void)state;
	for (size_t n = 0; n < sizeof whole - 1; n++) {
		const char *line = saml_sample_line(&workspace, bytes_of(whole, n));

		if (strcmp(saml_sample_odd(), "bad_xml") != 0 ||
		    !has_only(line, SAID " https://idp.test/response 1709287201 _of_response 0 1 "
					 "- response response|assertion rsa-sha256 " CERTIFICATE_SHA256 " bad_xml"))
			fail_msg("%zu bytes: %s", n, line);
	}
	assert_string_equal(saml_sample_line(&workspace, bytes_of(whole, sizeof whole - 1)),
	    SAID "; 1; response|assertion rsa-sha256 " CERTIFICATE_SHA256 "; -");
}

/* One byte that is wrong does not hide what is behind it. */
static void test_gone_past(void **state)
{
	static const struct {
		const char *xml, *line;
	} samples[] = {
		{ "<Assertion><x>a & b</x><y>&nbsp;</y><Issuer>a&amp;b</Issuer></Assertion>",
		    "- a&b - - - - - -; 1; - - -; bad_xml no_signature" },
		{ "<Assertion><x y=1/><Issuer>a</Issuer></Assertion>", "- a - - - - - -; 1; - - -; bad_xml no_signature" },
		{ "<Assertion><x>\xFF</x><Issuer>a\xFC</Issuer></Assertion>",
		    "- a\xFC - - - - - -; 1; - - -; bad_xml no_signature" },
		{ "<saml:Assertion><saml:Issuer>a</saml:Issuer></saml:Assertion>",
		    "- a - - - - - -; 1; - - -; bad_xml no_signature" },
		{ "<Assertion><Issuer>a</Issuer></Assertion><Assertion/>", "- a - - - - - -; 1; - - -; bad_xml" },
		{ "<Assertion><NameID y=1>n</NameID><Issuer>a</Issuer></Assertion>", "- - - - - - - -; 1; - - -; bad_xml" },
		{ "<Assertion><Subject><NameID y=1/>n</Subject><Issuer>a</Issuer></Assertion>",
		    "- a - - - - - -; 1; - - -; bad_xml no_signature" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof samples / sizeof *samples; i++)
		assert_string_equal(line_of(samples[i].xml), samples[i].line);
}

/* ---- caps ---- */

/* Writes `part` `n` times. */
static size_t repeat(char *to, const char *part, size_t n)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++)
		len += (size_t)sprintf(to + len, "%s", part);
	return len;
}

/* What has a few errors is read on, what has no end of them is not. */
static void test_errors(void **state)
{
	char xml[4096];

	(void)state;
	for (size_t n = 8; n <= 256; n *= 32) {
		size_t len = (size_t)sprintf(xml, "<Assertion>");

		len += repeat(xml + len, "&; ", n);
		sprintf(xml + len, "<Issuer>i</Issuer></Assertion>");
		assert_int_equal(strncmp(line_of(xml), "- i ", 4) == 0, n == 8);
		assert_true(has_word("bad_xml"));
	}
}

/* An assertion within `n` elements. */
static void scan_deep(char *xml, size_t n)
{
	size_t len = repeat(xml, "<x>", n);

	len += (size_t)sprintf(xml + len, "<Assertion><Issuer>i</Issuer></Assertion>");
	repeat(xml + len, "</x>", n);
	line_of(xml);
}

static void test_depth(void **state)
{
	char *xml = malloc(1 << 20);

	(void)state;
	assert_non_null(xml);
	scan_deep(xml, SAML_WALK_DEPTH - 2);
	assert_string_equal(saml_sample_odd(), "no_signature");
	scan_deep(xml, SAML_WALK_DEPTH - 1);
	assert_string_equal(saml_sample_odd(), "too_deep");
	scan_deep(xml, 30000);
	assert_string_equal(saml_sample_odd(), "too_deep");
	repeat(xml, "<x>", 80000);
	line_of(xml);
	assert_string_equal(saml_sample_odd(), "too_deep");
	free(xml);
}

/* As many of something as are kept, and one more. */
static void test_caps(void **state)
{
	static const struct {
		const char *before, *part, *after;
		size_t cap;
	} caps[] = {
		{ "<Assertion><Conditions><AudienceRestriction>", "<Audience>a</Audience>",
		    "</AudienceRestriction></Conditions></Assertion>", SAML_WALK_AUDIENCES },
		{ "<Assertion>", "<Signature/>", "</Assertion>", SAML_WALK_SIGNATURES },
		{ "<Assertion><Signature><SignedInfo>", "<Reference URI='#a'/>", "</SignedInfo></Signature></Assertion>",
		    SAML_WALK_REFERENCES },
		{ "<Assertion><Subject><NameID>", "x", "</NameID></Subject></Assertion>", 4096 },
		{ "<Assertion Version='", "x", "'/>", 4096 },
	};
	char *xml = malloc(1 << 20);

	(void)state;
	assert_non_null(xml);
	for (size_t i = 0; i < 2 * sizeof caps / sizeof *caps; i++) {
		size_t len = (size_t)sprintf(xml, "%s", caps[i / 2].before);

		len += repeat(xml + len, caps[i / 2].part, caps[i / 2].cap + i % 2);
		sprintf(xml + len, "%s", caps[i / 2].after);
		line_of(xml);
		assert_int_equal(has_word("too_long"), i % 2);
		assert_false(has_word("bad_xml"));
	}
	free(xml);
}

/* What is cut off is not called broken, and what it could have held is not called missing. */
static void test_long(void **state)
{
	enum { LEN = SAML_TEXT_LEN + 100 };
	char *xml = malloc(LEN + 1);

	(void)state;
	assert_non_null(xml);
	memset(xml, ' ', LEN);
	xml[LEN] = '\0';
	memcpy(xml, "<Assertion>", 11);
	memcpy(xml + LEN - 12, "</Assertion>", 12);
	line_of(xml);
	assert_string_equal(saml_sample_odd(), "too_long");
	memcpy(xml + 20, "</Assertion>", 12);
	memset(xml + LEN - 12, ' ', 12);
	line_of(xml);
	assert_string_equal(saml_sample_odd(), "too_long");
	memset(xml + 20, ' ', 12);
	xml[LEN - 100] = '\0';
	memcpy(xml + LEN - 112, "</Assertion>", 12);
	line_of(xml);
	assert_string_equal(saml_sample_odd(), "no_signature");
	free(xml);
}

/* Scans `len` bytes, in less than a fifth of a second of CPU. The worst below took a twentieth of a second, without sanitizers.
 */
static void scan_timed(const char *what, const char *xml, size_t len)
{
	clock_t begin = clock();

	saml_sample_line(&workspace, bytes_of(xml, len));
	double seconds = (double)(clock() - begin) / CLOCKS_PER_SEC;

	if (getenv("SHOW"))
		printf("%8.2f ms %s: %s\n", seconds * 1e3, what, saml_sample_odd());
	if (seconds > 0.2)
		fail_msg("%s: %f seconds", what, seconds);
}

/* Texts as long as are read, and made to cost much. */
static void test_cost(void **state)
{
	static const struct {
		const char *before, *part;
	} texts[] = {
		{ "<a", " b=''" },
		{ "<a", " xmlns:b='c'" },
		{ "<a>", "<b a='' b='' c='' d='' e='' f='' g=''/>" },
		{ "<a>", "&" },
		{ "<a>", "<" },
		{ "<a>", "\x01" },
		{ "<a>", "\xFF" },
		{ "<a>", "&b;" },
		{ "<a>", "<x:b/>" },
		{ "<a>", "<b></c>" },
		{ "<a>", "<b xmlns='c'/>" },
		{ "<a b='", "&" },
		{ "<a>", "]]>" },
		{ "<a>", "<!---->" },
		{ "<a>", "<?b?>" },
		{ "<a>", "<Assertion ID='a'/>" },
		{ "<Assertion><Subject><NameID>", "&#65;" },
		{ "<Signature>", "<Signature/>" },
		{ "<!DOCTYPE a [", "'" },
		{ "<!DOCTYPE a [", "<!--" },
		{ "", "<?" },
		{ "", "<!---->" },
		{ "", "<!DOCTYPE>" },
		{ "", "A\n" },
		{ "", "====" },
		{ "<Assertion><Conditions><AudienceRestriction>", "<Audience/>" },
		{ "<a><b", "<" },
		{ "<a>", "<b" },
		{ "<a>", "</" },
	};
	char *xml = malloc(SAML_TEXT_LEN + 1);

	(void)state;
	assert_non_null(xml);
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		size_t len = (size_t)sprintf(xml, "%s", texts[i].before);

		len += repeat(xml + len, texts[i].part, (SAML_TEXT_LEN - len) / strlen(texts[i].part));
		scan_timed(texts[i].part, xml, len);
	}
	free(xml);
}

/* As many namespaces in scope as there can be, through all of which each prefix is looked for. */
static void test_cost_of_namespaces(void **state)
{
	char *xml = malloc(SAML_TEXT_LEN + 4096);
	size_t len = 0;

	(void)state;
	assert_non_null(xml);
	for (int i = 0; i < SAML_WALK_DEPTH - 1; i++) {
		len += (size_t)sprintf(xml + len, "<a");
		for (int j = 0; j < SAML_TEXT_ATTRIBUTES; j++)
			len += (size_t)sprintf(xml + len, " xmlns:b%d_%d='c'", i, j);
		len += (size_t)sprintf(xml + len, ">");
	}
	while (len < SAML_TEXT_LEN)
		len += (size_t)sprintf(xml + len, "<b0_0:c/>");
	scan_timed("namespaces", xml, SAML_TEXT_LEN);
	assert_true(has_word("bad_xml"));
	free(xml);
}

/* With any memory at all: nothing is left charged, and what was read is what there is. */
static void test_refused(void **state)
{
	static const char xml[] = RESPONSE("_r", ASSERTION("_a", SIGNATURE("#_a")));
	bool read = false;

	(void)state;
	for (size_t cap = 0; cap < 200000; cap += cap < 12000 ? 32 : 1000) {
		struct workspace small;

		workspace_init(&small, 8192 + cap, 256);
		const char *line = saml_sample_line(&small, bytes_text(xml));

		read = strcmp(line, SAID "; 1; assertion rsa-sha256 " CERTIFICATE_SHA256 "; -") == 0;
		if (cap == 0)
			assert_string_equal(line, "- - - - - - - -; -; - - -; -");
		workspace_fini(&small);
	}
	assert_true(read);
}

/* The library's own words about what it reads go nowhere. */
static void test_silence(void **state)
{
	char path[] = "/tmp/stormglass-test-XXXXXX";
	int file = mkstemp(path), kept = dup(STDERR_FILENO);

	(void)state;
	assert_true(file >= 0 && kept >= 0);
	unlink(path);
	fflush(stderr);
	dup2(file, STDERR_FILENO);
	line_of("<Assertion><x y=1>&z;\x01</w></Assertion>");
	line_of("<Assertion><x:y z:a='b' xmlns:w='' xmlns='  '/><");
	saml_sample_line(&workspace, bytes_of(" <\0\0\0a\0\0\0", 9));
	saml_sample_line(&workspace, bytes_of("<!---->\0\0\0<", 11));
	line_of("TG+nlJQ="); /* EBCDIC's "<?xm" */
	line_of("<Assertion><!DOCTYPE x [<!ENTITY % y SYSTEM 'z'>%y;]></Assertion>");
	fflush(stderr);
	dup2(kept, STDERR_FILENO);
	close(kept);
	assert_int_equal(lseek(file, 0, SEEK_END), 0);
	close(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_no_file), cmocka_unit_test(test_no_network),
		cmocka_unit_test(test_doctype), cmocka_unit_test(test_billion_laughs), cmocka_unit_test(test_cut_anywhere),
		cmocka_unit_test(test_gone_past), cmocka_unit_test(test_errors), cmocka_unit_test(test_depth),
		cmocka_unit_test(test_caps), cmocka_unit_test(test_long), cmocka_unit_test(test_cost),
		cmocka_unit_test(test_cost_of_namespaces), cmocka_unit_test(test_refused), cmocka_unit_test(test_silence) };

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
