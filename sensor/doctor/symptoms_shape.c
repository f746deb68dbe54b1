/* How packets look: link layers, lengths, tunnels, checksums, times. */
#include "sensor/doctor/symptoms.h"

#include "dissectors/net/ethertype.h"

enum { SHOWN = 5 };

static void unreadable(struct draft *draft)
{
	static const struct {
		enum net_status status;
		const char *one, *many;
	} causes[] = {
		{ NET_UNKNOWN_LINK, "is on a link type that is not known", "are on a link type that is not known" },
		{ NET_SHORT, "ends within a header", "end within a header" },
		{ NET_BAD_HEADER, "has headers that contradict themselves", "have headers that contradict themselves" },
		{ NET_TOO_DEEP, "is wrapped in too many headers", "are wrapped in too many headers" },
	};
	const struct tally_frames *frames = &draft->tally->frames;
	uint64_t n = 0;

	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
		n += frames->by_status[causes[i].status];
	double share = symptoms_share(n, frames->n);

	if (!n)
		return;
	struct finding *finding = symptoms_add(draft, "unreadable",
	    share >= 0.5    ? FINDINGS_BREAKS
	    : share >= 0.01 ? FINDINGS_GAPS
			    : FINDINGS_NOTE,
	    share);

	if (!finding)
		return;
	fprintf(draft->out, "%s (%s) cannot be read.", words_count(draft->words, n, "packet", "packets"),
	    words_share(draft->words, n, frames->n));
	for (size_t i = 0; i < sizeof causes / sizeof *causes; i++)
		if (frames->by_status[causes[i].status])
			fprintf(draft->out, " %s %s.", words_number(draft->words, frames->by_status[causes[i].status]),
			    words_choose(frames->by_status[causes[i].status], causes[i].one, causes[i].many));
	for (unsigned i = 0; i < frames->unknown_links.n_entries && i < SHOWN; i++)
		fprintf(draft->out, "%sLINKTYPE %u",
		    i ? ", " : " Link types: ", (unsigned)frames->unknown_links.entries[i].key.low);
	if (frames->unknown_links.n_entries)
		fputs(" (numbers of tcpdump.org/linktypes.html).", draft->out);
	finding->brief = "packets cannot be read";
	finding->means = "Nothing is found in them. A few broken ones are usual; many mean damage or a wrapping that "
			 "is not understood.";
	finding->change = "Deliver Ethernet frames or plain IP packets. If a tunnel or a vendor's header is around "
			  "them, let the broker strip it.";
}

/* Wrappings that hide IP traffic, other than protocols that are not IP by nature. */
static bool is_wrapping(uint16_t type)
{
	static const uint16_t types[] = { 0x22f3, 0x6558, 0x8847, 0x8848, 0x8864, 0x88e5, 0x88e7, 0x8903, 0x8909,
		0x8926, 0x894f };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (types[i] == type)
			return true;
	return false;
}

static uint64_t list_ethertypes(struct draft *draft)
{
	const struct top *types = &draft->tally->frames.ethertypes;
	uint64_t n_wrapped = 0;

	for (unsigned i = 0; i < types->n_entries; i++) {
		uint16_t type = (uint16_t)types->entries[i].key.low;
		const char *name = ethertype_name(type), *number = words_number(draft->words, types->entries[i].n);

		n_wrapped += is_wrapping(type) ? types->entries[i].n : 0;
		if (i >= SHOWN)
			continue;
		if (name)
			fprintf(draft->out, "%s%s %s", i ? ", " : " Of them: ", number, name);
		else if (type)
			fprintf(draft->out, "%s%s of ethertype 0x%04x", i ? ", " : " Of them: ", number, type);
		else
			fprintf(draft->out, "%s%s without a type", i ? ", " : " Of them: ", number);
	}
	fputs(types->n_entries > SHOWN ? " and others." : ".", draft->out);
	return n_wrapped;
}

static void not_ip(struct draft *draft)
{
	const struct tally_frames *frames = &draft->tally->frames;
	uint64_t n = frames->by_status[NET_NOT_IP];
	double share = symptoms_share(n, frames->n);

	if (!n)
		return;
	struct finding *finding = symptoms_add(draft, "not_ip", FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "%s (%s) %s not IP.", words_count(draft->words, n, "packet", "packets"),
	    words_share(draft->words, n, frames->n), words_choose(n, "is", "are"));
	double wrapped = symptoms_share(list_ethertypes(draft), frames->n);

	finding->brief = "packets are not IP";
	finding->means =
	    "Housekeeping of a network, such as ARP, LLDP and spanning tree. There is no web traffic in it.";
	if (wrapped < 0.01)
		return;
	finding->weight = wrapped >= 0.5 ? FINDINGS_BREAKS : FINDINGS_GAPS;
	finding->brief = "packets are in a wrapping that is not opened";
	finding->means =
	    "Some are in a wrapping that was not opened, and what is in it is not seen. MACsec is encrypted.";
	finding->change =
	    "Let the broker or the switch strip the wrapping; mirror MACsec links behind the port that decrypts.";
}

static void vlans_differ(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	double share = symptoms_share(flows->n_vlans_differ, flows->n_two_sided);
	char ids[2][24];

	if (!flows->n_vlans_differ)
		return;
	struct finding *finding = symptoms_add(draft, "vlan_per_direction", FINDINGS_NOTE, share);

	if (!finding)
		return;
	for (int i = 0; i < 2; i++) {
		if (flows->vlan_pair[i])
			snprintf(ids[i], sizeof ids[i], "on VLAN %u", flows->vlan_pair[i] - 1);
		else
			snprintf(ids[i], sizeof ids[i], "untagged");
	}
	fprintf(draft->out,
	    "The two directions of %s (%s) are on different VLANs: the client's packets %s, the server's %s.",
	    words_count(draft->words, flows->n_vlans_differ, "connection", "connections"),
	    words_share(draft->words, flows->n_vlans_differ, flows->n_two_sided), ids[0], ids[1]);
	symptoms_example(draft, &flows->vlans);
	finding->brief = "VLANs differ per direction";
	finding->means = "They are joined all the same: a VLAN is no part of a connection here. In sensors where it "
			 "is, these are halves in which nothing is found (Suricata: vlan.use-for-tracking).";
}

static void vlans(struct draft *draft)
{
	const struct tally_frames *frames = &draft->tally->frames;

	if (!frames->n_tagged)
		return;
	struct finding *finding =
	    symptoms_add(draft, "vlans", FINDINGS_NOTE, symptoms_share(frames->n_tagged, frames->n));

	if (!finding)
		return;
	fprintf(draft->out, "%s (%s) %s a VLAN tag.", words_count(draft->words, frames->n_tagged, "packet", "packets"),
	    words_share(draft->words, frames->n_tagged, frames->n), words_choose(frames->n_tagged, "has", "have"));
	for (unsigned i = 0; i < frames->vlans.n_entries && i < SHOWN; i++)
		fprintf(draft->out, "%s%u (%s)", i ? ", " : " VLANs: ", (unsigned)frames->vlans.entries[i].key.low,
		    words_number(draft->words, frames->vlans.entries[i].n));
	fputs(frames->vlans.n_entries > SHOWN ? " and others." : ".", draft->out);
	finding->brief = "packets have VLAN tags";
	finding->means = "Tags are read and reported. Nothing is missed.";
}

static void tunnels(struct draft *draft)
{
	const struct tally_tunnels *tunnels = &draft->tally->tunnels;
	struct words *words = draft->words;

	if (!tunnels->n)
		return;
	struct finding *finding =
	    symptoms_add(draft, "tunnels", FINDINGS_NOTE, symptoms_share(tunnels->n, draft->tally->frames.n));

	if (!finding)
		return;
	fprintf(draft->out, "%s (%s) %s in a tunnel", words_count(words, tunnels->n, "packet", "packets"),
	    words_share(words, tunnels->n, draft->tally->frames.n), words_choose(tunnels->n, "comes", "come"));
	for (unsigned i = 0; i < tunnels->types.n_entries && i < SHOWN; i++)
		fprintf(draft->out, "%s%s (%s)", i ? ", " : ": ",
		    tunnel_name((unsigned)tunnels->types.entries[i].key.low),
		    words_number(words, tunnels->types.entries[i].n));
	fputs(".", draft->out);
	for (unsigned i = 0; i < tunnels->ids.n_entries && i < SHOWN; i++)
		fprintf(draft->out, "%s%llu (%s)",
		    i ? ", " : " Numbers (VNI, key or session): ", (unsigned long long)tunnels->ids.entries[i].key.low,
		    words_number(words, tunnels->ids.entries[i].n));
	if (tunnels->ids.n_entries)
		fputs(tunnels->ids.n_entries > SHOWN ? " and others." : ".", draft->out);
	if (tunnels->deepest > 1)
		fprintf(draft->out, " Up to %u tunnels are nested.", tunnels->deepest);
	finding->brief = "packets come in tunnels";
	finding->means = "Tunnels are opened; all that is said here is of what is inside.";
}

static void tunnels_shut(struct draft *draft)
{
	uint64_t n = draft->tally->tunnels.n_opaque;
	double share = symptoms_share(n, draft->tally->frames.n);

	if (!n)
		return;
	struct finding *finding =
	    symptoms_add(draft, "tunnels_not_opened", share >= 0.01 ? FINDINGS_GAPS : FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "%s (%s) %s like a tunnel, and no packet can be read in it.",
	    words_count(draft->words, n, "packet", "packets"), words_share(draft->words, n, draft->tally->frames.n),
	    words_choose(n, "looks", "look"));
	finding->brief = "tunnels cannot be opened";
	finding->means =
	    "Encrypted, cut off, a sort that is not known, or a tunnel's own housekeeping. What is in it is not seen.";
	finding->change =
	    "If it is the mirror's own tunnel, let its end strip it, or choose VXLAN, GENEVE, GRE or ERSPAN.";
}

static void fragments(struct draft *draft)
{
	const struct tally_frames *frames = &draft->tally->frames;

	if (!frames->n_fragments)
		return;
	struct finding *finding =
	    symptoms_add(draft, "fragments", FINDINGS_NOTE, symptoms_share(frames->n_fragments, frames->n));

	if (!finding)
		return;
	fprintf(draft->out, "%s (%s) %s.", words_count(draft->words, frames->n_fragments, "packet", "packets"),
	    words_share(draft->words, frames->n_fragments, frames->n),
	    words_choose(frames->n_fragments, "is a fragment of an IP packet", "are fragments of IP packets"));
	finding->brief = "IP packets come in fragments";
	finding->means = "What is in fragments is left out of the figures on connections here.";
	finding->change = "Many fragments of TCP mean that a tunnel on the way is narrower than the packets: raise the "
			  "MTU of the mirror's path, since one lost fragment loses the whole packet.";
}

static void sizes(struct draft *draft)
{
	const struct tally_sizes *sizes = &draft->tally->sizes;

	if (!sizes->n_ip_over_mtu)
		return;
	struct finding *finding = symptoms_add(
	    draft, "large_packets", FINDINGS_NOTE, symptoms_share(sizes->n_ip_over_mtu, draft->tally->frames.n));

	if (!finding)
		return;
	fprintf(draft->out, "%s (%s) %s more than the 1,500 bytes of usual Ethernet; the largest IP packet has %s.",
	    words_count(draft->words, sizes->n_ip_over_mtu, "packet", "packets"),
	    words_share(draft->words, sizes->n_ip_over_mtu, draft->tally->frames.n),
	    words_choose(sizes->n_ip_over_mtu, "has", "have"),
	    words_count(draft->words, sizes->longest, "byte", "bytes"));
	finding->brief =
	    sizes->n_ip_no_wire ? "packets are larger than any wire carries" : "packets are larger than usual";
	if (sizes->n_ip_no_wire) {
		finding->means =
		    "No wire carries these: the capturing host joined packets before they were captured (GRO, LRO), or "
		    "had not yet cut them (TSO). Nothing is missed, but packet counts are not those of the wire.";
		finding->change = "For counts as on the wire: `ethtool -K IF gro off lro off` on the capturing host.";
	} else {
		finding->means = "Jumbo frames, or packets joined by the capturing host (GRO, LRO). Nothing is missed.";
		finding->change = "If they pass a tunnel on their way here, its MTU must be larger still, or they are "
				  "cut or dropped.";
	}
}

static void checksums_offloaded(struct draft *draft)
{
	const uint64_t *n = draft->tally->checksums;
	uint64_t asked = n[SUMS_RIGHT] + n[SUMS_PARTIAL] + n[SUMS_ZERO] + n[SUMS_WRONG];
	uint64_t open = n[SUMS_PARTIAL] + n[SUMS_ZERO];

	if (!open || symptoms_share(open, asked) < 0.001)
		return;
	struct finding *finding =
	    symptoms_add(draft, "checksums_not_filled_in", FINDINGS_NOTE, symptoms_share(open, asked));

	if (!finding)
		return;
	fprintf(draft->out, "%s of TCP and UDP (%s) %s.", words_count(draft->words, open, "packet", "packets"),
	    words_share(draft->words, open, asked), words_choose(open, "has no checksum yet", "have no checksum yet"));
	finding->brief = "checksums are not filled in";
	finding->means =
	    n[SUMS_PARTIAL] >= n[SUMS_ZERO]
		? "They were captured on the host that sent them, before its network card filled it in (offload). They "
		  "are read all the same; tools that insist on checksums drop them."
		: "A checksum of zero was written by a program, such as a decrypting proxy's mirror, or left to a "
		  "network card. They are read all the same; tools that insist on checksums drop them.";
}

static void checksums_wrong(struct draft *draft)
{
	const uint64_t *n = draft->tally->checksums;
	uint64_t asked = n[SUMS_RIGHT] + n[SUMS_PARTIAL] + n[SUMS_ZERO] + n[SUMS_WRONG];
	double share = symptoms_share(n[SUMS_WRONG], asked);

	if (!n[SUMS_WRONG])
		return;
	struct finding *finding =
	    symptoms_add(draft, "checksums_wrong", share >= 0.001 ? FINDINGS_ADVICE : FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "%s of TCP and UDP (%s) %s a wrong checksum.",
	    words_count(draft->words, n[SUMS_WRONG], "packet", "packets"),
	    words_share(draft->words, n[SUMS_WRONG], asked), words_choose(n[SUMS_WRONG], "has", "have"));
	finding->brief = "checksums are wrong";
	finding->means =
	    share >= 0.5
		? "With so many it is no damage: addresses or ports were rewritten after the checksum was made, by a "
		  "broker or a tool that makes captures anonymous, or a network card was to fill it in."
		: "A receiver drops such packets, so what they say was never accepted: damage on the way, or somebody "
		  "who means to deceive sensors.";
	finding->change = "If they come from one link, look at its error counters.";
}

static void clock_back(struct draft *draft)
{
	const struct tally_clock *clock = &draft->tally->clock;
	double share = symptoms_share(clock->n_back, draft->tally->frames.n);

	if (!clock->n_back)
		return;
	struct finding *finding = symptoms_add(
	    draft, "time_goes_back", clock->most_back_ns > 1000000000 ? FINDINGS_ADVICE : FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "Time goes back at %s (%s), by %s at most.",
	    words_count(draft->words, clock->n_back, "packet", "packets"),
	    words_share(draft->words, clock->n_back, draft->tally->frames.n),
	    words_time(draft->words, clock->most_back_ns));
	finding->brief = "packet times go back";
	finding->means = "Times of events are those of packets. Steps below a second are of no consequence; larger "
			 "ones make timeouts end connections early and tokens look expired or not yet valid.";
	finding->change = "Several sources were joined without sorting (`mergecap`, `reordercap` sort), or a clock was "
			  "set: let all that stamp packets follow one time server.";
}

static void clock_none(struct draft *draft)
{
	const struct tally_clock *clock = &draft->tally->clock;

	if (!clock->n_no_date)
		return;
	struct finding *finding =
	    symptoms_add(draft, "no_date", FINDINGS_ADVICE, symptoms_share(clock->n_no_date, draft->tally->frames.n));

	if (!finding)
		return;
	fprintf(draft->out, "%s (%s) %s before 1990.", words_count(draft->words, clock->n_no_date, "packet", "packets"),
	    words_share(draft->words, clock->n_no_date, draft->tally->frames.n),
	    words_choose(clock->n_no_date, "is dated", "are dated"));
	finding->brief = "packets have no date";
	finding->means = "The clock was not set, or a tool wrote no times. Whether a token had expired when it was "
			 "used cannot be told.";
	finding->change = "Set the clock of what stamps the packets.";
}

symptom *const symptoms_shape[] = { unreadable, not_ip, vlans_differ, vlans, tunnels, tunnels_shut, fragments, sizes,
	checksums_offloaded, checksums_wrong, clock_back, clock_none, NULL };
