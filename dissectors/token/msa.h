/* msa: the compact ticket of Microsoft accounts, "EwA..." to "EwD...", in base64. Its layout is not documented; this is what
 * public samples have in common. Numbers are little-endian.
 *
 *   0      2              4         8    9             29
 *   13 00  length of all  4 bytes   14   key id, 20    00 01  encrypted */
#ifndef STORMGLASS_DISSECTORS_TOKEN_MSA_H
#define STORMGLASS_DISSECTORS_TOKEN_MSA_H

#include "dissectors/token/credential.h"
#include "sensor/model/token.h"

/* Is it laid out like that, and as long as it says? */
bool msa_is(struct bytes token);

/* Sets MSA_KEY_ID. There is no subject. */
void msa_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);

#endif
