#include "sensor/doctor/findings.h"

#include <stdlib.h>

#include "sensor/doctor/symptoms.h"

/* Takes the finished text into the finding it belongs to. */
static void finish(struct draft *draft)
{
	if (!draft->out)
		return;
	if (fclose(draft->out) != 0 || !draft->text)
		draft->failed = true;
	draft->findings->items[draft->findings->n - 1].what = draft->text;
	draft->out = NULL;
	draft->text = NULL;
}

struct finding *symptoms_add(struct draft *draft, const char *id, enum findings_weight weight, double share)
{
	finish(draft);
	struct finding *finding = &draft->findings->items[draft->findings->n];

	*finding = (struct finding){ .id = id, .weight = weight, .share = share };
	draft->out = open_memstream(&draft->text, &draft->text_len);
	if (!draft->out) {
		draft->failed = true;
		return NULL;
	}
	draft->findings->n++;
	return finding;
}

void symptoms_example(struct draft *draft, const struct tally_examples *examples)
{
	for (unsigned i = 0; i < examples->n; i++)
		fprintf(
		    draft->out, "%s%s", i ? ", " : " For example ", words_example(draft->words, &examples->items[i]));
	if (examples->n)
		fputc('.', draft->out);
}

static int compare(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? -1 : 1;
	if (x->share > y->share || x->share < y->share)
		return x->share > y->share ? -1 : 1;
	return strcmp(x->id, y->id);
}

bool findings_make(struct findings *findings, const struct tally *tally)
{
	symptom *const *const lists[] = { symptoms_delivery, symptoms_shape, symptoms_content };
	struct words words = { .next = 0 };
	struct draft draft = { .tally = tally, .findings = findings, .words = &words };

	*findings = (struct findings){ .n = 0 };
	for (size_t list = 0; list < sizeof lists / sizeof *lists; list++)
		for (size_t i = 0; lists[list][i] && !draft.failed && findings->n < FINDINGS_MAX; i++)
			lists[list][i](&draft);
	finish(&draft);
	if (!draft.failed)
		qsort(findings->items, findings->n, sizeof *findings->items, compare);
	return !draft.failed;
}

void findings_fini(struct findings *findings)
{
	for (unsigned i = 0; i < findings->n; i++)
		free(findings->items[i].what);
	findings->n = 0;
}

enum findings_verdict findings_verdict(const struct findings *findings)
{
	if (!findings->n || findings->items[0].weight > FINDINGS_GAPS)
		return FINDINGS_GOOD;
	return findings->items[0].weight == FINDINGS_BREAKS ? FINDINGS_UNUSABLE : FINDINGS_USABLE;
}

const char *findings_verdict_id(enum findings_verdict verdict)
{
	static const char *const ids[] = { "good", "usable_with_gaps", "not_usable" };

	return ids[verdict];
}

const char *findings_verdict_words(enum findings_verdict verdict)
{
	static const char *const words[] = { "good", "usable with gaps", "not usable" };

	return words[verdict];
}

const char *findings_weight_id(enum findings_weight weight)
{
	static const char *const ids[] = { "breaks", "gaps", "advice", "note" };

	return ids[weight];
}
