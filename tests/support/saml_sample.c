#include "tests/support/saml_sample.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>
#include <stdio.h>
#include <string.h>

#include "dissectors/token/saml.h"
#include "sensor/model/token.h"

static char line[16384], odd[512];

static void add(char *to, size_t cap, struct bytes text)
{
	size_t n = strlen(to);

	snprintf(to + n, cap - n, "%.*s", (int)text.len, (const char *)text.data);
}

static void add_text(const struct record *record, size_t field)
{
	add(line, sizeof line, record_has(record, field) ? record_get(record, field) : bytes_text("-"));
	add(line, sizeof line, bytes_text(" "));
}

static void add_texts(char *to, size_t cap, const struct record *record, size_t field, const char *between)
{
	for (uint32_t i = 0; record_has(record, field) && i < record->values[field].len; i++) {
		add(to, cap, bytes_text(i ? between : ""));
		add(to, cap, record->values[field].texts[i]);
	}
	if (!record_has(record, field))
		add(to, cap, bytes_text("-"));
}

static void add_number(const struct record *record, size_t field)
{
	char number[32] = "-";

	if (record_has(record, field))
		snprintf(number, sizeof number, "%lld", (long long)record->values[field].number);
	add(line, sizeof line, bytes_text(number));
	add(line, sizeof line, bytes_text(" "));
}

static void add_said(const struct record *record, struct bytes subject)
{
	add_text(record, SAML_VERSION);
	add_text(record, SAML_ISSUER);
	add(line, sizeof line, subject.len ? subject : bytes_text("-"));
	add(line, sizeof line, bytes_text(" "));
	add_texts(line, sizeof line, record, SAML_AUDIENCE, "|");
	add(line, sizeof line, bytes_text(" "));
	add_number(record, SAML_IAT);
	add_number(record, SAML_NBF);
	add_number(record, SAML_EXP);
	add_text(record, SAML_IN_RESPONSE_TO);
}

const char *saml_sample_line(struct workspace *workspace, struct bytes secret)
{
	struct record *record = workspace_token(workspace);
	struct bytes subject = { 0 };

	line[0] = odd[0] = '\0';
	saml_scan(secret, record, &subject, &workspace->arena);
	assert_non_null(subject.data);
	assert_false(record_has(record, SAML_SUB_HASH));
	add_said(record, subject);
	line[strlen(line) - 1] = ';';
	add(line, sizeof line, bytes_text(" "));
	add_number(record, SAML_ASSERTIONS);
	if (record_has(record, SAML_ENCRYPTED) && record->values[SAML_ENCRYPTED].flag)
		add(line, sizeof line, bytes_text("encrypted "));
	line[strlen(line) - 1] = ';';
	add(line, sizeof line, bytes_text(" "));
	add_texts(line, sizeof line, record, SAML_SIGNED, "|");
	add(line, sizeof line, bytes_text(" "));
	add_text(record, SAML_ALG);
	add_text(record, SAML_CERT_SHA256);
	line[strlen(line) - 1] = ';';
	add(line, sizeof line, bytes_text(" "));
	add_texts(odd, sizeof odd, record, SAML_ODD, " ");
	add(line, sizeof line, bytes_text(odd));
	return line;
}

const char *saml_sample_odd(void)
{
	return odd;
}
