#include "dissectors/token/authparam.h"

static void skip_blanks(struct bytes *left)
{
	while (left->len > 0 && bytes_is_blank(left->data[0]))
		*left = bytes_tail(*left, 1);
}

/* Up to a comma or blank; a name also up to '='. */
static struct bytes take_word(struct bytes *left, bool is_name)
{
	size_t n = 0;

	while (n < left->len && left->data[n] != ',' && !bytes_is_blank(left->data[n]) && !(is_name && left->data[n] == '='))
		n++;
	struct bytes word = bytes_head(*left, n);

	*left = bytes_tail(*left, n);
	return word;
}

/* After the opening quote, up to the closing one, which is taken too. */
static struct bytes take_quoted(struct bytes *left, bool *escaped)
{
	size_t n = 0;

	while (n < left->len && left->data[n] != '"') {
		bool pair = left->data[n] == '\\' && n + 1 < left->len;

		*escaped |= pair;
		n += pair ? 2 : 1;
	}
	struct bytes text = bytes_head(*left, n);

	*left = bytes_tail(*left, n + 1);
	return text;
}

bool authparam_next(struct bytes *left, struct authparam *param)
{
	while (left->len > 0 && (left->data[0] == ',' || bytes_is_blank(left->data[0])))
		*left = bytes_tail(*left, 1);
	if (left->len == 0)
		return false;
	param->name = take_word(left, true);
	param->value = bytes_of(left->data, 0);
	param->escaped = false;
	skip_blanks(left);
	if (left->len == 0 || left->data[0] != '=')
		return true;
	*left = bytes_tail(*left, 1);
	skip_blanks(left);
	if (left->len == 0 || left->data[0] != '"') {
		param->value = take_word(left, false);
		return true;
	}
	*left = bytes_tail(*left, 1);
	param->value = take_quoted(left, &param->escaped);
	return true;
}

bool authparam_is(const struct authparam *param, const char *name)
{
	return bytes_equal_fold(param->name, bytes_text(name));
}

struct bytes authparam_text(const struct authparam *param, struct arena *arena)
{
	uint8_t *text;
	size_t n = 0;

	if (!param->escaped)
		return param->value;
	text = arena_alloc(arena, param->value.len);
	if (!text)
		return bytes_of("", 0);
	for (size_t i = 0; i < param->value.len; i++) {
		if (param->value.data[i] == '\\' && i + 1 < param->value.len)
			i++;
		text[n++] = param->value.data[i];
	}
	return bytes_of(text, n);
}
