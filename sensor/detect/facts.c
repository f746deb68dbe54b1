#include "sensor/detect/facts.h"

#include "sensor/model/tls.h"

void facts_of_time(struct record *use, const struct token *token, int64_t time_ns)
{
	int64_t now = time_ns / 1000000000;

	if (token->has_exp) {
		record_flag(use, USE_EXPIRED, now >= token->exp);
		if (now >= token->exp)
			record_int(use, USE_EXPIRED_FOR, now - token->exp);
	}
	if (token->has_nbf || token->has_iat) {
		int64_t from = !token->has_iat || (token->has_nbf && token->nbf > token->iat) ? token->nbf : token->iat;

		record_flag(use, USE_EARLY, now < from);
		if (now < from)
			record_int(use, USE_EARLY_BY, from - now);
	}
	if (token->has_iat)
		record_int(use, USE_AGE, now - token->iat);
}

void facts_of_binding(struct record *use, const struct record *token, const struct record *connection)
{
	struct bytes wanted = record_get(token, JWT_CNF_X5T_S256), had = record_get(connection, TLS_CLIENT_X5T_S256);

	if (wanted.len && had.len)
		record_text(use, USE_CERT_BINDING, bytes_text(bytes_equal(wanted, had) ? "match" : "mismatch"));
}
