"""A TCP proxy that cuts every connection again and again, as bad networks do."""
import socket
import threading
import time


class CuttingProxy:
    """Forwards a free local port to a server's, and closes each connection `every` seconds after it was opened."""

    def __init__(self, port, every):
        self.target, self.every = ("127.0.0.1", port), every
        self.cuts = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"sc://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            upstream = socket.create_connection(self.target)
            for a, b in ((client, upstream), (upstream, client)):
                threading.Thread(target=self.copy, args=(a, b), daemon=True).start()
            threading.Thread(target=self.cut, args=(client, upstream), daemon=True).start()

    def copy(self, source, sink):
        try:
            while data := source.recv(65536):
                sink.sendall(data)
        except OSError:
            pass
        finally:
            close(source, sink)

    def cut(self, client, upstream):
        time.sleep(self.every)
        self.cuts += 1
        close(client, upstream)


def close(*sockets):
    for s in sockets:
        try:
            s.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        s.close()
