#include "sensor/flow/defrag.h"

#include <stdlib.h>

#include "sensor/flow/datagrams.h"

struct defrag {
	enum defrag_policy policy;
	size_t max_fragments;
	struct datagrams datagrams;
	struct stats stats; /* its part defrag, but for what the datagrams count */
};

const char *defrag_odd_word(enum defrag_odd odd)
{
	static const char *const words[DEFRAG_ODDS] = {
		[DEFRAG_ODD_DIFFERS] = "ip.fragment_overlap_disagrees",
		[DEFRAG_ODD_OVERLAP] = "ip.fragment_overlap",
		[DEFRAG_ODD_END] = "ip.fragment_end_disagrees",
		[DEFRAG_ODD_LENGTH] = "ip.fragment_length",
		[DEFRAG_ODD_TOO_LONG] = "ip.fragment_too_long",
		[DEFRAG_ODD_TINY] = "ip.fragment_tiny",
		[DEFRAG_ODD_TOO_MANY] = "ip.fragments_too_many",
	};

	return (unsigned)odd < DEFRAG_ODDS ? words[odd] : "?";
}

struct defrag *defrag_new(const struct defrag_config *config, struct budget *parent)
{
	struct defrag *defrag = calloc(1, sizeof *defrag);

	if (!defrag)
		return NULL;
	if (!datagrams_init(&defrag->datagrams, config->memcap, config->max_datagrams, parent)) {
		free(defrag);
		return NULL;
	}
	defrag->datagrams.wait_ns[0] = config->ipv4_ns;
	defrag->datagrams.wait_ns[1] = config->ipv6_ns;
	defrag->policy = config->policy;
	defrag->max_fragments = config->max_fragments;
	return defrag;
}

void defrag_free(struct defrag *defrag)
{
	if (!defrag)
		return;
	datagrams_fini(&defrag->datagrams);
	free(defrag);
}

/* ---- one fragment ---- */

static uint32_t bit(enum defrag_odd odd)
{
	return UINT32_C(1) << odd;
}

static enum defrag_policy policy_of(const struct defrag *defrag, uint8_t ip_version)
{
	return ip_version == 6 ? DEFRAG_DISCARD : defrag->policy;
}

/* Is a fragment's own shape one that hosts take? Where they cut it, it is cut. */
static bool shape_fits(const struct defrag *defrag, struct fragment *fragment, uint32_t *odd)
{
	uint64_t end = (uint64_t)fragment->offset + fragment->len;

	if (fragment_is_tiny(fragment))
		*odd |= bit(DEFRAG_ODD_TINY);
	if (fragment_is_too_long(fragment->ip_version, fragment->head.len, end)) {
		*odd |= bit(DEFRAG_ODD_TOO_LONG);
		return false;
	}
	if (fragment->more && fragment->len % 8) {
		*odd |= bit(DEFRAG_ODD_LENGTH);
		if (defrag_policy_drops_ragged(policy_of(defrag, fragment->ip_version)))
			return false;
		fragment->len -= fragment->len % 8;
		fragment->data = bytes_head(fragment->data, fragment->len);
	}
	if (fragment->len == 0)
		*odd |= bit(DEFRAG_ODD_LENGTH);
	return fragment->len != 0;
}

/* Does it agree with what is known of the datagram's end? The first word on it counts. */
static bool end_fits(struct datagram *datagram, const struct fragment *fragment)
{
	uint32_t end = fragment->offset + fragment->len;

	if (fragment->more && end > datagram->end)
		return false;
	if (!fragment->more && (datagram->end == UINT32_MAX ? end < datagram->reach : end != datagram->end))
		return false;
	if (!fragment->more)
		datagram->end = end;
	return true;
}

static void tell_overlap(struct stats *stats, uint8_t ip_version, const struct pieces_outcome *outcome, uint32_t *odd)
{
	stats->defrag.overlap += outcome->overlaps;
	stats->defrag.overlap_diff_data += outcome->differs;
	if (outcome->differs)
		*odd |= bit(DEFRAG_ODD_DIFFERS);
	if (ip_version == 6 && outcome->overlaps && outcome->adds)
		*odd |= bit(DEFRAG_ODD_OVERLAP);
}

/* False: the datagram must be given up. */
static bool add(struct defrag *defrag, struct datagram *datagram, const struct fragment *fragment, uint32_t *odd)
{
	enum defrag_policy policy = policy_of(defrag, fragment->ip_version);
	struct datagrams *datagrams = &defrag->datagrams;
	struct parcel *parcel = datagrams_keep(datagrams, datagram, fragment);
	struct pieces_outcome outcome;

	if (!parcel || !pieces_put(&datagram->pieces, &datagrams->pieces, policy, &parcel->cargo, &outcome)) {
		defrag->stats.defrag.refused++;
		return false;
	}
	tell_overlap(&defrag->stats, fragment->ip_version, &outcome, odd);
	if (policy == DEFRAG_DISCARD && outcome.overlaps && outcome.differs && outcome.adds)
		return false;
	if (!outcome.kept) {
		datagrams_unkeep(datagrams, datagram);
		return true;
	}
	if (fragment->offset == 0 && !datagram->first)
		datagram->first = parcel;
	if (fragment->offset + fragment->len > datagram->reach)
		datagram->reach = fragment->offset + fragment->len;
	if (++datagram->n_fragments <= defrag->max_fragments)
		return true;
	defrag->stats.defrag.max_fragments_reached++;
	*odd |= bit(DEFRAG_ODD_TOO_MANY);
	return false;
}

/* ---- the whole ---- */

/* What a datagram that is whole goes to. */
struct outlet {
	struct arena *arena;
	struct bytes datagram;
	uint32_t wire_len;
};

static bool join(struct defrag *defrag, const struct datagram *datagram, struct outlet *outlet, uint32_t *odd)
{
	const struct fragment *first = &datagram->first->fragment;
	size_t head_len = first->head.len;

	if (fragment_is_too_long(first->ip_version, head_len, datagram->end)) {
		*odd |= bit(DEFRAG_ODD_TOO_LONG);
		defrag->stats.defrag.invalid++;
		return false;
	}
	uint8_t *memory = arena_alloc(outlet->arena, head_len + datagram->end);

	if (!memory) {
		defrag->stats.defrag.refused++;
		return false;
	}
	memcpy(memory, first->head.data, head_len);
	fragment_mend(first, memory, datagram->end);
	outlet->datagram = bytes_of(memory, head_len + pieces_copy(&datagram->pieces, memory + head_len));
	outlet->wire_len = datagram->wire_len;
	if (first->ip_version == 6)
		defrag->stats.defrag.ipv6.reassembled++;
	else
		defrag->stats.defrag.ipv4.reassembled++;
	return true;
}

/* *over: the datagram is whole, or given up. What still comes of one given up begins another, as with Linux: were it
 * swallowed, one bad fragment would hide the good ones that follow under the same identification. */
static enum defrag_verdict take(struct defrag *defrag, struct datagram *datagram, const struct fragment *fragment,
    struct outlet *outlet, uint32_t *odd, bool *over)
{
	if (!end_fits(datagram, fragment)) {
		*odd |= bit(DEFRAG_ODD_END);
		defrag->stats.defrag.invalid++;
		return DEFRAG_REFUSED;
	}
	*over = !add(defrag, datagram, fragment, odd);
	if (*over)
		return DEFRAG_REFUSED;
	*over = datagram->pieces.covered == datagram->end;
	if (!*over)
		return DEFRAG_WAITS;
	return join(defrag, datagram, outlet, odd) ? DEFRAG_JOINED : DEFRAG_REFUSED;
}

static enum defrag_verdict push(struct defrag *defrag, const struct packet *packet, struct outlet *outlet, uint32_t *odd)
{
	struct fragment fragment;
	bool over = false;
	uint32_t found = 0;

	datagrams_tick(&defrag->datagrams, packet->time_ns);
	if (packet->ip_version == 6)
		defrag->stats.defrag.ipv6.fragments++;
	else
		defrag->stats.defrag.ipv4.fragments++;
	if (!fragment_read(packet, &fragment) || !shape_fits(defrag, &fragment, odd)) {
		defrag->stats.defrag.invalid++;
		return DEFRAG_REFUSED;
	}
	struct datagram *datagram = datagrams_get(&defrag->datagrams, packet, &fragment);

	if (!datagram) {
		defrag->stats.defrag.refused++;
		return DEFRAG_REFUSED;
	}
	datagram->wire_len += packet->wire_len < UINT32_MAX - datagram->wire_len ? packet->wire_len : 0;
	enum defrag_verdict verdict = take(defrag, datagram, &fragment, outlet, &found, &over);

	*odd |= found & ~datagram->odd;
	datagram->odd |= found;
	if (over)
		datagrams_end(&defrag->datagrams, datagram);
	return verdict;
}

enum defrag_verdict defrag_push(struct defrag *defrag, const struct packet *packet, struct arena *arena,
    struct bytes *datagram, uint32_t *wire_len, uint32_t *odd)
{
	struct outlet outlet = { .arena = arena, .datagram = bytes_of("", 0) };
	enum defrag_verdict verdict = push(defrag, packet, &outlet, odd);

	*datagram = outlet.datagram;
	*wire_len = outlet.wire_len;
	return verdict;
}

/* Apart, so that packets that are no fragments do not pay for it. */
__attribute__((noinline)) static enum net_status dissect_on(struct defrag *defrag, const struct net_ports *ports,
    struct packet *packet, struct arena *arena, uint32_t *odd)
{
	enum net_status status = NET_OK;
	struct outlet outlet = { .arena = arena };

	for (unsigned n = 0; n < DEFRAG_NESTING && status == NET_OK && packet->fragment; n++) {
		if (push(defrag, packet, &outlet, odd) != DEFRAG_JOINED)
			break;
		status = net_dissect_ip_ports(outlet.datagram, ports, packet);
		packet->wire_len = outlet.wire_len;
	}
	return status;
}

enum net_status defrag_dissect(struct defrag *defrag, const struct frame *frame, const struct net_ports *ports,
    struct packet *packet, struct arena *arena, uint32_t *odd)
{
	enum net_status status = net_dissect_ports(frame, ports, packet);

	*odd = 0;
	if (status != NET_OK || !packet->fragment || !defrag)
		return status;
	return dissect_on(defrag, ports, packet, arena, odd);
}

void defrag_stats(const struct defrag *defrag, struct stats *stats)
{
	const struct datagrams *datagrams = &defrag->datagrams;

	stats->defrag = defrag->stats.defrag;
	stats->defrag.ipv4.timeouts = datagrams->n_late[0];
	stats->defrag.ipv6.timeouts = datagrams->n_late[1];
	stats->defrag.max_datagrams_reached = datagrams->n_full;
	stats->defrag.evicted = datagrams->n_evicted;
	stats->defrag.active = datagrams->n;
	stats->defrag.memuse = datagrams_memuse(datagrams);
}
