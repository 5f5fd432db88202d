# ruff: noqa: E501
"""Made-up files that hold a credential, and files that only look like it.

Values are put together at run time, from a generator with a fixed seed, so that no scanner takes
this file for a leak. `{p}`, `{q}` and `{r}` are passwords; `{b:TEXT}` is TEXT in base64.
"""

from __future__ import annotations

import base64
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

HEX, UPPER = "0123456789abcdef", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
LOWER, DIGITS = UPPER.lower(), "0123456789"
ALNUM, URL = UPPER + LOWER + DIGITS, UPPER + LOWER + DIGITS + "_-"
B64, BASE32 = ALNUM + "+/", UPPER + "234567"
PASSWORDS = {
    "p": "kJ8x2LmQ" + "z7RtVw4",
    "q": "Wq7!mZr2" + "#Lt9",
    "r": "x4Bn9Qp2Ks" + "7Ty1Vd6Hf3",
}


@dataclass(frozen=True)
class Planted:
    path: str
    text: str
    value: str


@dataclass(frozen=True)
class Harmless:
    path: str
    text: str


def made(seed: str, alphabet: str, length: int) -> str:
    chosen = random.Random(seed)
    return "".join(chosen.choice(alphabet) for _ in range(length))


def token(*parts: str | tuple[str, int]) -> str:
    """Fixed parts, and (alphabet, length) for random ones."""
    seed = repr(parts)
    return "".join(
        part if isinstance(part, str) else made(f"{seed}{at}", *part)
        for at, part in enumerate(parts)
    )


def pem(kind: str = "RSA ") -> str:
    body = "\n".join(made(f"{kind}{n}", B64, 64) for n in range(6))
    return f"-----BEGIN {kind}PRIVATE " + f"KEY-----\n{body}\n-----END {kind}PRIVATE KEY-----"


def jwt() -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'HS256'})}.{part({'sub': 'a1', 'n': 7})}.{made('jwt', URL, 43)}"


VENDORS = [
    token("AK" + "IA", (BASE32, 16)),
    token("AS" + "IA", (BASE32, 16)),
    token("AB" + "SK", (ALNUM, 120)),
    token("gh" + "p_", (ALNUM, 36)),
    token("gh" + "o_", (ALNUM, 36)),
    token("gh" + "s_", (ALNUM, 60)),
    token("github" + "_pat_", (ALNUM, 22), "_", (ALNUM, 59)),
    token("gl" + "pat-", (URL, 19), "7"),
    token("gl" + "pat-", (ALNUM, 27), ".01.", (HEX, 9)),
    token("gl" + "rt-t1_", (ALNUM, 27), ".01", (HEX, 7)),
    token("gl" + "dt-", (ALNUM, 19), "3"),
    token("gl" + "ptt-", (HEX, 40)),
    token("GR13" + "48941", (ALNUM, 20)),
    token("xox" + "b-", (DIGITS, 12), "-", (DIGITS, 12), "-", (ALNUM, 24)),
    token("xox" + "p-", (DIGITS, 11), "-", (DIGITS, 11), "-", (DIGITS, 12), "-", (HEX, 32)),
    token("xox" + "e-1-", (ALNUM, 146)),
    token("xapp" + "-1-A", (UPPER, 10), "-", (DIGITS, 13), "-", (HEX, 64)),
    token(
        "https://hooks.slack" + ".com/services/T", (UPPER, 9), "/B", (UPPER, 9), "/", (ALNUM, 24)
    ),
    token("sk" + "_live_", (ALNUM, 24)),
    token("rk" + "_live_", (ALNUM, 99)),
    token("wh" + "sec_", (ALNUM, 32)),
    token("AI" + "za", (URL, 34), "k"),
    token("AQ" + ".Ab8RN6", (URL, 43), "a"),
    token("GOC" + "SPX-", (URL, 27), "d"),
    token("sk-" + "ant-api03-", (URL, 93), "AA"),
    token("sk-" + "ant-oat01-", (URL, 93), "AA"),
    token("sk-" + "proj-", (URL, 120)),
    token("sk-" + "svcacct-", (URL, 120)),
    token("sk-", (ALNUM, 20), "T3Blbk" + "FJ", (ALNUM, 20)),
    token("sk-" + "or-v1-", (HEX, 64)),
    token("gs" + "k_", (ALNUM, 52)),
    token("xa" + "i-", (ALNUM, 80)),
    token("pp" + "lx-", (ALNUM, 48)),
    token("r8" + "_", (ALNUM, 37)),
    token("h" + "f_", (UPPER + LOWER, 34)),
    token("nv" + "api-", (URL, 63), "x"),
    token("dap" + "i", (HEX, 32)),
    token("NR" + "AK-", (UPPER + DIGITS, 27)),
    token("sntry" + "s_eyJ", (ALNUM, 90), "_", (B64, 42), "a"),
    token("sntry" + "u_", (HEX, 64)),
    token("gl" + "sa_", (ALNUM, 32), "_", (HEX, 8)),
    token("gl" + "c_eyJ", (ALNUM, 90)),
    token("u" + "+", (ALNUM, 18)),
    token("PM" + "AK-", (HEX, 24), "-", (HEX, 34)),
    token("shp" + "at_", (HEX, 32)),
    token("shp" + "ss_", (HEX, 32)),
    token("sq0" + "atp-", (URL, 21), "z"),
    token("EA" + "AA", (URL, 59), "z"),
    token((DIGITS, 9), "1:A" + "A", (URL, 32), "q"),
    token("MT", (ALNUM, 24), ".G", (ALNUM, 5), ".", (URL, 37), "x"),
    token("https://discord" + ".com/api/webhooks/", (DIGITS, 19), "/", (URL, 67), "s"),
    token("ATA" + "TT3xFfGF0", (URL, 170), "A"),
    token("AT" + "BB", (ALNUM, 32)),
    token("lin" + "_api_", (ALNUM, 40)),
    token("nt" + "n_", (DIGITS, 11), (ALNUM, 35)),
    token("fig" + "d_", (URL, 39), "a"),
    token("sb" + "p_", (HEX, 40)),
    token("sb_" + "secret_", (URL, 30), "t"),
    token("vc" + "p_", (ALNUM, 56)),
    token("nf" + "p_", (ALNUM, 36)),
    token("cf" + "ut_", (ALNUM, 40), (HEX, 8)),
    token("v1" + ".0-", (HEX, 24), "-", (HEX, 146)),
    token("fm" + "2_", (B64, 120)),
    token("dop" + "_v1_", (HEX, 64)),
    token("dp" + ".pt.", (ALNUM, 43)),
    token("dp" + ".st.prd.", (ALNUM, 43)),
    token("hv" + "s.", (ALNUM, 95)),
    token((ALNUM, 14), ".atlas" + "v1.", (ALNUM, 67)),
    token("pu" + "l-", (HEX, 40)),
    token("np" + "m_", (ALNUM, 36)),
    token("py" + "pi-AgEIcHlwaS5vcmc", (URL, 150), "e"),
    token("ruby" + "gems_", (HEX, 48)),
    token("oy" + "2", (LOWER + DIGITS, 43)),
    token("ci" + "o", (ALNUM, 32)),
    token("dckr" + "_pat_", (URL, 26), "b"),
    token("AK" + "Cp8", (ALNUM, 68)),
    token("sq" + "p_", (HEX, 40)),
    token("S" + "G.", (URL, 21), "a.", (URL, 42), "b"),
    token("key" + "-", (HEX, 32)),
    token("xkey" + "sib-", (HEX, 64), "-", (ALNUM, 16)),
    token("HRKU" + "-AA", (ALNUM, 58)),
    token("pa" + "t", (ALNUM, 14), ".", (HEX, 64)),
    token("pscale" + "_tkn_", (URL, 43)),
    token("tskey" + "-auth-k", (ALNUM, 11), "CNTRL-", (ALNUM, 32)),
    token("AGE-SECRET" + "-KEY-1", ("QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L", 58)),
    token((ALNUM, 3), "8Q" + "~", (ALNUM, 34)),
    jwt(),
    pem(),
    pem("OPENSSH "),
    pem("EC "),
]
# Where a token stands: the value of the n-th vendor is put into the n-th of these, in turn.
AROUND = [
    ("src/app.py", 'client = Client("{}")\n'),
    ("deploy/values.yaml", "monitoring:\n  apiThing: {}\n"),
    (".env", "THING={}\n"),
    ("config.json", '{{"a": {{"thing": "{}"}}}}\n'),
    ("README.md", "Run it with `{}` at hand.\n"),
    ("src/Main.java", '    private static final String THING = "{}";\n'),
    ("notes.txt", "it is {}, keep it\n"),
]

# (path, text, what of it is the credential); every one is planted with each value that it names.
WRITTEN = [
    ("application.yml", "spring:\n  datasource:\n    password: {p}\n", "{p}"),
    ("application.yml", "db:\n  password: {q}  # rotate\n", "{q}"),
    ("application.properties", "spring.datasource.password={p}\n", "{p}"),
    ("app.properties", "db.password = {q}\r\nnext=1\n", "{q}"),
    ("app.ini", "[db]\npassword = {p}\n", "{p}"),
    ("app.ini", "[db]\nsecret_key: {r}\n", "{r}"),
    ("Dockerfile", "FROM scratch\nARG DB_PASSWORD={p}\n", "{p}"),
    ("Dockerfile", "ENV API_TOKEN {r}\n", "{r}"),
    ("Dockerfile", 'ENV A=1 DB_PASSWORD="{p}" B=2\n', "{p}"),
    ("Dockerfile", "ENV A=1 DB_PASSWORD={p} B=2\n", "{p}"),
    ("env.sh", "export db_password={p}\n", "{p}"),
    ("env.sh", "export API_KEY='{r}'\n", "{r}"),
    ("run.sh", "DB_PASS={p} ./start --now\n", "{p}"),
    ("run.sh", "./deploy --token {r} --force\n", "{r}"),
    ("run.sh", "./deploy --password={p} --force\n", "{p}"),
    ("run.sh", "set AUTH_TOKEN {r}\nset AUTH_TOKEN={r}\n", "{r}"),
    ("run.sh", "curl -u admin:{p} https://api.corp.net/x\n", "{p}"),
    ("run.sh", "curl -sS --user 'svc-1:{q}' https://api.corp.net\n", "{q}"),
    ("run.sh", "sshpass -p '{p}' ssh root@h1.corp.net\n", "{p}"),
    ("run.sh", 'curl -H "Authorization: Bearer {r}" https://x.corp.net\n', "{r}"),
    ("client.py", 'headers = {{"Authorization": "Bearer {r}"}}\n', "{r}"),
    ("client.py", 'headers = {{"Authorization": "Basic {b:svc:{p}}"}}\n', "{b:svc:{p}}"),
    ("client.http", "Authorization: Basic {b:svc:{q}}\n", "{b:svc:{q}}"),
    ("client.js", "fetch(u, {{ headers: {{ authorization: `Bearer {r}` }} }})\n", "{r}"),
    ("client.py", 'headers["X-Api-Key"] = "{r}"\n', "{r}"),
    ("settings.py", 'SECRET_KEY = "{r}"\n', "{r}"),
    ("settings.py", 'password: str = "{p}"\n', "{p}"),
    ("settings.py", 'connect(user="a", password="{q}")\n', "{q}"),
    ("settings.py", "os.environ['DB_PASSWORD'] = '{p}'\n", "{p}"),
    ("settings.py", 'os.environ.setdefault("DB_PASSWORD", "{p}")\n', "{p}"),
    ("settings.py", 'if password == "{p}":\n    pass\n', "{p}"),
    ("settings.py", "API_SECRET = b'{r}'\n", "{r}"),
    ("a.ts", "const token: string = '{r}';\n", "{r}"),
    ("a.ts", "export const config = {{ apiSecretKey: '{r}' }};\n", "{r}"),
    ("a.ts", "client.setPassword(`{p}`);\n", "{p}"),
    ("a.js", "process.env.JWT_SECRET || '{r}'\n", "{r}"),
    ("A.java", 'props.setProperty("db.password", "{p}");\n', "{p}"),
    ("A.java", '    String dbPassword = "{q}";\n', "{q}"),
    ("a.go", 'password := "{p}"\n', "{p}"),
    ("a.go", 'const apiKey = "{r}"\n', "{r}"),
    ("a.go", 'sql.Open("mysql", "app:{p}@tcp(db1.corp.net:3306)/shop")\n', "{p}"),
    ("a.rs", 'let secret = String::new(); let auth_token = "{r}";\n', "{r}"),
    ("a.rb", ":password => '{p}'\n", "{p}"),
    ("a.rb", 'config.secret_key_base = "{r}"\n', "{r}"),
    ("a.php", "define('DB_PASSWORD', '{p}');\n", "{p}"),
    ("a.php", "'password' => '{q}',\n", "{q}"),
    ("a.cs", 'var clientSecret = "{r}";\n', "{r}"),
    ("a.kt", 'val apiKey = "{r}"\n', "{r}"),
    ("a.swift", 'let apiToken = "{r}"\n', "{r}"),
    ("a.lua", 'local password = "{p}"\n', "{p}"),
    ("a.ps1", "$Password = '{p}'\n", "{p}"),
    ("a.tf", 'variable "db_password" {{\n  default = "{p}"\n}}\n', "{p}"),
    ("a.tf", '  master_password = "{p}"\n', "{p}"),
    ("terraform.tfvars", 'db_password = "{q}"\n', "{q}"),
    ("terraform.tfstate", '{{"attributes": {{"password": "{p}"}}}}\n', "{p}"),
    ("app.toml", '[db]\npassword = "{p}"\n', "{p}"),
    ("a.json", '{{"dbPassword": "{p}"}}\n', "{p}"),
    ("a.json", '{{"name": "DB_PASSWORD", "value": "{p}"}}\n', "{p}"),
    ("a.json", '{{"source": ["password = \\"{p}\\"\\n"]}}\n', "{p}"),
    ("a.json", '{{"source": ["token = \'{r}\'\\n"]}}\n', "{r}"),
    ("a.json", '{{"env": "DB_PASSWORD={p}\\nA=1"}}\n', "{p}"),
    ("a.ipynb", '   "source": [\n    "api_key = \\"{r}\\"\\n",\n', "{r}"),
    ("a.yml", 'script: "export A=1; export DB_PASSWORD={p}; run"\n', "{p}"),
    ("a.yml", 'content: "{{\\"password\\": \\"{p}\\"}}"\n', "{p}"),
    ("a.yml", "        - name: DB_PASSWORD\n          value: {p}\n", "{p}"),
    ("a.yml", '        - name: API_TOKEN\n          value: "{r}"\n', "{r}"),
    ("docker-compose.yml", "    environment:\n      - DB_PASSWORD={p}\n", "{p}"),
    ("docker-compose.yml", "    environment:\n      MYSQL_ROOT_PASSWORD: {q}\n", "{q}"),
    ("docker-compose.yml", '    environment:\n      - "REDIS_PASSWORD={p}"\n', "{p}"),
    ("secret.yaml", "kind: Secret\ndata:\n  password: {b:{p}}\n", "{b:{p}}"),
    ("secret.yaml", "kind: Secret\ndata:\n  DB_PASS: {b:pa1Xq9}\n", "{b:pa1Xq9}"),
    ("secret.yaml", "kind: Secret\nstringData:\n  token: {r}\n", "{r}"),
    ("a.xml", "<server><password>{p}</password></server>\n", "{p}"),
    ("a.xml", '<bean password="{p}"/>\n', "{p}"),
    ("web.config", '<add key="DbPassword" value="{p}"/>\n', "{p}"),
    ("a.xml", '<property name="password" value="{q}"/>\n', "{q}"),
    ("a.xml", '<entry key="password">{p}</entry>\n', "{p}"),
    ("a.plist", "<key>apiSecret</key>\n\t<string>{r}</string>\n", "{r}"),
    ("a.properties", "url=jdbc:postgresql://db.corp.net/shop?user=app&password={p}\n", "{p}"),
    (
        "A.java",
        'String url = "jdbc:sqlserver://db1;databaseName=x;user=sa;password=Zr4tq9";\n',
        "Zr4tq9",
    ),
    ("a.cs", '"Server=db1;Database=shop;User Id=sa;Password=Zr4!tq9;"\n', "Zr4!tq9"),
    (
        "web.config",
        'connectionString="Data Source=db1;Initial Catalog=x;User ID=sa;Pwd=Zr4tq9x"\n',
        "Zr4tq9x",
    ),
    ("a.py", 'pyodbc.connect("DRIVER={{ODBC}};SERVER=db1;UID=sa;PWD={p}")\n', "{p}"),
    ("a.py", 'psycopg2.connect("host=db1 dbname=shop user=app password={p}")\n', "{p}"),
    ("a.py", 'create_engine("postgresql://app:{p}@db1.corp.net/shop")\n', "{p}"),
    ("a.js", 'mongoose.connect("mongodb+srv://app:{p}@c0.ab1cd.mongodb.net/x")\n', "{p}"),
    (".env", "REDIS_URL=redis://:{p}@cache.corp.net:6379/0\n", "{p}"),
    ("A.java", '"jdbc:oracle:thin:scott/{p}@db1.corp.net:1521:X"\n', "{p}"),
    (".netrc", "machine api.corp.net\n  login svc\n  password {p}\n", "{p}"),
    (".netrc", "machine api.corp.net login svc password {q}\n", "{q}"),
    (".pgpass", "db1.corp.net:5432:shop:app:{p}\n", "{p}"),
    (".npmrc", "//registry.corp.net/:_authToken={r}\n", "{r}"),
    (".npmrc", "//registry.corp.net/:_auth={b:svc:{p}}\n", "{b:svc:{p}}"),
    (".dockercfg", '{{"r.corp.net": {{"auth": "{b:svc:{p}}"}}}}\n', "{b:svc:{p}}"),
    ("config.json", '{{"auths": {{"r.corp.net": {{"auth": "{b:svc:{q}}"}}}}}}\n', "{b:svc:{q}}"),
    (".aws/credentials", "aws_secret_access_key = {s:40}\n", "{s:40}"),
    (".aws/credentials", "aws_session_token = {s:300}\n", "{s:300}"),
    (".env", "AWS_SECRET_ACCESS_KEY={s:40}\nA=1\n", "{s:40}"),
    (".env", "DD_API_KEY={h:32}\n", "{h:32}"),
    (".env", "TWILIO_AUTH_TOKEN={h:32}\n", "{h:32}"),
    (".env", "APP_KEY=base64:{s:43}=\n", "base64:{s:43}="),
    (
        "local.settings.json",
        '"AzureWebJobsStorage": "AccountName=x;AccountKey={s:86}=="\n',
        "{s:86}==",
    ),
    (
        "a.cs",
        '"Endpoint=sb://x.servicebus.windows.net/;SharedAccessKeyName=R;SharedAccessKey={s:43}="\n',
        "{s:43}=",
    ),
    (
        "a.py",
        'u = "https://x.blob.core.windows.net/c?sv=2024-11-04&se=2027-01-01&sr=c&sp=r&sig={s:43}%3D"\n',
        "{s:43}%3D",
    ),
    (
        "key.ppk",
        "PuTTY-User-Key-File-3: ssh-rsa\nPrivate-Lines: 2\n{s:64}\n{s:60}\nPrivate-MAC: x\n",
        "{s:64}\n{s:60}",
    ),
    ("a.yml", "key: {pem64}\n", "{pem64}"),
    ("helm.yaml", "postgresql:\n  auth:\n    postgresPassword: {p}\n", "{p}"),
    ("a.conf", "requirepass {p}\npassword {p}\nauth_password={p}\n", "{p}"),
    ("a.gradle", 'signingConfigs {{ storePassword "{p}"\n keyPassword = "{p}" }}\n', "{p}"),
    ("gradle.properties", "signing.password={p}\n", "{p}"),
    ("settings.xml", "<server>\n <id>x</id>\n <password>\n  {p}\n </password>\n</server>\n", "{p}"),
    ("a.sql", "ALTER USER app WITH PASSWORD '{p}';\n", "{p}"),
    ("a.sql", "CREATE USER 'app'@'%' IDENTIFIED BY '{p}';\n", "{p}"),
    ("Jenkinsfile", "  environment {{ API_TOKEN = '{r}' }}\n", "{r}"),
    ("ci.yml", "    env:\n      GITHUB_THING: x\n      NPM_TOKEN: {r}\n", "{r}"),
    ("package-lock.json", '"resolved": "https://svc:{p}@registry.corp.net/x.tgz"\n', "{p}"),
    ("vite.min.js", 'a=1;b={{apiSecret:"{r}",c:2}};\n', "{r}"),
    ("a.csv", "id,url\n1,https://svc:{p}@corp.net/\n", "{p}"),
]

_BASE64 = re.compile(r"\{b:((?:[^{}]|\{\w\})+)\}")


def filled(text: str) -> str:
    for name, value in PASSWORDS.items():
        text = text.replace(f"{{{name}}}", value)
    text = re.sub(r"\{s:(\d+)\}", lambda m: made(f"s{m[1]}", B64, int(m[1])), text)
    text = re.sub(r"\{h:(\d+)\}", lambda m: made(f"h{m[1]}", HEX, int(m[1])), text)
    text = text.replace("{pem64}", base64.b64encode(pem("").encode()).decode())
    text = _BASE64.sub(lambda m: base64.b64encode(m[1].encode()).decode(), text)
    return text.replace("{{", "{").replace("}}", "}")


def planted() -> Iterator[Planted]:
    for at, value in enumerate(VENDORS):
        path, around = AROUND[at % len(AROUND)]
        if "\n" in value and path.endswith(".json"):
            value = value.replace("\n", "\\n")
        yield Planted(path, around.format(value), value)
    for path, text, value in WRITTEN:
        yield Planted(path, filled(text), filled(value))


HARMLESS = [
    ("ci/deploy.groovy", "credentialsId: '3f0c9a52-7b1e-4d86-9e2a-5c8d41f7b60e', usernameVariable: 'U'"),
    ("ci/deploy.groovy", 'vaultCredentialId: "approle-ci-2024-eu1"'),
    ("v.ts", 'const secretName = "web-tls-2024-v3";'),
    ("v.ts", 'const passwordPattern = "^(?=.*[0-9])(?=.*[A-Z]).{8,32}$";'),
    ("v.ts", 'const tokenType = "Bearer-JWT-v2-RS256";'),
    ("v.ts", 'const accessTokenId = "c0ffee52-58cc-4372-a567-0e02b2c3d479";'),
    ("v.ts", 'const passwordInput = "input#field-9a8b7c";'),
    ("v.ts", 'const secretArnPrefix = "svc-7/prod-EU1-x9";'),
    ("v.ts", '{ secret_name: "web-tls-2024-v3", token_type: "JWT-v2-RS256" }'),
    ("v.ts", 'nextToken: "eXk3Rk2Lm9Qz7RtVw4",'),
    ("v.ts", 'nextPageToken = "CAoQAA9xk2LmQz7RtV"'),
    ("v.ts", 'passwordHash: "9b74c9897bac770ffc029102a200c5de"'),
    ("v.ts", 'tokenAddress = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"'),
    ("v.ts", 'const tokenMint = "So11111111111111111111111111111111111111112";'),
    ("v.ts", 'tokenUri: "ipfs://QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG"'),
    ("v.ts", 'publicKey: "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0x7"'),
    ("v.ts", 'publishableKey = "pk_live_51H8xkJ8x2LmQz7RtVw4"'),
    ("v.ts", 'csrfToken = "kJ8x2LmQz7RtVw4"'),
    ("v.ts", 'const TOKEN_KEY = "auth_token_v2_9x";'),
    ("v.ts", 'localStorage.getItem("access_token_2")'),
    ("v.ts", 'const passwordSelector = "#login-form2 > input[name=p]";'),
    ("v.ts", 'apiKeyHeader: "X-Api-Key-V2"'),
    ("v.ts", 'secretsManagerArn = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app-Ab12Cd"'),
    ("v.ts", "const token = await getToken2(user.id1);"),
    ("v.ts", "const password = form.controls.password1.value;"),
    ("v.ts", "this.token = response.data.accessToken2;"),
    ("v.ts", "password: userInput.password2,"),
    ("v.ts", "secret: process.env.JWT_SECRET_V2,"),
    ("v.ts", 'tokenEndpoint: "https://login.corp.net/oauth2/v2.0/token"'),
    ("v.ts", "accessToken: session?.accessToken2 ?? null,"),
    ("v.ts", "const tokens1 = tokenizer.encode(input2);"),
    ("a.py", 'password = os.environ["DB_PASSWORD_1"]'),
    ("a.py", 'password = getenv("DB_PASSWORD_1")'),
    ("a.py", 'api_key = config["api_key_2"]'),
    ("a.py", "token = secrets.token_urlsafe(32)"),
    ("a.py", "token = hashlib.sha256(data1).hexdigest()"),
    ("a.py", "secret = s3Client"),
    ("a.py", "private_key = rsa2048Key1"),
    ("a.py", "token = self._next_token_v2"),
    ("a.py", 'PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]'),
    ("a.py", 'pad_token = "[PAD151643]"'),
    ("a.py", 'eos_token = "<|im_end_151645|>"'),
    ("a.py", 'tokenizer = "cl100k_base"'),
    ("a.py", 'token_model = "Qwen2.5-Coder-7B"'),
    ("a.py", 'password = "changeme123"'),
    ("a.py", 'password = "your-password-here1"'),
    ("a.py", 'api_key = "sk-xxxxxxxxxxxxxxxx1"'),
    ("a.py", 'API_KEY = "<YOUR_API_KEY_1>"'),
    ("a.py", 'password = "{{ vault_db_password1 }}"'),
    ("a.py", 'password = f"{prefix1}{suffix2}"'),
    ("a.py", 'secret = "prod/db-1/main"'),
    ("a.py", 'secret_id = "prod/Kx92/db"'),
    ("a.py", 'token_expires_at = "2026-11-30T10:00:00Z"'),
    ("a.py", 'password_field = "txt_Pass1"'),
    ("a.py", 'password_label = "Passwort2"'),
    ("a.py", 'idempotency_key = "kJ8x2LmQz7RtVw4"'),
    ("a.py", 'cache_key = "user:v2:kJ8x2LmQz7"'),
    ("a.py", 'primary_key = "kJ8x2LmQz7RtVw4"'),
    ("a.py", 'sort_key = "kJ8x2LmQz7RtVw4"'),
    ("a.py", 'partition_key_path = "/tenantId2"'),
    ("a.py", 'key = "kJ8x2LmQz7RtVw4"'),
    ("a.py", 'etag = "33a64df551425fcc55e4d42a148795d9f25f89d4"'),
    ("a.py", 'commit = "33a64df551425fcc55e4d42a148795d9f25f89d4"'),
    ("a.py", 'md5 = "9b74c9897bac770ffc029102a200c5de"'),
    ("a.py", 'password = "$2b$12$KIXQ8Zr2LmX0vTn4KpW7yBdkJ8x2LmQz7RtVw4"'),
    ("a.py", 'password = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHQ$RdescudvJCsgt3ub"'),
    ("a.py", 'password = "pbkdf2_sha256$600000$kJ8x2LmQ$z7RtVw4aBcD="'),
    ("a.py", 'password = "kJ8x2LmQz7RtVw4"  # gitleaks:allow'),
    ("a.py", 'password = "kJ8x2LmQz7RtVw4"  # pragma: allowlist secret'),
    ("a.py", 'password = "kJ8x2LmQz7RtVw4"  # nosec B105'),
    ("a.py", 'password = "kJ8x2LmQz7RtVw4"  # noqa: S105'),
    ("a.py", '# pragma: allowlist nextline secret\npassword = "kJ8x2LmQz7RtVw4"'),
    ("a.js", "const password = 'kJ8x2LmQz7RtVw4'; // trufflehog:ignore"),
    ("a.js", "const password = 'kJ8x2LmQz7RtVw4'; // ggignore"),
    ("tests/test_login.py", 'password = "kJ8x2LmQz7RtVw4"'),
    ("src/__tests__/login.ts", 'const password = "kJ8x2LmQz7RtVw4"'),
    ("docs/setup.md", 'password = "kJ8x2LmQz7RtVw4"'),
    ("README.md", "export DB_PASSWORD=kJ8x2LmQz7RtVw4"),
    (".env.example", "DB_PASSWORD=kJ8x2LmQz7RtVw4"),
    ("config.sample.yml", "password: kJ8x2LmQz7RtVw4"),
    ("fine.yml", "password: ${DB_PASSWORD_2}"),
    ("fine.yml", "passwordSecretRef: app-db-2"),
    ("fine.yml", "token: !vault x1y2z3a4b5"),
    ("fine.yml", "password: {{ .Values.db.password1 }}"),
    ("fine.yml", "password: $(DB_PASSWORD_2)"),
    ("fine.yml", "password: ENC[AES256_GCM,data:kJ8x2LmQz7RtVw4,iv:x,tag:y,type:str]"),
    ("fine.yml", "password: ENC(kJ8x2LmQz7RtVw4kJ8x2LmQ)"),
    ("fine.yml", "password: '{cipher}9b74c9897bac770ffc029102a200c5de'"),
    ("fine.yml", "secretName: web-tls-2024-v3"),
    ("fine.yml", "secretKeyRef:\n  name: app-db-2\n  key: password1"),
    ("fine.yml", "existingSecret: postgres-auth-v2"),
    ("fine.yml", "token: vault:v1:kJ8x2LmQz7RtVw4kJ8x2LmQz7RtVw4"),
    ("fine.yml", "apiKey: *defaultKey1"),
    ("fine.yml", "auth: &auth1\n  method: token2"),
    ("fine.yml", "tokens: 4096"),
    ("fine.yml", "max_tokens: 128000"),
    ("fine.yml", "jsonwebtoken: ^9.0.2-beta.1"),
    ("fine.yml", "secretProviderClass: azure-kv-2024"),
    ("fine.yml", "runs: echo $TOKEN_2024"),
    ("fine.yml", "  token: ${{ secrets.GITHUB_TOKEN }}"),
    ("fine.yml", "  - id: detect-secrets\n    rev: v1.5.0"),
    ("secret.yaml", "kind: Secret\ndata:\n  username: YWRtaW5pc3RyYXRvcg=="),
    ("secret.yaml", "kind: Secret\ndata:\n  password: Y2hhbmdlbWUxMjM="),
    ("sealed.yaml", "kind: SealedSecret\nspec:\n  encryptedData:\n    encryptedPassword: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq"),
    ("Dockerfile", "ARG DB_PASSWORD"),
    ("Dockerfile", "ENV SECRET_FILE=/run/secrets/db-1"),
    ("Dockerfile", "RUN --mount=type=secret,id=npm_token_2 npm ci"),
    ("run.sh", 'export DB_PASSWORD="$(vault read -field=pw1 secret/db)"'),
    ("run.sh", "DB_PASSWORD=$1 TOKEN=${TOKEN_2:-} ./start"),
    ("run.sh", "curl -u $USER1:$PASS1 https://api.corp.net"),
    ("run.sh", 'curl -H "Authorization: Bearer $TOKEN_2" https://x.corp.net'),
    ("run.sh", "mysql --password-file=/run/pw1"),
    ("run.sh", "./deploy --token-file token2.txt --key id_ed25519"),
    ("run.sh", "read -s PASSWORD1"),
    ("run.sh", "git push https://x-access-token:${GH_TOKEN}@github.com/a/b"),
    ("package-lock.json", '"integrity": "sha512-kJ8x2LmQz7RtVw4kJ8x2LmQz7RtVw4kJ8x2LmQz7RtVw4kJ8x2LmQz7RtVw4kJ8x2LmQz7RtVw4aBcDeF=="'),
    ("package-lock.json", '"node_modules/jsonwebtoken": {\n "version": "9.0.2",\n "resolved": "https://registry.corp.net/jsonwebtoken-9.0.2.tgz"'),
    ("package-lock.json", '"js-tokens": "^4.0.0 || ^5.1.2"'),
    ("package.json", '"csrf-token": "npm:tiny-csrf@1.2.3-rc.4"'),
    ("yarn.lock", 'checksum: 10c0/33a64df551425fcc55e4d42a148795d9f25f89d4a1b2'),
    ("poetry.lock", 'files = [{file = "secretstorage-3.3.3.whl", hash = "sha256:f356e6628222568e3af06f2eba8df495efa13b3b63081dafd4f7d9a7b7bc9f99"}]'),
    ("go.sum", "github.com/a/secret-token v1.2.3 h1:kJ8x2LmQz7RtVw4kJ8x2LmQz7RtVw4kJ8x2LmQz7RtU="),
    ("Cargo.lock", 'name = "secrecy"\nversion = "0.10.3"\nchecksum = "33a64df551425fcc55e4d42a148795d9f25f89d433a64df551425fcc55e4d42a"'),
    ("i18n/de.json", '"password": "Passwort"'),
    ("i18n/de.json", '"password_too_short": "Mindestens 8 Zeichen, davon 2 Ziffern"'),
    ("i18n/fr.json", '"auth.password": "Mot-de-passe2"'),
    ("i18n/en.yml", "password_hint: At least 8 characters"),
    ("i18n/en.yml", "token_expired: Token expired 3 days ago"),
    ("messages.properties", "login.password.label=Password\nlogin.token.error=Error401"),
    ("a.xml", "<secretRef>app-db-2</secretRef>"),
    ("a.xml", "<password>${env.DB_PASSWORD_2}</password>"),
    ("a.xml", '<add key="TokenEndpoint" value="https://login.corp.net/v2"/>'),
    ("a.xml", '<input type="password" name="pwd2" id="Pwd-Field-2"/>'),
    ("a.xml", '<string name="password_toggle_icon">@drawable/ic_eye_24dp</string>'),
    ("a.tf", 'password = var.db_password_2'),
    ("a.tf", 'password = random_password.db1.result'),
    ("a.tf", 'secret_id = aws_secretsmanager_secret.db1.id'),
    ("a.tf", 'secret_string = data.vault_generic_secret.db1.data["pw1"]'),
    ("a.go", "token := r.Header.Get(\"X-Token-2\")"),
    ("a.go", 'password := flag.String("password", "", "password of db1")'),
    ("a.go", "secretKey := deriveKey(master1, salt2)"),
    ("A.java", '@Value("${spring.datasource.password1}") String password;'),
    ("A.java", "String token = jwtService.createToken2(user1);"),
    ("A.java", 'static final String PASSWORD_REGEX = "[A-Za-z0-9]{8,20}";'),
    ("a.sql", "SELECT password_hash2 FROM users1 WHERE token_id = 'a1b2c3d4e5'"),
    ("a.properties", "url=jdbc:postgresql://db1/shop?user=app&password=${DB_PW1}"),
    ("a.cs", '"Server=db1;User Id=sa;Password={0};Encrypt=1"'),
    ("a.cs", '"Server=localhost;User Id=sa;Password=password1;"'),
    ("a.py", 'create_engine("postgresql://postgres:postgres@localhost:5432/x1")'),
    ("a.py", 'u = "https://user1:pass1@example.com/"'),
    (".netrc.tpl", "machine api.corp.net login svc password ${PW1}"),
    (".npmrc", "//registry.corp.net/:_authToken=${NPM_TOKEN_2}"),
    ("grep.txt", "src/a1.py:1204:def:name:value2"),
    ("passwd", "deploy:x:1001:1001:Deploy User 1:/home/deploy:/bin/bash"),
    ("key.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8x2LmQz7RtVw4kJ8x2LmQz7RtVw4kJ8x2LmQz dev@box"),
    ("cert.pem", "-----BEGIN CERTIFICATE-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0x7kJ8x2LmQz7RtVw4kJ\n-----END CERTIFICATE-----"),
    ("pub.pem", "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA0x7kJ8x2LmQz7RtVw4kJ\n-----END PUBLIC KEY-----"),
    ("a.txt", "the basic authentication scheme, and the bearer of this letter2024abc"),
    ("a.css", ".password-toggle-2 { --token-color-1: #a1b2c3; }"),
    ("a.svg", '<path id="token-9x2kLm" d="M10 20L30 40"/>'),
    ("a.rs", "let token = parser.next_token2()?;"),
    ("a.rs", 'let secret_path = "kv/data/app1/Db2";'),
    ("a.php", "$password = $_POST['password1'];"),
    ("a.rb", "password: ENV.fetch('DB_PASSWORD_1')"),
    ("openapi.yml", "tokenUrl: https://login.corp.net/oauth2/v2/token"),
    ("openapi.yml", "securitySchemes:\n  apiKey1:\n    type: apiKey\n    name: X-API-Key-2"),
    ("appsettings.json", '"KeyVaultName": "kv-prod-eu1-2024", "SecretVersion": "9b74c9897bac770ffc029102a200c5de"'),
    ("ansible.yml", "password: \"{{ lookup('env', 'DB_PW1') }}\""),
    ("a.py", 'api_token = "REPLACE_ME_2024x"'),
    ("a.py", 'secret = "abcdefgh12345678"'),
    ("a.py", 'token = "00000000-0000-0000-0000-000000000001"'),
]  # fmt: skip


def harmless() -> list[Harmless]:
    return [Harmless(path, f"{text}\n") for path, text in HARMLESS]
