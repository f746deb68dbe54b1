/* script: a conversation as C strings, fed whole or cut up. */
#ifndef STORMGLASS_TESTS_SUPPORT_SCRIPT_H
#define STORMGLASS_TESTS_SUPPORT_SCRIPT_H

#include "tests/support/feeder.h"

/* Each step begins with its direction, ">" to the server, "<" to the client, and goes on with
 *   "#100"    so many bytes lost
 *   "$"       nothing will follow in this direction
 *   else      bytes as they are, but that "\1" stands for NUL
 * NULL ends the script. */

/* How to cut a step: bytes of the next piece, of `left`. */
typedef size_t script_cut(void *with, size_t left);

void script_run(struct feeder *feeder, const char *const *steps, script_cut *cut, void *with);

size_t script_whole(void *unused, size_t left);
size_t script_bytewise(void *unused, size_t left);

/* Pseudo-random (xorshift64*), `with` is its state, a uint64_t other than 0. */
size_t script_random(void *with, size_t left);
uint64_t script_next(uint64_t *state);

#endif
