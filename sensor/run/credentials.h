/* credentials: from a message to uses: find, look up or decode, facts, which rules could still match. */
#ifndef STORMGLASS_RUN_CREDENTIALS_H
#define STORMGLASS_RUN_CREDENTIALS_H

#include "dissectors/token/carriers.h"
#include "sensor/base/nh.h"
#include "sensor/detect/decode.h"
#include "sensor/detect/first_seen.h"
#include "sensor/detect/token_cache.h"
#include "sensor/model/stats.h"
#include "sensor/run/config.h"
#include "sensor/run/transaction.h"

enum { CREDENTIALS_PER_MESSAGE = 32 };

/* A credential in a message, and what finds it in the cache and among the uses. */
struct found {
	struct credential credential;
	struct hash128 id;
	uint64_t first_use;
};

struct credentials {
	const struct config *config;
	const struct decode *decode;
	const struct rules *rules;
	struct token_cache *cache;
	struct first_seen *seen;       /* uses that this worker reported */
	struct first_seen *alerted;    /* alerts that it reported */
	struct nh_key hash_key;        /* of every worker: equal tokens have equal ids */
	uint16_t *judged, *narrowed;   /* room for every rule */
	struct arena scratch;          /* one credential */
	struct arena cut;              /* text of those that are in the message at hand */
	struct budget budget;
	struct carriers_more more;
	struct stats *stats;
	struct found found[CREDENTIALS_PER_MESSAGE]; /* in the message at hand */
	size_t n_found;
};

bool credentials_init(struct credentials *credentials, const struct config *config, const struct decode *decode,
    const struct rules *rules, struct stats *stats, const struct nh_key *hash_key, struct budget *parent,
    size_t memcap);

/* Other rules, and maybe other trust: what was judged before is forgotten. */
void credentials_reload(struct credentials *credentials, const struct rules *rules);
void credentials_fini(struct credentials *credentials);

/* Finds a message's credentials, and fetches ahead what is known of them, which takes time to arrive. */
void credentials_find(struct credentials *credentials, const struct flow *flow, const struct http_message *message);

/* Works through the credentials that were found in this message, which `connection` (tls_record; NULL: nothing) carried. A
 * transaction is opened, if *transaction is none yet, only when there will be something to say. */
void credentials_of_message(struct credentials *credentials, struct transactions *transactions, struct flow *flow,
    const struct record *connection, const struct http_message *message, struct transaction **transaction);

/* Was no such use by this client reported yet, or is each to be? Then one is from now on. */
bool credentials_use_is_due(struct credentials *credentials, const struct use *use, const struct address *client);

/* Was this rule not yet reported for such a use by this client? Then it counts as reported from now on. */
bool credentials_alert_is_new(struct credentials *credentials, const struct use *use, const struct address *client,
    const struct rule *rule);

#endif
