/* signals: what a person or a service manager asks of a running sensor. The signals are blocked and read from a
 * descriptor, between packets: nothing is interrupted, and threads that are made later inherit the block. */
#ifndef STORMGLASS_RUN_SIGNALS_H
#define STORMGLASS_RUN_SIGNALS_H

enum signals_asked {
	SIGNALS_END = 1,    /* SIGINT, SIGTERM: say all that is known, then end */
	SIGNALS_REOPEN = 2, /* SIGHUP: the output was moved away, open it anew */
	SIGNALS_RELOAD = 4, /* SIGUSR2: read rules and trust again */
};

/* From now on these four do not end the process. Returns the descriptor, for poll() too; -1 with errno. */
int signals_open(void);

/* What was asked since the last call, any of signals_asked; never waits. */
unsigned signals_take(int fd);

/* The signals act again as they did; those that wait are dropped. */
void signals_close(int fd);

#endif
