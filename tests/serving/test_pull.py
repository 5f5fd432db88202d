"""The decisions of a download, with a stand-in for the hub's library: no hub can be reached where
the tests run."""

import errno
import os
import shutil
from pathlib import Path
from types import SimpleNamespace

import pytest

from reviewer.errors import (
    AuthFailed,
    EngineError,
    EngineUnreachable,
    ModelNotFound,
    NoEngine,
    UsageError,
)
from reviewer.serving import pull
from reviewer.serving.catalogue import GIB
from reviewer.serving.pull import Hub

ID = "google/gemma-4-12B-it-qat-w4a16-ct"
GGUF = "google/gemma-4-E2B-it-qat-q4_0-gguf"


class HTTPError(Exception):  # the base class of httpx, which the hub's errors share
    pass


class HfHubHTTPError(HTTPError, OSError):
    def __init__(self, message, status=500):
        super().__init__(message)
        self.response = SimpleNamespace(status_code=status)


class RepositoryNotFoundError(HfHubHTTPError):
    pass


class GatedRepoError(RepositoryNotFoundError):
    pass


class OfflineModeIsEnabled(ConnectionError):
    pass


class DryRunError(OSError):
    pass


def file(name, size, *, there=False):
    return SimpleNamespace(filename=name, file_size=size, will_download=not there)


class Library:
    """snapshot_download over a list of files: dry runs tell sizes, real ones write (sparse) files
    into the cache."""

    def __init__(self, cache, files, *, dry=None, real=None, complete=False):
        self.cache, self.files, self.errors, self.calls = cache, files, {True: dry, False: real}, []
        self.complete = complete

    def __call__(self, repository, *, dry_run=False, local_files_only=False, **options):
        if local_files_only:
            if not self.complete:
                raise DryRunError("no complete snapshot")
            return str(self.cache / "models" / repository)
        self.calls.append((repository, dry_run, options))
        if self.errors[dry_run] is not None:
            raise self.errors[dry_run]
        if dry_run:
            return self.files
        folder = self.cache / "models" / repository
        folder.mkdir(parents=True, exist_ok=True)
        for entry in self.files:
            (folder / entry.filename).touch()
        return str(folder)

    @property
    def hub(self):
        return Hub(self, (OSError, ValueError, HTTPError), self.cache)


WEIGHTS = [
    file("model.safetensors", 8 * 10**6),
    file("config.json", 2000, there=True),
    file("tokenizer.json", None),
]


def test_a_download(tmp_path):
    library = Library(tmp_path, WEIGHTS)
    said = []
    assert pull.pull(ID, library.hub, said.append) == tmp_path / "models" / ID
    options = {"cache_dir": tmp_path, "allow_patterns": list(pull.WEIGHTS), "ignore_patterns": None}
    assert library.calls == [(ID, True, options), (ID, False, options)]
    free = shutil.disk_usage(tmp_path).free
    assert said == [
        f"{ID}: downloading 2 files, 0.0 GiB, to {tmp_path} ({free / GIB:.1f} GiB free)."
    ]


def test_pickles_and_code_are_never_asked_for():
    from fnmatch import fnmatch

    unwanted = ("pytorch_model.bin", "model.pt", "model.pkl", "modeling_x.py", "training_args.bin")
    assert not [name for name in unwanted for pattern in pull.WEIGHTS if fnmatch(name, pattern)]


def test_a_gguf_comes_without_its_projector(tmp_path):
    library = Library(tmp_path, [file("gemma-4-E2B_q4_0-it.gguf", 3_350_000)])
    pull.pull(GGUF, library.hub, lambda line: None)
    assert library.calls[0][2] == {
        "cache_dir": tmp_path,
        "allow_patterns": ["*.gguf"],
        "ignore_patterns": ["*mmproj*"],
    }


def test_what_is_there_is_said(tmp_path):
    library = Library(tmp_path, [file("model.safetensors", 8 * 10**12, there=True)])
    said = []
    pull.pull(ID, library.hub, said.append)
    assert said == [f"{ID} is already downloaded."]


def test_what_is_there_needs_no_hub(tmp_path):
    pull.pull(ID, Library(tmp_path, WEIGHTS).hub, lambda line: None)
    library = Library(tmp_path, WEIGHTS, dry=DryRunError("no network"), complete=True)
    said = []
    assert pull.pull(ID, library.hub, said.append) == tmp_path / "models" / ID
    assert said == [f"{ID} is already downloaded (could not contact the hub: DryRunError)."]


def test_the_disk_is_checked_before_anything_is_fetched(tmp_path):
    cache = tmp_path / "not" / "yet" / "there"
    library = Library(cache, [file("model.safetensors", 1 << 60)])
    with pytest.raises(
        EngineError,
        match=rf"{ID} needs 1073741824.0 GiB in {cache} and 1 GiB to spare, but only [\d.]+ GiB "
        "are free: free some space, or set HF_HOME to a larger disk",
    ):
        pull.pull(ID, library.hub, lambda line: None)
    assert [dry for _, dry, _ in library.calls] == [True]
    assert not cache.exists()


def test_a_download_goes_on_after_a_cut(tmp_path):
    library = Library(tmp_path, WEIGHTS, real=HTTPError("peer closed connection\nsecond line"))
    with pytest.raises(EngineUnreachable) as raised:
        pull.pull(ID, library.hub, lambda line: None)
    assert (
        raised.value.message
        == f"cannot reach the hub for {ID} (HTTPError: peer closed connection): repeat the"
        " command when the network is back, to resume the download"
    )
    library.errors[False] = None
    assert pull.pull(ID, library.hub, lambda line: None).is_dir()


def test_a_repository_without_weights(tmp_path):
    with pytest.raises(ModelNotFound, match="someone/code has neither safetensors nor GGUF files"):
        pull.pull("someone/code", Library(tmp_path, [file("README.md", 10)]).hub, lambda line: None)


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "kind", "message"),
    [
        (
            GatedRepoError("403", 403),
            AuthFailed,
            "is gated: accept its terms on its page at huggingface.co, then run `hf auth",
        ),
        (
            caused(DryRunError("cannot be performed"), GatedRepoError("x", 401)),
            AuthFailed,
            "is gated",
        ),
        (
            RepositoryNotFoundError("404", 404),
            ModelNotFound,
            "the hub has no google/gemma-4-12B-it-qat-w4a16-ct",
        ),
        (
            caused(DryRunError("no"), HfHubHTTPError("401", 401)),
            ModelNotFound,
            "or you have no access",
        ),
        (
            caused(DryRunError("no"), OfflineModeIsEnabled("x")),
            EngineUnreachable,
            "HF_HUB_OFFLINE forbids",
        ),
        (
            caused(DryRunError("Dry run cannot"), ConnectionError("name resolution")),
            EngineUnreachable,
            "cannot reach the hub",
        ),
        (
            HfHubHTTPError("502 Bad Gateway", 502),
            EngineUnreachable,
            r"HfHubHTTPError: 502 Bad Gateway",
        ),
        (
            OSError(errno.ENOSPC, "full"),
            EngineError,
            "cannot write google/gemma-4-12B-it-qat-w4a16-ct: No space left on device; set HF_HOME",
        ),
        (
            ConnectionRefusedError(errno.ECONNREFUSED, "no"),
            EngineUnreachable,
            "cannot reach the hub",
        ),
        (
            PermissionError(errno.EACCES, "no"),
            EngineError,
            "cannot write google/gemma-4-12B-it-qat-w4a16-ct: Permission denied",
        ),
        (ValueError("bad\x1b[31m id"), EngineUnreachable, r"ValueError: bad\\u\{1b\}\[31m id"),
    ],
)
def test_errors_are_one_line_with_the_next_step(tmp_path, error, kind, message):
    with pytest.raises(kind, match=message) as raised:
        pull.pull(ID, Library(tmp_path, WEIGHTS, dry=error).hub, lambda line: None)
    assert type(raised.value) is kind
    assert "\n" not in raised.value.message


def test_offline_by_the_environment(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(
        EngineUnreachable,
        match="HF_HUB_OFFLINE forbids downloads: unset it, or copy the hub cache",
    ):
        pull.pull(ID, Library(tmp_path, WEIGHTS, dry=DryRunError("no")).hub, lambda line: None)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("12b", "Gemma 4 12B is ambiguous"),
        ("gemma4:31b", "gemma4:31b is an Ollama tag: run `ollama pull gemma4:31b"),
        ("../../etc", "is not an id such as"),
        ("a/b/c", "is not an id such as"),
        ("-x/y", "is not an id such as"),
        ("justaname", "is not an id such as"),
        ("google/diffusiongemma-26B-A4B-it", "DiffusionGemma cannot review"),
    ],
)
def test_names_that_are_not_fetched(tmp_path, name, message):
    library = Library(tmp_path, WEIGHTS)
    with pytest.raises(UsageError, match=message):
        pull.pull(name, library.hub, lambda line: None)
    assert library.calls == []


def test_the_way_to_load_is_no_part_of_the_name(tmp_path):
    library = Library(tmp_path, WEIGHTS)
    pull.pull("google/gemma-4-26B-A4B-it#int8", library.hub, lambda line: None)
    assert library.calls[0][0] == "google/gemma-4-26B-A4B-it"


def test_the_extra_is_named_when_it_is_missing():
    try:
        import huggingface_hub  # noqa: F401
    except ImportError:
        with pytest.raises(NoEngine, match=r"extra `pull`: pip install 'gemma-reviewer\[pull\]'"):
            pull.hub()
    else:
        source = pull.hub()
        assert callable(source.download)
        assert any(kind.__name__ == "HTTPError" for kind in source.failures)
        assert source.cache == Path(os.environ.get("HF_HUB_CACHE", source.cache))


class InvalidURL(Exception):  # httpx has no base for it
    pass


@pytest.mark.fault(
    "server",
    "the environment keeps `model pull` from the hub",
    "the variable is blamed, not the network",
)
@pytest.mark.parametrize(
    ("error", "variables", "said"),
    [
        (
            ImportError("Using SOCKS proxy, but"),
            {"HTTPS_PROXY": "socks5://127.0.0.1:1"},
            f"cannot reach the hub for {ID}: HTTPS_PROXY names a SOCKS proxy, which needs the"
            " package socksio; install it (pip install socksio), or set NO_PROXY=huggingface.co to"
            " connect directly",
        ),
        (
            PermissionError(errno.EACCES, "Permission denied"),
            {"SSL_CERT_FILE": "/none"},
            f"cannot reach the hub for {ID}: SSL_CERT_FILE names /none, which cannot be used (No"
            " such file or directory); set it to a file of PEM certificates, or unset it",
        ),
        (
            InvalidURL("Invalid port: 'b51a'"),
            {},
            "the hub's library cannot use NO_PROXY (Invalid port: 'b51a'): repeat the command"
            f" without that entry, as in NO_PROXY=localhost reviewer model pull {ID}",
        ),
    ],
)
def test_what_the_environment_does_to_a_download(monkeypatch, error, variables, said):
    for name in ("HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    found = pull.explain(ID, error)
    assert (type(found), str(found)) == (EngineUnreachable, said)
