/* cost OUT COMMAND...: runs COMMAND with its output to /dev/null; writes CPU microseconds and peak RSS in KiB to OUT.
 * A small parent on purpose: a child's peak begins with what its parent had mapped, and Python maps a lot. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static long long us(struct timeval t)
{
	return t.tv_sec * 1000000LL + t.tv_usec;
}

int main(int argc, char **argv)
{
	struct rusage usage;
	int status;

	if (argc < 3) {
		fprintf(stderr, "usage: cost OUT COMMAND...\n");
		return 1;
	}
	pid_t pid = fork();

	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		dup2(null, STDOUT_FILENO);
		execv(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid)
		return 1;
	FILE *out = fopen(argv[1], "w");

	if (!out)
		return 1;
	fprintf(out, "%lld %ld\n", us(usage.ru_utime) + us(usage.ru_stime), usage.ru_maxrss);
	return fclose(out) != 0 || !WIFEXITED(status) ? 1 : WEXITSTATUS(status);
}
