#include "tests/support/pipeline.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static void must(bool ok, const char *what)
{
	if (ok)
		return;
	fprintf(stderr, "pipeline: %s\n", what);
	abort();
}

void pipeline_assets_load(struct pipeline_assets *assets)
{
	const char *folder = "sigs";
	struct errors errors = { 0 };
	glob_t files;

	assets->rules = rules_new();
	assets->trust = trust_load(&folder, 1, &errors);
	rules_load_classifications(assets->rules, "sigs/classification.config", &errors);
	must(glob("sigs/*.rules", 0, NULL, &files) == 0, "no sigs/ here");
	for (size_t i = 0; i < files.gl_pathc; i++)
		rules_load(assets->rules, files.gl_pathv[i], &errors);
	globfree(&files);
	/* any file will do for a key, as long as it stays the same */
	assets->decode = (struct decode){ .trust = assets->trust, .fingerprint = fingerprint_new("sigs/issuers.json", &errors) };
	must(!errors.n, errors.text);
	must(assets->decode.fingerprint != NULL, "no fingerprint");
}

void pipeline_assets_free(struct pipeline_assets *assets)
{
	rules_free(assets->rules);
	trust_free(assets->trust);
	fingerprint_free(assets->decode.fingerprint);
}

int pipeline_setup(void **state)
{
	static struct pipeline_assets assets;

	pipeline_assets_load(&assets);
	*state = &assets;
	return 0;
}

int pipeline_teardown(void **state)
{
	pipeline_assets_free(*state);
	return 0;
}

void pipeline_init(struct pipeline *pipeline)
{
	*pipeline = (struct pipeline){ .fd = -1, .n_workers = 1 };
	config_init(&pipeline->config);
	pipeline->config.http = pipeline->config.anomaly = true;
	pipeline->config.stats = pipeline->config.labels = false;
	pipeline->config.token = CONFIG_TOKEN_EACH;
	pipeline->config.alert = CONFIG_ALERT_EACH;
}

bool pipeline_begin(struct pipeline *pipeline, const struct pipeline_assets *assets)
{
	struct eve_options options = { .community_id = pipeline->config.community_id };

	pipeline->fd = memfd_create("eve", MFD_CLOEXEC);
	must(pipeline->fd >= 0, "no memfd");
	pipeline->eve = eve_new(pipeline->fd, &options);
	must(pipeline->eve != NULL, "no eve");
	pipeline->engine = engine_new(&pipeline->config, &assets->decode, assets->rules, pipeline->eve, &pipeline->log,
	    pipeline->material, pipeline->n_workers);
	return pipeline->engine != NULL;
}

/* With several workers a frame is worked on later: it lies in a buffer until then. */
void pipeline_frame(struct pipeline *pipeline, struct frame *frame)
{
	struct buffer *buffer = NULL;

	if (pipeline->n_workers > 1) {
		buffer = buffers_take(engine_buffers(pipeline->engine));
		must(buffer && frame->data.len <= BUFFER_LEN, "no buffer");
		memcpy(buffer->memory, frame->data.data, frame->data.len);
		frame->data.data = buffer->memory;
	}
	engine_frame(pipeline->engine, frame, buffer);
	buffers_release(engine_buffers(pipeline->engine), buffer);
}

void pipeline_send(struct pipeline *pipeline, const struct frames_spec *spec, int64_t time_ns)
{
	uint8_t *out = malloc(FRAMES_MAX);

	must(out != NULL, "no memory");
	size_t len = frames_build(spec, out);
	uint8_t *exact = malloc(len); /* so that a sanitizer sees a read past its end */

	must(exact != NULL, "no memory");
	memcpy(exact, out, len);
	free(out);
	struct frame frame = { .time_ns = time_ns, .link_type = FRAMES_ETHERNET, .wire_len = (uint32_t)len,
		.data = bytes_of(exact, len) };

	pipeline_frame(pipeline, &frame);
	free(exact);
}

void pipeline_end(struct pipeline *pipeline)
{
	struct stat st;

	engine_finish(pipeline->engine);
	must(eve_flush(pipeline->eve), "eve cannot be written");
	must(fstat(pipeline->fd, &st) == 0, "fstat");
	size_t len = (size_t)st.st_size;

	pipeline->text = malloc(len + 1);
	must(pipeline->text && pread(pipeline->fd, pipeline->text, len, 0) == (ssize_t)len, "cannot read back");
	pipeline->text[len] = '\0';
}

void pipeline_fini(struct pipeline *pipeline)
{
	engine_free(pipeline->engine);
	eve_free(pipeline->eve);
	if (pipeline->fd >= 0)
		close(pipeline->fd);
	free(pipeline->text);
	config_fini(&pipeline->config);
}

unsigned pipeline_count(const struct pipeline *pipeline, const char *what)
{
	unsigned n = 0;

	for (const char *at = pipeline->text; (at = strstr(at, what)); at += strlen(what))
		n++;
	return n;
}
