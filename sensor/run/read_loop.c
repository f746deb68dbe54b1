#include "sensor/run/read_loop.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sensor/run/signals.h"

enum {
	WAIT_MS = 1000,      /* for frames, until signals are looked at */
	WAIT_KEYS_MS = 100,  /* the same, where key logs may say more */
	LOOK_FRAMES = 8192,  /* between two looks at them while there are frames */
};

struct inputs *read_loop_open(const struct config *config, const struct options *options)
{
	const struct inputs_options asked = {
		.names = options->inputs.items,
		.n_names = options->inputs.n,
		.listen = options->listen.items,
		.n_listen = options->listen.n,
		.recursive = options->recursive,
		.follow = options->follow,
		.once = options->once,
		.state_dir = options->state ? options->state : config->inputs_state,
		.poll_ns = config->inputs_poll_ns,
		.clients = config->inputs_clients < INPUTS_CLIENTS ? (size_t)config->inputs_clients : INPUTS_CLIENTS,
	};
	struct errors errors = { 0 };
	struct inputs *inputs = inputs_new(&asked, &errors);

	if (!inputs)
		fprintf(stderr, "stormglass: %s", errors.n ? errors.text : "out of memory\n");
	errors_fini(&errors);
	return inputs;
}

static bool asked_to_end(const struct read_loop *loop)
{
	return loop->signals >= 0 && signals_take(loop->signals) & SIGNALS_END;
}

/* Everything up to here is on its way out; false: EVE cannot be written. */
static bool write_out(struct read_loop *loop)
{
	engine_pause(loop->engine);
	eve_flush(loop->eve);
	return !eve_errno(loop->eve);
}

/* Another input than that of the last frame or secrets. */
static void enter_input(struct read_loop *loop)
{
	const char *name = inputs_name(loop->inputs);

	loop->serial = inputs_serial(loop->inputs);
	progress_end(&loop->bar);
	progress_begin(&loop->bar, name, inputs_size(loop->inputs));
	engine_input(loop->engine, loop->config->pcap_filename ? name : NULL);
	if (inputs_may_hold_secrets(loop->inputs))
		key_material_expect(loop->keylogs->material, engine_next_number(loop->engine));
}

static void tell_filter(struct read_loop *loop)
{
	const char *error = loop->options->filter ? filter_error(loop->options->filter) : NULL;

	if (!error || loop->filter_failed)
		return;
	loop->filter_failed = loop->damaged = true;
	fprintf(stderr, "stormglass: %s\n", error);
}

/* What an input gave is written before it is taken for read. */
static bool end_input(struct read_loop *loop)
{
	const char *error = inputs_error(loop->inputs);

	progress_end(&loop->bar);
	if (error) {
		loop->damaged = true;
		fprintf(stderr, "stormglass: %s\n", error);
	}
	tell_filter(loop);
	/* its name is about to change, and rounds on their way may still tell it */
	if (!loop->options->follow) {
		engine_pause(loop->engine);
		return !asked_to_end(loop);
	}
	if (!write_out(loop))
		return false;
	if (!inputs_commit(loop->inputs)) {
		loop->damaged = true;
		fprintf(stderr, "stormglass: %s: cannot remember that it was read: %s\n", inputs_name(loop->inputs), strerror(errno));
	}
	return !asked_to_end(loop);
}

/* False: there is nobody to read on for. */
static bool read_frame(struct read_loop *loop, struct frame *frame)
{
	struct filter *filter = loop->options->filter;
	struct buffer *buffer = inputs_buffer(loop->inputs);

	if (loop->serial != inputs_serial(loop->inputs))
		enter_input(loop);
	keylogs_settle(loop->keylogs, loop->engine);
	if (filter && !filter_passes(filter, frame))
		engine_pass_by(loop->engine);
	else if (!engine_frame(loop->engine, frame, buffer ? buffer : kept_frame(&loop->kept, frame)))
		return false;
	if (progress_due(&loop->bar))
		progress_show(&loop->bar, inputs_offset(loop->inputs));
	if (++loop->n_frames % LOOK_FRAMES)
		return true;
	keylogs_look(loop->keylogs, loop->engine);
	return !asked_to_end(loop);
}

static void take_secrets(struct read_loop *loop)
{
	struct capture_secrets secrets = inputs_secrets(loop->inputs);

	if (loop->serial != inputs_serial(loop->inputs))
		enter_input(loop);
	keylogs_take(loop->keylogs, loop->engine, &secrets);
}

/* False: that was all, or nobody wants more. */
static bool read_on(struct read_loop *loop)
{
	struct frame frame = { 0 };

	switch (inputs_next(loop->inputs, &frame, loop->keylogs->watched ? WAIT_KEYS_MS : WAIT_MS)) {
	case INPUTS_FRAME:
		return read_frame(loop, &frame);
	case INPUTS_SECRETS:
		take_secrets(loop);
		return true;
	case INPUTS_END:
		keylogs_settle(loop->keylogs, loop->engine);
		return end_input(loop);
	case INPUTS_WAIT: /* somebody may be reading along */
		keylogs_look(loop->keylogs, loop->engine);
		keylogs_settle(loop->keylogs, loop->engine);
		return write_out(loop) && !asked_to_end(loop);
	case INPUTS_SKIPPED:
		if (loop->options->verbose)
			fprintf(stderr, "stormglass: %s\n", inputs_text(loop->inputs));
		return !asked_to_end(loop);
	case INPUTS_NOTICE:
		fprintf(stderr, "stormglass: %s\n", inputs_text(loop->inputs));
		return !asked_to_end(loop);
	case INPUTS_DONE:
	default:
		return false;
	}
}

bool read_loop_run(struct read_loop *loop)
{
	loop->kept.buffers = engine_buffers(loop->engine);
	inputs_use(loop->inputs, engine_buffers(loop->engine));
	keylogs_look(loop->keylogs, loop->engine);
	while (read_on(loop))
		;
	progress_end(&loop->bar);
	kept_end(&loop->kept);
	return !loop->damaged;
}
