/* follow: a watched directory, whose files are handed on once each, when nobody writes them any more. Its subdirectories are
 * not looked at.
 *
 * A file is finished if the kernel knows of nobody who has it open for writing. Where it does not say (it does to a file's
 * owner, on local file systems): once it was closed after writing or moved in while it was watched, or else once nothing of it
 * changed for two looks. A look is taken whenever inotify reports something, and every `poll_ms` in case it does not.
 *
 * A file was read once by its inode, size and time of change: a new name does not make it another file, a change does. */
#ifndef STORMGLASS_INPUT_FOLLOW_H
#define STORMGLASS_INPUT_FOLLOW_H

#include "sensor/input/folder.h"
#include "sensor/input/journal.h"

struct follow;

enum follow_status { FOLLOW_FILE, FOLLOW_WAIT };

/* `state_dir` NULL: what was read is not remembered over restarts. NULL: `errors` says why. */
struct follow *follow_new(const char *folder, const char *state_dir, int64_t poll_ms, struct errors *errors);
void follow_free(struct follow *follow);

/* The next finished file, borrowed until the next call; those that are there at once in the order of their first packets.
 * FOLLOW_WAIT: none within `timeout_ms`. Files that are no captures are handed on, too, by their kind. */
enum follow_status follow_next(struct follow *follow, int timeout_ms, const struct folder_file **file);

/* The file that was handed on last was read, and what it gave is written. False: the journal could not be; errno. */
bool follow_done(struct follow *follow);

#endif
