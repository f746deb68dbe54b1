/* paragraph: text in lines of at most 80 columns. */
#ifndef STORMGLASS_DOCTOR_PARAGRAPH_H
#define STORMGLASS_DOCTOR_PARAGRAPH_H

#include <stdio.h>

enum { PARAGRAPH_COLUMNS = 80 };

/* `text` behind `lead` ("1. "), further lines below its beginning. Words longer than a line stand alone. Control
 * characters, which could steer a terminal, become question marks. */
void paragraph_print(FILE *out, const char *lead, const char *text);

#endif
