"""Files to an SFTP server. A file appears whole or not at all: it is written under a temporary name, checked by its size and
renamed into place. The server must be one that policy knows."""

import contextlib
import errno
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import paramiko

from assets.delivery.destination import Answer, DeliveryError, Refused, Unreached
from schemas.platforms.batch import Batch

KINDS_OF_KEY = (paramiko.Ed25519Key, paramiko.ECDSAKey, paramiko.RSAKey)


@dataclass(frozen=True)
class SftpPlace:
    """What policy says of one server. Secrets are not here: `password` and `private_key` name environment variables.

    `fingerprint` is the host key's, as `ssh-keyscan HOST | ssh-keygen -lf -` prints it (SHA256:...); `known_hosts` is the path
    of a file that holds it. One of the two is needed. `private_key` holds the key's text, `passphrase` what opens it.
    """

    host: str
    user: str
    folder: str = "."
    port: int = 22
    fingerprint: str = ""
    known_hosts: str = ""
    password: str = ""
    private_key: str = ""
    passphrase: str = ""
    timeout_seconds: float = 60.0


class UnknownHost(paramiko.MissingHostKeyPolicy):
    """Takes the one host key that policy names, and no other: a new key is never learned by connecting."""

    def __init__(self, expected: str) -> None:
        """`expected` is a fingerprint; empty: none is taken."""
        self.expected = expected

    def missing_host_key(self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey) -> None:
        """Refused unless it is the expected one; a fingerprint is public and may be shown."""
        del client
        if not self.expected or key.fingerprint != self.expected:
            known = f"policy knows {self.expected}" if self.expected else "policy knows none"
            raise Refused(f"host {hostname} shows the key {key.fingerprint}, {known}; ask its owner which is right")


class SftpDoor:
    """One folder of one server. The connection is made when it is needed, and again after it was lost."""

    def __init__(self, place: SftpPlace, where: Callable[[Batch], str], environ: Mapping[str, str]) -> None:
        """Connect to nothing yet; `where` says where a body lies. ValueError where it is not said how the server is known."""
        if bool(place.fingerprint) == bool(place.known_hosts):
            raise ValueError(f"say how the host key of {place.host} is known: fingerprint or known_hosts, one of the two")
        self.place, self.where, self.environ = place, where, environ
        self.client: paramiko.SSHClient | None = None
        self.files: paramiko.SFTPClient | None = None

    def send(self, batch: Batch, key: str) -> Answer:
        """Put the body into place, over what is there under the same name."""
        path = self._path(batch)
        with self._working() as files:
            _make_folders(files, path.parent)
            _put(files, path, batch.body, key)
        return Answer()

    def settle(self, batch: Batch, key: str) -> Answer | None:
        """Delivered where the file has the body's size and, read back, its digest."""
        del key
        path = self._path(batch)
        with self._working() as files:
            if _size(files, path) != len(batch.body):
                return None
            found = io.BytesIO()
            files.getfo(str(path), found)
        is_whole = hashlib.sha256(found.getbuffer()).digest() == hashlib.sha256(batch.body).digest()
        return Answer() if is_whole else None

    def held(self, cell: str) -> int | None:
        """None: files are no members."""
        del cell
        return None

    def close(self) -> None:
        """Give back the connection."""
        for one in (self.files, self.client):
            with contextlib.suppress(OSError, EOFError, paramiko.SSHException):
                if one is not None:
                    one.close()
        self.files = self.client = None

    def _path(self, batch: Batch) -> PurePosixPath:
        return PurePosixPath(self.place.folder) / self.where(batch)

    @contextlib.contextmanager
    def _working(self) -> Iterator[paramiko.SFTPClient]:
        """The connection for one piece of work; what breaks it is said in the engine's words, and the next work connects anew."""
        files = self.files or self._connected()
        try:
            yield files
        except DeliveryError:
            raise
        except PermissionError:
            raise Refused(f"{self.place.host}: {self.place.user} may not write into the folder of the delivery") from None
        except (OSError, EOFError, paramiko.SSHException) as error:
            self.close()
            raise Unreached(f"{self.place.host}: cut while files were moved ({_kind(error)})", is_unknown=True) from None

    def _connected(self) -> paramiko.SFTPClient:
        place, client = self.place, paramiko.SSHClient()
        client.set_missing_host_key_policy(UnknownHost(place.fingerprint))
        wait = place.timeout_seconds
        try:
            if place.known_hosts:
                client.load_host_keys(place.known_hosts)
            client.connect(
                place.host,
                place.port,
                place.user,
                **self._credentials(),
                timeout=wait,
                banner_timeout=wait,
                auth_timeout=wait,
                channel_timeout=wait,
                look_for_keys=False,
                allow_agent=False,
            )
            files = client.open_sftp()
            files.get_channel().settimeout(wait)
        except Exception as error:
            client.close()
            raise self._not_connected(error) from None
        self.client, self.files = client, files
        return files

    def _not_connected(self, error: Exception) -> Exception:
        """What went wrong before any file was touched."""
        place = self.place
        if isinstance(error, DeliveryError):
            return error
        if isinstance(error, paramiko.BadHostKeyException):
            return Refused(f"host {place.host} shows another key than {place.known_hosts} holds; ask its owner which is right")
        if isinstance(error, paramiko.AuthenticationException):
            named = " and ".join(name for name in (place.password, place.private_key) if name)
            return Refused(f"{place.host} refused the credentials of {place.user}: see the environment variable {named}")
        if isinstance(error, FileNotFoundError) and place.known_hosts:
            return Refused(f"there is no known_hosts file {place.known_hosts}")
        if isinstance(error, OSError | EOFError | paramiko.SSHException):
            return Unreached(f"{place.host}: no connection ({_kind(error)})")
        return error

    def _credentials(self) -> dict[str, object]:
        """What paramiko is given to log in; keys are read from text, never from files that lie about."""
        place = self.place
        if place.private_key:
            text, phrase = self._secret(place.private_key), self._secret(place.passphrase) if place.passphrase else None
            return {"pkey": _private_key(text, phrase, place.private_key)}
        return {"password": self._secret(place.password)}

    def _secret(self, name: str) -> str:
        found = self.environ.get(name, "")
        if not found:
            raise Refused(f"no credentials: set the environment variable {name or '(none is named in policy)'}")
        return found


def _private_key(text: str, phrase: str | None, name: str) -> paramiko.PKey:
    """A key of any kind from its text; nothing of the text is shown where it is none."""
    for kind in KINDS_OF_KEY:
        with contextlib.suppress(paramiko.SSHException, ValueError, IndexError):
            return kind.from_private_key(io.StringIO(text), phrase)
    raise Refused(f"the environment variable {name} holds no Ed25519, ECDSA or RSA key, or its passphrase is wrong")


def _put(files: paramiko.SFTPClient, path: PurePosixPath, body: bytes, key: str) -> None:
    """Write under a temporary name, which a later attempt writes over, check the size, rename into place."""
    temporary = str(path.with_name(f".{key}.part"))
    with files.open(temporary, "wb") as target:
        target.set_pipelined(True)
        target.write(body)
    if files.stat(temporary).st_size != len(body):
        raise OSError(errno.EIO, "short file")
    _replace(files, temporary, str(path))


def _replace(files: paramiko.SFTPClient, temporary: str, final: str) -> None:
    """Rename over what is there, in one step where the server can (OpenSSH's extension)."""
    try:
        files.posix_rename(temporary, final)
    except PermissionError:
        raise
    except OSError:  # no extension: a plain rename, which does not overwrite; for a moment there is no file, never half of one
        with contextlib.suppress(FileNotFoundError):
            files.remove(final)
        files.rename(temporary, final)


def _make_folders(files: paramiko.SFTPClient, folder: PurePosixPath) -> None:
    for one in (*reversed(folder.parents), folder):
        if str(one) not in (".", "/") and _size(files, one) is None:
            files.mkdir(str(one))


def _size(files: paramiko.SFTPClient, path: PurePosixPath) -> int | None:
    try:
        return files.stat(str(path)).st_size
    except FileNotFoundError:
        return None


def _kind(error: Exception) -> str:
    code = errno.errorcode.get(error.errno or 0, "") if isinstance(error, OSError) else ""
    return code or type(error).__name__
