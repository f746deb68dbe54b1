/* Folders in the order of time, and the journal of a followed one. */
#include "sensor/input/endpoint.h"
#include "sensor/input/folder.h"
#include "sensor/input/follow.h"
#include "sensor/input/journal.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "tests/support/image.h"

struct place {
	char dir[32];
};

static int place_new(void **state)
{
	struct place *place = malloc(sizeof *place);

	assert_non_null(place);
	strcpy(place->dir, "/tmp/sg-test-XXXXXX");
	assert_non_null(mkdtemp(place->dir));
	*state = place;
	return chdir(place->dir);
}

static int place_free(void **state)
{
	struct place *place = *state;
	char command[64];

	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof command, "rm -r %s", place->dir);
	assert_int_equal(system(command), 0);
	free(place);
	return 0;
}

static void put(const char *name, const void *data, size_t len)
{
	FILE *file = fopen(name, "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

/* A capture whose first packet is of this second. */
static void put_capture(const char *name, uint32_t seconds)
{
	struct image image = { .data = NULL };

	image_pcap(&image, 0xa1b2c3d4, 2, 4, 1);
	if (seconds)
		image_record(&image, seconds, 0, 4, 4, "data");
	put(name, image.data, image.len);
	image_fini(&image);
}

/* A capture with secrets before its first packet, which is of this second. */
static void put_secrets(const char *name, uint32_t seconds)
{
	struct image image = { .data = NULL };

	image_section(&image);
	image_secrets(&image, 0x544c534b, "one\ntwo", 7);
	image_interface(&image, 1, 0, 0, 0);
	image_enhanced(&image, 0, seconds, 4, "data");
	put(name, image.data, image.len);
	image_fini(&image);
}

static void assert_next(struct folder *folder, const char *path, enum peek_kind kind)
{
	const struct folder_file *file = folder_next(folder);

	assert_non_null(file);
	assert_string_equal(file->path, path);
	assert_int_equal(file->kind, kind);
}

static void make_files(void)
{
	assert_int_equal(mkdir("f", 0700), 0);
	assert_int_equal(mkdir("f/below", 0700), 0);
	put_capture("f/z", 10);
	put_capture("f/b", 20);
	put_capture("f/a", 20);
	put_capture("f/empty", 0);
	put_capture("f/below/m", 15);
	put_secrets("f/secrets", 17);
	put_capture("f/.hidden", 1);
	put_capture("f/x.part", 1);
	put_capture("f/x.tmp", 1);
	put("f/text", "text", 4);
	put("f/nothing", "", 0);
	assert_int_equal(symlink("../f/z", "f/link"), 0);
	assert_int_equal(symlink("../f", "f/loop"), 0);
	assert_int_equal(symlink("gone", "f/dangling"), 0);
	assert_int_equal(mkfifo("f/fifo", 0600), 0);
}

static void test_order(void **state)
{
	(void)state;
	make_files();
	for (int recursive = 0; recursive < 2; recursive++) {
		struct folder folder = { 0 };

		folder_list(&folder, recursive ? "f/" : "f", recursive);
		assert_next(&folder, "f/empty", PEEK_CAPTURE);
		assert_next(&folder, "f/nothing", PEEK_OTHER);
		assert_next(&folder, "f/text", PEEK_OTHER);
		assert_next(&folder, "f/link", PEEK_CAPTURE);
		assert_next(&folder, "f/z", PEEK_CAPTURE);
		if (recursive)
			assert_next(&folder, "f/below/m", PEEK_CAPTURE);
		assert_next(&folder, "f/secrets", PEEK_CAPTURE);
		assert_next(&folder, "f/a", PEEK_CAPTURE);
		assert_next(&folder, "f/b", PEEK_CAPTURE);
		assert_null(folder_next(&folder));
		assert_int_equal(folder.n_left_out, 0);
		folder_clear(&folder);
	}
	struct folder folder = { 0 };

	folder_list(&folder, "none", false);
	assert_next(&folder, "none", PEEK_UNREADABLE);
	folder_clear(&folder);
}

static void test_journal(void **state)
{
	static const char *const names[] = { "plain", "with space", "per%cent", "new\nline", "\xc3\xa4\x7f" };
	struct errors errors = { 0 };
	struct journal journal, other;
	struct file_mark mark;
	char name[JOURNAL_NAME_LEN];

	(void)state;
	assert_true(journal_open(&journal, "s", "/the folder", &errors));
	FILE *file;

	assert_false(journal_read(&journal, &mark, name));
	assert_true(journal_begin(&journal, "/the folder", &file));
	assert_true(journal_commit(&journal, file, 0));
	for (uint64_t i = 0; i < 5; i++) {
		const struct file_mark each = { i, 1000 * i, INT64_MIN + (int64_t)i };

		assert_true(journal_add(&journal, &each, names[i]));
	}
	assert_false(journal_open(&other, "s", "/the folder", &errors)); /* it is locked */
	journal_close(&other);
	journal_close(&journal);
	int fd = open("s/follow.state", O_WRONLY | O_APPEND);

	assert_true(fd >= 0 && write(fd, "nonsense\n9 9 9 %zz\n9 9", 22) == 22);
	close(fd);
	assert_true(journal_open(&journal, "s", "/the folder", &errors));
	for (uint64_t i = 0; i < 5; i++) {
		assert_true(journal_read(&journal, &mark, name));
		assert_string_equal(name, names[i]);
		assert_true(mark.inode == i && mark.size == 1000 * i && mark.mtime_ns == INT64_MIN + (int64_t)i);
	}
	assert_false(journal_read(&journal, &mark, name));
	journal_close(&journal);
	assert_false(journal_open(&journal, "s", "/another", &errors));
	journal_close(&journal);
	assert_int_equal(errors.n, 2);
	errors_fini(&errors);
}

static const struct folder_file *followed(struct follow *follow)
{
	const struct folder_file *file = NULL;

	for (int i = 0; i < 10 && follow_next(follow, 10, &file) == FOLLOW_WAIT; i++)
		;
	return file;
}

/* In the order of time, those that are done never again, those that are not after a restart. */
static void test_follow(void **state)
{
	struct errors errors = { 0 };

	(void)state;
	assert_int_equal(mkdir("f", 0700), 0);
	put_capture("f/a", 30);
	put_capture("f/b", 20);
	for (int turn = 0; turn < 3; turn++) {
		struct follow *follow = follow_new("f", "s", 20, &errors);
		const struct folder_file *file;

		assert_non_null(follow);
		file = followed(follow);
		if (turn < 2) {
			assert_non_null(file);
			assert_non_null(strstr(file->path, turn == 0 ? "/f/b" : "/f/a"));
			assert_true(follow_done(follow));
			assert_true((followed(follow) != NULL) == (turn == 0)); /* handed on, not done */
		} else {
			assert_null(file);
			put_capture("f/c.tmp", 5);
			assert_null(followed(follow));
			assert_int_equal(rename("f/c.tmp", "f/c"), 0);
			assert_int_equal(rename("f/a", "f/a2"), 0);
			file = followed(follow);
			assert_true(file && strstr(file->path, "/f/c"));
			assert_true(follow_done(follow));
			assert_null(followed(follow));
		}
		follow_free(follow);
	}
	assert_int_equal(errors.n, 0);
}

static void test_endpoint(void **state)
{
	static const struct {
		const char *text, *host, *port;
	} good[] = { { "example.org:80", "example.org", "80" }, { "10.0.0.1:57012", "10.0.0.1", "57012" }, { "[::1]:1", "::1", "1" },
		{ "4711", "127.0.0.1", "4711" }, { "[::]:65535", "::", "65535" } };
	static const char *const bad[] = { "", ":", ":80", "a:", "a:x", "a:65536", "a:123456", "::1:80", "[::1]", "[::1]80", "[::1", "[]:1" };
	struct endpoint endpoint;

	(void)state;
	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		assert_true(endpoint_parse(&endpoint, good[i].text, "127.0.0.1"));
		assert_string_equal(endpoint.host, good[i].host);
		assert_string_equal(endpoint.port, good[i].port);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_false(endpoint_parse(&endpoint, bad[i], "127.0.0.1"));
	assert_false(endpoint_parse(&endpoint, "4711", NULL));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_order, place_new, place_free),
		cmocka_unit_test_setup_teardown(test_journal, place_new, place_free),
		cmocka_unit_test_setup_teardown(test_follow, place_new, place_free),
		cmocka_unit_test(test_endpoint),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
