#include "sensor/run/examine.h"

#include "dissectors/net/net.h"
#include "sensor/doctor/doctor.h"
#include "sensor/doctor/report.h"
#include "sensor/input/inputs.h"
#include "sensor/run/examine_live.h"
#include "sensor/run/examine_options.h"
#include "sensor/run/progress.h"
#include "sensor/run/session.h"

enum { WAIT_MS = 1000 };

struct examination {
	const struct examine_options *options;
	struct doctor *doctor;
	struct inputs *inputs;
	uint64_t serial; /* of the input that the last frame was of */
	uint64_t n_frames;
	bool damaged; /* an input could not be read to its end */
};

static void see(struct examination *examination, struct frame *frame)
{
	struct packet packet;

	frame->number = ++examination->n_frames;
	doctor_packet(examination->doctor, frame, &packet, net_dissect(frame, &packet));
}

/* Another input than that of the last frame. */
static void enter_input(struct examination *examination, struct progress_bar *bar)
{
	examination->serial = inputs_serial(examination->inputs);
	progress_end(bar);
	progress_begin(bar, inputs_name(examination->inputs), inputs_size(examination->inputs));
	doctor_input(examination->doctor);
}

/* Files, folders and connections, to their end; what is no capture is told, and the rest is looked at. */
static void read_inputs(struct examination *examination)
{
	struct progress_bar bar = { 0 };
	struct frame frame = { 0 };
	enum inputs_status status;

	while ((status = inputs_next(examination->inputs, &frame, WAIT_MS)) != INPUTS_DONE) {
		if (status == INPUTS_END && inputs_error(examination->inputs)) {
			progress_end(&bar);
			examination->damaged = true;
			fprintf(stderr, "stormglass: %s\n", inputs_error(examination->inputs));
		}
		if (status != INPUTS_FRAME)
			continue;
		if (examination->serial != inputs_serial(examination->inputs))
			enter_input(examination, &bar);
		see(examination, &frame);
		if (progress_due(&bar))
			progress_show(&bar, inputs_offset(examination->inputs));
	}
	progress_end(&bar);
}

/* The inputs that were named, each to be read once. False: one of them cannot be one. */
static bool examine_files(struct examination *examination, struct errors *errors)
{
	const struct examine_options *options = examination->options;
	const struct inputs_options asked = { .names = options->inputs.items, .n_names = options->inputs.n, .once = true, .clients = 1 };

	examination->inputs = inputs_new(&asked, errors);
	if (!examination->inputs)
		return false;
	read_inputs(examination);
	inputs_free(examination->inputs);
	return true;
}

/* "a.pcap and 2 more" */
static void names_of(const struct examine_options *options, char *out, size_t len)
{
	const char *first = options->interface ? options->interface : options->inputs.items[0];
	size_t more = options->inputs.n ? options->inputs.n - 1 : 0;

	if (strcmp(first, "-") == 0)
		first = "standard input";
	if (more)
		snprintf(out, len, "%.400s and %zu more", first, more);
	else
		snprintf(out, len, "%.400s", first);
}

static bool report(const struct examination *examination)
{
	struct findings findings;
	const struct tally *tally = doctor_end(examination->doctor);
	char names[512];

	names_of(examination->options, names, sizeof names);
	bool made = findings_make(&findings, tally);

	if (made && examination->options->json)
		made = report_json(stdout, names, tally, &findings);
	else if (made)
		report_text(stdout, names, tally, &findings);
	findings_fini(&findings);
	if (!made)
		fputs("stormglass: out of memory\n", stderr);
	return made && fflush(stdout) == 0;
}

static int run(const struct examine_options *options, struct errors *errors)
{
	struct budget budget;
	struct examination examination = { .options = options };
	int status = EXIT_UNUSABLE;

	budget_init(&budget, DOCTOR_MEMCAP, NULL);
	examination.doctor = doctor_new(DOCTOR_CONVERSATIONS, &budget);
	if (!examination.doctor) {
		fputs("stormglass: out of memory\n", stderr);
		return status;
	}
	bool looked = options->interface ? examine_live(examination.doctor, options->interface, options->seconds, errors) :
	    examine_files(&examination, errors);

	if (looked && report(&examination))
		status = examination.damaged ? EXIT_INPUT : EXIT_DONE;
	doctor_free(examination.doctor);
	return status;
}

int examine(int argc, char **argv)
{
	struct errors errors = { 0 };
	struct examine_options options;
	int status = EXIT_DONE;

	examine_options_parse(&options, argc, argv, &errors);
	if (!errors.n && options.help)
		examine_options_usage(stdout);
	else
		status = errors.n ? EXIT_UNUSABLE : run(&options, &errors);
	if (errors.n) {
		fputs(errors.text ? errors.text : "out of memory\n", stderr);
		fprintf(stderr, "stormglass: %u error%s\n", errors.n, errors.n == 1 ? "" : "s");
	}
	errors_fini(&errors);
	examine_options_fini(&options);
	return status;
}
