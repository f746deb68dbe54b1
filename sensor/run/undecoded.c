#include "sensor/run/undecoded.h"

#include "dissectors/app/protocol.h"

void undecoded_look(struct flow *flow, const struct packet *packet)
{
	struct bytes data = packet->payload;

	if (flow->looks_like != PROTOCOL_SILENT || data.len == 0 || (flow->layers.dissector && !flow->layers.dissector->decrypts))
		return;
	flow->looks_like = (uint8_t)(packet->ip_proto == IP_PROTO_TCP ? protocol_of_tcp(data) : protocol_of_udp(data)).protocol;
}

void undecoded_count(struct stats *stats, const struct flow *flow)
{
	if (flow->seen_http)
		return;
	switch ((enum protocol)flow->looks_like) {
	case PROTOCOL_TLS:
		stats->app_layer.undecoded.tls++;
		break;
	case PROTOCOL_QUIC:
		stats->app_layer.undecoded.quic++;
		break;
	case PROTOCOL_HTTP2:
		stats->app_layer.undecoded.http2++;
		break;
	case PROTOCOL_SSH:
		stats->app_layer.undecoded.ssh++;
		break;
	case PROTOCOL_OTHER:
		stats->app_layer.undecoded.tcp += flow->key.ip_proto == IP_PROTO_TCP;
		stats->app_layer.undecoded.udp += flow->key.ip_proto == IP_PROTO_UDP;
		break;
	default: /* no data, or HTTP/1: what became of that is counted elsewhere */
		break;
	}
}
