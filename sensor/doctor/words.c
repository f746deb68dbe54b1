#include "sensor/doctor/words.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

static char *slot(struct words *words)
{
	return words->slots[words->next++ % WORDS_SLOTS];
}

const char *words_number(struct words *words, uint64_t n)
{
	char *out = slot(words), digits[24];

	if (n >= UINT64_C(10000000000)) {
		snprintf(out, WORDS_LEN, "%.1f billion", (double)n / 1e9);
		return out;
	}
	if (n >= 10000000) {
		snprintf(out, WORDS_LEN, "%.1f million", (double)n / 1e6);
		return out;
	}
	size_t len = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, n), at = 0;

	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
	return out;
}

const char *words_count(struct words *words, uint64_t n, const char *one, const char *many)
{
	const char *number = n ? words_number(words, n) : "no";
	char *out = slot(words);

	snprintf(out, WORDS_LEN, "%s %s", number, n == 1 ? one : many);
	return out;
}

const char *words_share(struct words *words, uint64_t part, uint64_t whole)
{
	char *out = slot(words);
	double percent = whole ? (double)part * 100 / (double)whole : 0;

	if (part && percent < 0.1)
		return "less than 0.1 %";
	if (part != whole && percent > 99)
		return "over 99 %";
	snprintf(out, WORDS_LEN, percent < 9.95 && part ? "%.1f %%" : "%.0f %%", percent);
	return out;
}

const char *words_part(struct words *words, uint64_t part, uint64_t whole, const char *one, const char *many)
{
	const char *share = words_share(words, part, whole), *n = words_number(words, part),
		   *of = words_count(words, whole, one, many);
	char *out = slot(words);

	if (part == whole && whole == 2)
		snprintf(out, WORDS_LEN, "both %s", many);
	else if (part == whole)
		snprintf(out, WORDS_LEN, whole == 1 ? "the one %s there is" : "all %s", whole == 1 ? one : of);
	else
		snprintf(out, WORDS_LEN, "%s of %s (%s)", n, of, share);
	return out;
}

const char *words_bytes(struct words *words, uint64_t n)
{
	static const char *const units[] = { "kB", "MB", "GB", "TB", "PB", "EB" };
	double value = (double)n / 1000;
	size_t unit = 0;

	if (n < 1000)
		return words_count(words, n, "byte", "bytes");
	while (value >= 999.5 && unit < 5) {
		value /= 1000;
		unit++;
	}
	char *out = slot(words);

	snprintf(out, WORDS_LEN, value < 9.95 ? "%.1f %s" : "%.0f %s", value, units[unit]);
	return out;
}

const char *words_time(struct words *words, int64_t ns)
{
	static const struct {
		double ns;
		const char *one, *many;
	} units[] = {
		{ 86400e9, "day", "days" },
		{ 3600e9, "hour", "hours" },
		{ 60e9, "minute", "minutes" },
		{ 1e9, "second", "seconds" },
		{ 1e6, "ms", "ms" },
		{ 1e3, "microsecond", "microseconds" },
		{ 1, "ns", "ns" },
	};
	size_t i = 0;

	while (i < 6 && (double)ns < units[i].ns * (i < 3 ? 2 : 1))
		i++;
	char *out = slot(words);
	int64_t tenths = (int64_t)((double)ns / units[i].ns * 10 + 0.5);

	if (tenths % 10 && tenths < 100)
		snprintf(out, WORDS_LEN, "%" PRId64 ".%" PRId64 " %s", tenths / 10, tenths % 10, units[i].many);
	else
		snprintf(
		    out, WORDS_LEN, "%" PRId64 " %s", (tenths + 5) / 10, tenths == 10 ? units[i].one : units[i].many);
	return out;
}

static bool is_ipv4(const struct address *address)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

	return memcmp(address->b, mapped, sizeof mapped) == 0;
}

const char *words_address(struct words *words, struct address address)
{
	char *out = slot(words);
	bool v4 = is_ipv4(&address);

	inet_ntop(v4 ? AF_INET : AF_INET6, v4 ? address.b + 12 : address.b, out, WORDS_LEN);
	return out;
}

const char *words_example(struct words *words, const struct tally_example *example)
{
	const char *client = words_address(words, example->client.address),
		   *server = words_address(words, example->server.address);
	const char *format = example->ip_version == 4 ? "%s:%u -> %s:%u" : "[%s]:%u -> [%s]:%u";
	char *out = slot(words);

	snprintf(out, WORDS_LEN, format, client, example->client.port, server, example->server.port);
	return out;
}
