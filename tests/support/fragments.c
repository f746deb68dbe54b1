#include "tests/support/fragments.h"

#include <stdlib.h>

struct quill {
	uint8_t *at;
};

static void write8(struct quill *quill, unsigned x)
{
	*quill->at++ = (uint8_t)x;
}

static void write16(struct quill *quill, unsigned x)
{
	write8(quill, x >> 8);
	write8(quill, x);
}

static void write_address(struct quill *quill, size_t len, uint8_t last)
{
	memset(quill->at, 0, len);
	quill->at[0] = len == 4 ? 10 : 0xfd;
	quill->at[len - 1] = last;
	quill->at += len;
}

static void write_sum(uint8_t *head, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i += 2)
		sum += (uint32_t)head[i] << 8 | head[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	head[10] = (uint8_t)(~sum >> 8);
	head[11] = (uint8_t)~sum;
}

static void write_ipv4(struct quill *quill, const struct fragments_spec *spec)
{
	uint8_t *head = quill->at;
	unsigned words = spec->extended ? 6 : 5;

	write8(quill, 0x40 + words);
	write8(quill, 0);
	write16(quill, words * 4 + (unsigned)spec->data.len);
	write16(quill, spec->id);
	write16(quill, spec->whole ? 0u : (spec->more ? 0x2000u : 0u) | spec->offset / 8);
	write8(quill, 64);
	write8(quill, spec->protocol);
	write16(quill, 0);
	write_address(quill, 4, spec->host);
	write_address(quill, 4, 200);
	if (spec->extended) {
		write16(quill, 0x0101);
		write16(quill, 0x0100);
	}
	write_sum(head, words * 4);
}

static void write_ipv6(struct quill *quill, const struct fragments_spec *spec)
{
	unsigned next = spec->whole ? spec->protocol : 44;

	write16(quill, 0x6000);
	write16(quill, 0);
	write16(quill, (spec->extended ? 8u : 0u) + (spec->whole ? 0u : 8u) + (unsigned)spec->data.len);
	write8(quill, spec->extended ? 60 : next);
	write8(quill, 64);
	write_address(quill, 16, spec->host);
	write_address(quill, 16, 200);
	if (spec->extended) {
		write8(quill, next);
		write8(quill, 0);
		write16(quill, 0x0104);
		write16(quill, 0);
		write16(quill, 0);
	}
	if (!spec->whole) {
		write8(quill, spec->protocol);
		write8(quill, 0);
		write16(quill, spec->offset | spec->more);
		write16(quill, spec->id >> 16);
		write16(quill, spec->id);
	}
}

size_t fragments_build(const struct fragments_spec *spec, uint8_t *out)
{
	struct quill quill = { out };

	if (spec->data.len > 65535)
		abort();
	if (spec->ip_version == 6)
		write_ipv6(&quill, spec);
	else
		write_ipv4(&quill, spec);
	if (spec->data.len)
		memcpy(quill.at, spec->data.data, spec->data.len);
	return (size_t)(quill.at - out) + spec->data.len;
}

struct frame fragments_frame(const struct fragments_spec *spec, int64_t time_ns)
{
	uint8_t head[FRAGMENTS_HEAD_MAX];
	struct fragments_spec bare = *spec;

	bare.data.len = 0;
	size_t head_len = fragments_build(&bare, head);
	uint8_t *data = malloc(head_len + spec->data.len);

	if (!data)
		abort();
	size_t len = fragments_build(spec, data);

	return (struct frame){ .time_ns = time_ns, .number = 1, .link_type = FRAGMENTS_RAW, .wire_len = (uint32_t)len,
		.data = bytes_of(data, len) };
}
