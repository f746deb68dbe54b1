/* rule_file: files of rules and of classifications, cut into logical lines. */
#ifndef STORMGLASS_RULES_RULE_FILE_H
#define STORMGLASS_RULES_RULE_FILE_H

#include "sensor/base/errors.h"
#include "sensor/rules/rules.h"

/* Rules from memory, as rules_load reads them from a file; `name` stands for the file in errors. */
void rule_file_rules(struct rules *rules, const char *name, struct bytes text, struct errors *errors);
void rule_file_classifications(struct rules *rules, const char *name, struct bytes text, struct errors *errors);

/* All of a file in memory from malloc, or NULL after adding the error. */
uint8_t *rule_file_read(const char *name, size_t *len, struct errors *errors);

#endif
