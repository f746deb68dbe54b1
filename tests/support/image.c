#include "tests/support/image.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

void image_bytes(struct image *image, const void *data, size_t len)
{
	uint8_t *grown = realloc(image->data, image->len + len + 1);

	if (!grown)
		abort();
	image->data = grown;
	if (len != 0)
		memcpy(image->data + image->len, data, len);
	image->len += len;
}

void image_u16(struct image *image, uint16_t x)
{
	uint8_t high = (uint8_t)(x >> 8), low = (uint8_t)x;
	uint8_t b[2] = { image->big_endian ? high : low, image->big_endian ? low : high };

	image_bytes(image, b, sizeof b);
}

void image_u32(struct image *image, uint32_t x)
{
	image_u16(image, (uint16_t)(image->big_endian ? x >> 16 : x));
	image_u16(image, (uint16_t)(image->big_endian ? x : x >> 16));
}

static void image_u64(struct image *image, uint64_t x)
{
	image_u32(image, (uint32_t)(image->big_endian ? x >> 32 : x));
	image_u32(image, (uint32_t)(image->big_endian ? x : x >> 32));
}

void image_fini(struct image *image)
{
	free(image->data);
	*image = (struct image){ .data = NULL };
}

void image_pcap(struct image *image, uint32_t magic, uint16_t major, uint16_t minor, uint32_t network)
{
	image_u32(image, magic);
	image_u16(image, major);
	image_u16(image, minor);
	image_u32(image, 0);
	image_u32(image, 0);
	image_u32(image, 65535);
	image_u32(image, network);
}

void image_record(struct image *image, uint32_t seconds, uint32_t fraction, uint32_t len, uint32_t wire_len,
		  const char *data)
{
	image_u32(image, seconds);
	image_u32(image, fraction);
	image_u32(image, len);
	image_u32(image, wire_len);
	image_bytes(image, data, strlen(data));
}

size_t image_block(struct image *image, uint32_t type)
{
	size_t start = image->len;

	image_u32(image, type);
	image_u32(image, 0);
	return start;
}

void image_block_end(struct image *image, size_t start)
{
	while ((image->len - start) % 4 != 0)
		image_bytes(image, "", 1);
	size_t end = image->len;
	uint32_t len = (uint32_t)(end + 4 - start);

	image_u32(image, len);
	memcpy(image->data + start + 4, image->data + end, 4);
}

void image_section(struct image *image)
{
	size_t start = image_block(image, 0x0a0d0d0a);

	image_u32(image, 0x1a2b3c4d);
	image_u16(image, 1);
	image_u16(image, 0);
	image_u64(image, UINT64_MAX); /* section length unknown */
	image_option(image, 4, "a test", 6);
	image_option(image, 0, "", 0);
	image_block_end(image, start);
}

void image_option(struct image *image, uint16_t code, const void *value, uint16_t len)
{
	image_u16(image, code);
	image_u16(image, len);
	image_bytes(image, value, len);
	image_bytes(image, "\0\0", (4u - len % 4u) % 4u);
}

void image_interface(struct image *image, uint16_t link_type, uint32_t snap_len, int tsresol, int64_t tsoffset)
{
	size_t start = image_block(image, 1);
	uint8_t resolution = (uint8_t)tsresol;

	image_u16(image, link_type);
	image_u16(image, 0);
	image_u32(image, snap_len);
	image_option(image, 2, "eth0", 4);
	if (tsresol >= 0)
		image_option(image, 9, &resolution, 1);
	if (tsoffset != 0) {
		image_u16(image, 14);
		image_u16(image, 8);
		image_u64(image, (uint64_t)tsoffset);
	}
	image_option(image, 0, "", 0);
	image_block_end(image, start);
}

void image_enhanced(struct image *image, uint32_t interface, uint64_t ticks, uint32_t wire_len,
		  const char *data)
{
	size_t start = image_block(image, 6);

	image_u32(image, interface);
	image_u32(image, (uint32_t)(ticks >> 32));
	image_u32(image, (uint32_t)ticks);
	image_u32(image, (uint32_t)strlen(data));
	image_u32(image, wire_len);
	image_bytes(image, data, strlen(data));
	image_bytes(image, "\0\0\0", (4u - strlen(data) % 4u) % 4u);
	image_option(image, 1, "a comment", 9);
	image_option(image, 0, "", 0);
	image_block_end(image, start);
}

void image_secrets(struct image *image, uint32_t type, const char *text, size_t len)
{
	size_t start = image_block(image, 10);

	image_u32(image, type);
	image_u32(image, (uint32_t)len);
	image_bytes(image, text, len);
	image_bytes(image, "\0\0", (4u - len % 4u) % 4u);
	image_option(image, 1, "a comment", 9);
	image_option(image, 0, "", 0);
	image_block_end(image, start);
}

struct capture *image_open(const struct image *image, size_t len)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || write(fd, image->data, len) != (ssize_t)len || lseek(fd, 0, SEEK_SET) != 0)
		abort();
	struct capture *capture = capture_open(fd, "t.pcap");

	if (!capture)
		abort();
	return capture;
}
