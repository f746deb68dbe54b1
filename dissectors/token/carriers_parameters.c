#include "dissectors/token/carriers_parameters.h"

#include "dissectors/token/carriers_content.h"
#include "dissectors/token/tokentext.h"
#include "dissectors/token/urlencoded.h"

struct walk {
	struct finds *finds;
	const char *carrier;
	unsigned where;
	struct bytes pairs;    /* all of them */
	bool is_presigned;     /* a parameter made them one credential ... */
	bool is_not;           /* ... or none does */
};

/* A query that AWS's signature is in (Signature Version 4, query parameters) is one credential, security token and all. */
static void add_presigned(struct walk *walk)
{
	const struct credential credential = {
		.carrier = walk->carrier,
		.name = bytes_of("", 0),
		.scheme = bytes_of("", 0),
		.secret = walk->pairs,
		.kind = CREDENTIAL_SIGV4,
	};

	if (!walk->is_presigned)
		finds_add(walk->finds, &credential);
	walk->is_presigned = true;
}

/* Is a signature among the pairs? They are gone through once. */
static bool is_presigned(struct walk *walk)
{
	struct bytes rest = walk->pairs;
	struct urlencoded pair;

	while (!walk->is_presigned && !walk->is_not && urlencoded_next(&rest, &pair))
		if (bytes_equal_fold(pair.name, bytes_text("x-amz-signature")))
			return true;
	walk->is_not = !walk->is_presigned;
	return walk->is_presigned;
}

static void take_listed(struct walk *walk, const struct places_row *row, const struct finds_place *place, struct bytes raw)
{
	struct bytes value;

	if (row->cut == PLACES_PRESIGNED || (row->cut == PLACES_PRESIGNED_PART && is_presigned(walk))) {
		add_presigned(walk);
		return;
	}
	value = urlencoded_undo(raw, true, walk->finds->arena);
	if (row->cut == PLACES_WRESULT)
		carriers_content_wresult(walk->finds, place, value);
	else
		finds_listed(walk->finds, place, row, value);
}

static void take(struct walk *walk, const struct urlencoded *pair)
{
	struct finds *finds = walk->finds;
	uint8_t room[FINDS_NAME_LEN];
	struct finds_place place = { walk->carrier, pair->name, pair->is_encoded, false };
	const struct places_row *row;

	if (pair->is_encoded) /* one that is too long is none of ours, and cut */
		place.name = bytes_of(room, urlencoded_decode(pair->name, true, room, sizeof room));
	row = places_parameter(place.name, walk->where);
	if (!row && finds_is_configured(finds->more->parameters, finds->more->n_parameters, place.name, true))
		row = &places_configured;
	if (row)
		take_listed(walk, row, &place, pair->value);
	else if (pair->value.len >= FINDS_VALUE_LEAST && tokentext_may(pair->value))
		finds_search(finds, &place, urlencoded_undo(pair->value, true, finds->arena), false);
	if (pair->name.len >= FINDS_VALUE_LEAST && tokentext_may(pair->name))
		finds_search(finds, &(struct finds_place){ walk->carrier, bytes_of("", 0), false, false }, pair->name, false);
}

static void walk_pairs(struct walk *walk)
{
	struct bytes rest = walk->pairs;
	struct urlencoded pair;

	while (urlencoded_next(&rest, &pair))
		take(walk, &pair);
}

/* Could the parameter be listed whose '=' is at `at`? */
static bool suspects_name(const uint8_t *from, const uint8_t *at)
{
	const uint8_t *and;

	if (at - from > FINDS_NAME_LEN)
		from = at - FINDS_NAME_LEN;
	and = memrchr(from, '&', (size_t)(at - from));
	from = and ? and + 1 : from;
	return places_parameter(bytes_of(from, (size_t)(at - from)), PLACES_IN_URLS);
}

/* Most queries hold nothing and are not walked. Names may be percent-encoded, which hardly any is. */
static bool suspects(const struct finds *finds, struct bytes query)
{
	const uint8_t *at = query.data, *end = query.data + query.len;

	if (finds->more->n_parameters > 0 || memchr(at, '%', query.len) ||
	    (query.len >= FINDS_VALUE_LEAST && tokentext_may(query)))
		return true;
	for (; (at = memchr(at, '=', (size_t)(end - at))); at++)
		if (suspects_name(query.data, at))
			return true;
	return false;
}

static void walk_url(struct finds *finds, const char *carrier, struct bytes pairs)
{
	if (pairs.len > 0 && suspects(finds, pairs))
		walk_pairs(&(struct walk){ finds, carrier, PLACES_IN_URLS, pairs, false, false });
}

void carriers_parameters_url(struct finds *finds, const char *carrier, const char *path, struct bytes url)
{
	const struct urlencoded_url parts = urlencoded_split(url);

	if (parts.before.len >= FINDS_VALUE_LEAST)
		finds_search(finds, &(struct finds_place){ path, bytes_of("", 0), false, false }, parts.before, false);
	walk_url(finds, carrier, parts.query);
	walk_url(finds, carrier, parts.fragment);
}

void carriers_parameters_form(struct finds *finds, const char *carrier, struct bytes form, bool cut)
{
	while (cut && form.len > 0 && form.data[form.len - 1] != '&')
		form.len--;
	walk_pairs(&(struct walk){ finds, carrier, PLACES_IN_FORMS, form, false, true });
}
