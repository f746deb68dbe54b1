/* eve_file: folders made, files opened, and opened anew between two lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensor/output/eve_file.h"

struct place {
	char root[64], dir[128], path[160], moved[160];
};

static int set_up(void **state)
{
	struct place *place = calloc(1, sizeof *place);

	assert_non_null(place);
	snprintf(place->root, sizeof place->root, "/tmp/test_eve_file.XXXXXX");
	assert_non_null(mkdtemp(place->root));
	snprintf(place->dir, sizeof place->dir, "%s/out", place->root);
	snprintf(place->path, sizeof place->path, "%s/eve.json", place->dir);
	snprintf(place->moved, sizeof place->moved, "%s/eve.json.1", place->dir);
	*state = place;
	return 0;
}

static int tear_down(void **state)
{
	struct place *place = *state;

	unlink(place->path);
	unlink(place->moved);
	rmdir(place->dir);
	rmdir(place->root);
	free(place);
	return 0;
}

static void write_line(struct eve *eve)
{
	assert_true(eve_stats(eve, 0, bytes_text("{}")));
}

/* Lines of a file; each must be whole. */
static unsigned lines_of(const char *path)
{
	char text[8192];
	FILE *file = fopen(path, "rb");
	unsigned n = 0;

	assert_non_null(file);
	size_t len = fread(text, 1, sizeof text - 1, file);

	fclose(file);
	text[len] = '\0';
	assert_true(len == 0 || text[len - 1] == '\n');
	for (const char *at = text; *at; at = strchr(at, '\n') + 1, n++)
		assert_int_equal(strncmp(at, "{\"timestamp\":", 13), 0);
	return n;
}

static void open_it(struct eve_file *file, const struct place *place, bool append)
{
	struct errors errors = { 0 };

	assert_true(eve_file_make_folder(place->dir, getuid(), getgid(), &errors));
	assert_true(eve_file_open(file, place->dir, "eve.json", append, &errors));
	assert_int_equal(errors.n, 0);
}

static void rotated(void **state)
{
	struct place *place = *state;
	struct eve_options options = { 0 };
	struct errors errors = { 0 };
	struct eve_file file;
	struct stat st;

	open_it(&file, place, true);
	struct eve *eve = eve_new(file.fd, &options);

	for (unsigned i = 0; i < 10; i++)
		write_line(eve); /* none is written out yet */
	assert_int_equal(rename(place->path, place->moved), 0);
	write_line(eve);
	assert_true(eve_file_reopen(&file, eve, &errors));
	assert_int_equal(lines_of(place->moved), 11);
	assert_int_equal(lines_of(place->path), 0);
	assert_true(eve_file_reopen(&file, eve, &errors)); /* nobody moved it */
	write_line(eve);
	assert_true(eve_file_reopen(&file, eve, &errors));
	write_line(eve);
	assert_int_equal(eve_n_lines(eve), 13);
	eve_free(eve);
	assert_int_equal(lines_of(place->path), 2);
	assert_int_equal(stat(place->path, &st), 0);
	assert_int_equal(st.st_mode & 0777 & ~0640u, 0);
	eve_file_close(&file);
	eve_file_close(&file);
}

static void folder_gone(void **state)
{
	struct place *place = *state;
	struct eve_options options = { 0 };
	struct errors errors = { 0 };
	struct eve_file file;
	char elsewhere[160];

	open_it(&file, place, true);
	struct eve *eve = eve_new(file.fd, &options);

	snprintf(elsewhere, sizeof elsewhere, "%s/gone", place->root);
	assert_int_equal(rename(place->dir, elsewhere), 0);
	write_line(eve);
	assert_false(eve_file_reopen(&file, eve, &errors));
	assert_non_null(strstr(errors.text, "eve.json: No such file"));
	write_line(eve);
	assert_int_equal(rename(elsewhere, place->dir), 0);
	eve_free(eve);
	assert_int_equal(lines_of(place->path), 2);
	eve_file_close(&file);
	errors_fini(&errors);
}

static void older_file(void **state)
{
	struct place *place = *state;
	struct eve_options options = { 0 };

	for (unsigned i = 0; i < 3; i++) {
		struct eve_file file;

		open_it(&file, place, i == 1);
		struct eve *eve = eve_new(file.fd, &options);

		write_line(eve);
		eve_free(eve);
		eve_file_close(&file);
		assert_int_equal(lines_of(place->path), i == 1 ? 2 : 1); /* anew, added to, replaced */
	}
}

static void no_file(void **state)
{
	struct place *place = *state;
	struct eve_options options = { 0 };
	struct errors errors = { 0 };
	struct eve_file file;
	char too_long[PATH_MAX];

	assert_true(eve_file_make_folder(NULL, 0, 0, &errors) && eve_file_make_folder("-", 0, 0, &errors));
	assert_true(eve_file_open(&file, NULL, "eve.json", true, &errors));
	struct eve *eve = eve_new(file.fd, &options);
	int fd = file.fd;

	assert_true(eve_file_reopen(&file, eve, &errors));
	assert_int_equal(file.fd, fd);
	eve_free(eve);
	eve_file_close(&file);
	assert_int_equal(errors.n, 0);
	memset(too_long, 'x', sizeof too_long);
	too_long[sizeof too_long - 1] = '\0';
	assert_false(eve_file_open(&file, place->root, too_long, true, &errors));
	assert_false(eve_file_open(&file, place->dir, "eve.json", true, &errors)); /* no such folder */
	snprintf(place->dir, sizeof place->dir, "%s/a/b", place->root);
	assert_false(eve_file_make_folder(place->dir, (uid_t)-1, (gid_t)-1, &errors));
	assert_int_equal(errors.n, 3);
	errors_fini(&errors);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(rotated, set_up, tear_down),
		cmocka_unit_test_setup_teardown(folder_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(older_file, set_up, tear_down),
		cmocka_unit_test_setup_teardown(no_file, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
