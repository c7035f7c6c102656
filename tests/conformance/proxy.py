"""A proxy in front of an API server: it notes every request, and a test may answer, hold or drop some of them."""

import http.client
import http.server
import json
import ssl
import threading

HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "host", "te", "upgrade"}


class Drop(Exception):
    """Raised by a rule: the connection ends without an answer."""


def status(code, reason, message):
    """What a rule returns to answer by itself."""
    return code, {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": message,
                  "reason": reason, "code": code}


class Proxy:
    """`rule(request)` is asked before a request goes on, which it may change: None lets it, a pair (code, body) answers it.
    `after(request, code)` is told before the answer goes back."""

    def __init__(self, api, certificate, key):
        self.api, self.rule, self.after = api, lambda request: None, lambda request, code: None
        self.requests, self.lock = [], threading.Lock()
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                proxy.handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 128

            def handle_error(self, *_):
                pass  # a client that was killed in the middle

        self.server = Server(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def handle(self, handler):
        length = int(handler.headers.get("Content-Length") or 0)
        body = handler.rfile.read(length) if length else b""
        path = handler.path[len(self.api.base):] if handler.path.startswith(self.api.base) else handler.path
        request = Request(handler.command, path, body)
        with self.lock:
            self.requests.append(request)
        try:
            given = self.rule(request)
        except Drop:
            handler.close_connection = True
            return
        if given is None:
            code, headers, text = self.forward(handler, request)
        else:
            code, headers, text = given[0], [("Content-Type", "application/json")], json.dumps(given[1]).encode()
        self.after(request, code)
        handler.send_response_only(code)
        for name, value in headers:
            if name.lower() not in HOP_BY_HOP:
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(text)))
        handler.end_headers()
        handler.wfile.write(text)

    def forward(self, handler, request):
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in HOP_BY_HOP}
        connection = self.api.connect()
        try:
            target = self.api.base + request.path + ("?" + request.query if request.query else "")
            connection.request(request.method, target, request.body or None, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def count(self, wanted):
        with self.lock:
            return sum(1 for request in self.requests if wanted(request))


class Request:
    def __init__(self, method, path, body):
        self.method, self.body = method, body
        self.path, _, self.query = path.partition("?")

    def __repr__(self):
        return f"{self.method} {self.path}?{self.query}"

    def lists(self, plural):
        return self.method == "GET" and self.path.endswith("/" + plural) and "watch=" not in self.query

    def writes(self, plural):
        """An object of this kind is made or changed, records apart."""
        return self.method in ("PATCH", "POST", "PUT") and f"/{plural}/" in self.path and "/kube-system/" not in self.path
