/* event: one line of EVE before it is text. Everything is borrowed for the call that writes it. */
#ifndef STORMGLASS_MODEL_EVENT_H
#define STORMGLASS_MODEL_EVENT_H

#include "sensor/model/packet.h"
#include "sensor/model/record.h"

/* What nDPI made of a flow's first payload. */
struct label {
	const char *application; /* "HTTP", "TLS.Microsoft365"; NULL: not labelled */
	const char *category;
	uint64_t risks;          /* bit n: nDPI's risk n */
	const char *const *risk_names; /* of risk n; 64 of them, the same array for every flow; NULL: risks go unnamed */
	bool of_service;         /* taken from earlier flows to the same service, not from this flow's packets */
};

/* A flow as its events tell of it. Directions are the flow's: src is the client. */
struct flow_facts {
	uint64_t flow_id;            /* 51 bits, the same on every run */
	struct address src, dst;
	uint16_t src_port, dst_port;
	uint8_t ip_version, ip_proto;
	bool fragment;               /* not of a flow but of a part of a datagram: there are no ports */
	uint8_t n_vlan;
	uint16_t vlan[PACKET_VLANS];
	struct tunnel tunnel;        /* depth 0: none */
	bool has_ether;
	uint8_t src_mac[6], dst_mac[6];
	int64_t start_ns;
	uint64_t n_packets[2], n_bytes[2]; /* by enum direction */
	const char *app_proto;       /* "http", "failed"; NULL: not known yet */
	struct label label;
};

enum event_type { EVENT_ALERT, EVENT_TOKEN, EVENT_HTTP, EVENT_ANOMALY, EVENT_TLS };

struct rule;

struct event {
	enum event_type type;
	int64_t time_ns;
	uint64_t pcap_cnt;             /* 0: no packet to name */
	const struct flow_facts *flow; /* NULL: none */
	enum direction dir;
	bool has_tx;
	uint64_t tx;
	const struct record *records[RECORD_KINDS];
	const struct rule *rule;       /* of an alert */
	struct bytes token_rendered;   /* the token record as text, where records[RECORD_TOKEN] is not at hand */
};

#endif
