/* The least that a health check can be: one GET to 127.0.0.1:PORT, without a deadline, options or a
   word about what went wrong. Exit 0 for a status line of HTTP/1 and 2xx. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int count, char **words)
{
    static const char request[] =
        "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char answer[512];

    if (count != 2)
        return 1;
    address.sin_port = htons(atoi(words[1]));
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0)
        return 1;
    if (write(connection, request, sizeof request - 1) != sizeof request - 1)
        return 1;
    if (read(connection, answer, sizeof answer) < 12)
        return 1;
    return memcmp(answer, "HTTP/1.", 7) != 0 || answer[9] != '2';
}
