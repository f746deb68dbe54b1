#include "dissectors/app/body_type.h"

static const struct {
	const char *name; /* as it stands first; with "+": at the end (RFC 6839) */
	enum body_type type;
} types[] = {
	{ "application/json", BODY_TYPE_JSON },
	{ "application/x-www-form-urlencoded", BODY_TYPE_FORM },
	{ "text/plain", BODY_TYPE_TEXT },
	{ "text/html", BODY_TYPE_TEXT },        /* Google's metadata service gives its tokens so */
	{ "application/text", BODY_TYPE_TEXT }, /* ... and other things so */
	{ "text/xml", BODY_TYPE_XML },
	{ "application/xml", BODY_TYPE_XML },
	{ "application/soap+xml", BODY_TYPE_SOAP },
	{ "text/json", BODY_TYPE_JSON },
	{ "application/x-amz-json-1.0", BODY_TYPE_JSON },
	{ "application/x-amz-json-1.1", BODY_TYPE_JSON },
	{ "application/jwt", BODY_TYPE_JWT },
	{ "application/jose", BODY_TYPE_JWT },
	{ "+json", BODY_TYPE_JSON },
	{ "+xml", BODY_TYPE_XML },
	{ "+jwt", BODY_TYPE_JWT },
};

static bool type_is(struct bytes essence, struct bytes name)
{
	if (essence.len < name.len || (name.data[0] != '+' && essence.len > name.len))
		return false;
	return bytes_equal_fold(bytes_tail(essence, essence.len - name.len), name);
}

/* type "/" subtype, without parameters. */
static struct bytes type_essence(struct bytes value)
{
	const uint8_t *semicolon = value.len ? memchr(value.data, ';', value.len) : NULL;
	struct bytes essence = semicolon ? bytes_head(value, (size_t)(semicolon - value.data)) : value;

	while (essence.len && (essence.data[essence.len - 1] == ' ' || essence.data[essence.len - 1] == '\t'))
		essence.len--;
	return essence;
}

enum body_type body_type_of(struct bytes value)
{
	struct bytes essence = type_essence(value);

	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (type_is(essence, bytes_text(types[i].name)))
			return types[i].type;
	return BODY_TYPE_OTHER;
}

enum http_content body_type_content(enum body_type type)
{
	switch (type) {
	case BODY_TYPE_FORM:
		return HTTP_CONTENT_FORM;
	case BODY_TYPE_JSON:
		return HTTP_CONTENT_JSON;
	case BODY_TYPE_XML:
	case BODY_TYPE_SOAP:
		return HTTP_CONTENT_XML;
	case BODY_TYPE_JWT:
	case BODY_TYPE_TEXT:
		return HTTP_CONTENT_TEXT;
	case BODY_TYPE_OTHER:
		break;
	}
	return HTTP_CONTENT_NONE;
}
