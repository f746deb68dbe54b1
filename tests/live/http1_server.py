#!/usr/bin/env python3
"""http1_server.py PORT LOG: Python's http.server as it comes, HTTP/1.0, with a log line per request as nginx writes."""
import http.server
import sys


class Server(http.server.BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.send_response(200)
        self.send_header("Content-Type", "text/plain")
        self.end_headers()  # no length: the body ends with the connection
        if self.command != "HEAD":
            self.wfile.write(b"hello\n" * 500)
        with open(sys.argv[2], "a", encoding="latin-1") as log:
            fields = (sys.argv[1], self.command, self.path, "200", self.headers.get("Authorization", "-"))
            log.write("\t".join(fields) + "\n")

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer


server = http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Server)
print("ready", flush=True)
server.serve_forever()
