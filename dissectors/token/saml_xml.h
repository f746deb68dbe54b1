/* saml_xml: XML 1.0 told element by element to a walk. Nothing is fetched, included, expanded or validated. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_SAML_XML_H
#define STORMGLASS_DISSECTORS_TOKEN_SAML_XML_H

#include "dissectors/token/saml_walk.h"
#include "sensor/base/budget.h"

/* The parser's tables, which all threads share and none may set up while others parse: once, before there are threads. */
void saml_xml_start(void);

/* Walks `xml`, which begins with its root, as UTF-8. What is wrong is noted in the walk, and gone past where that can be done.
 * `budget` is charged with what the parser may take meanwhile; false where it refuses. */
bool saml_xml_walk(struct bytes xml, struct saml_walk *walk, struct budget *budget);

#endif
