#include "sensor/trust/trust.h"

#include "sensor/trust/store.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEYS_END ".jwks.json"

/* A whole file in memory of its own; data is NULL after an error. */
static struct bytes file_read(const char *path, struct errors *errors)
{
	FILE *file = fopen(path, "rbe");
	uint8_t *data = NULL;
	size_t len = 0;
	struct stat st;

	if (!file || fstat(fileno(file), &st) != 0)
		errors_add(errors, path, 0, "%s", strerror(errno));
	else if (!S_ISREG(st.st_mode) || st.st_size > MEMBERS_FILE_LEN)
		errors_add(errors, path, 0, "not a file, or larger than 16 MiB");
	else if (!(data = malloc((size_t)st.st_size + 1)))
		errors_add(errors, path, 0, "out of memory");
	else
		len = fread(data, 1, (size_t)st.st_size, file);
	if (file && ferror(file))
		errors_add(errors, path, 0, "cannot be read");
	if (file)
		fclose(file);
	return bytes_of(data, len);
}

/* False when it would not fit, which is an error. */
static bool path_join(char path[PATH_MAX], const char *folder, const char *name, struct errors *errors)
{
	int len = snprintf(path, PATH_MAX, "%s/%s", folder, name);

	if (len > 0 && len < PATH_MAX)
		return true;
	errors_add(errors, folder, 0, "path too long");
	return false;
}

typedef void load_function(struct trust *trust, const char *place, struct bytes json, struct errors *errors);

static void load_file(struct trust *trust, const char *folder, const char *name, bool wanted, load_function *load,
	struct errors *errors)
{
	char path[PATH_MAX];

	if (!path_join(path, folder, name, errors) || (!wanted && access(path, F_OK) != 0))
		return;
	struct bytes json = file_read(path, errors);

	if (json.data)
		load(trust, path, json, errors);
	free((void *)(uintptr_t)json.data);
}

static void load_set(struct trust *trust, const char *keys, const char *name, struct errors *errors)
{
	char path[PATH_MAX];

	if (!path_join(path, keys, name, errors))
		return;
	struct bytes json = file_read(path, errors);

	if (json.data)
		store_keys(trust, bytes_of(name, strlen(name) - strlen(KEYS_END)), path, json, errors);
	free((void *)(uintptr_t)json.data);
}

static int is_set(const struct dirent *entry)
{
	size_t len = strlen(entry->d_name), end = strlen(KEYS_END);

	return len > end && entry->d_name[0] != '.' && strcmp(entry->d_name + len - end, KEYS_END) == 0;
}

static int by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* A folder without keys/ is one whose sets nobody has fetched yet. */
static void load_sets(struct trust *trust, const char *folder, struct errors *errors)
{
	struct dirent **entries = NULL;
	char keys[PATH_MAX];

	if (!path_join(keys, folder, "keys", errors))
		return;
	int n = scandir(keys, &entries, is_set, by_bytes);

	if (n < 0 && errno != ENOENT)
		errors_add(errors, keys, 0, "%s", strerror(errno));
	for (int i = 0; i < n; i++) {
		load_set(trust, keys, entries[i]->d_name, errors);
		free(entries[i]);
	}
	free(entries);
}

/* A folder may bring keys or compromised keys alone, for issuers that are described elsewhere. */
static bool has_other(const char *folder)
{
	static const char *const others[] = { "keys", "compromised.json" };
	char path[PATH_MAX];

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
		if (snprintf(path, sizeof path, "%s/%s", folder, others[i]) < (int)sizeof path && access(path, F_OK) == 0)
			return true;
	return false;
}

struct trust *trust_load(const char *const *folders, size_t n_folders, struct errors *errors)
{
	struct trust *trust = store_new();
	unsigned n_before = errors->n;

	if (!trust) {
		errors_add(errors, NULL, 0, "out of memory");
		return NULL;
	}
	for (size_t i = 0; i < n_folders; i++) {
		load_file(trust, folders[i], "issuers.json", !has_other(folders[i]), store_issuers, errors);
		load_file(trust, folders[i], "compromised.json", false, store_compromised, errors);
		load_sets(trust, folders[i], errors);
	}
	if (errors->n == n_before)
		store_finish(trust, errors);
	if (errors->n == n_before)
		return trust;
	store_free(trust);
	return NULL;
}

void trust_free(struct trust *trust)
{
	store_free(trust);
}

size_t trust_n_issuers(const struct trust *trust)
{
	return trust->issuers.n;
}

size_t trust_n_keys(const struct trust *trust)
{
	return trust->keyring.n_keys;
}
