#include "dissectors/app/dissector.h"

const struct dissector *const dissectors[] = {
	&http1_dissector,
	&http2_dissector,
	&tls_dissector,
	&h2c_dissector,
	&websocket_dissector,
	NULL,
};
