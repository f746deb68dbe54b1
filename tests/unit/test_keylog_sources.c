/* Key logs of files that grow, are cut and replaced, of pipes and of the socket. Secrets are made here. */
#include "sensor/secrets/keylog_sources.h"
#include "sensor/secrets/keylog_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

enum { LINE_LEN = 14 + 64 + 1 + 96 + 1 };

struct place {
	char dir[32];
	struct budget budget;
	struct secrets *secrets;
	struct errors errors;
};

static int place_new(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	strcpy(place->dir, "/tmp/sg-test-XXXXXX");
	assert_non_null(mkdtemp(place->dir));
	budget_init(&place->budget, 64 << 20, NULL);
	place->secrets = secrets_new(10000, 1, &place->budget);
	assert_non_null(place->secrets);
	*state = place;
	return chdir(place->dir);
}

static int place_free(void **state)
{
	struct place *place = *state;
	char command[64];

	secrets_free(place->secrets);
	errors_fini(&place->errors);
	assert_int_equal(place->budget.used, 0);
	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof command, "rm -r %s", place->dir);
	assert_int_equal(system(command), 0);
	free(place);
	return 0;
}

/* The n-th secret's line. */
static void line_of(unsigned n, char line[LINE_LEN + 1])
{
	int len = snprintf(line, LINE_LEN + 1, "CLIENT_RANDOM %064x %096x\n", n, n + 1);

	assert_int_equal(len, LINE_LEN);
}

static bool knows(struct place *place, unsigned n, uint64_t number)
{
	struct session_key key = { .kind = SESSION_BY_RANDOM, .len = 32 };
	struct secret secret;

	for (unsigned i = 0; i < 4; i++)
		key.bytes[31 - i] = (uint8_t)(n >> 8 * i);
	if (!secrets_find(place->secrets, &key, SECRET_MASTER, number, &secret))
		return false;
	assert_int_equal(secret.origin, SECRET_OF_KEYLOG);
	assert_int_equal(secret.bytes[47], (n + 1) & 0xff);
	return true;
}

static void append(const char *name, const char *text)
{
	FILE *file = fopen(name, "ab");

	assert_non_null(file);
	assert_int_equal(fputs(text, file) >= 0, 1);
	assert_int_equal(fclose(file), 0);
}

static void append_line(const char *name, unsigned n)
{
	char line[LINE_LEN + 1];

	line_of(n, line);
	append(name, line);
}

static struct keylog_sources *open_files(struct place *place, bool follow, size_t n, char *const files[])
{
	const struct keylog_sources_options options = { .files = files, .n_files = n, .follow = follow, .uid = (uid_t)-1,
		.gid = (gid_t)-1 };

	return keylog_sources_open(&options, place->secrets, &place->errors);
}

static struct keylog_sources *open_file(struct place *place, bool follow, const char *file)
{
	char *files[] = { (char *)(uintptr_t)file };

	return open_files(place, follow, 1, files);
}

static struct keylog_sources *open_socket(struct place *place, const char *path)
{
	const struct keylog_sources_options options = { .listen = path, .uid = (uid_t)-1, .gid = (gid_t)-1 };

	return keylog_sources_open(&options, place->secrets, &place->errors);
}

static void assert_news(struct keylog_sources *sources, const char *what)
{
	const char *news = keylog_sources_news(sources);

	if (!news || !strstr(news, what))
		fail_msg("news '%s', wanted '%s'", news ? news : "none", what);
	assert_null(keylog_sources_news(sources));
}

static void assert_error(struct place *place, const char *what)
{
	if (place->errors.n != 1 || !strstr(place->errors.text, what))
		fail_msg("%u errors '%s', wanted '%s'", place->errors.n, place->errors.text ? place->errors.text : "", what);
	errors_fini(&place->errors);
}

/* ---- files that are read once ---- */

static void whole_file(void **state)
{
	struct place *place = *state;
	char line[LINE_LEN + 1];

	append("a", "# a comment\n\n");
	append_line("a", 1);
	append("a", "nonsense\n");
	line_of(2, line);
	line[LINE_LEN - 1] = '\0'; /* a last line without an end */
	append("a", line);
	struct keylog_sources *sources = open_file(place, false, "a");

	assert_non_null(sources);
	assert_true(knows(place, 1, 0));
	assert_true(knows(place, 2, 0));
	assert_int_equal(keylog_sources_counts(sources)->secrets, 2);
	assert_int_equal(keylog_sources_counts(sources)->junk, 1);
	append_line("a", 3); /* nobody looks any more */
	assert_false(keylog_sources_read(sources, 5));
	assert_false(knows(place, 3, UINT64_MAX));
	assert_null(keylog_sources_news(sources));
	keylog_sources_free(sources);
}

/* Longer than any buffer. */
static void large_file(void **state)
{
	struct place *place = *state;
	enum { N = 20000, KEPT = 10000 };
	FILE *file = fopen("a", "wb");

	assert_non_null(file);
	for (unsigned n = 0; n < N; n++) {
		char line[LINE_LEN + 1];

		line_of(n, line);
		assert_true(fputs(line, file) >= 0);
	}
	assert_int_equal(fclose(file), 0);
	struct keylog_sources *sources = open_file(place, true, "a");

	assert_int_equal(keylog_sources_counts(sources)->secrets, N);
	assert_int_equal(keylog_sources_counts(sources)->junk, 0);
	assert_false(knows(place, N - KEPT - 1, 0));
	assert_true(knows(place, N - KEPT, 0));
	assert_true(knows(place, N - 1, 0));
	keylog_sources_free(sources);
}

static void what_is_no_key_log(void **state)
{
	struct place *place = *state;
	char *const files[] = { (char[]){ "none" }, (char[]){ "dir" }, (char[]){ "junk" }, (char[]){ "/dev/zero" },
		(char[]){ "empty" } };

	assert_int_equal(mkdir("dir", 0700), 0);
	append("junk", "-----BEGIN SOMETHING-----\nMIIB\n");
	append("empty", "");
	assert_null(open_files(place, false, 1, files));
	assert_error(place, "none: cannot be read as a key log: No such file or directory");
	assert_null(open_files(place, false, 1, files + 1));
	assert_error(place, "dir: cannot be read as a key log: Is a directory");
	assert_null(open_files(place, true, 1, files + 1));
	assert_error(place, "dir: cannot be read as a key log: Is a directory");
	assert_null(open_files(place, false, 1, files + 2));
	assert_error(place, "junk: not a key log: there is no secret in it");
	assert_null(open_files(place, false, 1, files + 3));
	assert_error(place, "/dev/zero: cannot be read as a key log: neither a file nor a pipe");
	assert_null(open_files(place, false, 5, files)); /* all of them are told */
	assert_int_equal(place->errors.n, 4);
	errors_fini(&place->errors);
	struct keylog_sources *sources = open_files(place, false, 1, files + 4);

	assert_non_null(sources);
	keylog_sources_free(sources);
	sources = open_files(place, true, 1, files + 2);
	assert_non_null(sources);
	assert_news(sources, "junk: there is no secret in it so far");
	keylog_sources_free(sources);
}

/* ---- files that are followed ---- */

/* A line that comes in two halves, cut at every place. */
static void growth(void **state)
{
	struct place *place = *state;
	char line[LINE_LEN + 1];

	append_line("a", 1);
	struct keylog_sources *sources = open_file(place, true, "a");

	assert_true(knows(place, 1, 0));
	assert_false(keylog_sources_read(sources, 7));
	for (unsigned cut = 1; cut < LINE_LEN; cut++) {
		unsigned n = 100 + cut;

		line_of(n, line);
		FILE *file = fopen("a", "ab");

		assert_non_null(file);
		assert_int_equal(fwrite(line, 1, cut, file), cut);
		assert_int_equal(fflush(file), 0);
		assert_false(keylog_sources_read(sources, 7));
		assert_int_equal(fwrite(line + cut, 1, LINE_LEN - cut, file), LINE_LEN - cut);
		assert_int_equal(fclose(file), 0);
		assert_true(keylog_sources_read(sources, 9 + cut));
		assert_false(knows(place, n, 8 + cut));
		assert_true(knows(place, n, 9 + cut));
	}
	assert_int_equal(keylog_sources_counts(sources)->junk, 0);
	assert_null(keylog_sources_news(sources));
	keylog_sources_free(sources);
}

static void truncation(void **state)
{
	struct place *place = *state;

	append_line("a", 1);
	append_line("a", 2);
	append("a", "CLIENT_RANDOM 00"); /* begun, and never ended */
	struct keylog_sources *sources = open_file(place, true, "a");

	assert_int_equal(truncate("a", 0), 0);
	append_line("a", 3);
	assert_true(keylog_sources_read(sources, 5));
	assert_true(knows(place, 3, 5));
	assert_news(sources, "a: the key log was truncated");
	assert_int_equal(keylog_sources_counts(sources)->junk, 0);
	assert_int_equal(truncate("a", 0), 0);
	assert_false(keylog_sources_read(sources, 6));
	assert_news(sources, "truncated");
	append_line("a", 4);
	assert_true(keylog_sources_read(sources, 7));
	assert_true(knows(place, 4, 7));
	keylog_sources_free(sources);
}

static void rotation(void **state)
{
	struct place *place = *state;

	append_line("a", 1);
	struct keylog_sources *sources = open_file(place, true, "a");

	assert_int_equal(rename("a", "a.1"), 0);
	append_line("a.1", 2); /* its writer still has it */
	assert_true(keylog_sources_read(sources, 5));
	assert_true(knows(place, 2, 5));
	assert_null(keylog_sources_news(sources));
	append_line("a.1", 3); /* the last one, beside the first of the new one */
	append_line("a", 4);
	assert_true(keylog_sources_read(sources, 6));
	assert_true(knows(place, 3, 6));
	assert_true(knows(place, 4, 6));
	assert_news(sources, "a: the key log was replaced");
	assert_int_equal(unlink("a"), 0);
	assert_false(keylog_sources_read(sources, 7));
	assert_null(keylog_sources_news(sources));
	append_line("a", 5);
	assert_true(keylog_sources_read(sources, 8));
	assert_true(knows(place, 5, 8));
	assert_int_equal(keylog_sources_counts(sources)->junk, 0);
	keylog_sources_free(sources);
}

static void appearance(void **state)
{
	struct place *place = *state;
	struct keylog_sources *sources = open_file(place, true, "a");

	assert_non_null(sources);
	assert_news(sources, "a: cannot be read as a key log, but is waited for: No such file or directory");
	assert_false(keylog_sources_read(sources, 1));
	assert_null(keylog_sources_news(sources));
	assert_int_equal(mkdir("a", 0700), 0); /* told once, and waited for */
	for (int i = 0; i < 3; i++)
		assert_false(keylog_sources_read(sources, 2));
	assert_news(sources, "Is a directory");
	assert_int_equal(rmdir("a"), 0);
	append_line("a", 1);
	assert_true(keylog_sources_read(sources, 3));
	assert_true(knows(place, 1, 3));
	assert_false(knows(place, 1, 2));
	assert_news(sources, "a: the key log is there now");
	keylog_sources_free(sources);
}

/* A replacement that cannot be read leaves the file that can. */
static void replaced_by_a_folder(void **state)
{
	struct place *place = *state;

	append_line("a", 1);
	struct keylog_sources *sources = open_file(place, true, "a");

	assert_int_equal(rename("a", "b"), 0);
	assert_int_equal(mkdir("a", 0700), 0);
	append_line("b", 2);
	assert_true(keylog_sources_read(sources, 3));
	assert_true(knows(place, 2, 3));
	assert_news(sources, "Is a directory");
	append_line("b", 3);
	assert_true(keylog_sources_read(sources, 4));
	assert_null(keylog_sources_news(sources));
	keylog_sources_free(sources);
}

/* A little at a time, and all of it in the end. */
static void bounded(void **state)
{
	struct place *place = *state;
	unsigned calls = 0;

	append("a", "");
	struct keylog_sources *sources = open_file(place, true, "a");
	FILE *file = fopen("a", "ab");

	assert_non_null(file);
	for (size_t i = 0; i < 200000; i++)
		assert_true(fputs("# a comment of some length, of which there are many\n", file) >= 0);
	char line[LINE_LEN + 1];

	line_of(7, line);
	assert_true(fputs(line, file) >= 0);
	assert_int_equal(fclose(file), 0);
	for (; calls < 100 && !keylog_sources_read(sources, 5); calls++)
		;
	assert_in_range(calls, 1, 20);
	assert_true(knows(place, 7, 5));
	keylog_sources_free(sources);
}

/* ---- pipes ---- */

static void pipe_once(void **state)
{
	struct place *place = *state;
	char line[LINE_LEN + 1], path[64];
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	line_of(1, line);
	assert_int_equal(write(ends[1], line, LINE_LEN - 1), LINE_LEN - 1);
	close(ends[1]);
	snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
	struct keylog_sources *sources = open_file(place, false, path);

	assert_non_null(sources);
	assert_true(knows(place, 1, 0));
	keylog_sources_free(sources);
	close(ends[0]);
}

/* Writers come and go; a last line without an end is one when its writer has gone. */
static void named_pipe(void **state)
{
	struct place *place = *state;
	char line[LINE_LEN + 1];

	assert_int_equal(mkfifo("p", 0600), 0);
	struct keylog_sources *sources = open_file(place, true, "p");

	assert_non_null(sources);
	assert_false(keylog_sources_read(sources, 1));
	for (unsigned n = 1; n < 4; n++) {
		int fd = open("p", O_WRONLY | O_NONBLOCK);

		assert_true(fd >= 0);
		line_of(n, line);
		assert_int_equal(write(fd, line, 50), 50);
		assert_false(keylog_sources_read(sources, n));
		assert_int_equal(write(fd, line + 50, LINE_LEN - 50 - 1), LINE_LEN - 50 - 1);
		assert_false(keylog_sources_read(sources, n));
		close(fd);
		assert_true(keylog_sources_read(sources, n));
		assert_true(knows(place, n, n));
	}
	assert_null(keylog_sources_news(sources));
	keylog_sources_free(sources);
}

/* ---- the socket ---- */

static int call(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	memcpy(address.sun_path, path, strlen(path));
	if (connect(fd, (const struct sockaddr *)&address, sizeof address) == 0)
		return fd;
	close(fd);
	return -1;
}

static void say(int fd, const char *text, size_t len)
{
	assert_int_equal(send(fd, text, len, MSG_NOSIGNAL), len);
}

/* Two clients at a time, in the middle of each other's lines. */
static void two_clients(void **state)
{
	struct place *place = *state;
	struct keylog_sources *sources = open_socket(place, "s");
	char one[LINE_LEN + 1], two[LINE_LEN + 1];
	struct stat st;

	assert_non_null(sources);
	assert_int_equal(stat("s", &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	int a = call("s"), b = call("s");

	assert_true(a >= 0 && b >= 0);
	line_of(1, one);
	line_of(2, two);
	say(a, one, 30);
	say(b, two, 80);
	assert_false(keylog_sources_read(sources, 1)); /* takes the calls */
	assert_false(keylog_sources_read(sources, 1));
	say(b, two + 80, LINE_LEN - 80);
	assert_true(keylog_sources_read(sources, 2));
	assert_true(knows(place, 2, 2));
	assert_false(knows(place, 1, 2));
	say(a, one + 30, LINE_LEN - 30 - 1);
	assert_false(keylog_sources_read(sources, 3));
	close(a);
	assert_true(keylog_sources_read(sources, 4));
	assert_true(knows(place, 1, 4));
	say(b, "nonsense\n", 9);
	close(b);
	assert_false(keylog_sources_read(sources, 5));
	assert_int_equal(keylog_sources_counts(sources)->junk, 1);
	assert_null(keylog_sources_news(sources));
	keylog_sources_free(sources);
	assert_int_equal(stat("s", &st), -1);
}

/* A place for one more: of who has told nothing, the oldest goes; who has told a secret stays. */
static void many_clients(void **state)
{
	struct place *place = *state;
	struct keylog_sources *sources = open_socket(place, "s");
	int fds[KEYLOG_SOCKET_CLIENTS + 1];
	char line[LINE_LEN + 1], byte;

	for (unsigned i = 0; i < KEYLOG_SOCKET_CLIENTS; i++) {
		fds[i] = call("s");
		assert_true(fds[i] >= 0);
		line_of(i, line);
		if (i != 5 && i != 3)
			say(fds[i], line, LINE_LEN);
		else
			say(fds[i], "nonsense\n", 9);
		(void)keylog_sources_read(sources, 1);
	}
	(void)keylog_sources_read(sources, 1);
	fds[KEYLOG_SOCKET_CLIENTS] = call("s");
	(void)keylog_sources_read(sources, 2);
	assert_int_equal(recv(fds[3], &byte, 1, MSG_DONTWAIT), 0);
	assert_int_equal(recv(fds[5], &byte, 1, MSG_DONTWAIT), -1);
	line_of(99, line);
	say(fds[KEYLOG_SOCKET_CLIENTS], line, LINE_LEN);
	assert_true(keylog_sources_read(sources, 3));
	assert_true(knows(place, 99, 3));
	assert_news(sources, "s: more than 64 clients");
	line_of(5, line);
	say(fds[5], line, LINE_LEN);
	assert_true(keylog_sources_read(sources, 4));
	int refused = call("s");

	(void)keylog_sources_read(sources, 5);
	assert_int_equal(recv(refused, &byte, 1, MSG_DONTWAIT), 0);
	for (unsigned i = 0; i <= KEYLOG_SOCKET_CLIENTS; i++)
		close(fds[i]);
	close(refused);
	(void)keylog_sources_read(sources, 6);
	assert_int_equal(keylog_sources_counts(sources)->secrets, KEYLOG_SOCKET_CLIENTS);
	keylog_sources_free(sources);
}

/* A line without an end, and another client beside it. */
static void flood(void **state)
{
	struct place *place = *state;
	struct keylog_sources *sources = open_socket(place, "s");
	char line[LINE_LEN + 1], junk[4096];
	int a = call("s"), b = call("s");

	memset(junk, 'x', sizeof junk);
	assert_int_equal(fcntl(a, F_SETFL, O_NONBLOCK), 0);
	for (unsigned n = 0; n < 50; n++) {
		while (send(a, junk, sizeof junk, MSG_NOSIGNAL) > 0)
			;
		line_of(n, line);
		say(b, line, LINE_LEN);
		(void)keylog_sources_read(sources, 1);
	}
	(void)keylog_sources_read(sources, 1);
	for (unsigned n = 0; n < 50; n++)
		assert_true(knows(place, n, 1));
	assert_int_equal(keylog_sources_counts(sources)->junk, 1);
	close(a);
	close(b);
	keylog_sources_free(sources);
}

static void places_for_a_socket(void **state)
{
	struct place *place = *state;
	struct sockaddr_un address = { .sun_family = AF_UNIX, .sun_path = "stale" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	char path[200];

	assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof address), 0);
	close(fd);
	struct keylog_sources *sources = open_socket(place, "stale"), *second;

	assert_non_null(sources);
	fd = call("stale");
	assert_true(fd >= 0);
	close(fd);
	assert_null(open_socket(place, "stale"));
	assert_error(place, "stale: another process listens there");
	assert_int_equal(unlink("stale"), 0);
	second = open_socket(place, "stale");
	assert_non_null(second);
	keylog_sources_free(sources); /* does not take away what is another's by now */
	assert_int_equal(access("stale", F_OK), 0);
	keylog_sources_free(second);
	assert_int_equal(access("stale", F_OK), -1);

	append("file", "precious");
	assert_null(open_socket(place, "file"));
	assert_error(place, "file: exists, and is no socket");
	assert_int_equal(access("file", F_OK), 0);
	assert_int_equal(symlink("gone", "link"), 0);
	assert_null(open_socket(place, "link"));
	assert_error(place, "link: exists, and is no socket");
	assert_null(open_socket(place, "none/s"));
	assert_error(place, "none/s: cannot be listened on: No such file or directory");
	memset(path, 'x', sizeof path);
	path[sizeof path - 1] = '\0';
	assert_null(open_socket(place, path));
	assert_error(place, "a path of 1 to 107 bytes is wanted for a socket");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, place_new, place_free)
	const struct CMUnitTest tests[] = {
		TEST(whole_file), TEST(large_file), TEST(what_is_no_key_log), TEST(growth), TEST(truncation), TEST(rotation),
		TEST(appearance), TEST(replaced_by_a_folder), TEST(bounded), TEST(pipe_once), TEST(named_pipe), TEST(two_clients),
		TEST(many_clients), TEST(flood), TEST(places_for_a_socket),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
