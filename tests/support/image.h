/* image: a capture file built in memory, in either byte order, and the reader opened on it. */
#ifndef STORMGLASS_TESTS_SUPPORT_IMAGE_H
#define STORMGLASS_TESTS_SUPPORT_IMAGE_H

#include "sensor/input/capture.h"

struct image {
	uint8_t *data;
	size_t len;
	bool big_endian;
};

void image_u16(struct image *image, uint16_t x);
void image_u32(struct image *image, uint32_t x);
void image_bytes(struct image *image, const void *data, size_t len);
void image_fini(struct image *image);

/* Classic pcap. */
void image_pcap(struct image *image, uint32_t magic, uint16_t major, uint16_t minor, uint32_t network);
void image_record(struct image *image, uint32_t seconds, uint32_t fraction, uint32_t len, uint32_t wire_len,
		  const char *data);

/* Pcapng. A block is begun, its body appended, and ended; it ends with its padding and tail. */
size_t image_block(struct image *image, uint32_t type);
void image_block_end(struct image *image, size_t start);
void image_section(struct image *image);
void image_option(struct image *image, uint16_t code, const void *value, uint16_t len);
void image_interface(struct image *image, uint16_t link_type, uint32_t snap_len, int tsresol, int64_t tsoffset);
void image_enhanced(struct image *image, uint32_t interface, uint64_t ticks, uint32_t wire_len,
		  const char *data);

/* A Decryption Secrets Block. */
void image_secrets(struct image *image, uint32_t type, const char *text, size_t len);

/* The reader over the first `len` bytes. */
struct capture *image_open(const struct image *image, size_t len);

#endif
