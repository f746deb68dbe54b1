#include "sensor/run/examine.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "dissectors/net/net.h"
#include "sensor/doctor/doctor.h"
#include "sensor/doctor/report.h"
#include "sensor/input/capture.h"
#include "sensor/run/examine_live.h"
#include "sensor/run/examine_options.h"
#include "sensor/run/progress.h"
#include "sensor/run/session.h"

struct examination {
	const struct examine_options *options;
	struct doctor *doctor;
	uint64_t n_frames;
	bool damaged; /* an input could not be read to its end */
};

static void see(struct examination *examination, struct frame *frame)
{
	struct packet packet;

	frame->number = ++examination->n_frames;
	doctor_packet(examination->doctor, frame, &packet, net_dissect(frame, &packet));
}

static void complain(struct examination *examination, const char *name, const char *why)
{
	examination->damaged = true;
	fprintf(stderr, "stormglass: %s: %s\n", name, why);
}

static void read_frames(struct examination *examination, struct capture *capture, struct progress_bar *bar)
{
	struct frame frame = { 0 };
	enum capture_status status;

	while ((status = capture_next(capture, &frame)) == CAPTURE_FRAME) {
		see(examination, &frame);
		if (progress_due(bar))
			progress_show(bar, capture_offset(capture));
	}
	progress_end(bar);
	if (status == CAPTURE_BAD) {
		examination->damaged = true;
		fprintf(stderr, "stormglass: %s\n", capture_error(capture));
	}
}

static void read_input(struct examination *examination, const char *name)
{
	struct progress_bar bar;
	int fd = strcmp(name, "-") == 0 ? dup(STDIN_FILENO) : open(name, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		complain(examination, name, strerror(errno));
		return;
	}
	progress_begin(&bar, name, fd);
	struct capture *capture = capture_open(fd, name);

	if (!capture) {
		close(fd);
		complain(examination, name, "out of memory");
		return;
	}
	doctor_input(examination->doctor);
	read_frames(examination, capture, &bar);
	capture_close(capture);
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
	for (size_t i = 0; i < options->inputs.n; i++)
		read_input(&examination, options->inputs.items[i]);
	bool looked = !options->interface || examine_live(examination.doctor, options->interface, options->seconds, errors);

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
