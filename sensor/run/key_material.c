#include "sensor/run/key_material.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { PASSWORD_CAP = 1024 };

/* The first line of a file. False: there is none, or it is too long; `errors` says so. */
static bool read_password(const char *file, char password[PASSWORD_CAP], struct errors *errors)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t len = 0;
	ssize_t n = -1;

	while (fd >= 0 && len < PASSWORD_CAP && (n = read(fd, password + len, PASSWORD_CAP - len)) > 0)
		len += (size_t)n;
	const char *why = n < 0 ? strerror(errno) : NULL;
	const char *end = memchr(password, '\n', len);

	if (fd >= 0)
		close(fd);
	if (!why && !end && len == PASSWORD_CAP)
		why = "its first line is too long for a password";
	if (why)
		errors_add(errors, file, 0, "%s", why);
	len = why ? 0 : end ? (size_t)(end - password) : len;
	len -= len && password[len - 1] == '\r';
	password[len] = '\0';
	return !why;
}

void key_material_load(struct key_material *material, const struct config *config, struct errors *errors)
{
	const char *file = config->tls_key_password_file;
	char password[PASSWORD_CAP];

	*material = (struct key_material){ .may_come_from = UINT64_MAX, .keys = private_keys_new() };
	if (config->tls_sessions < 1)
		errors_add(errors, NULL, 0, "tls.sessions: at least 1");
	if (!material->keys)
		errors_add(errors, NULL, 0, "out of memory");
	else if (!file || read_password(file, password, errors))
		for (size_t i = 0; i < config->tls_keys.n; i++)
			(void)private_keys_load(material->keys, config->tls_keys.items[i], file ? password : NULL, errors);
	secrets_wipe(password, sizeof password);
}

void key_material_free(struct key_material *material)
{
	secrets_free(material->secrets);
	private_keys_free(material->keys);
	crypto_free(material->crypto);
}

bool key_material_begin(struct key_material *material, const struct config *config, unsigned n_workers)
{
	budget_init(&material->budget, SIZE_MAX, NULL); /* tls.sessions bounds it */
	material->crypto = crypto_new();
	material->secrets = secrets_new((size_t)config->tls_sessions, n_workers, &material->budget);
	return material->secrets && material->crypto;
}

void key_material_expect(struct key_material *material, uint64_t number)
{
	if (number < atomic_load_explicit(&material->may_come_from, memory_order_relaxed))
		atomic_store_explicit(&material->may_come_from, number, memory_order_relaxed);
}

bool key_material_may_come(const struct key_material *material, uint64_t number)
{
	return number >= atomic_load_explicit(&material->may_come_from, memory_order_relaxed);
}
