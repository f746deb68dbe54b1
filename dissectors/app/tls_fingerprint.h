/* tls_fingerprint: what hellos look like in general, to tell clients and servers apart: JA3 and JA3S as Salesforce defined them
 * and Suricata writes them, JA4 as FoxIO's technical_details/JA4.md has it. Pure; texts in `arena`, hex in lower case, empty when
 * it refuses. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_FINGERPRINT_H
#define STORMGLASS_DISSECTORS_APP_TLS_FINGERPRINT_H

#include "dissectors/app/tls_hello.h"
#include "sensor/base/arena.h"

/* Of a hello in SSLv2's form, for which neither is defined, empty. */
struct bytes tls_ja3_string(const struct tls_client_hello *hello, struct arena *arena);
struct bytes tls_ja4(const struct tls_client_hello *hello, struct arena *arena); /* over TCP */

struct bytes tls_ja3s_string(const struct tls_server_hello *hello, struct arena *arena);
struct bytes tls_ja3_hash(struct bytes ja3_string, struct arena *arena); /* MD5, of JA3S too; of an empty string empty */

#endif
