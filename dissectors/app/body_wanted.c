#include "dissectors/app/body.h"

#include "dissectors/app/body_place.h"
#include "dissectors/app/body_type.h"

/* Without quotes and blanks around it. */
static struct bytes wanted_bare(struct bytes action)
{
	while (action.len && (action.data[0] == '"' || action.data[0] == ' '))
		action = bytes_tail(action, 1);
	while (action.len && (action.data[action.len - 1] == '"' || action.data[action.len - 1] == ' '))
		action.len--;
	return action;
}

/* SOAP 1.2 has its action as a parameter of the media type (RFC 3902). */
static struct bytes wanted_parameter(struct bytes type)
{
	const struct bytes name = bytes_text("action=");

	while (type.len) {
		const uint8_t *semicolon = memchr(type.data, ';', type.len);
		size_t len = semicolon ? (size_t)(semicolon - type.data) : type.len;
		struct bytes parameter = wanted_bare(bytes_head(type, len));

		if (bytes_equal_fold(bytes_head(parameter, name.len), name))
			return wanted_bare(bytes_tail(parameter, name.len));
		type = bytes_tail(type, len + 1);
	}
	return type;
}

/* What is called is not always told; where it is, most calls have nothing to do with tokens, and long answers. */
static unsigned wanted_of_soap(const struct body_request *request, enum body_type type)
{
	bool is_sts = body_place_is_sts(request->target);
	unsigned ask = type == BODY_TYPE_XML && !request->action.data ? BODY_BY_ACTION : 0;

	if (is_sts)
		return BODY_OF_REQUEST | BODY_OF_RESPONSE;
	if (type == BODY_TYPE_XML && !request->action.len)
		return ask;
	struct bytes action = wanted_bare(type == BODY_TYPE_SOAP ? wanted_parameter(request->content_type) : request->action);

	return BODY_OF_REQUEST | (!action.len || body_place_action_mints(action) ? BODY_OF_RESPONSE : 0);
}

static unsigned wanted_of_service(const struct body_request *request, enum body_type type)
{
	if (body_place_mints(request->target) || body_place_action_mints(request->action))
		return BODY_OF_RESPONSE | (type == BODY_TYPE_JSON ? BODY_OF_REQUEST : 0);
	return request->action.data ? 0 : BODY_BY_ACTION;
}

static unsigned wanted_by_place(const struct body_request *request, enum body_place place, enum body_type type)
{
	switch (place) {
	case BODY_PLACE_TOKEN:
		return BODY_OF_RESPONSE | (type == BODY_TYPE_JSON ? BODY_OF_REQUEST : 0);
	case BODY_PLACE_ANSWER:
		return BODY_OF_RESPONSE;
	case BODY_PLACE_SERVICE:
		return wanted_of_service(request, type);
	case BODY_PLACE_ROOT: /* where a form is sent there, it holds the action */
		return type == BODY_TYPE_FORM || body_place_mints(request->target) ? BODY_OF_RESPONSE : 0;
	case BODY_PLACE_OTHER:
		break;
	}
	return 0;
}

static bool wanted_has_answer(struct bytes method)
{
	static const char *const without[] = { "HEAD", "OPTIONS", "CONNECT", "TRACE" };

	for (size_t i = 0; i < sizeof without / sizeof without[0]; i++)
		if (bytes_is(method, without[i]))
			return false;
	return true;
}

static unsigned wanted_by_type(const struct body_request *request, enum body_type type)
{
	switch (type) {
	case BODY_TYPE_FORM:
	case BODY_TYPE_JWT:
		return BODY_OF_REQUEST;
	case BODY_TYPE_XML:
	case BODY_TYPE_SOAP:
		return wanted_of_soap(request, type);
	case BODY_TYPE_JSON:
	case BODY_TYPE_TEXT:
	case BODY_TYPE_OTHER:
		break;
	}
	return 0;
}

unsigned body_wanted(const struct body_request *request)
{
	enum body_place place = body_place_of(request->target);
	enum body_type type = request->content_type.len ? body_type_of(request->content_type) : BODY_TYPE_OTHER;

	if (place == BODY_PLACE_OTHER && (type == BODY_TYPE_OTHER || type == BODY_TYPE_JSON))
		return 0;
	unsigned wanted = wanted_by_type(request, type) | wanted_by_place(request, place, type);

	return wanted_has_answer(request->method) ? wanted : wanted & ~(unsigned)BODY_OF_RESPONSE;
}
