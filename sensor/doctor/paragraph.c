#include "sensor/doctor/paragraph.h"

#include <string.h>

static void put_word(FILE *out, const char *word, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)word[i];

		fputc(c < 0x20 || c == 0x7f ? '?' : c, out);
	}
}

void paragraph_print(FILE *out, const char *lead, const char *text)
{
	size_t indent = strlen(lead), column = indent;

	fputs(lead, out);
	for (const char *word = text + strspn(text, " "); *word;) {
		size_t len = strcspn(word, " ");

		if (column > indent && column + 1 + len > PARAGRAPH_COLUMNS) {
			fprintf(out, "\n%*s", (int)indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', out);
			column++;
		}
		put_word(out, word, len);
		column += len;
		word += len;
		word += strspn(word, " ");
	}
	fputc('\n', out);
}
