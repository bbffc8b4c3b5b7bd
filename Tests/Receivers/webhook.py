"""An HTTP receiver for tests: webhook.py PORT LOG [STATUS]. Each POST is a line of JSON in LOG; port 0 is any, and is printed."""
import http.server
import json
import sys

status = int(sys.argv[3]) if len(sys.argv) > 3 else 204


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        with open(sys.argv[2], "a") as log:
            log.write(json.dumps({"path": self.path, "body": body, "headers": dict(self.headers)}) + "\n")
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


server = http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
print(server.server_address[1], flush=True)
server.serve_forever()
