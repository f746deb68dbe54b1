#include "sensor/flow/pieces.h"

/* A fragment on its way into the list. */
struct placing {
	struct pieces *pieces;
	struct pool *pool;
	const struct cargo *cargo;
	struct piece **at;  /* the link that is looked at */
	struct piece *mine; /* the fragment's latest piece */
};

/* The captured bytes of a stretch of a cargo. */
static struct bytes stretch_bytes(const struct cargo *cargo, struct stretch at)
{
	return bytes_head(bytes_tail(cargo->data, at.start - cargo->offset), at.end - at.start);
}

static struct piece *insert(struct placing *placing, const struct cargo *from, struct stretch at)
{
	struct piece *piece = pool_take(placing->pool);

	if (!piece)
		return NULL;
	*piece = (struct piece){ *placing->at, at, from };
	*placing->at = piece;
	if (!piece->next)
		placing->pieces->last = piece;
	return piece;
}

/* The fragment gets this stretch, which is nobody else's. */
static bool take(struct placing *placing, struct stretch at)
{
	struct piece *mine = placing->mine;

	if (mine && mine->at.end == at.start && placing->at == &mine->next) {
		mine->at.end = at.end;
	} else {
		mine = placing->mine = insert(placing, placing->cargo, at);
		if (!mine)
			return false;
		placing->at = &mine->next;
	}
	return true;
}

/* Takes `won`, which begins in or with the piece at hand, away from it. */
static bool cut_out(struct placing *placing, struct stretch won)
{
	struct piece *piece = *placing->at;
	struct stretch rest = { won.end, piece->at.end };

	if (piece->at.start < won.start) {
		piece->at.end = won.start;
		placing->at = &piece->next;
		return rest.start == rest.end || insert(placing, piece->from, rest);
	}
	piece->at.start = won.end;
	if (rest.start == rest.end) {
		*placing->at = piece->next;
		pool_give(placing->pool, piece);
	}
	return true;
}

/* Where to begin: most fragments come in order, some in the opposite one. */
static struct piece **first_after(struct pieces *pieces, uint32_t start)
{
	struct piece **at = &pieces->first;

	if (pieces->last && pieces->last->at.end <= start)
		return &pieces->last->next;
	while (*at && (*at)->at.end <= start)
		at = &(*at)->next;
	return at;
}

static bool differs(const struct cargo *a, const struct cargo *b, struct stretch at)
{
	struct bytes x = stretch_bytes(a, at), y = stretch_bytes(b, at);
	size_t len = x.len < y.len ? x.len : y.len;

	return !bytes_equal(bytes_head(x, len), bytes_head(y, len));
}

bool pieces_put(struct pieces *pieces, struct pool *pool, enum defrag_policy policy, const struct cargo *cargo,
    struct pieces_outcome *outcome)
{
	struct stretch whole = { cargo->offset, cargo->offset + cargo->len };
	struct placing placing = { pieces, pool, cargo, first_after(pieces, whole.start), NULL };
	bool ok = true;

	*outcome = (struct pieces_outcome){ 0 };
	for (uint32_t start = whole.start, end; ok && start < whole.end; start = end) {
		struct piece *piece = *placing.at;

		if (!piece || piece->at.start > start) { /* nobody was here before */
			end = piece && piece->at.start < whole.end ? piece->at.start : whole.end;
			pieces->covered += end - start;
			outcome->adds = true;
			ok = take(&placing, (struct stretch){ start, end });
			continue;
		}
		end = piece->at.end < whole.end ? piece->at.end : whole.end;
		struct stretch both = { start, end };

		outcome->overlaps = true;
		outcome->differs |= differs(cargo, piece->from, both);
		if (defrag_policy_new_wins(policy, whole, piece->at))
			ok = cut_out(&placing, both) && take(&placing, both);
		else
			placing.at = &piece->next;
	}
	if (placing.mine && !placing.mine->next)
		pieces->last = placing.mine;
	outcome->kept = placing.mine != NULL;
	return ok;
}

size_t pieces_copy(const struct pieces *pieces, uint8_t *to)
{
	size_t len = 0;

	for (const struct piece *piece = pieces->first; piece && piece->at.start == len; piece = piece->next) {
		struct bytes data = stretch_bytes(piece->from, piece->at);

		if (data.len)
			memcpy(to + len, data.data, data.len);
		len += data.len;
		if (len < piece->at.end)
			break;
	}
	return len;
}

void pieces_drop(struct pieces *pieces, struct pool *pool)
{
	while (pieces->first) {
		struct piece *piece = pieces->first;

		pieces->first = piece->next;
		pool_give(pool, piece);
	}
	*pieces = (struct pieces){ 0 };
}
