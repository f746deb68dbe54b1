#include "sensor/doctor/twins.h"

#include "sensor/base/nh.h"

enum {
	PLACES = 8192,
	HASHED_MAX = 512,
	FAR = 1 << 26, /* nobody sends so much in the time that a hash is kept */
};

#define WITHIN_NS 200000000

struct twin {
	uint64_t hash; /* 0: empty */
	int64_t time_ns;
	struct twins_owner owner;
	uint32_t seq;
};

struct twins {
	struct nh_key key;
	struct twin places[PLACES];
};

struct twins *twins_new(struct budget *budget)
{
	struct twins *twins = budget_alloc(budget, sizeof *twins);

	if (!twins)
		return NULL;
	memset(twins, 0, sizeof *twins);
	nh_key_random(&twins->key);
	return twins;
}

void twins_free(struct twins *twins, struct budget *budget)
{
	if (twins)
		budget_free(budget, twins, sizeof *twins);
}

enum twins_answer twins_see(
    struct twins *twins, const struct packet *packet, struct twins_owner owner, struct twins_owner *other)
{
	enum twins_answer answer = TWINS_NONE;

	if (packet->payload.len < TWINS_LEAST)
		return TWINS_NONE;
	uint64_t hash = nh_bytes(&twins->key, packet->payload_len, bytes_head(packet->payload, HASHED_MAX)).lo | 1;
	struct twin *twin = &twins->places[hash >> 32 & (PLACES - 1)];
	int64_t ns = packet->time_ns - twin->time_ns;

	if (twin->hash == hash && ns <= WITHIN_NS && ns >= -WITHIN_NS) {
		int32_t ahead = (int32_t)(packet->tcp_seq - twin->seq);

		if (twin->owner.id != owner.id)
			answer = TWINS_OTHER;
		else if (ahead > FAR || ahead < -FAR)
			answer = TWINS_SAME;
		*other = twin->owner;
	}
	*twin = (struct twin){ hash, packet->time_ns, owner, packet->tcp_seq };
	return answer;
}
