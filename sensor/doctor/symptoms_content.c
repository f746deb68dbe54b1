/* What is in the packets: what of it can be read, and what cannot. */
#include "sensor/doctor/symptoms.h"

static uint64_t all_bytes(const struct tally_flows *flows)
{
	uint64_t bytes = 0;

	for (int i = 0; i < PROTOCOLS; i++)
		bytes += flows->protocols[i].bytes;
	return bytes;
}

static uint64_t n_readable(const struct tally_flows *flows)
{
	uint64_t n = 0;

	for (int i = 0; i < PROTOCOLS; i++)
		n += protocol_is_read((enum protocol)i) ? flows->protocols[i].n : 0;
	return n;
}

static const char from_where[] =
    "Mirror where traffic is in the clear: behind the load balancer or ingress that ends TLS, or from the decryption "
    "mirror of a firewall or broker (Palo Alto Decryption Port Mirroring, F5 SSL Orchestrator, Gigamon, FortiGate "
    "decrypted-traffic-mirror). AWS mirrors packets as they are: choose an interface behind the one that decrypts.";

static void nothing_to_read(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	const uint64_t *status = draft->tally->frames.by_status;
	uint64_t seen = status[NET_OK] + status[NET_NOT_IP];
	bool any_clear = flows->protocols[PROTOCOL_HTTP1].n || flows->protocols[PROTOCOL_HTTP2].n;

	if (!seen || any_clear) /* where nothing can be read at all, that is said elsewhere */
		return;
	struct finding *finding = symptoms_add(draft, "no_http", FINDINGS_BREAKS, 1);

	if (!finding)
		return;
	uint64_t n = flows->n_tcp + flows->n_udp;

	if (n)
		fprintf(draft->out, "%s HTTP in clear text.",
		    n == 1 ? "The one connection there is carries no" : "None of the connections carries");
	else
		fputs("There are no connections of TCP or UDP.", draft->out);
	finding->brief = "there is no HTTP in clear text";
	finding->means = flows->protocols[PROTOCOL_TLS].n || flows->protocols[PROTOCOL_QUIC].n
			     ? "Tokens travel in HTTP. Here it is encrypted, and without keys nothing can be found."
			     : "Tokens travel in HTTP. There is none here, so there is nothing to find.";
	finding->change = from_where;
}

static void encrypted(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	const struct tally_protocol *tls = &flows->protocols[PROTOCOL_TLS], *quic = &flows->protocols[PROTOCOL_QUIC];
	uint64_t n = tls->n + quic->n, bytes = tls->bytes + quic->bytes, all = all_bytes(flows);
	double share = symptoms_share(bytes, all);

	if (!n)
		return;
	struct finding *finding = symptoms_add(draft, "encrypted", share >= 0.1 ? FINDINGS_GAPS : FINDINGS_NOTE, share);

	if (!finding)
		return;
	fprintf(draft->out, "%s (%s of the bytes) %s encrypted and no keys are loaded: %s of TLS, %s of QUIC.",
	    words_count(draft->words, n, "connection", "connections"), words_share(draft->words, bytes, all),
	    words_choose(n, "is", "are"), words_number(draft->words, tls->n), words_number(draft->words, quic->n));
	finding->brief = "traffic is encrypted";
	finding->means = "Tokens in encrypted connections are not seen.";
	if (flows->protocols[PROTOCOL_HTTP1].n || flows->protocols[PROTOCOL_HTTP2].n) /* else it was said already */
		finding->change = from_where;
}

static void not_read_yet(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	const struct tally_protocol *http2 = &flows->protocols[PROTOCOL_HTTP2];

	if (!http2->n || protocol_is_read(PROTOCOL_HTTP2))
		return;
	struct finding *finding = symptoms_add(draft, "http2_not_read",
	    n_readable(flows) ? FINDINGS_GAPS : FINDINGS_BREAKS, symptoms_share(http2->bytes, all_bytes(flows)));

	if (!finding)
		return;
	fprintf(draft->out, "%s (%s of the bytes) %s HTTP/2 in clear text, which this version does not read.",
	    words_count(draft->words, http2->n, "connection", "connections"),
	    words_share(draft->words, http2->bytes, all_bytes(flows)), words_choose(http2->n, "speaks", "speak"));
	finding->brief = "HTTP/2 is not read";
	finding->means = "Tokens in HTTP/2 are not seen.";
	finding->change = "Let what decrypts offer HTTP/1 only: `Strip ALPN` in a Palo Alto decryption profile, "
			  "http/1.1 alone in the ALPN list of a load balancer.";
}

static void no_preface(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	uint64_t n = flows->n_no_preface, of = flows->protocols[PROTOCOL_HTTP2].n;

	if (!n)
		return;
	struct finding *finding = symptoms_add(draft, "http2_without_preface", FINDINGS_NOTE, symptoms_share(n, of));

	if (!finding)
		return;
	fprintf(draft->out,
	    "%s of HTTP/2 %s without the lines that every client sends first, and %s known by the shape of %s frames "
	    "alone.",
	    words_count(draft->words, n, "connection", "connections"), words_choose(n, "is here", "are here"),
	    words_choose(n, "is", "are"), words_choose(n, "its", "their"));
	finding->brief = "HTTP/2 begins without its preface";
	finding->means = "They were open before the capture, their first packets are lost, or only the server's side "
			 "is here. Headers that refer to earlier ones stay unknown.";
}

static void decrypted(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	uint64_t n = flows->n_clear_on_tls_port;

	if (!n)
		return;
	struct finding *finding = symptoms_add(draft, "decrypted", FINDINGS_NOTE,
	    symptoms_share(n, flows->protocols[PROTOCOL_HTTP1].n + flows->protocols[PROTOCOL_HTTP2].n));

	if (!finding)
		return;
	fprintf(draft->out, "%s on port 443 or 8443 %s HTTP in clear text: this is a mirror of decrypted traffic.",
	    words_count(draft->words, n, "connection", "connections"), words_choose(n, "carries", "carry"));
	if (flows->n_credential_on_tls_port)
		fprintf(draft->out, " With credentials in an Authorization header: %s.",
		    words_number(draft->words, flows->n_credential_on_tls_port));
	finding->brief = "decrypted traffic";
	finding->means = "This is what stormglass is made for: it goes by content, not by port. Tools that take port "
			 "443 for TLS see nothing.";
	finding->change = "Nothing for detection. Who can read this port can read passwords and tokens: guard it, and "
			  "the captures made of it.";
}

static void credentials(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;
	uint64_t n = flows->n_credential - flows->n_credential_on_tls_port;

	if (!n)
		return;
	struct finding *finding = symptoms_add(
	    draft, "clear_text_credentials", FINDINGS_NOTE, symptoms_share(n, flows->protocols[PROTOCOL_HTTP1].n));

	if (!finding)
		return;
	fprintf(draft->out, "%s outside ports 443 and 8443 %s credentials in an Authorization header, in clear text.",
	    words_count(draft->words, n, "connection", "connections"), words_choose(n, "carries", "carry"));
	finding->brief = "credentials in clear text";
	finding->means = "Either this is behind what ends TLS, as it should be, or passwords and tokens cross the "
			 "network for all to read.";
}

static void after_hello(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;

	if (!flows->n_after_hello)
		return;
	struct finding *finding = symptoms_add(draft, "hello_then_clear_text", FINDINGS_NOTE,
	    symptoms_share(
		flows->n_after_hello, flows->protocols[PROTOCOL_HTTP1].n + flows->protocols[PROTOCOL_HTTP2].n));

	if (!finding)
		return;
	fprintf(draft->out, "%s %s with a TLS ClientHello and %s in clear text.",
	    words_count(draft->words, flows->n_after_hello, "connection", "connections"),
	    words_choose(flows->n_after_hello, "begins", "begin"),
	    words_choose(flows->n_after_hello, "goes on", "go on"));
	symptoms_example(draft, &flows->after_hello);
	finding->brief = "clear text follows a ClientHello";
	finding->means = "A decrypting proxy left the ClientHello in what it mirrors, as SSLproxy and sslsplit do. It "
			 "is passed over; other tools take these connections for TLS and look no further.";
}

static void sslproxy(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;

	if (!flows->n_sslproxy)
		return;
	struct finding *finding = symptoms_add(
	    draft, "sslproxy", FINDINGS_NOTE, symptoms_share(flows->n_sslproxy, flows->protocols[PROTOCOL_HTTP1].n));

	if (!finding)
		return;
	fprintf(draft->out, "%s %s with a line `SSLproxy: ...`.",
	    words_count(draft->words, flows->n_sslproxy, "connection", "connections"),
	    words_choose(flows->n_sslproxy, "begins", "begin"));
	finding->brief = "SSLproxy diverts traffic";
	finding->means = "SSLproxy's divert mode puts the original addresses there. The line is passed over; addresses "
			 "in events are the proxy's.";
}

static void evicted(struct draft *draft)
{
	const struct tally_flows *flows = &draft->tally->flows;

	if (!flows->n_evicted)
		return;
	struct finding *finding = symptoms_add(
	    draft, "examination_capped", FINDINGS_NOTE, symptoms_share(flows->n_evicted, flows->n_tcp + flows->n_udp));

	if (!finding)
		return;
	fprintf(draft->out, "There are more connections than are remembered here at a time; %s %s ended early.",
	    words_number(draft->words, flows->n_evicted), words_choose(flows->n_evicted, "was", "were"));
	finding->brief = "not all connections were remembered";
	finding->means = "Figures on connections are a little too high, those on lost data too low.";
}

symptom *const symptoms_content[] = { nothing_to_read, encrypted, not_read_yet, no_preface, decrypted, credentials,
	after_hello, sslproxy, evicted, NULL };
