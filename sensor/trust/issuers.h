/* issuers: descriptions of token issuers (issuers.json): what their `iss` looks like and which keys speak for them. */
#ifndef STORMGLASS_TRUST_ISSUERS_H
#define STORMGLASS_TRUST_ISSUERS_H

#include "sensor/trust/finder.h"
#include "sensor/trust/hostname.h"
#include "sensor/trust/members.h"

enum { ISSUERS_MAX = 4096, ISSUERS_GRAMMARS = 64 };

/* What a token of this issuer carries beside its iss; what is not described is not judged. */
struct issuer_expect {
	struct bytes ver;    /* empty: any */
	int x5t;             /* 1: the header has it, 0: it has not, -1: either */
	struct bytes client; /* "appid" or "azp": the claim that names the client application; empty: any */
};

struct issuer {
	struct bytes name;
	struct bytes class;
	struct texts clouds;      /* several where one `iss` form serves several clouds */
	struct grammar *iss;
	size_t n_iss;
	struct bytes tenant;      /* the only tenant there is; empty: what stands under {tenant} */
	struct bytes tenant_claim;
	bool needs_tid;           /* tenant_claim is "tid": a token without it binds to nothing */
	struct texts algorithms;
	struct texts keys;        /* names of key sets that speak for this issuer */
	struct texts keys_fallback; /* ... and of those that do while none of `keys` is loaded */
	bool shared_keys;         /* the same keys sign for every tenant or host its grammars leave open */
	struct texts jwk_issuer;  /* `issuer` members of keys that may sign for it; if any, its keys must show a scope */
	struct texts x5c_cn;      /* common names of the certificates around its keys */
	struct issuer_expect expect;
};

struct issuers {
	struct issuer *items; /* in the order they are tried */
	size_t n;
	struct hostname_known *hosts; /* hosts of their own, each once */
	size_t n_hosts;
	struct finder grammars;  /* all of them, by the number of their issuer */
	struct finder imitables; /* ... and those that grammar_imitable */
};

struct issuers_hit {
	const struct issuer *issuer; /* NULL: fits none */
	const struct grammar *grammar;
	struct bytes tenant;         /* under {tenant}, or the issuer's only one; empty: it has none */
};

/* Reads one issuers.json, `place` for the errors. Its issuers are tried before those already there, and replace the
 * ones of the same name. Text is copied into `arena`. */
void issuers_load(
    struct issuers *issuers, const char *place, struct bytes json, struct arena *arena, struct errors *errors);

/* After the last file and before the first search: gathers hosts and grammars. False when there are more hosts than
 * ISSUERS_MAX, or memory is short. */
bool issuers_finish(struct issuers *issuers);
void issuers_fini(struct issuers *issuers);

/* The first issuer that `iss` fits byte for byte. */
struct issuers_hit issuers_find(const struct issuers *issuers, struct bytes iss);

/* May a key of owner `owner` stand for `issuer` as far as kinds of owners go: the same one, or both of one class. */
bool issuers_same_class(const struct issuer *owner, const struct issuer *issuer);

/* Does `iss` fit this issuer? */
bool issuers_fits(const struct issuer *issuer, struct bytes iss, struct bytes *tenant);

#endif
