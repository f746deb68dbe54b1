#include "sensor/rules/options.h"

#include "sensor/rules/text.h"

#include <stdio.h>

static bool option_msg(struct draft *draft, struct bytes value)
{
	struct bytes inside, plain;

	if (!text_quoted(value, &inside))
		return reason_is(draft->env.reason,
			"the value must stand in quotes (a ; within them must be written \\;)");
	if (inside.len == 0 || inside.len > 512)
		return reason_is(draft->env.reason, "expected 1 to 512 bytes");
	if (!text_unescape(inside, draft->env.arena, &plain, draft->env.reason))
		return false;
	draft->program->rule.msg = (const char *)plain.data;
	return true;
}

static bool option_number(struct draft *draft, struct bytes value, int64_t low, int64_t high, uint32_t *out)
{
	int64_t n;

	if (!text_number_in(value, low, high, &n))
		return reason_is(draft->env.reason, "'%.*s' is not a number from %lld to %lld", TEXT_ARGS(value),
			(long long)low, (long long)high);
	*out = (uint32_t)n;
	return true;
}

static bool option_sid(struct draft *draft, struct bytes value)
{
	return option_number(draft, value, 1, UINT32_MAX, &draft->program->rule.sid);
}

static bool option_rev(struct draft *draft, struct bytes value)
{
	return option_number(draft, value, 0, UINT32_MAX, &draft->program->rule.rev);
}

static bool option_gid(struct draft *draft, struct bytes value)
{
	return option_number(draft, value, 1, UINT32_MAX, &draft->program->rule.gid);
}

static bool option_priority(struct draft *draft, struct bytes value)
{
	uint32_t priority = 0;

	if (!option_number(draft, value, 1, 255, &priority))
		return false;
	draft->priority = priority;
	return true;
}

static bool option_classtype(struct draft *draft, struct bytes value)
{
	draft->class = classifications_find(&draft->rules->classifications, value);
	return draft->class || reason_is(draft->env.reason, "unknown classtype '%.*s'", TEXT_ARGS(value));
}

static bool option_reference(struct draft *draft, struct bytes value)
{
	struct bytes type;

	if (!text_item(&value, ',', &type) || type.len == 0 || text_trim(value).len == 0)
		return reason_is(draft->env.reason, "expected 'type,id'");
	if (!classifications_have_reference(&draft->rules->classifications, type))
		return reason_is(draft->env.reason, "unknown type '%.*s'", TEXT_ARGS(type));
	return true;
}

static bool option_metadata(struct draft *draft, struct bytes value)
{
	struct bytes item, key;

	while (text_item(&value, ',', &item)) {
		struct rule_metadata *pair = &draft->metadata[draft->n_metadata];

		if (draft->n_metadata == DRAFT_METADATA)
			return reason_is(draft->env.reason, "more than %d pairs", DRAFT_METADATA);
		if (!text_item(&item, ' ', &key) || key.len == 0 || text_trim(item).len == 0)
			return reason_is(draft->env.reason, "expected 'key value, key value'");
		pair->key = text_string(key, draft->env.arena);
		pair->value = text_string(text_trim(item), draft->env.arena);
		if (!pair->key || !pair->value)
			return reason_is(draft->env.reason, "out of memory");
		draft->n_metadata++;
	}
	return true;
}

/* The template's {keyword}s must be fields; "{{" stands for a brace. */
static bool why_check(const struct draft *draft, struct bytes text)
{
	const uint8_t *brace;
	struct keyword keyword;

	while ((brace = memchr(text.data, '{', text.len))) {
		text = bytes_tail(text, (size_t)(brace - text.data) + 1);
		if (text.len && text.data[0] == '{') {
			text = bytes_tail(text, 1);
			continue;
		}
		const uint8_t *end = memchr(text.data, '}', text.len);

		if (!end)
			return reason_is(draft->env.reason, "'{' without '}' (a brace is written '{{')");
		struct bytes name = bytes_of(text.data, (size_t)(end - text.data));

		if (!keywords_find(name, &keyword))
			return reason_is(draft->env.reason, "unknown keyword '{%.*s}'", TEXT_ARGS(name));
		if (!draft_allows(draft, keyword))
			return reason_is(draft->env.reason, "this rule knows nothing of '{%.*s}'", TEXT_ARGS(name));
		text = bytes_tail(text, name.len + 1);
	}
	return true;
}

static bool option_why(struct draft *draft, struct bytes value)
{
	struct bytes inside, plain;

	if (!text_quoted(value, &inside))
		return reason_is(draft->env.reason,
			"the value must stand in quotes (a ; within them must be written \\;)");
	if (!text_unescape(inside, draft->env.arena, &plain, draft->env.reason) || !why_check(draft, plain))
		return false;
	draft->program->rule.why = (const char *)plain.data;
	return true;
}

static bool option_noalert(struct draft *draft, struct bytes value)
{
	(void)value;
	draft->program->rule.noalert = true;
	return true;
}

/* Messages are only looked at in flows with data in order, and credentials only in requests: the rest always holds. */
static bool option_flow(struct draft *draft, struct bytes value)
{
	struct bytes word;

	while (text_item(&value, ',', &word)) {
		if (bytes_is(word, "established") || bytes_is(word, "stateless") || bytes_is(word, "to_server") ||
			bytes_is(word, "from_client"))
			continue;
		if (bytes_is(word, "to_client") || bytes_is(word, "from_server"))
			return reason_is(draft->env.reason,
				"'%.*s' would never match: credentials are looked for in requests",
				TEXT_ARGS(word));
		return reason_is(draft->env.reason, "'%.*s' is not supported by this version", TEXT_ARGS(word));
	}
	return true;
}

static bool option_target(struct draft *draft, struct bytes value)
{
	if (bytes_is(value, "src_ip") || bytes_is(value, "dest_ip"))
		return true;
	return reason_is(draft->env.reason, "expected src_ip or dest_ip");
}

/* Was judged before anything else of the rule was read. */
static bool option_ignored(struct draft *draft, struct bytes value)
{
	(void)draft, (void)value;
	return true;
}

static bool option_absent(struct draft *draft, struct bytes value)
{
	if (!draft->open || draft->presence != DRAFT_TEXT)
		return reason_is(draft->env.reason, "expected once, after a buffer: name a field first");
	if (value.len && !bytes_is(value, "or_else"))
		return reason_is(draft->env.reason, "only 'or_else' may follow");
	draft->presence = value.len ? DRAFT_OR_ABSENT : DRAFT_ABSENT;
	return true;
}

static bool option_present(struct draft *draft, struct bytes value)
{
	(void)value;
	if (!draft->open || draft->presence != DRAFT_TEXT)
		return reason_is(draft->env.reason, "expected once, after a buffer: name a field first");
	draft->presence = DRAFT_PRESENT;
	return true;
}

enum { VALUE_NONE, VALUE_MAY, VALUE_MUST };

/* Options have a function for the rule or one for the open buffer; those with neither are Suricata's, not ours yet. */
struct option {
	const char *name;
	int value;
	bool once;
	bool (*read)(struct draft *draft, struct bytes value);
	bool (*read_buffer)(struct buffer_draft *buffer, struct bytes value, const struct buffer_env *env);
};

static const struct option options[] = {
	{ "msg", VALUE_MUST, true, option_msg, NULL },
	{ "sid", VALUE_MUST, true, option_sid, NULL },
	{ "rev", VALUE_MUST, true, option_rev, NULL },
	{ "gid", VALUE_MUST, true, option_gid, NULL },
	{ "classtype", VALUE_MUST, true, option_classtype, NULL },
	{ "priority", VALUE_MUST, true, option_priority, NULL },
	{ "reference", VALUE_MUST, false, option_reference, NULL },
	{ "metadata", VALUE_MUST, false, option_metadata, NULL },
	{ "why", VALUE_MUST, true, option_why, NULL },
	{ "noalert", VALUE_NONE, true, option_noalert, NULL },
	{ "flow", VALUE_MUST, true, option_flow, NULL },
	{ "target", VALUE_MUST, true, option_target, NULL },
	{ "requires", VALUE_MUST, false, option_ignored, NULL },
	{ "fast_pattern", VALUE_MAY, false, option_ignored, NULL },
	{ "rawbytes", VALUE_NONE, false, option_ignored, NULL },
	{ "absent", VALUE_MAY, false, option_absent, NULL },
	{ "present", VALUE_NONE, false, option_present, NULL },
	{ "content", VALUE_MUST, false, NULL, buffer_content },
	{ "pcre", VALUE_MUST, false, NULL, buffer_pcre },
	{ "bsize", VALUE_MUST, false, NULL, buffer_bsize },
	{ "isdataat", VALUE_MUST, false, NULL, buffer_isdataat },
	{ "nocase", VALUE_NONE, false, NULL, buffer_nocase },
	{ "startswith", VALUE_NONE, false, NULL, buffer_startswith },
	{ "endswith", VALUE_NONE, false, NULL, buffer_endswith },
	{ "offset", VALUE_MUST, false, NULL, buffer_offset },
	{ "depth", VALUE_MUST, false, NULL, buffer_depth },
	{ "distance", VALUE_MUST, false, NULL, buffer_distance },
	{ "within", VALUE_MUST, false, NULL, buffer_within },
	{ "to_lowercase", VALUE_NONE, false, NULL, buffer_to_lowercase },
	{ "strip_whitespace", VALUE_NONE, false, NULL, buffer_strip_whitespace },
	{ .name = "threshold" },
	{ .name = "detection_filter" },
	{ .name = "flowbits" },
	{ .name = "flowint" },
	{ .name = "xbits" },
	{ .name = "hostbits" },
	{ .name = "dataset" },
	{ .name = "datarep" },
	{ .name = "filestore" },
	{ .name = "tag" },
	{ .name = "byte_test" },
	{ .name = "byte_jump" },
	{ .name = "byte_extract" },
	{ .name = "byte_math" },
	{ .name = "base64_decode" },
	{ .name = "base64_data" },
	{ .name = "from_base64" },
	{ .name = "to_md5" },
	{ .name = "to_sha1" },
	{ .name = "to_sha256" },
	{ .name = "to_uppercase" },
	{ .name = "url_decode" },
	{ .name = "compress_whitespace" },
	{ .name = "pcrexform" },
	{ .name = "lua" },
	{ .name = "luaxform" },
	{ .name = "pkt_data" },
	{ .name = "app-layer-event" },
};

enum { OPTIONS = sizeof options / sizeof options[0] };

_Static_assert(OPTIONS <= 64, "struct draft notes in 64 bits which were given");

/* Puts the option's name before what its reader said. */
static bool options_blame(struct draft *draft, const char *name)
{
	struct reason said = *draft->env.reason;

	return reason_is(draft->env.reason, "%s: %s", name, said.text);
}

static bool options_read(struct draft *draft, const struct option *option, const struct bytes *value)
{
	uint64_t bit = UINT64_C(1) << (option - options);
	struct bytes given = value ? *value : bytes_of("", 0);
	struct reason *reason = draft->env.reason;

	if (!option->read && !option->read_buffer)
		return reason_is(reason, "'%s' is not supported by this version", option->name);
	if (option->value == VALUE_NONE && value)
		return reason_is(reason, "%s: takes no value", option->name);
	if (option->value == VALUE_MUST && given.len == 0)
		return reason_is(reason, "%s: needs a value", option->name);
	if (option->once && draft->seen & bit)
		return reason_is(reason, "%s: given twice", option->name);
	draft->seen |= bit;
	if (option->read_buffer && !draft->open)
		return reason_is(reason,
			"'%s' without a buffer before it: name a field first, as in jwt.kid; content:\"x\";",
			option->name);
	if (option->read ? option->read(draft, given) : option->read_buffer(&draft->buffer, given, &draft->env))
		return true;
	return options_blame(draft, option->name);
}

static const struct option *options_find(struct bytes name)
{
	for (size_t i = 0; i < OPTIONS; i++)
		if (bytes_is(name, options[i].name))
			return &options[i];
	return NULL;
}

static bool options_unknown(struct draft *draft, struct bytes name)
{
	const char *best = NULL;
	size_t distance = SIZE_MAX;

	for (size_t i = 0; i < OPTIONS; i++) {
		size_t d = text_distance(name, bytes_text(options[i].name));

		if (d < distance) {
			distance = d;
			best = options[i].name;
		}
	}
	best = keywords_nearest(name, best, distance);
	if (!best)
		return reason_is(draft->env.reason, "unknown rule keyword '%.*s'", TEXT_ARGS(name));
	return reason_is(draft->env.reason, "unknown rule keyword '%.*s', did you mean '%s'?", TEXT_ARGS(name), best);
}

bool options_apply(struct draft *draft, struct bytes name, const struct bytes *value)
{
	const struct option *option = options_find(name);
	struct keyword keyword;

	if (option)
		return options_read(draft, option, value);
	if (!keywords_find(name, &keyword))
		return options_unknown(draft, name);
	return draft_keyword(draft, keyword, value) || options_blame(draft, keywords_field(keyword)->keyword);
}

bool options_check(struct draft *draft)
{
	if (!draft_close_buffer(draft))
		return false;
	if (!draft->program->rule.msg)
		return reason_is(draft->env.reason, "a rule needs a msg");
	if (!draft->program->rule.sid)
		return reason_is(draft->env.reason, "a rule needs a sid");
	return true;
}

bool options_meet(struct bytes requirements)
{
	struct bytes item;
	struct keyword keyword;

	while (text_item(&requirements, ',', &item)) {
		const struct option *option;

		if (!text_skip(&item, "keyword "))
			return false; /* feature and version speak of Suricata */
		option = options_find(item);
		if (!keywords_find(item, &keyword) && !(option && (option->read || option->read_buffer)))
			return false;
	}
	return true;
}
