#include "sensor/run/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

static const struct {
	int number;
	unsigned asks;
} heard[] = {
	{ SIGINT, SIGNALS_END }, { SIGTERM, SIGNALS_END }, { SIGHUP, SIGNALS_REOPEN }, { SIGUSR2, SIGNALS_RELOAD },
};

enum { N_HEARD = sizeof heard / sizeof heard[0] };

static sigset_t heard_set(void)
{
	sigset_t set;

	sigemptyset(&set);
	for (unsigned i = 0; i < N_HEARD; i++)
		sigaddset(&set, heard[i].number);
	return set;
}

int signals_open(void)
{
	sigset_t set = heard_set();

	if (pthread_sigmask(SIG_BLOCK, &set, NULL) != 0)
		return -1;
	return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

unsigned signals_take(int fd)
{
	struct signalfd_siginfo info;
	unsigned asked = 0;

	while (read(fd, &info, sizeof info) == sizeof info)
		for (unsigned i = 0; i < N_HEARD; i++)
			if ((int)info.ssi_signo == heard[i].number)
				asked |= heard[i].asks;
	return asked;
}

void signals_close(int fd)
{
	sigset_t set = heard_set();

	if (fd < 0)
		return;
	signals_take(fd);
	close(fd);
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}
