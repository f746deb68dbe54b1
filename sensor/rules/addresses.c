#include "sensor/rules/addresses.h"

#include "sensor/rules/text.h"

#include <arpa/inet.h>

enum {
	ADDRESSES_DEPTH = 8,   /* of groups and variables within each other */
	ADDRESSES_SPANS = 4096, /* of one list */
	ADDRESSES_ITEMS = 65536, /* read for one list, those of variables again at each mention */
};

static const struct address address_last = {
	{ 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 }
};
static const struct address port_last = { { [14] = 255, [15] = 255 } };

/* What one list is read with. */
struct address_parse {
	const struct variable *variables;
	struct arena *arena;
	struct reason *reason;
	bool ports;
	size_t n_items;
};

/* A set while it is built. */
struct address_set {
	struct address_span *spans;
	size_t n, cap;
};

static int address_compare(const struct address *a, const struct address *b)
{
	return memcmp(a->b, b->b, sizeof a->b);
}

/* The next (step 1) or the previous (step -1) address, wrapping. */
static struct address address_step(struct address address, int step)
{
	for (size_t i = sizeof address.b; i-- > 0;) {
		address.b[i] = (uint8_t)(address.b[i] + step);
		if (address.b[i] != (step > 0 ? 0 : 255))
			break;
	}
	return address;
}

static struct address address_of_port(int64_t port)
{
	return (struct address){ { [14] = (uint8_t)(port >> 8), [15] = (uint8_t)port } };
}

static bool set_push(struct address_parse *parse, struct address_set *set, struct address_span span)
{
	if (set->n == set->cap) {
		size_t cap = set->cap ? set->cap * 2 : 8;
		struct address_span *spans = NULL;

		if (cap <= ADDRESSES_SPANS)
			spans = arena_alloc(parse->arena, cap * sizeof *spans);
		if (!spans)
			return reason_is(parse->reason, "address or port list is too long");
		if (set->n)
			memcpy(spans, set->spans, set->n * sizeof *spans);
		set->spans = spans;
		set->cap = cap;
	}
	set->spans[set->n++] = span;
	return true;
}

/* Adds a span, keeping the set sorted and disjoint: what touches the new span is swallowed by it. */
static bool set_add(struct address_parse *parse, struct address_set *set, struct address_span span)
{
	size_t kept = 0, at;

	for (size_t i = 0; i < set->n; i++) {
		struct address_span *have = &set->spans[i];

		if (address_compare(&have->high, &span.low) < 0 || address_compare(&have->low, &span.high) > 0) {
			set->spans[kept++] = *have;
			continue;
		}
		if (address_compare(&have->low, &span.low) < 0)
			span.low = have->low;
		if (address_compare(&have->high, &span.high) > 0)
			span.high = have->high;
	}
	set->n = kept;
	if (!set_push(parse, set, span))
		return false;
	for (at = kept; at > 0 && address_compare(&set->spans[at - 1].low, &span.low) > 0; at--)
		set->spans[at] = set->spans[at - 1];
	set->spans[at] = span;
	return true;
}

/* `from` without `less`, both sorted and disjoint, into the empty `out`. */
static bool set_subtract(struct address_parse *parse, const struct address_set *from, const struct address_set *less,
	struct address_set *out)
{
	for (size_t i = 0; i < from->n; i++) {
		struct address_span rest = from->spans[i];
		bool gone = false;

		for (size_t j = 0; j < less->n && !gone; j++) {
			const struct address_span *hole = &less->spans[j];

			if (address_compare(&hole->high, &rest.low) < 0 || address_compare(&hole->low, &rest.high) > 0)
				continue;
			if (address_compare(&hole->low, &rest.low) > 0 &&
				!set_push(parse, out, (struct address_span){ rest.low, address_step(hole->low, -1) }))
				return false;
			gone = address_compare(&hole->high, &rest.high) >= 0;
			rest.low = address_step(hole->high, 1);
		}
		if (!gone && !set_push(parse, out, rest))
			return false;
	}
	return true;
}

static bool parse_address(struct bytes text, struct address *address, unsigned *bits)
{
	char name[INET6_ADDRSTRLEN];
	uint8_t v4[4];

	if (text.len >= sizeof name || memchr(text.data, '\0', text.len))
		return false;
	memcpy(name, text.data, text.len);
	name[text.len] = '\0';
	*bits = 128;
	if (inet_pton(AF_INET6, name, address->b) == 1)
		return true;
	*bits = 32;
	if (inet_pton(AF_INET, name, v4) != 1)
		return false;
	*address = (struct address){ { [10] = 255, [11] = 255 } };
	memcpy(address->b + 12, v4, sizeof v4);
	return true;
}

/* "a", "a/n", "a-b"; bits beyond a prefix are ignored, as Suricata does. */
static bool parse_address_span(struct bytes text, struct address_span *span)
{
	const uint8_t *slash = memchr(text.data, '/', text.len), *dash = memchr(text.data, '-', text.len);
	const uint8_t *cut = slash ? slash : dash;
	size_t at = cut ? (size_t)(cut - text.data) : text.len;
	unsigned bits, other;
	int64_t prefix;

	if (!parse_address(text_trim(bytes_head(text, at)), &span->low, &bits))
		return false;
	span->high = span->low;
	if (!cut)
		return true;
	if (dash == cut)
		return parse_address(text_trim(bytes_tail(text, at + 1)), &span->high, &other) && other == bits &&
			address_compare(&span->low, &span->high) <= 0;
	if (!text_number_in(bytes_tail(text, at + 1), 0, bits, &prefix))
		return false;
	for (unsigned bit = 128 - bits + (unsigned)prefix; bit < 128; bit++) {
		span->low.b[bit / 8] &= (uint8_t)~(0x80u >> bit % 8);
		span->high.b[bit / 8] |= (uint8_t)(0x80u >> bit % 8);
	}
	return true;
}

/* "80", "80:90", "1024:", ":1024" */
static bool parse_port_span(struct bytes text, struct address_span *span)
{
	const uint8_t *colon = memchr(text.data, ':', text.len);
	size_t at = colon ? (size_t)(colon - text.data) : text.len;
	struct bytes head = text_trim(bytes_head(text, at)), tail = text_trim(bytes_tail(text, at + 1));
	int64_t low = 0, high = 65535;

	if (head.len == 0 && tail.len == 0)
		return false;
	if (head.len && !text_number_in(head, 0, 65535, &low))
		return false;
	if (!colon)
		high = low;
	else if (tail.len && !text_number_in(tail, 0, 65535, &high))
		return false;
	*span = (struct address_span){ address_of_port(low), address_of_port(high) };
	return low <= high;
}

/* The end of an item in a group: a comma outside of inner brackets. */
static size_t group_item_len(struct bytes text)
{
	size_t depth = 0, at = 0;

	for (; at < text.len && (depth || text.data[at] != ','); at++) {
		if (text.data[at] == '[')
			depth++;
		else if (text.data[at] == ']' && depth)
			depth--;
	}
	return at;
}

static bool parse_item(struct address_parse *parse, struct bytes text, unsigned depth, struct address_set *set);

/* Positive items together, all of them if there are none, less the negated ones together. */
static bool parse_group(struct address_parse *parse, struct bytes text, unsigned depth, struct address_set *set)
{
	const struct address_span all = { { { 0 } }, parse->ports ? port_last : address_last };
	struct address_set plus = { 0 }, minus = { 0 };
	bool positive = false;

	for (bool more = true; more;) {
		size_t len = group_item_len(text);
		struct bytes item = text_trim(bytes_head(text, len));
		bool negated = text_skip(&item, "!");
		struct address_set inner = { 0 };

		more = len < text.len;
		text = bytes_tail(text, len + 1);
		positive |= !negated;
		if (!parse_item(parse, item, depth, &inner))
			return false;
		for (size_t i = 0; i < inner.n; i++)
			if (!set_add(parse, negated ? &minus : &plus, inner.spans[i]))
				return false;
	}
	if (!positive && !set_add(parse, &plus, all))
		return false;
	return set_subtract(parse, &plus, &minus, set);
}

static bool parse_variable(struct address_parse *parse, struct bytes name, unsigned depth, struct address_set *set)
{
	const struct variable *variable = parse->variables;

	while (variable && !bytes_is(name, variable->name))
		variable = variable->next;
	if (!variable)
		return reason_is(parse->reason, "unknown variable '$%.*s'", TEXT_ARGS(name));
	return parse_group(parse, variable->value, depth + 1, set);
}

static bool parse_item(struct address_parse *parse, struct bytes text, unsigned depth, struct address_set *set)
{
	struct address_span span = { { { 0 } }, parse->ports ? port_last : address_last };

	if (depth > ADDRESSES_DEPTH || parse->n_items++ > ADDRESSES_ITEMS)
		return reason_is(parse->reason, "groups or variables more than %d deep, or too many of them",
			ADDRESSES_DEPTH);
	if (text.len && text.data[0] == '$')
		return parse_variable(parse, bytes_tail(text, 1), depth, set);
	if (text.len >= 2 && text.data[0] == '[' && text.data[text.len - 1] == ']')
		return parse_group(parse, bytes_of(text.data + 1, text.len - 2), depth + 1, set);
	if (!bytes_is(text, "any") && !(parse->ports ? parse_port_span(text, &span) : parse_address_span(text, &span)))
		return reason_is(parse->reason, "'%.*s' is not %s", TEXT_ARGS(text),
			parse->ports ? "a port or a range of ports" : "an address, a network or a range");
	return set_add(parse, set, span);
}

static bool addresses_read(struct address_parse *parse, struct bytes text, struct addresses *addresses)
{
	struct address_set set = { 0 };

	if (!parse_group(parse, text, 0, &set))
		return false;
	if (set.n == 0)
		return reason_is(parse->reason, "'%.*s' holds for nothing", TEXT_ARGS(text));
	const struct address_span *span = &set.spans[0];
	const struct address zero = { { 0 } };

	addresses->spans = set.spans;
	addresses->n = set.n;
	addresses->any = address_compare(&span->low, &zero) == 0 &&
		address_compare(&span->high, parse->ports ? &port_last : &address_last) == 0;
	return true;
}

bool addresses_parse(struct bytes text, const struct variable *variables, struct arena *arena,
	struct addresses *addresses, struct reason *reason)
{
	return addresses_read(&(struct address_parse){ variables, arena, reason, false, 0 }, text, addresses);
}

bool addresses_parse_ports(struct bytes text, const struct variable *variables, struct arena *arena,
	struct addresses *addresses, struct reason *reason)
{
	return addresses_read(&(struct address_parse){ variables, arena, reason, true, 0 }, text, addresses);
}

bool addresses_hold(const struct addresses *addresses, const struct address *address)
{
	size_t low = 0, high = addresses->n;

	if (addresses->any)
		return true;
	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (address_compare(address, &addresses->spans[mid].low) < 0)
			high = mid;
		else if (address_compare(address, &addresses->spans[mid].high) > 0)
			low = mid + 1;
		else
			return true;
	}
	return false;
}

bool addresses_hold_port(const struct addresses *addresses, uint16_t port)
{
	struct address address = address_of_port(port);

	return addresses_hold(addresses, &address);
}
