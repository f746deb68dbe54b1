#include "dissectors/app/http2_streams.h"

static size_t streams_len(uint32_t n_places)
{
	return n_places * (sizeof(struct http2_stream) + sizeof(uint32_t));
}

static uint32_t place_of(const struct http2_streams *streams, uint32_t id, uint32_t i)
{
	uint32_t first = (id >> 1) + (id % 2 ? 0 : streams->n_places / 2); /* a side's own numbers are all odd, or all even */

	return (first + i) & (streams->n_places - 1);
}

static void stream_drop(struct http2_stream *stream)
{
	body_free(stream->body[0]);
	body_free(stream->body[1]);
	websocket_free(stream->websocket);
}

struct http2_stream *http2_streams_find(const struct http2_streams *streams, uint32_t id)
{
	for (uint32_t i = 0; streams->n && id && i < HTTP2_STREAMS_NEAR; i++) {
		uint32_t place = place_of(streams, id, i);

		if (streams->ids[place] == id)
			return &streams->streams[place];
	}
	return NULL;
}

/* A free place for `id`; where there is none, that of the oldest stream nearby, which is forgotten. */
static uint32_t place_for(struct http2_streams *streams, uint32_t id, bool *is_free)
{
	uint32_t oldest = place_of(streams, id, 0);

	*is_free = true;
	for (uint32_t i = 0; i < HTTP2_STREAMS_NEAR; i++) {
		uint32_t place = place_of(streams, id, i);

		if (!streams->ids[place])
			return place;
		if (streams->ids[place] < streams->ids[oldest])
			oldest = place;
	}
	*is_free = false;
	return oldest;
}

static struct http2_stream *streams_put(struct http2_streams *streams, uint32_t id)
{
	bool is_free;
	uint32_t place = place_for(streams, id, &is_free);
	struct http2_stream *stream = &streams->streams[place];

	if (!is_free)
		http2_streams_remove(streams, stream);
	streams->ids[place] = id;
	streams->n++;
	*stream = (struct http2_stream){ 0 };
	return stream;
}

static bool streams_resize(struct http2_streams *streams, uint32_t n_places)
{
	struct http2_streams old = *streams;
	void *memory = budget_alloc(streams->budget, streams_len(n_places));

	if (!memory)
		return false;
	streams->streams = memory;
	streams->ids = (uint32_t *)(void *)(streams->streams + n_places);
	streams->n_places = n_places;
	streams->n = 0;
	memset(streams->ids, 0, n_places * sizeof *streams->ids);
	for (uint32_t i = 0; i < old.n_places; i++)
		if (old.ids[i])
			*streams_put(streams, old.ids[i]) = old.streams[i];
	budget_free(streams->budget, old.streams, streams_len(old.n_places));
	return true;
}

/* More room helps only where the table fills: not against numbers that were chosen to lie at one place. */
static bool is_worth_growing(const struct http2_streams *streams)
{
	return streams->n_places < streams->cap && streams->n >= streams->n_places / 8;
}

struct http2_stream *http2_streams_add(struct http2_streams *streams, uint32_t id)
{
	bool is_free;

	if (!streams->n_places && !streams_resize(streams, HTTP2_STREAMS_FIRST))
		return NULL;
	(void)place_for(streams, id, &is_free);
	while (!is_free && is_worth_growing(streams) && streams_resize(streams, streams->n_places * 2))
		(void)place_for(streams, id, &is_free);
	return streams_put(streams, id);
}

uint32_t http2_streams_id(const struct http2_streams *streams, const struct http2_stream *stream)
{
	return streams->ids[stream - streams->streams];
}

void http2_streams_remove(struct http2_streams *streams, struct http2_stream *stream)
{
	stream_drop(stream);
	streams->ids[stream - streams->streams] = 0;
	streams->n--;
}

struct http2_stream *http2_streams_next(const struct http2_streams *streams, uint32_t *at)
{
	while (*at < streams->n_places) {
		uint32_t place = (*at)++;

		if (streams->ids[place])
			return &streams->streams[place];
	}
	return NULL;
}

void http2_streams_fini(struct http2_streams *streams)
{
	uint32_t at = 0;

	for (struct http2_stream *stream; (stream = http2_streams_next(streams, &at));)
		stream_drop(stream);
	budget_free(streams->budget, streams->streams, streams_len(streams->n_places));
	*streams = (struct http2_streams){ .budget = streams->budget, .cap = streams->cap };
}
