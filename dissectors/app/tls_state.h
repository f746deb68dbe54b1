/* tls_state: all that is kept of one TLS connection. Shared by the tls_*.c files and nobody else. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_STATE_H
#define STORMGLASS_DISSECTORS_APP_TLS_STATE_H

#include "dissectors/app/dissector.h"
#include "dissectors/app/tls_flight.h"
#include "dissectors/app/tls_gather.h"
#include "dissectors/app/tls_hold.h"
#include "dissectors/app/tls_inflate.h"
#include "dissectors/app/tls_record.h"

enum tls_mode {
	TLS_OPEN,      /* records are read, in the clear or opened */
	TLS_WAITING,   /* for a secret: chunks are held */
	TLS_COUNTING,  /* a secret may still come, but nothing is held any more: records are counted */
	TLS_PASSING,   /* content comes in the clear behind a handshake: a broker decrypted it */
	TLS_DONE,      /* nothing more is to be seen */
};

/* What a side's records are protected with. Before TLS 1.3 there is only CLEAR and TRAFFIC, the latter from its ChangeCipherSpec
 * on. */
enum tls_epoch { TLS_EPOCH_CLEAR, TLS_EPOCH_EARLY, TLS_EPOCH_HANDSHAKE, TLS_EPOCH_TRAFFIC };

struct tls_side {
	struct protection *protection; /* NULL: keys are still to be found, or the epoch's are used up */
	struct tls_inflate *inflate;   /* NULL: not compressed */
	uint64_t seq;            /* of the next record */
	uint64_t n_counted;      /* protected records that passed unopened before it */
	uint64_t lost;           /* bytes of the stream, since the last record that was read */
	uint64_t content_gap;    /* bytes of content lost before the next */
	uint32_t pass_left;      /* COUNTING: bytes of the record at hand that are still to come */
	uint8_t header[TLS_RECORD_HEADER]; /* COUNTING: of a record whose header was cut */
	uint8_t header_len;
	uint8_t epoch;           /* enum tls_epoch: of `protection`, or the last one that was */
	uint8_t n_refused;       /* records in a row */
	uint8_t n_searched;      /* records that were looked at in vain since bytes were lost */
	bool is_protected;       /* a ChangeCipherSpec was seen (before TLS 1.3), or a protected record */
	bool joined;             /* its beginning was not captured: out of step by any number */
	bool out_of_step;        /* where the next record starts, or its number, is not known */
	uint16_t generation;
	uint8_t secret_len;
	uint8_t secret[TRAFFIC_SECRET_CAP]; /* of a TRAFFIC epoch of TLS 1.3: the next generation is made of it */
	struct tls_gather gather;
};

struct tls_facts;

struct tls {
	struct tls_side side[2];
	uint8_t mode;            /* enum tls_mode */
	uint8_t client;          /* the client's side */
	bool client_known;
	bool has_random;         /* client_random is set */
	bool answered;           /* a ServerHello was seen, not one that asks for another ClientHello */
	bool extended_master, encrypt_then_mac, early_offered, abbreviated;
	bool has_master;
	bool told, counted;      /* the connection was reported; why it is not decrypted was counted */
	bool bad_mac_told;
	bool decrypted;          /* content was seen */
	bool draining;           /* what waited is being worked off */
	bool retry;              /* the server asked for another ClientHello */
	bool compressed;         /* DEFLATE was agreed on */
	bool v2;                 /* the ClientHello is in SSLv2's form */
	bool remembered;         /* the session is */
	uint8_t origin;          /* enum secret_origin of what it is opened with */
	uint8_t session_id_len, client_session_id_len;
	uint16_t version;        /* negotiated */
	uint16_t suite_id;
	const struct suite *suite; /* NULL: not known yet, or not one we can open */
	uint8_t client_random[RANDOM_LEN], server_random[RANDOM_LEN];
	uint8_t session_id[32], client_session_id[32];
	struct session_key ticket, new_ticket; /* what the client resumes with; what it is given for the next time. len 0: none */
	uint16_t offered_version, hello_record_version;
	const char *expects;     /* the dissector of the protocol that was agreed on; NULL: none of ours */
	uint8_t master[MASTER_LEN];
	struct tls_part premaster, client_hello, server_hello, certificate, client_certificate, extensions;
	struct tls_flight flight;
	struct tls_hold hold;
	struct tls_facts *facts; /* NULL: not made yet */
	struct tls_env *env;     /* of the worker: set by the first feed */
};

/* One call of feed. */
struct tls_turn {
	struct tls *tls;
	struct tls_env *env;
	struct outbox *out;
	struct tls_side *side;
	unsigned n;              /* of the side */
	int64_t time_ns;
	uint64_t number;
	size_t room_used;        /* content in out->plain.room */
	uint64_t room_gap;       /* bytes of content lost before it */
	bool tell;               /* the connection is to be reported now */
};

static inline enum direction tls_direction(const struct tls *tls, unsigned side)
{
	return side == tls->client ? TO_SERVER : TO_CLIENT;
}

static inline bool tls_is_13(const struct tls *tls)
{
	return tls->version >= TLS_13;
}

#endif
