#include "sensor/flow/label.h"

#include <ndpi/ndpi_api.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	SERVICES = 8192,      /* direct-mapped: a newcomer replaces */
	LABELS = 1024,        /* different ones kept; more are one too many */
	LABELLING = 16384,    /* flows under nDPI's eyes at a time */
	ASK_AGAIN = 256,      /* every so many flows a known service is looked at anew */
	SYNTHETIC_LEN = 1024, /* of a message head rebuilt for nDPI */
};

struct service {
	uint64_t key;
	const struct label *label;
	uint32_t n_agree, n_used;
};

struct labelling {
	struct ndpi_flow_struct ndpi;
};

struct label_source {
	pthread_mutex_t lock;
	bool alone;                                /* there is one labeller, which takes this nDPI for its packets too */
	struct ndpi_detection_module_struct *ndpi; /* NULL until the first message to label */
	struct ndpi_flow_struct *scratch;
	const char *risk_names[64];
};

struct labeller {
	struct ndpi_detection_module_struct *ndpi; /* for packets; NULL until the first flow to label by them */
	struct label_source *source;
	struct budget budget;
	struct hash_key hash_key;
	struct label labels[LABELS];
	char names[LABELS][64];
	size_t n_labels;
	struct service services[SERVICES];
	size_t n_labelling;
	uint64_t n_asked, n_service;
};

/* nDPI writes the number of a risk that it has no name for into one static buffer. */
static const char *risk_name(unsigned risk)
{
	const char *name = ndpi_risk2str((ndpi_risk_enum)risk);

	return name && (*name < '0' || *name > '9') ? name : NULL;
}

struct label_source *label_source_new(unsigned n_labellers)
{
	struct label_source *source = calloc(1, sizeof *source);

	if (!source)
		return NULL;
	pthread_mutex_init(&source->lock, NULL);
	source->alone = n_labellers == 1;
	for (unsigned risk = 0; risk < NDPI_MAX_RISK && risk < 64; risk++)
		source->risk_names[risk] = risk_name(risk);
	return source;
}

void label_source_free(struct label_source *source)
{
	if (!source)
		return;
	if (source->ndpi)
		ndpi_exit_detection_module(source->ndpi);
	free(source->scratch);
	pthread_mutex_destroy(&source->lock);
	free(source);
}

struct labeller *labeller_new(struct budget *parent, struct label_source *source)
{
	struct labeller *labeller = calloc(1, sizeof *labeller);

	if (!labeller)
		return NULL;
	labeller->hash_key = hash_key_random();
	labeller->source = source;
	budget_init(&labeller->budget, LABELLING * sizeof(struct labelling), parent);
	return labeller;
}

/* With the lock held. NULL: out of memory. */
static struct ndpi_detection_module_struct *ndpi_begin(void)
{
	NDPI_PROTOCOL_BITMASK all;
	struct ndpi_detection_module_struct *ndpi = ndpi_init_detection_module(ndpi_no_prefs);

	if (!ndpi)
		return NULL;
	NDPI_BITMASK_SET_ALL(all);
	ndpi_set_protocol_detection_bitmask2(ndpi, &all);
	ndpi_finalize_initialization(ndpi);
	return ndpi;
}

/* With the lock held. */
static bool source_load(struct label_source *source)
{
	if (source->ndpi)
		return true;
	source->scratch = calloc(1, ndpi_detection_get_sizeof_ndpi_flow_struct());
	source->ndpi = source->scratch ? ndpi_begin() : NULL;
	return source->ndpi != NULL;
}

/* For packets. */
static bool labeller_load(struct labeller *labeller)
{
	struct label_source *source = labeller->source;

	if (labeller->ndpi)
		return true;
	pthread_mutex_lock(&source->lock);
	if (!source->alone)
		labeller->ndpi = ndpi_begin();
	else if (source_load(source))
		labeller->ndpi = source->ndpi;
	pthread_mutex_unlock(&source->lock);
	return labeller->ndpi != NULL;
}

void labeller_free(struct labeller *labeller)
{
	if (!labeller)
		return;
	pthread_mutex_lock(&labeller->source->lock);
	if (labeller->ndpi && !labeller->source->alone)
		ndpi_exit_detection_module(labeller->ndpi);
	pthread_mutex_unlock(&labeller->source->lock);
	free(labeller);
}

/* ---- labels ---- */

static const struct label *label_intern(struct labeller *labeller, struct ndpi_detection_module_struct *ndpi,
    ndpi_protocol protocol, uint64_t risks)
{
	char name[64];

	ndpi_protocol2name(ndpi, protocol, name, sizeof name);
	const char *category = ndpi_category_get_name(ndpi, protocol.category);

	for (size_t i = 0; i < labeller->n_labels; i++)
		if (labeller->labels[i].risks == risks && strcmp(labeller->names[i], name) == 0 &&
		    strcmp(labeller->labels[i].category, category) == 0)
			return &labeller->labels[i];
	if (labeller->n_labels == LABELS)
		return NULL;
	size_t n = labeller->n_labels++;

	memcpy(labeller->names[n], name, sizeof name);
	labeller->labels[n] = (struct label){ .application = labeller->names[n], .category = category, .risks = risks,
		.risk_names = labeller->source->risk_names };
	return &labeller->labels[n];
}

/* ---- services ---- */

struct service_key {
	struct address addr;
	uint64_t names[2]; /* hashes of host and user agent */
	uint16_t port;
	uint8_t ip_proto;
	uint8_t zero[5];
};

static struct service_key service_key_of(const struct flow *flow)
{
	struct service_key key = { .addr = flow->key.addr[!flow->client], .port = flow->key.port[!flow->client],
		.ip_proto = flow->key.ip_proto };

	return key;
}

static struct service *service_slot(struct labeller *labeller, const struct service_key *key, uint64_t *hash)
{
	*hash = hash64(labeller->hash_key, bytes_of(key, sizeof *key));
	return &labeller->services[*hash % SERVICES];
}

static const struct label *service_label(struct labeller *labeller, struct service *service, uint64_t hash, uint32_t agree)
{
	if (service->key != hash || !service->label || service->n_agree < agree || ++service->n_used % ASK_AGAIN == 0)
		return NULL;
	labeller->n_service++;
	return service->label;
}

static void service_learn(struct service *service, uint64_t hash, const struct label *label)
{
	if (service->key != hash || service->label != label)
		*service = (struct service){ .key = hash, .label = label };
	service->n_agree++;
}

/* ---- HTTP ---- */

static void put16(uint8_t *at, size_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* nDPI reads packets; what names the service is put into one, with the flow's ports. Nothing of a single request goes in: the label
 * is the service's, whichever of its requests was seen first. */
static size_t synthesise(uint8_t *packet, const struct flow *flow, const struct http_message *message)
{
	struct bytes host = record_get(message->record, HTTP_HOSTNAME), agent = record_get(message->record, HTTP_USER_AGENT);
	char *text = (char *)packet + 40;
	int n;

	if (message->dir == TO_SERVER)
		n = snprintf(text, SYNTHETIC_LEN, "GET / HTTP/1.1\r\nHost: %.*s\r\nUser-Agent: %.*s\r\n\r\n", (int)bytes_head(host, 200).len,
		    host.data, (int)bytes_head(agent, 200).len, agent.data);
	else
		n = snprintf(text, SYNTHETIC_LEN, "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n");
	size_t len = n < 0 ? 0 : (size_t)n < SYNTHETIC_LEN ? (size_t)n : SYNTHETIC_LEN - 1;
	unsigned from = flow_side(flow, message->dir);

	memset(packet, 0, 40);
	packet[0] = 0x45;
	put16(packet + 2, 40 + len);
	packet[8] = 64;
	packet[9] = IP_PROTO_TCP;
	memcpy(packet + 12, flow->key.addr[from].b + 12, 4); /* an IPv6 flow lends its last four bytes: nobody looks at them */
	memcpy(packet + 16, flow->key.addr[!from].b + 12, 4);
	put16(packet + 20, flow->key.port[from]);
	put16(packet + 22, flow->key.port[!from]);
	packet[32] = 0x50;
	packet[33] = TCP_PSH | TCP_ACK;
	return 40 + len;
}

/* With the source's lock held. */
static const struct label *ask_source(struct labeller *labeller, const uint8_t *packet, size_t len, int64_t time_ns)
{
	struct ndpi_detection_module_struct *ndpi = labeller->source->ndpi;
	struct ndpi_flow_struct *scratch = labeller->source->scratch;

	memset(scratch, 0, ndpi_detection_get_sizeof_ndpi_flow_struct());
	ndpi_protocol protocol = ndpi_detection_process_packet(ndpi, scratch, packet, (unsigned short)len, (uint64_t)(time_ns / 1000000));
	uint64_t risks = scratch->risk;

	if (protocol.app_protocol == NDPI_PROTOCOL_UNKNOWN)
		protocol.app_protocol = NDPI_PROTOCOL_HTTP; /* one half of the conversation is enough for us, not for nDPI */
	if (protocol.category == NDPI_PROTOCOL_CATEGORY_UNSPECIFIED)
		protocol.category = ndpi_get_proto_category(ndpi, protocol);
	ndpi_free_flow_data(scratch);
	return label_intern(labeller, ndpi, protocol, risks);
}

static const struct label *ask_http(struct labeller *labeller, const struct flow *flow, const struct http_message *message)
{
	uint8_t packet[40 + SYNTHETIC_LEN];
	size_t len = synthesise(packet, flow, message);
	const struct label *label = NULL;

	pthread_mutex_lock(&labeller->source->lock);
	if (source_load(labeller->source)) {
		labeller->n_asked++;
		label = ask_source(labeller, packet, len, message->time_ns);
	}
	pthread_mutex_unlock(&labeller->source->lock);
	return label;
}

void labeller_http(struct labeller *labeller, struct flow *flow, const struct http_message *message)
{
	struct service_key key = service_key_of(flow);
	uint64_t hash;

	if (flow->labelled)
		return;
	flow->labelled = true;
	labeller_end(labeller, flow);
	key.names[0] = hash64(labeller->hash_key, record_get(message->record, HTTP_HOSTNAME));
	key.names[1] = hash64(labeller->hash_key, record_get(message->record, HTTP_USER_AGENT));
	struct service *service = service_slot(labeller, &key, &hash);

	flow->label = service_label(labeller, service, hash, 1);
	flow->label_of_service = flow->label != NULL;
	if (flow->label)
		return;
	flow->label = ask_http(labeller, flow, message);
	service_learn(service, hash, flow->label);
}

/* ---- everything else ---- */

static bool labelling_begin(struct labeller *labeller, struct flow *flow)
{
	if (!labeller_load(labeller))
		return false;
	flow->labelling = budget_alloc(&labeller->budget, sizeof *flow->labelling);
	if (!flow->labelling)
		return false;
	memset(flow->labelling, 0, sizeof *flow->labelling);
	labeller->n_asked++;
	return true;
}

/* A service is known by its protocol alone: which application speaks it, and at what risk, differs from flow to flow. */
static void service_learn_protocol(struct labeller *labeller, struct service *service, uint64_t hash, ndpi_protocol protocol)
{
	ndpi_protocol base = { .app_protocol = protocol.master_protocol ? protocol.master_protocol : protocol.app_protocol };

	base.category = ndpi_get_proto_category(labeller->ndpi, base);
	service_learn(service, hash, label_intern(labeller, labeller->ndpi, base, 0));
}

void labeller_packet(struct labeller *labeller, struct flow *flow, const struct packet *packet, unsigned side)
{
	struct service_key key = service_key_of(flow);
	uint64_t hash;

	if (flow->labelled)
		return;
	struct service *service = service_slot(labeller, &key, &hash);

	(void)side;
	if (!flow->labelling) {
		if (flow->key.ip_proto != IP_PROTO_TCP)
			flow->label = service_label(labeller, service, hash, LABEL_AGREE);
		flow->label_of_service = flow->label != NULL;
		if (flow->label || !labelling_begin(labeller, flow)) {
			flow->labelled = true;
			return;
		}
	}
	struct ndpi_flow_struct *ndpi = &flow->labelling->ndpi;
	struct bytes data = bytes_head(packet->network, UINT16_MAX);
	ndpi_protocol protocol = ndpi_detection_process_packet(labeller->ndpi, ndpi, data.data, (unsigned short)data.len,
	    (uint64_t)(packet->time_ns / 1000000));

	if (protocol.app_protocol == NDPI_PROTOCOL_UNKNOWN && ++flow->n_labelling < LABEL_PACKETS)
		return;
	flow->labelled = true;
	flow->label = label_intern(labeller, labeller->ndpi, protocol, ndpi->risk);
	service_learn_protocol(labeller, service, hash, protocol);
	labeller_end(labeller, flow);
}

void labeller_end(struct labeller *labeller, struct flow *flow)
{
	if (!flow->labelling)
		return;
	ndpi_free_flow_data(&flow->labelling->ndpi);
	budget_free(&labeller->budget, flow->labelling, sizeof *flow->labelling);
	flow->labelling = NULL;
}

uint64_t labeller_n_asked(const struct labeller *labeller)
{
	return labeller->n_asked;
}

uint64_t labeller_n_service(const struct labeller *labeller)
{
	return labeller->n_service;
}
