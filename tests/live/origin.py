#!/usr/bin/env python3
"""origin.py ADDRESS PORT [FOLDER]: an origin for the recordings: answers every request with a little JSON, or, where FOLDER has
a file named as the path (its slashes as dashes), with what stands in it: lines of a head, an empty line, a body."""
import http.server
import pathlib
import sys


class Origin(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def read_body(self):
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline().split(b";")[0], 16):
                self.rfile.read(size + 2)
            self.rfile.readline()
        else:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def is_satisfied(self):
        """Has the client answered a challenge? NTLM's third message, or Digest."""
        return self.headers.get("Authorization", "").startswith(("NTLM TlRMTVNTUAAD", "Digest "))

    def prepared(self):
        """(status, fields, body) of the answer to this path."""
        name = self.path.partition("?")[0].strip("/").replace("/", "-")[:200]
        file = pathlib.Path(sys.argv[3]) / name if len(sys.argv) > 3 and name else None
        if not file or not file.is_file() or self.is_satisfied():
            return 200, [("Content-Type", "application/json")], b'{"items":[],"path":"%s"}' % self.path.partition("?")[0].encode()
        head, _, body = file.read_bytes().partition(b"\n\n")
        status, *lines = head.decode().splitlines()
        return int(status), [tuple(line.split(": ", 1)) for line in lines], body

    def answer(self):
        self.read_body()
        status, fields, body = self.prepared()
        chunked = ("Transfer-Encoding", "chunked") in fields
        self.send_response(status)
        for name, value in fields:
            self.send_header(name, value)
        if not chunked:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        for at in range(0, len(body), 200) if chunked else ():
            self.wfile.write(b"%x\r\n%s\r\n" % (len(body[at:at + 200]), body[at:at + 200]))
        self.wfile.write(b"0\r\n\r\n" if chunked else body)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = do_OPTIONS = answer


if __name__ == "__main__":
    http.server.ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Origin).serve_forever()
