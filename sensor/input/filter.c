#include "sensor/input/filter.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

#include "sensor/input/linktype.h"

enum { PROGRAMS_MAX = 16, SNAPLEN = 262144 };

/* For one link type. */
struct program {
	uint32_t link_type;
	bool usable;
	struct bpf_program bpf;
};

struct filter {
	char *text;
	char error[PCAP_ERRBUF_SIZE + 64];
	struct program programs[PROGRAMS_MAX];
	size_t n_programs;
};

static bool program_compile(struct program *program, const char *text, char *error, size_t error_len)
{
	pcap_t *dead = pcap_open_dead(linktype_to_dlt(program->link_type), SNAPLEN);

	if (!dead) {
		snprintf(error, error_len, "out of memory");
		return false;
	}
	program->usable = pcap_compile(dead, &program->bpf, text, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!program->usable)
		snprintf(error, error_len, "%s", pcap_geterr(dead));
	pcap_close(dead);
	return program->usable;
}

/* Is it an expression at all? Some are for one link type only. */
static bool filter_check(const char *text, char *error, size_t error_len)
{
	static const int common[] = { DLT_EN10MB, DLT_RAW, DLT_IEEE802_11_RADIO, DLT_LINUX_SLL, DLT_PPP };

	for (size_t i = 0; i < sizeof common / sizeof common[0]; i++) {
		struct program program = { .link_type = linktype_of_dlt(common[i]) };
		char why[PCAP_ERRBUF_SIZE];

		if (program_compile(&program, text, i ? why : error, i ? sizeof why : error_len)) {
			pcap_freecode(&program.bpf);
			return true;
		}
	}
	return false;
}

struct filter *filter_new(const char *text, struct errors *errors)
{
	struct filter *filter = calloc(1, sizeof *filter);
	char error[PCAP_ERRBUF_SIZE] = "out of memory";

	if (filter)
		filter->text = strdup(text);
	if (!filter || !filter->text || !filter_check(text, error, sizeof error)) {
		errors_add(errors, NULL, 0, "filter '%s': %s", text, error);
		filter_free(filter);
		return NULL;
	}
	return filter;
}

/* That of a link type, compiled when it is first met; NULL: there are too many. */
static struct program *filter_program(struct filter *filter, uint32_t link_type)
{
	for (size_t i = 0; i < filter->n_programs; i++)
		if (filter->programs[i].link_type == link_type)
			return &filter->programs[i];
	if (filter->n_programs == PROGRAMS_MAX)
		return NULL;
	struct program *program = &filter->programs[filter->n_programs++];
	char why[PCAP_ERRBUF_SIZE];

	program->link_type = link_type;
	if (!program_compile(program, filter->text, why, sizeof why) && !*filter->error)
		snprintf(filter->error, sizeof filter->error, "filter on link type %u: %s", link_type, why);
	return program;
}

bool filter_passes(struct filter *filter, const struct frame *frame)
{
	const struct program *program = filter_program(filter, frame->link_type);
	struct pcap_pkthdr header = { .caplen = (bpf_u_int32)frame->data.len, .len = frame->wire_len };

	return program && program->usable && pcap_offline_filter(&program->bpf, &header, frame->data.data) != 0;
}

const char *filter_text(const struct filter *filter)
{
	return filter->text;
}

const char *filter_error(const struct filter *filter)
{
	return *filter->error ? filter->error : NULL;
}

void filter_free(struct filter *filter)
{
	if (!filter)
		return;
	for (size_t i = 0; i < filter->n_programs; i++)
		if (filter->programs[i].usable)
			pcap_freecode(&filter->programs[i].bpf);
	free(filter->text);
	free(filter);
}
