/* Stands in for a worker where its caller expects a Python: same output, signals and exit status.

   It starts five times a `pulumi up`, and in C takes a tenth of the time that a bare Python needs to start. Compiled
   with SOCKET, the server's address, and with SCRIPT, where it stands for a Python script: its path. */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define MOST_DESCRIPTORS 64 /* server.py's _MOST_DESCRIPTORS */

extern char **environ;
static int connection;

static void fail(const char *action) {
    perror(action);
    _exit(1);
}

/* What the caller left open for us: the three standard streams, and the pipes that it passes on. */
static int list_open_descriptors(int *descriptors) {
    DIR *listing = opendir("/dev/fd");
    if (!listing) fail("/dev/fd");
    int count = 0;
    for (struct dirent *entry; (entry = readdir(listing));) {
        int number = atoi(entry->d_name);
        if (entry->d_name[0] == '.' || number == dirfd(listing)) continue;
        if (count == MOST_DESCRIPTORS) fail("too many open files");
        descriptors[count++] = number;
    }
    closedir(listing);
    return count;
}

static void connect_to_server(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = SOCKET};
    connection = socket(AF_UNIX, SOCK_STREAM, 0);
    if (connect(connection, (struct sockaddr *)&address, sizeof address)) fail(SOCKET);
}

/* The request is text, each part with its NUL: folder, descriptors, the number of arguments, arguments, environment. */
static char *write_request(size_t *length, const int *descriptors, int count, char **arguments) {
    char *request;
    FILE *stream = open_memstream(&request, length);
    char *folder = getcwd(NULL, 0);
    if (!stream || !folder) fail("the request");
    fprintf(stream, "%s%c", folder, 0);
    for (int i = 0; i < count; i++) fprintf(stream, "%d ", descriptors[i]);
    int arguments_count = 0;
    while (arguments[arguments_count]) arguments_count++;
    fprintf(stream, "%c%d%c", 0, arguments_count, 0);
    for (char **argument = arguments; *argument; argument++) fprintf(stream, "%s%c", *argument, 0);
    for (char **variable = environ; *variable; variable++) fprintf(stream, "%s%c", *variable, 0);
    fclose(stream);
    return request;
}

/* Our open files with the request's length (8 bytes, big-endian), then the request. */
static void send_request(const char *request, size_t length, const int *descriptors, int count) {
    unsigned char header[8];
    for (int i = 0; i < 8; i++) header[i] = (unsigned char)((unsigned long long)length >> (56 - 8 * i));
    union {
        char bytes[CMSG_SPACE(sizeof(int) * MOST_DESCRIPTORS)];
        struct cmsghdr aligned;
    } control = {0};
    struct iovec content = {header, sizeof header};
    struct msghdr message = {.msg_iov = &content, .msg_iovlen = 1};
    if (count) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        struct cmsghdr *files = CMSG_FIRSTHDR(&message);
        files->cmsg_level = SOL_SOCKET;
        files->cmsg_type = SCM_RIGHTS;
        files->cmsg_len = CMSG_LEN(sizeof(int) * count);
        memcpy(CMSG_DATA(files), descriptors, sizeof(int) * count);
    }
    if (sendmsg(connection, &message, 0) != sizeof header) fail("the server");
    while (length) {
        ssize_t sent = send(connection, request, length, 0);
        if (sent < 0) fail("the server");
        request += sent;
        length -= sent;
    }
}

static void pass_on(int number) {
    unsigned char byte = (unsigned char)number;
    int error = errno;
    send(connection, &byte, 1, 0);
    errno = error;
}

/* The worker's exit status; negative for the signal that ended it. */
static int wait_for_status(pid_t parent) {
    unsigned char status[4];
    for (;;) {
        ssize_t received = recv(connection, status, sizeof status, 0);
        if (received == sizeof status)
            return (int)((unsigned)status[0] << 24 | status[1] << 16 | status[2] << 8 | status[3]);
        int is_interrupted = received < 0 && (errno == EINTR || errno == EAGAIN);
        if (!is_interrupted || getppid() != parent) return 1; /* the caller was killed, and we with it */
    }
}

int main(int count, char **arguments) {
    pid_t parent = getppid();
    int descriptors[MOST_DESCRIPTORS];
    int open_files = list_open_descriptors(descriptors);
#ifdef SCRIPT
    arguments[0] = SCRIPT;
#else
    arguments++;
#endif
    (void)count;
    connect_to_server();
    size_t length;
    char *request = write_request(&length, descriptors, open_files, arguments);
    send_request(request, length, descriptors, open_files);

    int numbers[] = {SIGINT, SIGTERM, SIGHUP};
    struct sigaction action = {.sa_handler = pass_on};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) sigaction(numbers[i], &action, NULL);
    struct timeval tick = {.tv_sec = 1};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof tick);
    int status = wait_for_status(parent);
    if (status < 0) {
        signal(-status, SIG_DFL);
        kill(getpid(), -status);
    }
    _exit(status);
}
