/* words: figures as a person reads them: rounded, with a unit, in the right number. */
#ifndef STORMGLASS_DOCTOR_WORDS_H
#define STORMGLASS_DOCTOR_WORDS_H

#include "sensor/doctor/tally.h"

enum { WORDS_SLOTS = 16, WORDS_LEN = 112 };

/* Memory for the texts below; each lives until WORDS_SLOTS more were made. */
struct words {
	char slots[WORDS_SLOTS][WORDS_LEN];
	unsigned next;
};

const char *words_number(struct words *words, uint64_t n); /* "1,234", "12.3 million" */
const char *words_count(
    struct words *words, uint64_t n, const char *one, const char *many); /* "1 packet", "no packets" */
/* "all 12 packets", "both packets", "3 of 12 packets (25 %)", "the one packet there is" */
const char *words_part(struct words *words, uint64_t part, uint64_t whole, const char *one, const char *many);
const char *words_share(struct words *words, uint64_t part, uint64_t whole); /* "3.4 %", "less than 0.1 %" */
const char *words_bytes(struct words *words, uint64_t n);		     /* "1 byte", "12 kB", "3.4 MB" */
const char *words_time(struct words *words, int64_t ns);		     /* "3 ms", "2.5 seconds", "4 minutes" */
const char *words_address(struct words *words, struct address address);	     /* the shortest text of RFC 5952 */
const char *words_example(
    struct words *words, const struct tally_example *example); /* "10.0.0.1:4000 -> 10.0.0.2:443" */

static inline const char *words_choose(uint64_t n, const char *one, const char *many)
{
	return n == 1 ? one : many;
}

#endif
