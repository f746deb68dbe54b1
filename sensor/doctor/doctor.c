#include "sensor/doctor/doctor.h"

#include "sensor/doctor/conversations.h"
#include "sensor/doctor/wire.h"

struct doctor {
	struct budget *budget;
	struct wire wire;
	struct copies *copies;
	struct conversations *conversations;
	struct tally tally;
};

struct doctor *doctor_new(size_t max_conversations, struct budget *budget)
{
	struct doctor *doctor = budget_alloc(budget, sizeof *doctor);

	if (!doctor)
		return NULL;
	memset(doctor, 0, sizeof *doctor);
	doctor->budget = budget;
	doctor->copies = copies_new(budget);
	doctor->conversations = conversations_new(max_conversations, budget);
	if (doctor->copies && doctor->conversations)
		return doctor;
	doctor_free(doctor);
	return NULL;
}

void doctor_free(struct doctor *doctor)
{
	if (!doctor)
		return;
	struct budget *budget = doctor->budget;

	conversations_free(doctor->conversations);
	copies_free(doctor->copies, budget);
	budget_free(budget, doctor, sizeof *doctor);
}

void doctor_input(struct doctor *doctor)
{
	wire_input(&doctor->wire);
}

void doctor_packet(
    struct doctor *doctor, const struct frame *frame, const struct packet *packet, enum net_status status)
{
	struct tally *tally = &doctor->tally;

	wire_frame(&doctor->wire, frame, packet, status, tally);
	if (status != NET_OK || !packet->ip_version)
		return;
	if (copies_see(doctor->copies, packet, &tally->copies))
		return;
	if (packet->fragment || (packet->ip_proto != IP_PROTO_TCP && packet->ip_proto != IP_PROTO_UDP))
		return;
	tally->checksums[sums_of(packet)]++;
	conversations_packet(doctor->conversations, packet, tally);
}

void doctor_drops(struct doctor *doctor, uint64_t n_received, uint64_t n_dropped)
{
	doctor->tally.drops.n_received += n_received;
	doctor->tally.drops.n_dropped += n_dropped;
}

const struct tally *doctor_end(struct doctor *doctor)
{
	struct tally *tally = &doctor->tally;

	conversations_end(doctor->conversations, tally);
	top_sort(&tally->frames.links);
	top_sort(&tally->frames.unknown_links);
	top_sort(&tally->frames.ethertypes);
	top_sort(&tally->frames.vlans);
	top_sort(&tally->slices.lengths);
	top_sort(&tally->tunnels.types);
	top_sort(&tally->tunnels.ids);
	top_sort(&tally->flows.one_sided_servers);
	return tally;
}
