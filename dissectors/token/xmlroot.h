/* xmlroot: what the outermost element of an XML text is called. No XML is parsed; what may stand before the element is stepped
 * over: a byte order mark, blanks, the declaration, comments, a document type (XML 1.0 2.8). */
#ifndef STORMGLASS_DISSECTORS_TOKEN_XMLROOT_H
#define STORMGLASS_DISSECTORS_TOKEN_XMLROOT_H

#include "sensor/base/bytes.h"

enum { XMLROOT_NAME_LEN = 64 };

/* `text` is XML, or that in base64 (then its first character is no '<' and no byte order mark). Writes the name without its
 * prefix and returns its length; 0: there is no element, or its name is longer. */
size_t xmlroot_name(struct bytes text, uint8_t name[XMLROOT_NAME_LEN]);

#endif
