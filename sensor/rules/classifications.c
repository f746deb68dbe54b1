#include "sensor/rules/classifications.h"

#include "sensor/rules/text.h"

static bool read_class(struct classifications *all, struct bytes text, struct arena *arena, struct reason *reason)
{
	struct bytes name, description, priority;
	int64_t severity;

	if (!text_item(&text, ',', &name) || !text_item(&text, ',', &description) ||
		!text_item(&text, ',', &priority) || text.data || name.len == 0)
		return reason_is(reason, "expected 'config classification: name,Description,priority'");
	if (!text_number_in(priority, 1, 255, &severity))
		return reason_is(reason, "priority '%.*s' is not a number from 1 to 255", TEXT_ARGS(priority));
	struct classification *class = arena_alloc(arena, sizeof *class);

	if (!class)
		return reason_is(reason, "out of memory");
	*class = (struct classification){ all->classes, text_string(name, arena), text_string(description, arena),
		(unsigned)severity };
	if (!class->name || !class->description)
		return reason_is(reason, "out of memory");
	all->classes = class;
	return true;
}

static bool read_reference(struct classifications *all, struct bytes text, struct arena *arena, struct reason *reason)
{
	struct bytes name;
	struct reference_type *type = arena_alloc(arena, sizeof *type);

	if (!text_item(&text, ' ', &name) || name.len == 0 || !text.data)
		return reason_is(reason, "expected 'config reference: type prefix'");
	if (!type)
		return reason_is(reason, "out of memory");
	*type = (struct reference_type){ all->references, text_string(name, arena) };
	if (!type->name)
		return reason_is(reason, "out of memory");
	all->references = type;
	return true;
}

bool classifications_read(struct classifications *all, struct bytes line, struct arena *arena, struct reason *reason)
{
	if (text_skip(&line, "config classification:"))
		return read_class(all, line, arena, reason);
	if (text_skip(&line, "config reference:"))
		return read_reference(all, line, arena, reason);
	return reason_is(reason, "expected 'config classification:' or 'config reference:'");
}

const struct classification *classifications_find(const struct classifications *all, struct bytes name)
{
	const struct classification *class = all->classes;

	while (class && !bytes_is(name, class->name))
		class = class->next;
	return class;
}

bool classifications_have_reference(const struct classifications *all, struct bytes type)
{
	const struct reference_type *have = all->references;

	while (have && !bytes_is(type, have->name))
		have = have->next;
	return have || !all->references;
}
