#include "dissectors/token/provider_prefix.h"

/* With its separator; and how many characters follow it at least, so many that a hash of the token cannot be reversed. Most
 * tokens have exactly these, but the providers let them grow. */
static const struct provider_prefix {
	const char *prefix;
	enum credential_kind kind;
	size_t rest_len;
} prefixes[] = {
	/* Google: access, refresh */
	{ "ya29.", CREDENTIAL_GOOGLE, 22 },
	{ "1//", CREDENTIAL_GOOGLE, 22 },
	/* GitHub: personal, OAuth, user of an app, installation of an app (36, or the app's number and a JWT), refresh */
	{ "ghp_", CREDENTIAL_GITHUB, 36 },
	{ "gho_", CREDENTIAL_GITHUB, 36 },
	{ "ghu_", CREDENTIAL_GITHUB, 36 },
	{ "ghs_", CREDENTIAL_GITHUB, 36 },
	{ "ghr_", CREDENTIAL_GITHUB, 36 },
	{ "github_pat_", CREDENTIAL_GITHUB, 82 },
	/* GitLab: personal, deploy, runner (given, registered), job, application secret, SCIM, feature flags, trigger, feed,
	 * incoming mail, Kubernetes agent, workspace */
	{ "glpat-", CREDENTIAL_GITLAB, 20 },
	{ "gldt-", CREDENTIAL_GITLAB, 20 },
	{ "glrt-", CREDENTIAL_GITLAB, 20 },
	{ "glrtr-", CREDENTIAL_GITLAB, 20 },
	{ "glcbt-", CREDENTIAL_GITLAB, 22 },
	{ "gloas-", CREDENTIAL_GITLAB, 64 },
	{ "glsoat-", CREDENTIAL_GITLAB, 20 },
	{ "glffct-", CREDENTIAL_GITLAB, 20 },
	{ "glptt-", CREDENTIAL_GITLAB, 40 },
	{ "glft-", CREDENTIAL_GITLAB, 20 },
	{ "glimt-", CREDENTIAL_GITLAB, 25 },
	{ "glagent-", CREDENTIAL_GITLAB, 50 },
	{ "glwt-", CREDENTIAL_GITLAB, 20 },
	/* Slack: bot, user, workspace, refresh, configuration, session of a client, legacy ones, app, workflow; numbers of team
	 * and app come first, then the random part */
	{ "xoxb-", CREDENTIAL_SLACK, 24 },
	{ "xoxp-", CREDENTIAL_SLACK, 24 },
	{ "xoxa-", CREDENTIAL_SLACK, 24 },
	{ "xoxr-", CREDENTIAL_SLACK, 24 },
	{ "xoxe-", CREDENTIAL_SLACK, 24 },
	{ "xoxe.", CREDENTIAL_SLACK, 24 },
	{ "xoxc-", CREDENTIAL_SLACK, 24 },
	{ "xoxo-", CREDENTIAL_SLACK, 24 },
	{ "xoxs-", CREDENTIAL_SLACK, 24 },
	{ "xapp-", CREDENTIAL_SLACK, 24 },
	{ "xwfp-", CREDENTIAL_SLACK, 24 },
};

static bool is_separator(uint8_t c)
{
	return c == '_' || c == '-' || c == '.' || c == '/';
}

/* Letters, digits, '-', '_', '.': what each of them is made of. */
static bool is_plain(struct bytes rest)
{
	for (size_t i = 0; i < rest.len; i++) {
		uint8_t c = rest.data[i], lower = c | 0x20;

		if (!(lower >= 'a' && lower <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '_' && c != '.')
			return false;
	}
	return true;
}

enum credential_kind provider_prefix_kind(struct bytes token, struct bytes *word)
{
	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		struct bytes prefix = bytes_text(prefixes[i].prefix);

		if (token.len < prefix.len + prefixes[i].rest_len || !bytes_equal(bytes_head(token, prefix.len), prefix))
			continue;
		if (!is_plain(bytes_tail(token, prefix.len)))
			break;
		while (is_separator(prefix.data[prefix.len - 1]))
			prefix.len--;
		if (word)
			*word = prefix;
		return prefixes[i].kind;
	}
	return CREDENTIAL_OPAQUE;
}

void provider_prefix_scan(
    const struct credential *credential, struct record *record, struct bytes *subject, struct arena *arena)
{
	struct bytes word;

	(void)subject;
	(void)arena;
	if (provider_prefix_kind(credential_token(credential->secret), &word) != CREDENTIAL_OPAQUE)
		record_text(record, TOKEN_SUBTYPE, word);
}
