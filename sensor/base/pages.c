#include "sensor/base/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

static size_t whole(size_t len)
{
	const size_t page_len = 4096;

	return (len + page_len - 1) & ~(page_len - 1);
}

void *pages_alloc(size_t len)
{
	if (len < PAGES_HUGE)
		return calloc(1, len);
	if (len > SIZE_MAX / 2)
		return NULL;
	/* More is asked for than is wanted, so that a border of huge pages lies within; the rest goes back. */
	size_t mapped_len = whole(len) + PAGES_HUGE;
	uint8_t *mapped = mmap(NULL, mapped_len, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (mapped == MAP_FAILED)
		return NULL;
	size_t before = (PAGES_HUGE - (uintptr_t)mapped % PAGES_HUGE) % PAGES_HUGE;
	uint8_t *memory = mapped + before;

	if (before)
		(void)munmap(mapped, before);
	(void)munmap(memory + whole(len), PAGES_HUGE - before);
	(void)madvise(memory, whole(len), MADV_HUGEPAGE); /* a wish: small pages serve too */
	return memory;
}

void pages_free(void *memory, size_t len)
{
	if (len < PAGES_HUGE)
		free(memory);
	else if (memory)
		(void)munmap(memory, whole(len));
}
