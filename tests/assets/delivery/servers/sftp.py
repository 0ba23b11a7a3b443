"""An SFTP server over a folder of the test, on loopback, that can be cut half-way, be full, or not know OpenSSH's rename."""

import os
import random
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import paramiko

USER, PASSWORD = "velocity", "password-of-the-tests"
HOST_KEY = paramiko.ECDSAKey.generate()


@dataclass
class Sftp:
    """The server's state. `cut_after` bytes written, or `cut_at` an operation, the connection is cut, as often as listed."""

    root: Path
    port: int = 0
    host_key: paramiko.PKey = HOST_KEY
    accepted_key: str = ""
    cut_after: list[int] = field(default_factory=list)
    cut_at: list[str] = field(default_factory=list)
    is_plain: bool = False  # without posix-rename@openssh.com
    is_full: bool = False
    is_closed: bool = False  # nothing may be written
    slow_at: list[str] = field(default_factory=list)  # operations whose answer is late
    slowness: float = 1.5
    logins: int = 0
    draw: random.Random | None = None  # cuts at random, in a share of all steps
    share: float = 0.0
    cut: int = 0

    def local(self, path: str) -> Path:
        return self.root / os.path.normpath("/" + path).lstrip("/")

    def cuts(self, what: str) -> bool:
        if self.cut_at and self.cut_at[0] == what:
            self.cut_at.pop(0)
            return True
        return self.draw is not None and self.draw.random() < self.share / 4  # a file takes a handful of steps


class Login(paramiko.ServerInterface):
    def __init__(self, state: Sftp) -> None:
        self.state = state

    def get_allowed_auths(self, username: str) -> str:
        return "password,publickey"

    def check_auth_password(self, username: str, password: str) -> int:
        return self._told((username, password) == (USER, PASSWORD))

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return self._told(username == USER and key.fingerprint == self.state.accepted_key)

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def _told(self, is_right: bool) -> int:
        self.state.logins += is_right
        return paramiko.AUTH_SUCCESSFUL if is_right else paramiko.AUTH_FAILED


class Handle(paramiko.SFTPHandle):
    def __init__(self, files: "Files", path: Path, flags: int) -> None:
        super().__init__(flags)
        self.files = files
        self.readfile = self.writefile = path.open("r+b" if flags & (os.O_WRONLY | os.O_RDWR) else "rb")

    def write(self, offset: int, data: bytes) -> int:
        state = self.files.state
        if state.is_full:
            return paramiko.SFTP_FAILURE
        if state.cuts("write"):
            return self.files.cut()
        if state.cut_after and offset + len(data) > state.cut_after[0]:
            state.cut_after.pop(0)
            return self.files.cut()
        return super().write(offset, data)

    def stat(self) -> paramiko.SFTPAttributes | int:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


class Files(paramiko.SFTPServerInterface):
    def __init__(self, server: paramiko.ServerInterface, state: Sftp, transport: paramiko.Transport) -> None:
        super().__init__(server)
        self.state, self.transport = state, transport

    def cut(self) -> int:
        self.state.cut += 1
        with suppress(OSError):
            self.transport.sock.shutdown(socket.SHUT_RDWR)
        return paramiko.SFTP_CONNECTION_LOST

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> Handle | int:
        local = self.state.local(path)
        try:
            if flags & os.O_CREAT:
                os.close(os.open(local, flags & (os.O_CREAT | os.O_TRUNC) | os.O_WRONLY, 0o600))
            return Handle(self, local, flags)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    def stat(self, path: str) -> paramiko.SFTPAttributes | int:
        try:
            return paramiko.SFTPAttributes.from_stat(self.state.local(path).stat())
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)

    lstat = stat

    def _tried(self, what: str, action: object) -> int:
        if self.state.is_closed:
            return paramiko.SFTP_PERMISSION_DENIED
        if self.state.cuts(f"{what} before"):
            return self.cut()
        try:
            action()  # type: ignore[operator]  # a call without arguments
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno or 0)
        if what in self.state.slow_at:
            self.state.slow_at.remove(what)
            time.sleep(self.state.slowness)
        return self.cut() if self.state.cuts(f"{what} after") else paramiko.SFTP_OK

    def remove(self, path: str) -> int:
        return self._tried("remove", self.state.local(path).unlink)

    def mkdir(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        return self._tried("mkdir", self.state.local(path).mkdir)

    def rename(self, old: str, new: str) -> int:
        if self.state.local(new).exists():
            return paramiko.SFTP_FAILURE
        return self._tried("rename", lambda: self.state.local(old).rename(self.state.local(new)))

    def posix_rename(self, old: str, new: str) -> int:
        if self.state.is_plain:
            return paramiko.SFTP_OP_UNSUPPORTED
        return self._tried("rename", lambda: self.state.local(old).replace(self.state.local(new)))


@contextmanager
def serving(root: Path) -> Iterator[Sftp]:
    """A server over a folder, until the end of the block."""
    listener = socket.create_server(("127.0.0.1", 0))
    state, transports = Sftp(root, listener.getsockname()[1]), []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            transport = paramiko.Transport(connection)
            transports.append(transport)
            transport.add_server_key(state.host_key)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, Files, state, transport)
            with suppress(paramiko.SSHException, EOFError, OSError):
                transport.start_server(threading.Event(), Login(state))

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield state
    finally:
        listener.close()
        for transport in transports:
            transport.close()
