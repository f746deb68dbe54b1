/* tls_certificates: what certificates say of themselves, remembered: servers show the same one to everybody, and to parse it
 * takes longer than all else about a connection. One worker's. */
#ifndef STORMGLASS_DISSECTORS_APP_TLS_CERTIFICATES_H
#define STORMGLASS_DISSECTORS_APP_TLS_CERTIFICATES_H

#include "dissectors/app/tls_certificate.h"
#include "sensor/base/hash.h"

struct tls_certificates;

/* Memory is charged to `budget`. NULL: out of memory. */
struct tls_certificates *tls_certificates_new(struct budget *budget);
void tls_certificates_free(struct tls_certificates *certificates); /* NULL is fine */

/* As tls_certificate_read. `certificates` may be NULL: nothing is remembered. */
bool tls_certificates_read(struct tls_certificates *certificates, struct tls_certificate *certificate, struct bytes der,
    struct arena *arena);

#endif
