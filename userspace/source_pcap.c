// SPDX-License-Identifier: GPL-2.0
/* A capture file as a source of flows and statistics: pcap and pcapng. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli.h"
#include "pcap_library.h"
#include "source_pcap.h"

/* Packets between two looks at the clock. */
#define PROGRESS_STEP 4096

static void say_type(const struct pcap_library *lib, int type,
		     char error[SOURCE_PCAP_ERROR_LEN])
{
	const char *name = lib->datalink_name(type);
	const char *meaning = lib->datalink_description(type);
	char number[32];

	snprintf(number, sizeof(number), "%d", type);
	snprintf(error, SOURCE_PCAP_ERROR_LEN,
		 "link type %s%s%s%s is not one of Ethernet, Linux cooked, raw IP and loopback",
		 name ? name : number, meaning ? " (" : "",
		 meaning ? meaning : "", meaning ? ")" : "");
}

static pcap_t *open_capture(const struct pcap_library *lib, FILE *file,
			    char error[SOURCE_PCAP_ERROR_LEN])
{
	char reason[PCAP_ERRBUF_SIZE] = "";
	pcap_t *pcap;

	pcap = lib->fopen_offline(file, PCAP_TSTAMP_PRECISION_NANO, reason);
	if (!pcap) {
		snprintf(error, SOURCE_PCAP_ERROR_LEN, "%s", reason);
		if (file != stdin)
			fclose(file);
		return NULL;
	}
	if (!linklayer_is_known(lib->datalink(pcap))) {
		say_type(lib, lib->datalink(pcap), error);
		lib->close(pcap);
		return NULL;
	}
	return pcap;
}

static void replay_frame(struct replay *replay, int type,
			 const struct pcap_pkthdr *header,
			 const uint8_t *bytes)
{
	/* Of the precision that was asked for: tv_usec is nanoseconds. */
	uint64_t now_ns = (uint64_t)header->ts.tv_sec * NS_PER_SEC +
		(uint64_t)header->ts.tv_usec;
	struct frame frame = {
		.bytes = bytes,
		.head_len = header->caplen,
		.wire_len = header->len,
	};
	struct frame ip;

	/* A broken file can have been longer captured than it was. */
	if (frame.wire_len < frame.head_len)
		frame.wire_len = frame.head_len;
	if (linklayer_strip(type, &frame, &ip))
		replay_packet(replay, &ip, now_ns);
	else
		replay_not_ip(replay);
}

static void show_progress(struct progress *progress, FILE *file,
			  uint64_t packets)
{
	off_t done = progress->size ? ftello(file) : 0;

	progress_step(progress, done > 0 ? (uint64_t)done : 0, packets,
		      progress_now());
}

/* Returns what the last pcap_next_ex() did. */
static int replay_packets(const struct pcap_library *lib, pcap_t *pcap,
			  FILE *file, struct replay *replay,
			  struct progress *progress)
{
	int type = lib->datalink(pcap);
	struct pcap_pkthdr *header;
	uint64_t packets = 0;
	const uint8_t *bytes;
	int ret;

	while ((ret = lib->next_ex(pcap, &header, &bytes)) == 1) {
		replay_frame(replay, type, header, bytes);
		if (!(++packets % PROGRESS_STEP))
			show_progress(progress, file, packets);
	}
	return ret;
}

/**
 * source_pcap_replay - replay a capture to its end
 * @file: the capture; closed afterwards, stdin only where libpcap is missing
 * @replay: the replay
 * @progress: shown while it takes
 * @error: what went wrong
 *
 * Return: 0; SOURCE_PCAP_BROKEN where the file could not be read to its end,
 * or -EINVAL where nothing of it could be read; then @error is filled in.
 */
int source_pcap_replay(FILE *file, struct replay *replay,
		       struct progress *progress,
		       char error[SOURCE_PCAP_ERROR_LEN])
{
	const struct pcap_library *lib;
	const char *reason;
	pcap_t *pcap;
	int ret;

	lib = pcap_library_load(&reason);
	if (!lib) {
		snprintf(error, SOURCE_PCAP_ERROR_LEN, "%s", reason);
		/* And be it stdin: nobody else reads that. */
		fclose(file);
		return -EINVAL;
	}
	pcap = open_capture(lib, file, error);
	if (!pcap)
		return -EINVAL;

	ret = replay_packets(lib, pcap, file, replay, progress);
	replay_end(replay);
	if (ret == PCAP_ERROR)
		snprintf(error, SOURCE_PCAP_ERROR_LEN, "%s", lib->geterr(pcap));
	lib->close(pcap);
	return ret == PCAP_ERROR ? SOURCE_PCAP_BROKEN : 0;
}

static FILE *open_file(const char *path)
{
	return strcmp(path, "-") ? fopen(path, "re") : stdin;
}

static uint64_t size_of(FILE *file)
{
	struct stat status;

	if (fstat(fileno(file), &status) || !S_ISREG(status.st_mode))
		return 0;
	return (uint64_t)status.st_size;
}

static int read_all(const char *path, const char *name, struct replay *replay)
{
	char error[SOURCE_PCAP_ERROR_LEN] = "";
	struct progress progress;
	FILE *file;
	int ret;

	file = open_file(path);
	if (!file) {
		cli_error("cannot open '%s': %s", name, strerror(errno));
		return CLI_REFUSED;
	}
	progress_begin(&progress, isatty(STDERR_FILENO) ? stderr : NULL,
		       size_of(file), progress_now());
	ret = source_pcap_replay(file, replay, &progress, error);
	progress_end(&progress);

	if (ret < 0) {
		cli_error("cannot read '%s': %s", name, error);
		return CLI_REFUSED;
	}
	if (ret == SOURCE_PCAP_BROKEN) {
		cli_error("'%s' was not read to its end: %s", name, error);
		return CLI_INCOMPLETE;
	}
	if (replay_is_short_of_memory(replay)) {
		cli_error("'%s' has more flows than there is memory for",
			  name);
		return CLI_INCOMPLETE;
	}
	return CLI_OK;
}

/**
 * source_pcap_load - replay a capture that the person named
 * @opts: the global options, of which there is -r
 * @replay: the replay, to be freed; NULL where there is none
 *
 * What goes wrong is told to the person here.
 *
 * Return: an exit code; there is a replay for CLI_OK and for CLI_INCOMPLETE.
 */
int source_pcap_load(const struct options *opts, struct replay **replay)
{
	const char *name = strcmp(opts->read, "-") ? opts->read :
						     "standard input";
	const char *ports = opts->server_ports;
	int code;

	*replay = replay_new();
	if (!*replay) {
		cli_error("%s", strerror(ENOMEM));
		return CLI_REFUSED;
	}
	if (ports && !replay_set_server_ports(*replay, ports)) {
		cli_error("--server-ports: '%s' is no list as tcp/80,udp/53,tcp/8000-8099",
			  ports);
		code = CLI_USAGE;
	} else {
		code = read_all(opts->read, name, *replay);
	}
	if (code == CLI_OK || code == CLI_INCOMPLETE)
		return code;
	replay_free(*replay);
	*replay = NULL;
	return code;
}
