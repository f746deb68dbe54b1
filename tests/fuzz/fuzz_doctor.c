/* The doctor over any frames, with room for few connections, and its reports. Input, again and again: milliseconds since the
 * last u8, bytes that the capture cut off u8, length u16, an Ethernet frame. */
#include "sensor/doctor/doctor.h"

#include <stdlib.h>

#include "sensor/doctor/report.h"

enum { ROOM = 3 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void see(struct doctor *doctor, struct reader *r, struct frame *frame)
{
	struct packet packet;

	frame->time_ns += INT64_C(1000000) * read_u8(r);
	uint8_t cut = read_u8(r);
	uint16_t len = read_be16(r);

	frame->number++;
	frame->data = read_bytes(r, len < reader_left(r) ? len : reader_left(r));
	frame->wire_len = (uint32_t)frame->data.len + cut;
	doctor_packet(doctor, frame, &packet, net_dissect(frame, &packet));
}

static void report(const struct tally *tally)
{
	struct findings findings;
	char *text = NULL;
	size_t text_len = 0;
	FILE *out = open_memstream(&text, &text_len);

	if (!out || !findings_make(&findings, tally))
		abort();
	report_text(out, "fuzz", tally, &findings);
	if (!report_json(out, "fuzz", tally, &findings))
		abort();
	fclose(out);
	free(text);
	findings_fini(&findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct reader r = reader_of(bytes_of(data, len));
	struct frame frame = { .link_type = 1, .time_ns = INT64_C(1700000000000000000) };
	struct budget budget;

	budget_init(&budget, DOCTOR_MEMCAP, NULL);
	struct doctor *doctor = doctor_new(ROOM, &budget);

	if (!doctor)
		abort();
	while (reader_left(&r) > 0 && !r.over)
		see(doctor, &r, &frame);
	const struct tally *tally = doctor_end(doctor);

	if (tally->flows.n_talking > tally->flows.n_tcp || tally->copies.n_copies > tally->copies.n_looked_at ||
	    tally->flows.n_two_sided > tally->flows.n_talking || tally->frames.n != frame.number)
		abort();
	report(tally);
	doctor_free(doctor);
	if (budget.used)
		abort();
	return 0;
}
