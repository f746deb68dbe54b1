#include "dissectors/token/elements.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

struct found {
	enum elements_kind kind;
	const char *name, *text;
};

static void expect(const char *xml, const struct found *want)
{
	size_t len = strlen(xml);
	uint8_t *exact = malloc(len ? len : 1);
	struct bytes rest = bytes_of(exact, len);
	struct element element;
	enum elements_kind kind;

	memcpy(exact, xml, len);
	for (; (kind = elements_next(&rest, &element)) != ELEMENTS_NONE; want++) {
		assert_int_equal(kind, want->kind);
		assert_true(bytes_is(element.name, want->name));
		assert_true(bytes_is(element.text, want->text));
	}
	assert_int_equal(want->kind, ELEMENTS_NONE);
	assert_int_equal(rest.len, 0);
	free(exact);
}

static void expect_assertion(const char *xml, const char *text)
{
	expect(xml, (const struct found[]){ { ELEMENTS_ASSERTION, "Assertion", text }, { ELEMENTS_NONE, NULL, NULL } });
}

static void expect_none(const char *xml)
{
	expect(xml, (const struct found[]){ { ELEMENTS_NONE, NULL, NULL } });
}

static void test_assertion(void **state)
{
	(void)state;
	expect_assertion("<Assertion></Assertion>", "<Assertion></Assertion>");
	expect_assertion("<S:Envelope><S:Header><a:Assertion ID=\"x>y\" b='\"'>t</a:Assertion></S:Header>",
	    "<a:Assertion ID=\"x>y\" b='\"'>t</a:Assertion>");
	expect_assertion("<a:Assertion\n>t</a:Assertion\t>", "<a:Assertion\n>t</a:Assertion\t>");
	expect_assertion("<a:Assertion><a:Advice><b:Assertion>t</b:Assertion></a:Advice></a:Assertion>",
	    "<a:Assertion><a:Advice><b:Assertion>t</b:Assertion></a:Advice></a:Assertion>");
	expect_assertion("<Assertion><Assertion/><!-- </Assertion> --><![CDATA[</Assertion>]]><?x </Assertion>?></Assertion>",
	    "<Assertion><Assertion/><!-- </Assertion> --><![CDATA[</Assertion>]]><?x </Assertion>?></Assertion>");
	expect_assertion("</Assertion><Assertion>t</Assertion><Assertion>", "<Assertion>t</Assertion>");
}

static void test_several(void **state)
{
	(void)state;
	expect("<A><Assertion>1</Assertion><x:EncryptedAssertion> 2 </x:EncryptedAssertion> <Assertion>3</Assertion></A>",
	    (const struct found[]){ { ELEMENTS_ASSERTION, "Assertion", "<Assertion>1</Assertion>" },
		{ ELEMENTS_ASSERTION, "EncryptedAssertion", "<x:EncryptedAssertion> 2 </x:EncryptedAssertion>" },
		{ ELEMENTS_ASSERTION, "Assertion", "<Assertion>3</Assertion>" }, { ELEMENTS_NONE, NULL, NULL } });
	expect("<Credentials><SessionToken>\n test \n</SessionToken></Credentials>",
	    (const struct found[]){ { ELEMENTS_SESSION_TOKEN, "SessionToken", "test" }, { ELEMENTS_NONE, NULL, NULL } });
	expect("<wsse:BinarySecurityToken ValueType=\"x\">dGVzdA==</wsse:BinarySecurityToken>",
	    (const struct found[]){ { ELEMENTS_SECURITY_TOKEN, "BinarySecurityToken", "dGVzdA==" }, { ELEMENTS_NONE, NULL,
	        NULL } });
}

static void test_none(void **state)
{
	(void)state;
	expect_none("");
	expect_none("<");
	expect_none("</");
	expect_none("Assertion");
	expect_none("<Assertion>");
	expect_none("<Assertion/>");
	expect_none("<Assertion");
	expect_none("<Assertion a=\">");
	expect_none("<Assertion></Assertion");
	expect_none("<AssertionIDRef>t</AssertionIDRef>");
	expect_none("<assertion>t</assertion>");
	expect_none("<Assertion:x>t</Assertion:x>");
	expect_none("<!-- <Assertion>t</Assertion> -->");
	expect_none("<![CDATA[<Assertion>t</Assertion>]]>");
	expect_none("<?<Assertion>t</Assertion>");
	expect_none("<!--<Assertion>t</Assertion>");
}

static void test_namespace(void **state)
{
	(void)state;
	assert_true(elements_names_saml(bytes_text("xmlns='urn:oasis:names:tc:SAML:2.0:assertion'")));
	assert_true(elements_names_saml(bytes_text("urn:oasis:names:tc:SAML:1.0:assertion")));
	assert_false(elements_names_saml(bytes_text("urn:oasis:names:tc:xacml:2.0")));
	assert_false(elements_names_saml(bytes_of(NULL, 0)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_assertion),
		cmocka_unit_test(test_several),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_namespace),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
