/* keylog: lines of NSS key logs (draft-ietf-tls-keylogfile), and the older ones that OpenSSL and Wireshark know:
 *
 *   CLIENT_RANDOM <client random> <master secret>                 RSA <8 bytes of the encrypted premaster> <premaster>
 *   CLIENT_TRAFFIC_SECRET_0 <client random> <secret>, and so on   RSA Session-ID:<id> Master-Key:<master secret>
 *   PMS_CLIENT_RANDOM <client random> <premaster>
 *
 * in hex of either case. Comments (#) and empty lines are no secrets and no junk. */
#ifndef STORMGLASS_SECRETS_KEYLOG_H
#define STORMGLASS_SECRETS_KEYLOG_H

#include "sensor/secrets/secrets.h"

enum keylog_line {
	KEYLOG_SECRET,  /* *key and *secret are filled; secret->origin is the caller's to say */
	KEYLOG_OTHER,   /* of no use here: comments, empty lines, EXPORTER_SECRET, ECH_SECRET and other labels that look like one */
	KEYLOG_JUNK,
};

/* One line, without its end; blanks around and between are as many as there are. */
enum keylog_line keylog_parse(struct bytes line, struct session_key *key, struct secret *secret);

struct keylog_counts {
	uint64_t secrets, other, junk; /* lines */
	uint64_t refused;              /* secrets the store had no room for */
};

enum { KEYLOG_LINE_CAP = 2048 };

/* A key log as it comes, in pieces. A line longer than KEYLOG_LINE_CAP is junk, once. Zeroed at first. */
struct keylog {
	enum secret_origin origin;
	size_t len;
	bool too_long;                 /* the rest of the line is passed over */
	char line[KEYLOG_LINE_CAP];    /* begun */
};

/* Adds what is in `text`, whose last line may go on in the next piece; keylog_end takes a last line without an end. */
void keylog_feed(struct keylog *keylog, struct bytes text, struct secrets *secrets, uint64_t number, struct keylog_counts *counts);
void keylog_end(struct keylog *keylog, struct secrets *secrets, uint64_t number, struct keylog_counts *counts); /* wipes `line` */

#endif
