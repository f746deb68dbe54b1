/* What the way of the packets to here did to them. */
#include "sensor/doctor/symptoms.h"

static void nothing(struct draft *draft)
{
	if (draft->tally->frames.n)
		return;
	struct finding *finding = symptoms_add(draft, "no_packets", FINDINGS_BREAKS, 1);

	if (!finding)
		return;
	fputs("There are no packets.", draft->out);
	finding->brief = "there are no packets";
	finding->means = "Nothing can be found where nothing is delivered.";
	finding->change = "Check that the mirror session is enabled, that its destination is this port or this host, "
			  "and that the interface is up. A cloud's mirror target must also admit the tunnel in its "
			  "firewall rules: UDP port 4789 for VXLAN on AWS and Azure, 6081 for GENEVE.";
}

static void one_sided_servers(struct draft *draft)
{
	const struct top *servers = &draft->tally->flows.one_sided_servers;
	unsigned n = servers->n_entries < 3 ? servers->n_entries : 3;

	for (unsigned i = 0; i < n; i++)
		fprintf(draft->out, "%s%s (%s)",
		    i	     ? ", "
		    : n == 1 ? " Server: "
			     : " Servers: ",
		    words_address(draft->words, top_to_address(servers->entries[i].key)),
		    words_number(draft->words, servers->entries[i].n));
	fputs(n < servers->n_entries ? " and others." : ".", draft->out);
}

static void one_sided(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	struct words *words = draft->words;
	uint64_t n = flows->n_only_client + flows->n_only_server;
	double share = symptoms_share(n, flows->n_talking);

	if (!n)
		return;
	bool blind = symptoms_share(flows->n_only_server, flows->n_talking) >= 0.9;
	struct finding *finding = symptoms_add(draft, "one_sided",
	    blind	    ? FINDINGS_BREAKS
	    : share >= 0.05 ? FINDINGS_GAPS
			    : FINDINGS_NOTE,
	    share);

	if (!finding)
		return;
	fprintf(draft->out, "Only one direction is here of %s.",
	    words_part(words, n, flows->n_talking, "TCP connection", "TCP connections"));
	if (flows->n_only_client)
		fprintf(draft->out, " Client to server only: %s.", words_number(words, flows->n_only_client));
	if (flows->n_only_server)
		fprintf(draft->out, " Server to client only: %s.", words_number(words, flows->n_only_server));
	one_sided_servers(draft);
	symptoms_example(draft, flows->n_only_client ? &flows->only_client : &flows->only_server);
	finding->brief = flows->n_only_client >= flows->n_only_server ? "replies are missing" : "requests are missing";
	finding->means = !flows->n_only_server ? "Tokens in requests are seen and judged, but not whether the server "
						 "accepted them, nor tokens that servers hand out."
			 : !flows->n_only_client
			     ? "Of these connections no request is seen, and so no token that a client presents."
			     : "Where only the client is seen, tokens are judged but not whether they were accepted; "
			       "where only the server is seen, no request is, and so no token that a client presents.";
	finding->change = "Mirror both directions: `both` instead of `rx` or `tx` in a SPAN session; both receive "
			  "ports of a TAP or broker to this one; rules for inbound and for outbound in an AWS mirror "
			  "filter. Where the two directions take different ways through the network, mirror both ways.";
}

static void unanswered(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	double share = symptoms_share(flows->n_unanswered, flows->n_tcp);

	if (flows->n_unanswered < 3 || share < 0.1)
		return;
	struct finding *finding = symptoms_add(draft, "unanswered", FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "Nothing but the first packet, a SYN, is here of %s.",
	    words_part(draft->words, flows->n_unanswered, flows->n_tcp, "TCP connection", "TCP connections"));
	finding->brief = "many connections are not answered";
	finding->means = "Usually a scan, or a server that is down. If connections are missing that should be there, "
			 "the mirror has one direction only.";
}

static void midstream(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	double share = symptoms_share(flows->n_midstream, flows->n_talking);

	if (!flows->n_midstream)
		return;
	struct finding *finding = symptoms_add(draft, "midstream", FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "The beginning is missing of %s.",
	    words_part(draft->words, flows->n_midstream, flows->n_talking, "TCP connection", "TCP connections"));
	finding->brief = "connections are joined midway";
	finding->means = "HTTP/1 is read from its next message on. HTTP/2 compresses headers by what was sent before, "
			 "so some of its headers stay unknown until they are sent anew.";
	finding->change = "Nothing, if these were open when the capture began. If there are as many after minutes, "
			  "something filters packets by size or flags, or drops the first ones of a connection.";
}

static void loss(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	struct words *words = draft->words;
	uint64_t all = flows->lost_bytes + flows->data_bytes;
	double share = symptoms_share(flows->lost_bytes, all);

	if (!flows->lost_bytes)
		return;
	struct finding *finding = symptoms_add(draft, "loss",
	    share >= 0.2      ? FINDINGS_BREAKS
	    : share >= 0.0001 ? FINDINGS_GAPS
			      : FINDINGS_NOTE,
	    share);

	if (!finding)
		return;
	fprintf(draft->out,
	    "%s of TCP data (%s) did not get here, in %s of %s. Their receivers acknowledged them, so the network "
	    "delivered them and the mirror or the capture lost them.",
	    words_bytes(words, flows->lost_bytes), words_share(words, flows->lost_bytes, all),
	    words_count(words, flows->lost_places, "place", "places"),
	    words_count(words, flows->n_losing, "connection", "connections"));
	symptoms_example(draft, &flows->losing);
	finding->brief = "packets are lost on the way here";
	finding->means = "A token in such a place is not seen. One that is cut by it is marked and not judged; reading "
			 "goes on at the next message.";
	finding->change = "Look for drops in this order: the capturing host (kernel drop counters, larger capture "
			  "buffer), the broker's tool port, the switch's SPAN destination. Both directions of a full "
			  "link do not fit into one port of its speed: filter at the source or use a faster port. A "
			  "capture that was filtered when it was saved looks the same.";
}

static void drops(struct draft *draft)
{
	const struct tally_drops *drops = &draft->tally->drops;
	double share = symptoms_share(drops->n_dropped, drops->n_received);

	if (!drops->n_dropped)
		return;
	struct finding *finding = symptoms_add(draft, "drops", share >= 0.0001 ? FINDINGS_GAPS : FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "%s that came to this host %s dropped before they could be read.",
	    words_part(draft->words, drops->n_dropped, drops->n_received, "packet", "packets"),
	    words_choose(drops->n_dropped, "was", "were"));
	finding->brief = "this host drops packets";
	finding->means = "What is said to be lost below was lost here, by this look at it. The sensor has a larger buffer and "
			 "more threads; it counts its own drops in `stats.capture`.";
	finding->change = "A host with less to do, more receive buffer of the card (`ethtool -G`), or a filter for what is to be "
			  "looked at.";
}

static void missing(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	struct words *words = draft->words;
	uint64_t all = flows->missing_bytes + flows->data_bytes;
	double share = symptoms_share(flows->missing_bytes, all);

	if (!flows->missing_bytes)
		return;
	struct finding *finding = symptoms_add(draft, "holes", share >= 0.01 ? FINDINGS_GAPS : FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "%s of TCP data (%s) %s missing in %s of %s, and no acknowledgment tells who lost them.",
	    words_bytes(words, flows->missing_bytes), words_share(words, flows->missing_bytes, all),
	    words_choose(flows->missing_bytes, "is", "are"),
	    words_count(words, flows->missing_places, "place", "places"),
	    words_count(words, flows->n_missing, "connection", "connections"));
	finding->brief = "data is missing";
	finding->means = "A sender repeats what the network lost, so most of this was probably lost by the mirror or "
			 "the capture. A token in it is not seen.";
	finding->change = "As for lost packets: look at the drop counters of the capturing host, the broker and the "
			  "switch. With both directions mirrored the loss can be told exactly.";
}

static void retransmitted(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	double share = symptoms_share(flows->retransmitted, flows->data_segments);

	if (flows->retransmitted < 2 || share < 0.001)
		return;
	struct finding *finding = symptoms_add(draft, "retransmissions", FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "%s of TCP data (%s) %s sent again by the sender.",
	    words_count(draft->words, flows->retransmitted, "packet", "packets"),
	    words_share(draft->words, flows->retransmitted, flows->data_segments),
	    words_choose(flows->retransmitted, "was", "were"));
	finding->brief = "senders repeat data";
	finding->means = "That is loss in the network itself, not in the mirror. Nothing is missed by it.";
}

static void reordered(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	double share = symptoms_share(flows->reordered, flows->data_segments);

	if (flows->reordered < 2 || share < 0.001)
		return;
	struct finding *finding = symptoms_add(draft, "reordering", FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "%s of TCP data (%s) came out of order, behind packets that were sent later.",
	    words_count(draft->words, flows->reordered, "packet", "packets"),
	    words_share(draft->words, flows->reordered, flows->data_segments));
	finding->brief = "packets come out of order";
	finding->means = "They are put in order again, nothing is missed; it costs memory.";
	finding->change =
	    "Common with cloud mirrors behind a load balancer (AWS NLB and GWLB), with capture on several queues, and "
	    "with brokers that spread packets over links. Spread by connection, not by packet.";
}

/* The step that half of the copies do not pass. */
static unsigned median_step(const uint64_t *steps, uint64_t n)
{
	unsigned step = 0;

	for (uint64_t sum = steps[0]; step < COPIES_STEPS - 1 && sum * 2 < n; sum += steps[step])
		step++;
	return step;
}

static void copies_where(struct draft *draft)
{
	const struct copies_sums *sums = &draft->tally->copies;
	struct words *words = draft->words;

	fprintf(draft->out, " A copy comes typically within %s and %s.",
	    words_count(words, UINT64_C(1) << median_step(sums->by_packets, sums->n_copies), "packet", "packets"),
	    words_time(words, INT64_C(1000) << median_step(sums->by_us, sums->n_copies)));
	if (sums->n_other_vlan)
		fprintf(draft->out, " On another VLAN than the first: %s.",
		    words_share(words, sums->n_other_vlan, sums->n_copies));
	if (sums->n_other_ttl)
		fprintf(draft->out, " Having passed a router in between: %s.",
		    words_share(words, sums->n_other_ttl, sums->n_copies));
}

enum { LINK_SLL = 113, LINK_SLL2 = 276 };

static const char *copies_change(const struct tally *tally)
{
	const struct copies_sums *sums = &tally->copies;
	uint64_t link = tally->frames.links.entries[0].key.low;

	if (sums->n_other_ttl * 2 > sums->n_copies)
		return "The mirror sees packets before and after a router or firewall. Mirror one of its sides, or "
		       "received packets only.";
	if (sums->n_other_vlan * 2 > sums->n_copies)
		return "The mirror sees packets on both VLANs they pass. Mirror one of them, or received packets only, "
		       "or let the broker drop copies.";
	if (link == LINK_SLL || link == LINK_SLL2)
		return "The capture was made on `any`, which sees a packet on every interface and bridge it passes. "
		       "Capture on one.";
	return "A SPAN session that mirrors both directions of both ports of a path sees each packet going in and out: "
	       "mirror received packets only (`rx`), or let the broker drop copies.";
}

static void copies(struct draft *draft)
{
	const struct copies_sums *sums = &draft->tally->copies;
	double share = symptoms_share(sums->n_copies, draft->tally->frames.n);

	if (sums->n_copies < 2 || share < 0.001)
		return;
	struct finding *finding =
	    symptoms_add(draft, "duplicates", share >= 0.01 ? FINDINGS_ADVICE : FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "%s (%s) %s exact copies of one just before%s.",
	    words_count(draft->words, sums->n_copies, "packet", "packets"),
	    words_share(draft->words, sums->n_copies, draft->tally->frames.n),
	    words_choose(sums->n_copies, "is", "are"),
	    share > 0.55  ? ": most packets are here more than twice"
	    : share > 0.4 ? ": most packets are here twice"
			  : "");
	copies_where(draft);
	finding->brief = "packets are here more than once";
	finding->means = "Copies are dropped, nothing is missed or counted twice; but the mirror port and the sensor "
			 "carry them, and what does not fit is lost.";
	finding->change = copies_change(draft->tally);
}

static void twins(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	double share = symptoms_share(flows->n_twins, flows->n_twinable);

	if (!flows->n_twins || (flows->n_twins < 2 && share < 0.3))
		return;
	struct finding *finding = symptoms_add(draft, "twins", share >= 0.2 ? FINDINGS_ADVICE : FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "%s %s the same data as another at the same time%s.",
	    words_count(draft->words, flows->n_twins, "connection", "connections"),
	    words_choose(flows->n_twins, "carries", "carry"),
	    flows->n_twins_same * 2 > flows->n_twins
		? ", between the same addresses and ports, under other sequence numbers"
		: "");
	symptoms_example(draft, &flows->twins);
	finding->brief = "requests are here twice";
	finding->means = "Both sides of a proxy, load balancer or address translation are mirrored. Each request and "
			 "token is seen and reported twice, with different addresses.";
	finding->change =
	    "Mirror one side. On a FortiGate: `set traffic-source client` in the decrypted-traffic-mirror, instead of "
	    "`both`. The client's side has the real client addresses, the server's side the real server.";
}

static const char *slices_means(bool short_ones)
{
	return short_ones ? "HTTP headers do not fit into what is left: tokens are cut off or missing altogether."
			  : "What was cut off is a hole in the connection: a token in it is not seen, one that it cuts "
			    "is not judged.";
}

static void slices(struct draft *draft)
{
	enum { TOO_SHORT = 400 };
	const struct tally_slices *slices = &draft->tally->slices;
	struct words *words = draft->words;
	uint64_t n = slices->n_cut + slices->n_cut_before;
	double share = symptoms_share(n, draft->tally->frames.n);

	if (!n)
		return;
	bool short_ones = slices->lengths.entries[0].key.low < TOO_SHORT && share >= 0.2;
	struct finding *finding = symptoms_add(draft, "sliced",
	    short_ones	     ? FINDINGS_BREAKS
	    : share >= 0.001 ? FINDINGS_GAPS
			     : FINDINGS_NOTE,
	    share);

	if (!finding)
		return;
	fprintf(draft->out, "%s (%s) %s cut off, typically after %s; %s %s missing.",
	    words_count(words, n, "packet", "packets"), words_share(words, n, draft->tally->frames.n),
	    words_choose(n, "is", "are"), words_count(words, slices->lengths.entries[0].key.low, "byte", "bytes"),
	    words_bytes(words, slices->bytes), words_choose(slices->bytes, "is", "are"));
	if (slices->n_cut)
		fprintf(draft->out, " By the snap length of the capture: %s.", words_number(words, slices->n_cut));
	if (slices->n_cut_before)
		fprintf(draft->out, " Before they were captured: %s.", words_number(words, slices->n_cut_before));
	finding->brief = "packets are cut off";
	finding->means = slices_means(short_ones);
	finding->change =
	    slices->n_cut >= slices->n_cut_before
		? "Capture whole packets: `tcpdump -s 0`, and no packet slicing or truncation in the broker."
		: "Switch off slicing in the broker or the mirror session. On AWS leave PacketLength unset and give "
		  "the mirror target an MTU that is larger than the source's by the tunnel's headers.";
}

symptom *const symptoms_delivery[] = { nothing, one_sided, unanswered, midstream, loss, drops, missing, retransmitted,
	reordered, copies, twins, slices, NULL };
