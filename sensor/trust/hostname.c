#include "sensor/trust/hostname.h"

enum { TYPO_LEN = 12, ALIENS_MAX = 3, LABEL_POINTS = 63 };

/* RFC 3492 5. */
enum {
	PUNY_BASE = 36,
	PUNY_TMIN = 1,
	PUNY_TMAX = 26,
	PUNY_SKEW = 38,
	PUNY_DAMP = 700,
	PUNY_BIAS = 72,
	PUNY_FIRST = 128
};

static uint32_t puny_adapt(uint32_t delta, uint32_t n_points, bool first)
{
	uint32_t k = 0;

	delta = first ? delta / PUNY_DAMP : delta / 2;
	for (delta += delta / n_points; delta > (PUNY_BASE - PUNY_TMIN) * PUNY_TMAX / 2; k += PUNY_BASE)
		delta /= PUNY_BASE - PUNY_TMIN;
	return k + (PUNY_BASE - PUNY_TMIN + 1) * delta / (delta + PUNY_SKEW);
}

static int puny_digit(uint8_t c)
{
	if (c >= 'a' && c <= 'z')
		return c - 'a';
	return c >= '0' && c <= '9' ? c - '0' + 26 : -1;
}

/* One generalised variable-length integer, RFC 3492 3.3; false at a bad digit, the end, or beyond 2^26. */
static bool puny_delta(struct reader *r, uint32_t bias, uint32_t *delta)
{
	uint32_t weight = 1;

	*delta = 0;
	for (uint32_t k = PUNY_BASE;; k += PUNY_BASE) {
		int digit = puny_digit(read_u8(r));
		uint32_t t = k <= bias ? PUNY_TMIN : k >= bias + PUNY_TMAX ? PUNY_TMAX : k - bias;

		if (r->over || digit < 0 || weight > 1u << 20)
			return false;
		*delta += (uint32_t)digit * weight;
		if ((uint32_t)digit < t)
			return *delta < 1u << 26;
		weight *= PUNY_BASE - t;
	}
}

/* Decodes what follows "xn--" to one byte a letter. Returns how many letters; 0 when it is not punycode. */
static size_t puny_decode(struct bytes label, uint8_t *out)
{
	size_t n = label.len;
	uint32_t point = PUNY_FIRST, at = 0, bias = PUNY_BIAS, delta;

	while (n > 0 && label.data[n - 1] != '-')
		n--;
	struct reader r = reader_of(bytes_tail(label, n));

	n = n ? n - 1 : 0;
	if (n > LABEL_POINTS || !reader_left(&r))
		return 0;
	if (n)
		memcpy(out, label.data, n);
	for (bool first = true; reader_left(&r); first = false) {
		if (n == LABEL_POINTS || !puny_delta(&r, bias, &delta))
			return 0;
		n++;
		bias = puny_adapt(delta, (uint32_t)n, first);
		at += delta;
		point += at / (uint32_t)n;
		at %= (uint32_t)n;
		if (point > 0x10ffff)
			return 0;
		memmove(out + at + 1, out + at, n - 1 - at);
		out[at++] = HOSTNAME_ALIEN;
	}
	return n;
}

static void add_label(struct hostname *name, struct bytes label)
{
	uint8_t decoded[LABEL_POINTS];
	struct bytes text = label;

	if (label.len > 4 && label.len <= LABEL_POINTS && memcmp(label.data, "xn--", 4) == 0) {
		size_t n = puny_decode(bytes_tail(label, 4), decoded);

		if (n)
			text = bytes_of(decoded, n);
	}
	for (size_t i = 0; i < text.len; i++)
		name->aliens += text.data[i] == HOSTNAME_ALIEN;
	memcpy(name->text + name->len, text.data, text.len);
	name->len += text.len;
}

static void make_skeleton(struct hostname *name)
{
	size_t n = 0;

	for (size_t i = 0; i < name->len; i++) {
		uint8_t c = name->text[i], next = i + 1 < name->len ? name->text[i + 1] : 0;

		if (c == '0')
			c = 'o';
		else if (c == '1' || c == 'i')
			c = 'l';
		else if (c == '3')
			c = 'e';
		else if (c == '5')
			c = 's';
		else if (c == 'r' && next == 'n')
			c = 'm';
		else if (c == 'v' && next == 'v')
			c = 'w';
		i += (c == 'm' && name->text[i] == 'r') || (c == 'w' && name->text[i] == 'v');
		name->skeleton[n++] = c;
	}
	name->skeleton_len = n;
}

struct hostname hostname_of(struct bytes host)
{
	struct hostname name = { .len = 0, .n_labels = 1 };
	uint8_t folded[HOSTNAME_LEN];
	size_t n = 0, from = 0;

	if (host.len > HOSTNAME_LEN)
		return name;
	for (size_t i = 0; i < host.len; i++) {
		uint8_t c = bytes_lower(host.data[i]);

		if ((c & 0xc0) == 0x80) /* within a UTF-8 sequence: its first byte stood for the letter */
			continue;
		folded[n++] = c < 0x80 ? c : HOSTNAME_ALIEN;
	}
	for (size_t i = 0; i <= n; i++) {
		if (i < n && folded[i] != '.')
			continue;
		if (i > from)
			add_label(&name, bytes_of(folded + from, i - from));
		if (i < n) {
			name.text[name.len++] = '.';
			name.starts[name.n_labels++] = (uint8_t)name.len;
		}
		from = i + 1;
	}
	make_skeleton(&name);
	return name;
}

static struct bytes text_of(const struct hostname *host)
{
	return bytes_of(host->text, host->len);
}

static struct bytes skeleton_of(const struct hostname *host)
{
	return bytes_of(host->skeleton, host->skeleton_len);
}

static bool is_under(struct bytes text, struct bytes known)
{
	if (text.len <= known.len || text.data[text.len - known.len - 1] != '.')
		return false;
	return bytes_equal(bytes_tail(text, text.len - known.len), known);
}

bool hostname_is(const struct hostname *host, const struct hostname_known *known)
{
	struct bytes text = text_of(host), name = text_of(&known->name);

	return bytes_equal(text, name) || is_under(text, name);
}

/* "login.microsoftonline.com.evil.example", "x.login.microsoftonline.com.evil.example". */
static bool leads_another(const struct hostname *host, struct bytes known)
{
	struct bytes text = text_of(host);

	for (size_t i = 0; i < host->n_labels; i++) {
		struct bytes rest = bytes_tail(text, host->starts[i]);

		if (rest.len <= known.len)
			return false;
		if (rest.data[0] == known.data[0] && rest.data[known.len] == '.' &&
		    bytes_equal(bytes_head(rest, known.len), known))
			return true;
	}
	return false;
}

static bool alike(struct bytes a, struct bytes b)
{
	for (size_t i = 0; a.len == b.len && i < a.len; i++)
		if (a.data[i] != b.data[i] && a.data[i] != HOSTNAME_ALIEN)
			return false;
	return a.len == b.len;
}

static bool is_letter(struct bytes text, size_t i)
{
	return i < text.len && text.data[i] >= 'a' && text.data[i] <= 'z';
}

/* One letter replaced, left out, added, or two neighbours swapped. A digit more or less is how hosts are numbered
 * (idp1, idp2), and dots and hyphens make other names altogether; neither is a slip of the pen. */
static bool one_letter_wrong(struct bytes text, struct bytes known)
{
	size_t i = 0;

	if (text.len > known.len + 1 || known.len > text.len + 1)
		return false;
	while (i < text.len && i < known.len && text.data[i] == known.data[i])
		i++;
	struct bytes a = bytes_tail(text, i), b = bytes_tail(known, i);

	if (is_letter(a, 0) && is_letter(b, 0) && bytes_equal(bytes_tail(a, 1), bytes_tail(b, 1)))
		return true;
	if (is_letter(b, 0) && bytes_equal(a, bytes_tail(b, 1)))
		return true;
	if (is_letter(a, 0) && bytes_equal(bytes_tail(a, 1), b))
		return true;
	return is_letter(a, 0) && is_letter(a, 1) && b.len > 1 && a.data[0] == b.data[1] && a.data[1] == b.data[0] &&
	       bytes_equal(bytes_tail(a, 2), bytes_tail(b, 2));
}

/* As many labels from the end of the host as `known` has, or all of them. */
static struct bytes same_labels(const struct hostname *host, const struct hostname *known)
{
	size_t first = host->n_labels > known->n_labels ? host->n_labels - known->n_labels : 0;

	return bytes_tail(text_of(host), host->starts[first]);
}

/* The part of the skeleton that `text`, an end of the host, became: letters only ever merge within a label. */
static struct bytes skeleton_end(const struct hostname *host, struct bytes text)
{
	struct bytes skeleton = skeleton_of(host);
	size_t dots = 0, from = skeleton.len;

	if (text.len == host->len)
		return skeleton;
	if (host->skeleton_len == host->len)
		return bytes_tail(skeleton, host->len - text.len);
	for (size_t i = 0; i < text.len; i++)
		dots += text.data[i] == '.';
	while (from > 0 && (skeleton.data[from - 1] != '.' || dots-- > 0))
		from--;
	return bytes_tail(skeleton, from);
}

bool hostname_imitates(const struct hostname *host, const struct hostname_known *known)
{
	struct bytes text = text_of(host), name = text_of(&known->name);

	if (text.len == 0 || name.len == 0 || hostname_is(host, known))
		return false;
	if (leads_another(host, name))
		return true;
	if (host->aliens > ALIENS_MAX)
		return false;
	if (known->end)
		text = same_labels(host, &known->name);
	if (alike(text, name) || alike(skeleton_end(host, text), skeleton_of(&known->name)))
		return true;
	return name.len >= TYPO_LEN && one_letter_wrong(text, name);
}
