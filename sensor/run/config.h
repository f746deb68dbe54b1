/* config: every setting, its default and its place in stormglass.yaml. One table in config.c; --set and the YAML file
 * go through it. */
#ifndef STORMGLASS_RUN_CONFIG_H
#define STORMGLASS_RUN_CONFIG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "dissectors/net/ports.h"
#include "sensor/base/errors.h"

/* A list of texts, owned. */
struct texts {
	char **items;
	size_t n;
};

enum config_token { CONFIG_TOKEN_NO, CONFIG_TOKEN_FIRST, CONFIG_TOKEN_EACH };
enum config_alert { CONFIG_ALERT_FIRST, CONFIG_ALERT_EACH };
enum config_hash { CONFIG_HASH_KEYED, CONFIG_HASH_PLAIN };

enum { CONFIG_THREADS_MAX = 64 };

struct config {
	char *sensor_name, *filename, *key_file, *inputs_state;
	bool alerts, http, tls, anomaly, stats, community_id, pcap_filename, labels;
	bool live;                /* no setting: packets come from interfaces */
	int64_t token;            /* enum config_token */
	int64_t alert;            /* enum config_alert */
	int64_t hash;             /* enum config_hash */
	int64_t tcp_policy;       /* enum overlap_policy */
	int64_t tcp_checksum;     /* enum checksum_policy */
	int64_t tcp_urgent;       /* enum urgent_policy */
	int64_t community_seed;
	int64_t defrag_policy;    /* a word's number: defrag_policy_of */
	int64_t defrag_memcap, defrag_max, defrag_fragments, defrag_ipv4_ns, defrag_ipv6_ns;
	int64_t memcap, flow_memcap, flow_max, tcp_memcap, tcp_queue, tx_memcap, token_memcap, first_seen; /* bytes or counts */
	int64_t threads;          /* workers; 0: as many as there are processors */
	int64_t new_ns, established_ns, closed_ns, hole_ns, hole_acked_ns, response_ns, stats_ns;
	int64_t live_ring, live_snaplen, live_wait_ns, live_fanout;
	bool live_promiscuous;
	char *live_user;
	int64_t inputs_poll_ns, inputs_clients;
	char *tls_keylog_listen, *tls_key_password_file;
	int64_t tls_sessions, tls_memcap, tls_wait_ns, tls_wait_size, tls_search;
	struct net_ports tunnel_ports;
	struct texts tls_keylogs, tls_keys; /* files */
	int64_t body_size;
	struct texts token_headers, token_cookies, token_parameters; /* names */
	struct texts trust_folders, rule_files, classification_files, variables; /* variables: "NAME=value" */
};

void config_init(struct config *config);
void config_fini(struct config *config);

/* Sets one key; `place` and `line` say where it was read. */
void config_set(struct config *config, const char *key, const char *value, const char *place, unsigned line, struct errors *errors);

/* Reads stormglass.yaml; all its mistakes are added with their lines. */
void config_load(struct config *config, const char *file, struct errors *errors);

void texts_add(struct texts *texts, const char *text);
void texts_clear(struct texts *texts);

#endif
