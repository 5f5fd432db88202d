"""Which server gets what. A proxy stands in for the way to another machine."""

import asyncio
from collections.abc import Callable

import pytest
from support.server import Server, reply

from reviewer.config import Settings
from reviewer.errors import ConfigError
from reviewer.serving.choose import Choice, choose

LISTED = {"data": [{"id": "gemma-4", "owned_by": "vllm", "max_model_len": 8192}]}
REMOTE = "http://gpu-box.example:8000"
CODE = (
    f"the code under review goes to {REMOTE} unencrypted: others on the way can read it; use"
    " https:// or a tunnel (ssh -L)"
)
BOTH = (
    f"the code under review and the key go to {REMOTE} unencrypted: others on the way can read"
    " them; use https:// or a tunnel (ssh -L)"
)
Chosen = Callable[..., Choice]


@pytest.fixture
def chosen(monkeypatch: pytest.MonkeyPatch) -> Chosen:
    def choice(server: Server, **settings: object) -> Choice:
        monkeypatch.setenv("HTTP_PROXY", server.url)

        async def choosing() -> Choice:
            made = await choose(Settings.model_validate(settings), session=None)
            await made.close()
            return made

        return asyncio.run(choosing())

    return choice


def on_the_way() -> Server:
    return Server(get={f"{REMOTE}/v1/models": LISTED})


@pytest.mark.fault("network", "code over plain http to another machine", "a warning, each time")
def test_code_in_the_clear_is_said(chosen: Chosen) -> None:
    with on_the_way() as server:
        choice = chosen(server, endpoint=REMOTE)
    assert (choice.model, choice.local, choice.warning) == ("gemma-4", False, CODE)


@pytest.mark.fault(
    "network", "a key over plain http to another machine", "refused without `--insecure`"
)
def test_a_key_in_the_clear_is_refused_unless_it_is_meant(chosen: Chosen) -> None:
    with on_the_way() as server:
        with pytest.raises(
            ConfigError, match=r"the key would go to http://gpu-box.*--insecure"
        ) as no:
            chosen(server, endpoint=REMOTE, api_key="sk-1")
        assert server.asked == []
        choice = chosen(server, endpoint=REMOTE, api_key="sk-1", insecure=True)
        assert {asked.headers.get("authorization") for asked in server.asked} == {"Bearer sk-1"}
    assert choice.warning == BOTH
    assert "sk-1" not in str(no.value) + choice.warning


@pytest.mark.parametrize("address", ["127.0.0.1", "localhost", "127.1"])
def test_this_machine_needs_no_encryption(chosen: Chosen, address: str) -> None:
    with Server(get={"/v1/models": reply(LISTED)}) as server:
        url = server.url.replace("127.0.0.1", address)
        choice = chosen(server, endpoint=url, api_key="sk-1")
    assert (choice.model, choice.local, choice.warning) == ("gemma-4", True, "")


def test_a_socket_needs_no_encryption(chosen: Chosen, tmp_path) -> None:
    with Server(get={"/v1/models": LISTED}, unix=str(tmp_path / "s")) as server:
        choice = chosen(server, endpoint=server.url, api_key="sk-1")
    assert (choice.local, choice.warning) == (True, "")


@pytest.mark.parametrize(
    "address", ["http://192.168.1.9:8000", "http://10.0.0.1", "http://ollama.localhost", "gpu:80"]
)
def test_a_private_network_is_another_machine(chosen: Chosen, address: str) -> None:
    with Server() as server, pytest.raises(ConfigError, match="unencrypted"):
        chosen(server, endpoint=address, api_key="sk-1")


def test_tls_needs_no_permission(chosen: Chosen) -> None:
    with Server() as server:
        choice = chosen(server, endpoint="https://127.0.0.1.example.invalid", api_key="sk-1")
    assert (choice.role, choice.warning) == ("none", "")
    assert "unencrypted" not in choice.problem
