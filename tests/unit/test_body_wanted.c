/* What a request's head says of where tokens travel: each case beside one that is nearly so. */
#include "dissectors/app/body.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define FORM "application/x-www-form-urlencoded"
#define JSON "application/json"
#define TRUST "http://docs.oasis-open.org/ws-sx/ws-trust/200512/RST/Issue"

enum { Q = BODY_OF_REQUEST, R = BODY_OF_RESPONSE, ASK = BODY_BY_ACTION };

static const struct {
	const char *method, *target, *type, *action; /* NULL: not looked for */
	unsigned wanted;
} cases[] = {
	/* forms, anywhere */
	{ "POST", "/login", FORM, NULL, Q },
	{ "PUT", "/login", FORM "; charset=utf-8", NULL, Q },
	{ "POST", "/login", "multipart/form-data; boundary=x", NULL, 0 },
	{ "POST", "/login", JSON, NULL, 0 },
	{ "POST", "/login", "", NULL, 0 },
	{ "POST", "/login", "text/plain", NULL, 0 },
	{ "POST", "/events", "application/secevent+jwt", NULL, Q },
	/* token endpoints */
	{ "POST", "/oauth2/v2.0/token", FORM, NULL, Q | R },
	{ "POST", "/oauth2/v2.0/token", JSON, NULL, Q | R },
	{ "POST", "/oauth2/v2.0/token", "multipart/form-data; boundary=x", NULL, R },
	{ "POST", "/oauth2/v2.0/token", "text/plain", NULL, R },
	{ "GET", "/oauth2/v2.0/token", "", NULL, R },
	{ "OPTIONS", "/oauth2/v2.0/token", "", NULL, 0 },
	{ "HEAD", "/token", "", NULL, 0 },
	{ "CONNECT", "token", "", NULL, 0 },
	{ "TRACE", "/token", FORM, NULL, Q },
	/* keys and what is known of issuers */
	{ "GET", "/common/discovery/v2.0/keys", "", NULL, R },
	{ "POST", "/keys", JSON, NULL, R },
	{ "GET", "/api/users", "", NULL, 0 },
	/* AWS: one address, and the form says what */
	{ "POST", "/", FORM, NULL, Q | R },
	{ "POST", "/", JSON, NULL, 0 },
	{ "GET", "/", "", NULL, 0 },
	{ "GET", "/?Action=AssumeRole&Version=2011-06-15", "", NULL, R },
	{ "GET", "/?Action=DescribeInstances", "", NULL, 0 },
	/* OWA */
	{ "POST", "/owa/service.svc?action=GetAccessTokenforResource", JSON, NULL, Q | R },
	{ "POST", "/owa/0/service.svc?ACTION=getaccesstokenforresource&UA=0", "", NULL, R },
	{ "POST", "/owa/service.svc", JSON, NULL, ASK },
	{ "POST", "/owa/service.svc", JSON, "GetAccessTokenForResource", Q | R },
	{ "POST", "/owa/service.svc", JSON, "FindItem", 0 },
	{ "POST", "/owa/service.svc", JSON, "", 0 },
	{ "POST", "/owa/other.svc", JSON, NULL, 0 },
	{ "POST", "/owa/other.svc", JSON, "GetAccessTokenForResource", 0 },
	/* SOAP 1.2 */
	{ "POST", "/x", "application/soap+xml", NULL, Q | R },
	{ "POST", "/x", "application/soap+xml; charset=utf-8; action=\"" TRUST "\"", NULL, Q | R },
	{ "POST", "/x", "application/soap+xml; action=\"urn:x/GetItem\"; charset=utf-8", NULL, Q },
	{ "POST", "/adfs/services/trust/13/usernamemixed", "application/soap+xml; action=\"urn:x\"", NULL, Q | R },
	{ "POST", "/x", "application/xop+xml", "", 0 },
	/* SOAP 1.1 */
	{ "POST", "/x.asmx", "text/xml; charset=utf-8", NULL, ASK },
	{ "POST", "/x.asmx", "text/xml; charset=utf-8", "", 0 },
	{ "POST", "/x.asmx", "text/xml; charset=utf-8", "\"\"", Q | R },
	{ "POST", "/x.asmx", "text/xml; charset=utf-8", "\"" TRUST "\"", Q | R },
	{ "POST", "/EWS/Exchange.asmx", "text/xml", "\"http://x/messages/GetItem\"", Q },
	{ "POST", "/EWS/Exchange.asmx", JSON, "\"http://x/messages/GetItem\"", 0 },
	{ "POST", "/RST2.srf", "application/xml", NULL, Q | R },
	{ "POST", "/RST3.srf", "application/xml", "", 0 },
	{ "POST", "/adfs/services/trust/2005/usernamemixed", "text/xml", NULL, Q | R },
	{ "POST", "/adfs/services/trust/2005/usernamemixed", "text/html", NULL, 0 },
};

static struct bytes text(const char *c)
{
	return c ? bytes_text(c) : bytes_of(NULL, 0);
}

static void test_wanted(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct body_request request = { text(cases[i].method), text(cases[i].target), text(cases[i].type), text(cases[i].action) };
		unsigned wanted = body_wanted(&request);

		if (wanted != cases[i].wanted)
			fail_msg("%s %s %s %s: %u, not %u", cases[i].method, cases[i].target, cases[i].type,
				 cases[i].action ? cases[i].action : "-", wanted, cases[i].wanted);
	}
}

static void test_empty(void **state)
{
	struct body_request request = { .method = bytes_of(NULL, 0) };

	(void)state;
	assert_int_equal(body_wanted(&request), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_wanted), cmocka_unit_test(test_empty) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
