#include "dissectors/app/dissector.h"

const struct dissector *const dissectors[] = {
	&http1_dissector,
	&tls_dissector,
	&websocket_dissector,
	NULL,
};
