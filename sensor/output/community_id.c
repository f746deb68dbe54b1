#include "sensor/output/community_id.h"

#include <openssl/evp.h>
#include <stdlib.h>

enum { SHA1_LEN = 20, INPUT_MAX = 2 + 2 * 16 + 2 + 2 * 2 };

struct community_id {
	EVP_MD *sha1;
	EVP_MD_CTX *context; /* reused: fetching and allocating cost more than one block of SHA-1 */
	uint16_t seed;
};

struct community_id *community_id_new(uint16_t seed)
{
	struct community_id *id = calloc(1, sizeof *id);

	if (!id)
		return NULL;
	id->seed = seed;
	id->sha1 = EVP_MD_fetch(NULL, "SHA1", NULL);
	id->context = EVP_MD_CTX_new();
	if (!id->sha1 || !id->context) {
		community_id_free(id);
		return NULL;
	}
	return id;
}

void community_id_free(struct community_id *id)
{
	if (!id)
		return;
	EVP_MD_CTX_free(id->context);
	EVP_MD_free(id->sha1);
	free(id);
}

static bool community_id_has_ports(uint8_t ip_proto)
{
	return ip_proto == IP_PROTO_TCP || ip_proto == IP_PROTO_UDP || ip_proto == IP_PROTO_SCTP;
}

/* Does the source come first: the smaller address, and of equal addresses the smaller port. */
static bool community_id_in_order(const struct flow_facts *flow)
{
	int order = memcmp(flow->src.b, flow->dst.b, sizeof flow->src.b);

	if (order == 0 && community_id_has_ports(flow->ip_proto))
		return flow->src_port <= flow->dst_port;
	return order <= 0;
}

static uint8_t *community_id_be16(uint8_t *at, uint16_t number)
{
	*at++ = (uint8_t)(number >> 8);
	*at++ = (uint8_t)number;
	return at;
}

/*  seed   address    address    proto  0  port   port
 * +------+----------+----------+------+--+------+------+
 * |  2   |  4 or 16 |  4 or 16 |  1   | 1|  2   |  2   |   ports only where the protocol has them
 * +------+----------+----------+------+--+------+------+ */
static size_t community_id_input(const struct community_id *id, const struct flow_facts *flow, uint8_t out[INPUT_MAX])
{
	bool in_order = community_id_in_order(flow);
	const struct address *first = in_order ? &flow->src : &flow->dst;
	const struct address *second = in_order ? &flow->dst : &flow->src;
	size_t address_len = flow->ip_version == 4 ? 4 : 16;
	uint8_t *at = community_id_be16(out, id->seed);

	memcpy(at, first->b + 16 - address_len, address_len);
	at += address_len;
	memcpy(at, second->b + 16 - address_len, address_len);
	at += address_len;
	*at++ = flow->ip_proto;
	*at++ = 0;
	if (community_id_has_ports(flow->ip_proto)) {
		at = community_id_be16(at, in_order ? flow->src_port : flow->dst_port);
		at = community_id_be16(at, in_order ? flow->dst_port : flow->src_port);
	}
	return (size_t)(at - out);
}

bool community_id_text(struct community_id *id, char *out, const struct flow_facts *flow)
{
	uint8_t input[INPUT_MAX], digest[EVP_MAX_MD_SIZE];
	unsigned char text[COMMUNITY_ID_LEN - 2 + 1]; /* EVP_EncodeBlock adds a NUL */

	if (flow->ip_version == 0 || flow->ip_proto == IP_PROTO_ICMP || flow->ip_proto == IP_PROTO_ICMP6)
		return false;
	size_t len = community_id_input(id, flow, input);

	if (!EVP_DigestInit_ex2(id->context, id->sha1, NULL) || !EVP_DigestUpdate(id->context, input, len) ||
	    !EVP_DigestFinal_ex(id->context, digest, NULL))
		return false;
	EVP_EncodeBlock(text, digest, SHA1_LEN);
	memcpy(out, "1:", 2);
	memcpy(out + 2, text, COMMUNITY_ID_LEN - 2);
	return true;
}
