import asyncio

import pytest
from support.server import Server, http, sse, stall, status

from reviewer.errors import AuthFailed, EngineUnreachable, ModelNotFound, UsageError
from reviewer.messages import Prompt
from reviewer.models import connect, probe, probe_local
from reviewer.models.address import Endpoint, endpoint
from reviewer.models.base import Schema
from reviewer.models.detect import choose
from reviewer.models.dialects.base import Served
from reviewer.models.wire import Limits

PATIENT = Limits(connect=10, progress=10)  # a loaded machine answers late, and still answers
QUICK = Limits(connect=10, progress=0.4)  # only for servers that never answer
KEY = "sk-secret-0123456789"


def listed(*names):
    return {"/v1/models": {"data": [{"id": name} for name in names]}}


def connected(url, limits=PATIENT, **options):
    async def main():
        model = await connect(url, limits=limits, **options)
        await model.aclose()
        return model

    return asyncio.run(main())


@pytest.mark.fault(
    "network", "`127.1`, `Localhost.`, `[::ffff:7f00:1]`", "this machine; private networks are not"
)
@pytest.mark.parametrize(
    ("address", "url", "local"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000", True),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000", True),
        ("http://localhost:8000/v1", "http://localhost:8000", True),
        ("http://localhost:8000/v1/", "http://localhost:8000", True),
        ("localhost:8000", "http://localhost:8000", True),
        ("  http://LOCALHOST/v1/chat/completions ", "http://localhost", True),
        ("http://[::1]:8000/v1", "http://[::1]:8000", True),
        ("[::1]:8000", "http://[::1]:8000", True),
        ("http://0.0.0.0:11434/api", "http://0.0.0.0:11434/api", True),
        ("http://Localhost.:8000", "http://localhost:8000", True),
        ("http://127.1:8000/v1", "http://127.0.0.1:8000", True),
        ("http://0x7f.1/", "http://127.0.0.1", True),
        ("http://2130706433", "http://127.0.0.1", True),
        ("http://[::ffff:127.0.0.1]:8000", "http://[::ffff:127.0.0.1]:8000", True),
        ("http://10.1:8000", "http://10.0.0.1:8000", False),
        ("http://192.168.1.9:8000", "http://192.168.1.9:8000", False),
        ("http://[fe80::1]:8000", "http://[fe80::1]:8000", False),
        ("http://[::ffff:10.0.0.1]", "http://[::ffff:10.0.0.1]", False),
        ("http://256.0.0.1", "http://256.0.0.1", False),
        ("http://127.0.0.1.2", "http://127.0.0.1.2", False),
        ("http://ollama.localhost", "http://ollama.localhost", False),
        ("http://localhost.:1/evil", "http://localhost:1/evil", True),
        ("http://host/llm/v1x", "http://host/llm/v1x", False),
        ("http://host/openai/v1", "http://host/openai", False),
        ("http://host/api/v3/chat/completions", "http://host/api/v3", False),
        ("http://host/serve/app/v1/models", "http://host/serve/app", False),
        ("http://127.8.8.8/api/chat", "http://127.8.8.8", True),
        ("https://models.example.org/team/v1", "https://models.example.org/team", False),
        ("https://example.org/api/v1", "https://example.org/api", False),
        ("http://10.0.0.7:8000", "http://10.0.0.7:8000", False),
        ("http://localhost.example.org", "http://localhost.example.org", False),
        ("http://127.0.0.1.example.org", "http://127.0.0.1.example.org", False),
    ],
)
def test_addresses(address, url, local):
    assert endpoint(address) == Endpoint(url, None, local)


def test_unix_sockets():
    assert endpoint("unix:/run/model.sock") == Endpoint("http://localhost", "/run/model.sock", True)
    assert endpoint("unix:///run/model.sock") == endpoint("unix:/run/model.sock")
    assert str(endpoint("unix:/run/model.sock")) == "unix:/run/model.sock"


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://",
        "ftp://example.org",
        "http://host:port",
        "http://host:99999",
        "http://[::1",
        "file:///etc/passwd",
        "http://host/#x",
        "http://ho\x1bst/",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_address(address):
    with pytest.raises(UsageError, match="--endpoint") as caught:
        endpoint(address)
    assert str(caught.value).isprintable()


def test_a_password_in_the_address_is_refused_and_not_repeated():
    with pytest.raises(UsageError, match="REVIEWER_API_KEY") as caught:
        connected("http://me:hunter2@127.0.0.1:8000")
    assert "hunter2" not in str(caught.value)


def test_a_query_string_is_refused_and_not_repeated():
    with pytest.raises(UsageError, match=r"query string.*REVIEWER_API_KEY") as caught:
        connected("https://host/v1?key=hunter2")
    assert "hunter2" not in str(caught.value)


LISTED = {"data": [{"id": "gemma-4", "owned_by": "me", "max_model_len": 8192}]}
TAGS = {"models": [{"name": "gemma4:latest"}]}
OLLAMA = {"/api/version": {"version": "0.12.0"}, "/api/tags": TAGS}
PREFIXES = {
    "/api": ({"/api/v1/models": LISTED}, "openai", "/api/v1/chat/completions"),
    "/api/v1": ({"/api/v1/models": LISTED}, "openai", "/api/v1/chat/completions"),
    "/llm/v1x": ({"/llm/v1x/v1/models": LISTED}, "openai", "/llm/v1x/v1/chat/completions"),
    "/openai/v1": ({"/openai/v1/models": LISTED}, "openai", "/openai/v1/chat/completions"),
    "/v1beta/openai": (
        {"/v1beta/openai/models": LISTED},
        "openai",
        "/v1beta/openai/chat/completions",
    ),
    "/v1beta/openai/": (
        {"/v1beta/openai/models": LISTED},
        "openai",
        "/v1beta/openai/chat/completions",
    ),
    "/api/v3/chat/completions": ({"/api/v3/models": LISTED}, "openai", "/api/v3/chat/completions"),
    "/serve/app/v1": ({"/serve/app/v1/models": LISTED}, "openai", "/serve/app/v1/chat/completions"),
    "/ollama": (
        {f"/ollama{path}": value for path, value in OLLAMA.items()},
        "ollama",
        "/ollama/api/chat",
    ),
    "/ollama/api": (
        {f"/ollama{path}": value for path, value in OLLAMA.items()},
        "ollama",
        "/ollama/api/chat",
    ),
    "/api/": (OLLAMA, "ollama", "/api/chat"),
    "/api/tags": (OLLAMA, "ollama", "/api/chat"),
    "/v1": (OLLAMA, "ollama", "/api/chat"),
}


@pytest.mark.fault("server", "an address with a prefix or a version of its own", "kept")
@pytest.mark.parametrize("path", PREFIXES)
@pytest.mark.parametrize("named", [False, True])
def test_the_path_of_an_address_is_kept(path, named):
    get, engine, chat = PREFIXES[path]

    async def ask(server):
        model = await connect(server.url + path, engine=engine if named else "auto", limits=PATIENT)
        await model.aclose()
        base = str(model.http.base_url).rstrip("/")
        return model.engine, base + model.server.path(model.dialect.chat)

    with Server(get=get) as server:
        found, url = asyncio.run(ask(server))
    assert (found, url.removeprefix(server.url)) == (engine, chat)


@pytest.mark.fault("server", "no model server at the address", "the message lists the paths tried")
def test_the_message_names_what_was_asked():
    with Server(get={"/v1/models": LISTED}) as server:
        for path in ("/api", "/v1beta/openai"):
            with pytest.raises(EngineUnreachable) as caught:
                connected(f"{server.url}{path}")
            ollama = ", /v1/models" if path == "/api" else ""
            asked = f"(asked: {path}/v1/models, {path}/models{ollama})"
            assert str(caught.value).startswith(
                f"{server.url}{path} is not a model server that lists its models {asked};"
            )


@pytest.mark.parametrize(
    ("path", "chat"),
    [
        ("/v1beta/openai", "/chat/completions"),
        ("/api/v3", "/chat/completions"),
        ("/api", "/v1/chat/completions"),
        ("/api/v1", "/v1/chat/completions"),
    ],
)
def test_a_server_that_lists_nothing(path, chat):
    async def ask(server):
        model = await connect(server.url + path, engine="openai", model="m", limits=PATIENT)
        await model.aclose()
        return model.server.path(model.dialect.chat)

    with Server() as server:
        assert asyncio.run(ask(server)) == chat


@pytest.mark.parametrize("key", ["two words", "line\nbreak", "schlüssel"])
def test_a_key_that_is_none(key):
    with pytest.raises(Exception, match="REVIEWER_API_KEY") as caught:
        connected("http://127.0.0.1:1", key=key)
    assert key not in str(caught.value)


def test_nothing_listens():
    with Server() as server:
        url = server.url
    with pytest.raises(EngineUnreachable, match=rf"^{url}: .*reviewer doctor.*--endpoint"):
        connected(url)


def test_a_host_name_that_is_none():
    with pytest.raises(EngineUnreachable, match=r"no-such-host\.invalid"):
        connected("http://no-such-host.invalid:8000")


def test_a_socket_that_is_not_there(tmp_path):
    with pytest.raises(EngineUnreachable, match="unix:/"):
        connected(f"unix:{tmp_path}/none")


def test_no_tls_there():
    with Server() as server, pytest.raises(EngineUnreachable, match=r"^https://127"):
        connected(server.url.replace("http:", "https:"))


@pytest.mark.parametrize(
    "get", [{}, {"/v1/models": http(200, b"<html>", "text/html")}, {"/v1/models": []}]
)
def test_no_model_server(get):
    with Server(get=get) as server, pytest.raises(EngineUnreachable, match="not a model server"):
        connected(server.url)


def test_a_server_that_does_not_answer():
    paths = (
        "/version",
        "/props",
        "/v1/models",
        "/api/version",
        "/api/tags",
        "/api/ps",
        "/api/v0/models",
    )
    more = ("/model_info", "/server_info")
    with Server(get=dict.fromkeys((*paths, *more), stall)) as server:
        with pytest.raises(EngineUnreachable, match=r"no response within 0\.4 s"):
            connected(server.url, QUICK)
        assert asyncio.run(probe(server.url, QUICK)) is None


@pytest.mark.fault(
    "server", "the list of models does not come in time", "an error that says so: exit 4"
)
def test_a_list_that_does_not_come_is_not_taken_for_another_kind_of_server():
    late = pytest.raises(EngineUnreachable, match=r"no response within 0\.4 s")
    with Server(get={"/v1/models": stall}) as server, late:
        connected(server.url, QUICK)


@pytest.mark.parametrize(
    ("names", "old"),
    [
        (("/model_info", "/server_info"), []),
        (("/get_model_info", "/get_server_info"), ["/get_model_info", "/get_server_info"]),
    ],
    ids=["new", "old"],
)
def test_an_old_name_of_a_path_is_asked_only_where_the_new_one_is_missing(names, old):
    told = ({"model_path": "google/gemma-4-12B-it"}, {"context_length": 32768})
    get = dict(zip(names, told, strict=True)) | listed("gemma4")
    with Server(get=get) as server:
        model = connected(server.url)
        assert (model.engine, model.context_tokens) == ("sglang", 32768)
        assert sorted(one.path for one in server.asked if "/get_" in one.path) == old


@pytest.mark.parametrize("code", [401, 403])
def test_a_server_that_wants_another_key(code):
    with Server(get={"/v1/models": status(code), "/props": status(code)}) as server:
        with pytest.raises(AuthFailed, match="REVIEWER_API_KEY") as caught:
            connected(server.url, key=KEY)
        assert asyncio.run(probe(server.url)) is None
    assert KEY not in str(caught.value)


def test_a_server_that_lists_nothing_is_believed():
    with Server(get={}) as server:
        model = connected(server.url, engine="openai", model="mine")
        assert (model.engine, model.name, model.context_tokens, model.concurrency) == (
            "openai",
            "mine",
            8192,
            4,
        )


def test_options_win_over_what_the_server_says():
    get = {
        "/v1/models": {"data": [{"id": "gemma3:270m", "owned_by": "vllm", "max_model_len": 100}]}
    }
    with Server(get=get) as server:
        model = connected(server.url, engine="openai", concurrency=3)
        assert (model.engine, model.concurrency, model.context_tokens, model.role) == (
            "openai",
            3,
            100,
            "smoke",
        )
        assert connected(server.url, role="reviewer").role == "reviewer"
        with pytest.raises(UsageError, match="unknown engine 'gpt': use one of auto, llamacpp"):
            connected(server.url, engine="gpt")


SERVER = endpoint("http://127.0.0.1:8000")
ADAPTER = Served("review", chat=False)


@pytest.mark.parametrize(
    ("offered", "wanted", "chosen"),
    [
        ([Served("a")], None, "a"),
        (
            [Served("a"), Served("google/gemma-4-E4B-it"), Served("gemma4:31b")],
            None,
            "google/gemma-4-E4B-it",
        ),
        ([Served("gemma4:e4b", loaded=False), Served("gemma4:12b")], None, "gemma4:12b"),
        ([Served("Gemma 4 12B"), Served("gemma-3-27b")], None, "Gemma 4 12B"),
        ([ADAPTER, Served("base")], None, "base"),
        ([ADAPTER, Served("base")], "review", "review"),
        ([Served("gemma4:latest"), Served("b")], "gemma4", "gemma4:latest"),
        ([Served("gemma4:e4b"), Served("b")], "b", "b"),
        ([], "mine", "mine"),
    ],
)
def test_choosing_a_model(offered, wanted, chosen):
    assert choose(SERVER, offered, wanted).name == chosen


@pytest.mark.parametrize(
    ("offered", "wanted", "said"),
    [
        (
            [Served("a"), Served("b")],
            "c",
            "has no model c; it has a, b; choose one with --model NAME",
        ),
        (
            [Served("a"), Served("gemma-3-4b"), Served("gemma-45")],
            None,
            "no Gemma 4; it has a, gemma-3-4b, gemma-45;",
        ),
        ([], None, "serves no Gemma 4; it has no model at all"),
        ([Served("embed", chat=False)], None, "it has embed"),
        ([Served("\x1b[31mred\u202e")], "x", r"it has \u{1b}[31mred\u{202e};"),
    ],
)
def test_no_model_to_choose(offered, wanted, said):
    with pytest.raises(ModelNotFound) as caught:
        choose(SERVER, offered, wanted)
    assert said in str(caught.value)


def test_local_servers_are_found_in_order():
    with (
        Server(get=listed("gemma-4")) as first,
        Server(get={}) as web,
        Server(
            get={"/props": {"default_generation_settings": {"n_ctx": 1}}, **listed("other")}
        ) as second,
    ):
        found = asyncio.run(probe_local([second.url, web.url, first.url]))
    assert [(one.engine, one.models, one.gemma) for one in found] == [
        ("llamacpp", ("other",), None),
        ("openai", ("gemma-4",), "gemma-4"),
    ]


def test_only_shared_servers_get_a_cache_salt():
    schema = Schema("s", {"type": "object", "properties": {}})
    get = {"/v1/models": {"data": [{"id": "m", "owned_by": "vllm"}]}}
    with Server([sse("{}")], get) as server:

        async def main():
            model = await connect(server.url, session="repo@base")
            await model.complete(Prompt("s", "u", 10), schema)
            model.server = Endpoint(model.server.url, None, local=False)
            await model.complete(Prompt("s", "u", 10), schema)
            await model.aclose()
            return model.session

        session = asyncio.run(main())
        assert [asked.body.get("cache_salt") for asked in server.chats] == [None, session]
        assert [asked.headers["x-session-id"] for asked in server.chats] == [session, session]
        assert len(session) == 32
