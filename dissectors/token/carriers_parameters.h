/* carriers_parameters: credentials in parameters, of URLs and of forms. */
#ifndef STORMGLASS_DISSECTORS_TOKEN_CARRIERS_PARAMETERS_H
#define STORMGLASS_DISSECTORS_TOKEN_CARRIERS_PARAMETERS_H

#include "dissectors/token/finds.h"

/* A request's target, a Referer or a Location: `carrier` is the word for its query and fragment, `path` that for tokens elsewhere
 * in it. */
void carriers_parameters_url(struct finds *finds, const char *carrier, const char *path, struct bytes url);

/* `cut`: the form went on; its last pair is left out. */
void carriers_parameters_form(struct finds *finds, const char *carrier, struct bytes form, bool cut);

#endif
