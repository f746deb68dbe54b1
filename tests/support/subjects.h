/* subjects: the records of an event from lines "keyword=value", for tests of rules. */
#ifndef STORMGLASS_TESTS_SUPPORT_SUBJECTS_H
#define STORMGLASS_TESTS_SUPPORT_SUBJECTS_H

#include "sensor/model/subject.h"

struct subjects {
	struct budget budget;
	struct arena arena;
};

void subjects_init(struct subjects *subjects);
void subjects_fini(struct subjects *subjects);

/* A record exists where one of its keywords is given; texts of an array are separated by commas. A wrong line aborts. */
struct subject subjects_make(struct subjects *subjects, const char *lines, bool final);

#endif
