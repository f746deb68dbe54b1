#include "sensor/doctor/copies.h"

#include "sensor/base/nh.h"

enum {
	SETS = 4096,
	WAYS = 4,
	WITHIN_PACKETS = 8192,
	HEADER_MAX = 40,
	IPV4_LEN = 20,
	IPV6_LEN = 40,
	DOMAIN_HEADER = 1,
	DOMAIN_REST = 2,
};

#define WITHIN_NS 100000000

struct copy {
	uint64_t hash; /* 0: empty */
	int64_t time_ns;
	uint64_t number;
	uint32_t vlans;
	uint16_t macs;
	uint8_t ttl;
};

struct copies {
	struct nh_key key;
	uint64_t n;		      /* packets seen */
	struct copy sets[SETS][WAYS]; /* each the newest first */
};

struct copies *copies_new(struct budget *budget)
{
	struct copies *copies = budget_alloc(budget, sizeof *copies);

	if (!copies)
		return NULL;
	memset(copies, 0, sizeof *copies);
	nh_key_random(&copies->key);
	return copies;
}

void copies_free(struct copies *copies, struct budget *budget)
{
	if (copies)
		budget_free(budget, copies, sizeof *copies);
}

/* The header with what routers change set to zero. */
static struct bytes masked(const struct packet *packet, uint8_t memory[HEADER_MAX], uint8_t *ttl)
{
	size_t len = packet->ip_version == 4 ? IPV4_LEN : IPV6_LEN;
	struct bytes header = bytes_head(packet->network, len);

	if (header.len < len)
		return bytes_of(memory, 0);
	memcpy(memory, header.data, len);
	if (packet->ip_version == 4) {
		*ttl = memory[8];
		memset(memory + 8, 0, 1);
		memset(memory + 10, 0, 2);
	} else {
		*ttl = memory[7];
		memory[7] = 0;
	}
	return bytes_of(memory, len);
}

/* Would two sendings of the same differ? */
static bool is_telling(const struct packet *packet)
{
	bool numbered = packet->ip_version == 4 && packet->network.len >= IPV4_LEN &&
			(packet->network.data[4] | packet->network.data[5]) != 0;

	return numbered || packet->payload.len > 1;
}

static uint32_t vlans_of(const struct packet *packet)
{
	return (uint32_t)packet->vlan[0] | (uint32_t)packet->vlan[1] << 12 | (uint32_t)packet->n_vlan << 24;
}

static uint16_t macs_of(const struct packet *packet)
{
	uint16_t sum = 0;

	for (int i = 0; i < 6; i++)
		sum = (uint16_t)(sum * 31 + packet->src_mac[i] * 7 + packet->dst_mac[i]);
	return sum;
}

static unsigned step_of(uint64_t n)
{
	unsigned step = 0;

	while (step < COPIES_STEPS - 1 && (UINT64_C(1) << step) < n)
		step++;
	return step;
}

static void count(struct copies_sums *sums, const struct copy *first, const struct copy *second)
{
	int64_t ns = second->time_ns - first->time_ns;

	sums->n_copies++;
	sums->n_other_vlan += first->vlans != second->vlans;
	sums->n_other_ttl += first->ttl != second->ttl;
	sums->n_other_mac += first->macs != second->macs;
	sums->by_packets[step_of(second->number - first->number)]++;
	sums->by_us[step_of((uint64_t)(ns < 0 ? -ns : ns) / 1000)]++;
}

static bool is_recent(const struct copy *first, const struct copy *second)
{
	int64_t ns = second->time_ns - first->time_ns;

	return ns <= WITHIN_NS && ns >= -WITHIN_NS && second->number - first->number <= WITHIN_PACKETS;
}

bool copies_see(struct copies *copies, const struct packet *packet, struct copies_sums *sums)
{
	uint8_t memory[HEADER_MAX], ttl = 0;
	struct bytes header = masked(packet, memory, &ttl);
	struct copy copy = {
		.time_ns = packet->time_ns, .number = ++copies->n, .vlans = vlans_of(packet), .macs = macs_of(packet)
	};

	if (!header.len || !is_telling(packet))
		return false;
	struct hash128 of_header = nh_bytes(&copies->key, DOMAIN_HEADER, header);
	struct hash128 of_rest = nh_bytes(&copies->key, DOMAIN_REST, bytes_tail(packet->network, header.len));

	copy.ttl = ttl;
	copy.hash = (of_header.lo + of_rest.lo) | 1;
	sums->n_looked_at++;
	struct copy *set = copies->sets[(of_header.lo + of_rest.lo) >> 32 & (SETS - 1)];
	int at = 0;

	while (at < WAYS && set[at].hash != copy.hash)
		at++;
	bool is_copy = at < WAYS && is_recent(&set[at], &copy);

	if (is_copy)
		count(sums, &set[at], &copy);
	for (int i = at < WAYS ? at : WAYS - 1; i > 0; i--)
		set[i] = set[i - 1];
	set[0] = copy;
	return is_copy;
}
