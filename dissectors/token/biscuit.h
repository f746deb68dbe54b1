/* biscuit: a token in protocol buffers, in base64url, maybe behind "biscuit:" (biscuit-auth/biscuit, SPECIFICATIONS.md and
 * schema.proto). Of version 2 and later; what is in its blocks is not read.
 *
 *   Biscuit      1 rootKeyId varint, optional   2 authority SignedBlock   3 blocks SignedBlock, repeated   4 proof Proof
 *   SignedBlock  1 block bytes   2 nextKey PublicKey   3 signature bytes   more, optional
 *   PublicKey    1 algorithm varint   2 key bytes
 *   Proof        1 nextSecret bytes | 2 finalSignature bytes */
#ifndef STORMGLASS_DISSECTORS_TOKEN_BISCUIT_H
#define STORMGLASS_DISSECTORS_TOKEN_BISCUIT_H

#include "dissectors/token/credential.h"
#include "sensor/model/token.h"

/* Is it all that, with keys and signatures as long as such are, to its last byte? */
bool biscuit_is(struct bytes token);

/* Sets BISCUIT_ROOT_KEY_ID and BISCUIT_BLOCKS. There is no subject. */
void biscuit_scan(const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena);

#endif
