#include "dissectors/app/tls_certificates.h"

enum { PLACES = 256, ARENA_BLOCK = 1024 };

/* A later certificate of the same place pushes the earlier one out. */
struct place {
	struct hash128 id;
	struct tls_certificate certificate; /* texts in `arena`; der is not kept */
	struct arena arena;
	bool taken;
};

struct tls_certificates {
	struct budget *budget;
	struct hash_key key;
	struct place places[PLACES];
};

struct tls_certificates *tls_certificates_new(struct budget *budget)
{
	struct tls_certificates *certificates = budget_alloc(budget, sizeof *certificates);

	if (!certificates)
		return NULL;
	memset(certificates, 0, sizeof *certificates);
	certificates->budget = budget;
	certificates->key = hash_key_random();
	return certificates;
}

static void forget(struct place *place)
{
	if (place->taken)
		arena_fini(&place->arena);
	place->taken = false;
}

void tls_certificates_free(struct tls_certificates *certificates)
{
	if (!certificates)
		return;
	for (size_t i = 0; i < PLACES; i++)
		forget(&certificates->places[i]);
	budget_free(certificates->budget, certificates, sizeof *certificates);
}

static bool copy_text(struct bytes *text, struct arena *arena)
{
	if (!text->len)
		return true;
	*text = arena_copy(arena, *text);
	return text->data != NULL;
}

static bool copy(struct tls_certificate *to, const struct tls_certificate *from, struct bytes der, struct arena *arena)
{
	*to = *from;
	to->der = der;
	return copy_text(&to->subject, arena) && copy_text(&to->issuer, arena) && copy_text(&to->serial, arena) &&
	    copy_text(&to->fingerprint, arena) && copy_text(&to->not_before, arena) && copy_text(&to->not_after, arena) &&
	    copy_text(&to->x5t_s256, arena);
}

bool tls_certificates_read(struct tls_certificates *certificates, struct tls_certificate *certificate, struct bytes der,
    struct arena *arena)
{
	if (!certificates)
		return tls_certificate_read(certificate, der, arena);
	struct hash128 id = hash128(certificates->key, der);
	struct place *place = &certificates->places[id.lo % PLACES];

	if (!place->taken || place->id.lo != id.lo || place->id.hi != id.hi) {
		forget(place);
		arena_init(&place->arena, ARENA_BLOCK, certificates->budget);
		place->id = id;
		place->taken = tls_certificate_read(&place->certificate, der, &place->arena);
		if (!place->taken) {
			arena_fini(&place->arena);
			return false;
		}
	}
	return copy(certificate, &place->certificate, der, arena);
}
