#include "dissectors/token/saml_xml.h"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "dissectors/token/saml_odd.h"
#include "dissectors/token/saml_text.h"

enum {
	ERRORS = 32,               /* what has more is not XML */
	PARSER_MEMORY = 32 << 10,  /* of a parser, whatever it reads */
	MEMORY_PER_BYTE = 12,      /* measured, in a text where every name is another: 9 */
};

struct parse {
	xmlParserCtxtPtr parser;
	struct saml_walk *walk;
	unsigned n_errors;
	bool stopped;
};

static struct bytes text_of(const xmlChar *text)
{
	return bytes_text((const char *)text);
}

/* Not xmlStopParser: it frees the text, into which the parser has pointers wherever it finds an error. */
static void stop(struct parse *parse)
{
	parse->stopped = true;
	parse->parser->instate = XML_PARSER_EOF;
	parse->parser->disableSAX = 1;
}

/* An element whose tag is broken begins, but its end is never told. */
static struct parse *parse_of(void *user)
{
	xmlParserCtxtPtr parser = user;
	struct parse *parse = parser->_private;

	while (parse->walk->depth > (size_t)parser->nameNr)
		saml_walk_end(parse->walk);
	return parse;
}

static void on_error(void *user, xmlErrorPtr error)
{
	struct parse *parse = ((xmlParserCtxtPtr)user)->_private;

	if (error->level == XML_ERR_WARNING || parse->stopped)
		return;
	parse->walk->odd |= saml_odd_bit(SAML_ODD_BAD_XML);
	if (error->code == XML_ERR_DOCUMENT_END)
		parse->walk->ended = false; /* more follows, which may be what belongs into the root */
	if (++parse->n_errors >= ERRORS || error->code == XML_ERR_NO_MEMORY)
		stop(parse);
}

/* `raw` has five pointers an attribute: name, prefix, namespace, begin and end of the value. */
static void on_start(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri, int n_namespaces,
    const xmlChar **namespaces, int n, int n_defaulted, const xmlChar **raw)
{
	struct parse *parse = parse_of(user);
	struct saml_attribute attributes[SAML_TEXT_ATTRIBUTES];
	size_t i = 0;

	(void)prefix, (void)uri, (void)n_namespaces, (void)namespaces, (void)n_defaulted;
	for (; i < SAML_TEXT_ATTRIBUTES && i < (size_t)n; i++, raw += 5) {
		struct bytes value = bytes_of(raw[3], (size_t)(raw[4] - raw[3]));

		attributes[i] = (struct saml_attribute){ text_of(raw[0]), value, raw[1] != NULL };
	}
	/* After an error the parser leaves out entities like &amp;, unless it believes that there was none. */
	parse->parser->wellFormed = 1;
	if (!saml_walk_start(parse->walk, text_of(name), attributes, i))
		stop(parse);
}

static void on_end(void *user, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct parse *parse = parse_of(user);

	(void)name, (void)prefix, (void)uri;
	saml_walk_end(parse->walk);
}

static void on_text(void *user, const xmlChar *text, int len)
{
	struct parse *parse = parse_of(user);

	saml_walk_text(parse->walk, bytes_of(text, (size_t)len));
}

static void on_comment(void *user, const xmlChar *text)
{
	struct parse *parse = parse_of(user);

	(void)text;
	saml_walk_comment(parse->walk);
}

/* None is left in the text; should there be one all the same, it is the last that is read. */
static void on_doctype(void *user, const xmlChar *name, const xmlChar *public_id, const xmlChar *system_id)
{
	struct parse *parse = parse_of(user);

	(void)name, (void)public_id, (void)system_id;
	parse->walk->odd |= saml_odd_bit(SAML_ODD_DOCTYPE);
	stop(parse);
}

/* Nothing here looks up entities or builds a document, so nothing can be expanded. */
static const xmlSAXHandler handlers = {
	.initialized = XML_SAX2_MAGIC,
	.internalSubset = on_doctype,
	.startElementNs = on_start,
	.endElementNs = on_end,
	.characters = on_text,
	.ignorableWhitespace = on_text,
	.cdataBlock = on_text,
	.comment = on_comment,
	.serror = on_error,
};

void saml_xml_start(void)
{
	xmlInitParser();
}

bool saml_xml_walk(struct bytes xml, struct saml_walk *walk, struct budget *budget)
{
	struct parse parse = { .walk = walk };
	size_t memory = PARSER_MEMORY + xml.len * MEMORY_PER_BYTE;

	if (!budget_charge(budget, memory))
		return false;
	parse.parser = xmlNewParserCtxt();
	if (parse.parser) {
		*parse.parser->sax = handlers;
		parse.parser->_private = &parse;
		/* Errors are gone past, the net is not used, the declared encoding is ignored. */
		xmlFreeDoc(xmlCtxtReadMemory(parse.parser, (const char *)xml.data, (int)xml.len, NULL, NULL,
		    XML_PARSE_RECOVER | XML_PARSE_NONET | XML_PARSE_IGNORE_ENC));
		xmlFreeParserCtxt(parse.parser);
		xmlResetLastError(); /* the thread's copy, which may quote the text */
	}
	budget_release(budget, memory);
	return parse.parser != NULL;
}
