/* Media types, as senders spell them. */
#include "dissectors/app/body_type.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static void test_types(void **state)
{
	static const struct {
		const char *value;
		enum body_type type;
		enum http_content content;
	} cases[] = {
		{ "application/x-www-form-urlencoded", BODY_TYPE_FORM, HTTP_CONTENT_FORM },
		{ "application/x-www-form-urlencoded; charset=UTF-8", BODY_TYPE_FORM, HTTP_CONTENT_FORM },
		{ "application/x-www-form-urlencode", BODY_TYPE_OTHER, HTTP_CONTENT_NONE },
		{ "multipart/form-data; boundary=application/json", BODY_TYPE_OTHER, HTTP_CONTENT_NONE },
		{ "application/json", BODY_TYPE_JSON, HTTP_CONTENT_JSON },
		{ "Application/JSON ;charset=x", BODY_TYPE_JSON, HTTP_CONTENT_JSON },
		{ "text/json", BODY_TYPE_JSON, HTTP_CONTENT_JSON },
		{ "application/jwk-set+json", BODY_TYPE_JSON, HTTP_CONTENT_JSON },
		{ "application/x-amz-json-1.1", BODY_TYPE_JSON, HTTP_CONTENT_JSON },
		{ "application/x-amz-json-1.2", BODY_TYPE_OTHER, HTTP_CONTENT_NONE },
		{ "application/jsonp", BODY_TYPE_OTHER, HTTP_CONTENT_NONE },
		{ "xapplication/json", BODY_TYPE_OTHER, HTTP_CONTENT_NONE },
		{ "text/xml;charset=utf-8", BODY_TYPE_XML, HTTP_CONTENT_XML },
		{ "application/xml", BODY_TYPE_XML, HTTP_CONTENT_XML },
		{ "application/samlmetadata+xml", BODY_TYPE_XML, HTTP_CONTENT_XML },
		{ "application/soap+xml; action=\"x\"", BODY_TYPE_SOAP, HTTP_CONTENT_XML },
		{ "application/xml-dtd", BODY_TYPE_OTHER, HTTP_CONTENT_NONE },
		{ "application/jwt", BODY_TYPE_JWT, HTTP_CONTENT_TEXT },
		{ "application/token-introspection+jwt", BODY_TYPE_JWT, HTTP_CONTENT_TEXT },
		{ "application/jose", BODY_TYPE_JWT, HTTP_CONTENT_TEXT },
		{ "text/plain", BODY_TYPE_TEXT, HTTP_CONTENT_TEXT },
		{ "text/html", BODY_TYPE_TEXT, HTTP_CONTENT_TEXT },
		{ "application/text", BODY_TYPE_TEXT, HTTP_CONTENT_TEXT },
		{ "text/css", BODY_TYPE_OTHER, HTTP_CONTENT_NONE },
		{ "image/png", BODY_TYPE_OTHER, HTTP_CONTENT_NONE },
		{ "", BODY_TYPE_OTHER, HTTP_CONTENT_NONE },
		{ " ;", BODY_TYPE_OTHER, HTTP_CONTENT_NONE },
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		enum body_type type = body_type_of(bytes_text(cases[i].value));

		if (type != cases[i].type || body_type_content(type) != cases[i].content)
			fail_msg("\"%s\": %d", cases[i].value, type);
	}
	assert_int_equal(body_type_of(bytes_of(NULL, 0)), BODY_TYPE_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_types) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
