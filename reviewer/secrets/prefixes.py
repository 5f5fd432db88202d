"""The prefixes by which issuers mark their credentials, and what follows them. They are facts that
issuers and the public rule lists of secret scanners give."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ALPHABETS = {
    "a": "[A-Za-z0-9]",
    "u": "[A-Za-z0-9_-]",
    "x": "[0-9a-f]",
    "X": "[0-9a-fA-F]",
    "l": "[a-z0-9]",
    "z": "[a-z2-7]",
    "b": "[A-Za-z0-9+/]",
}
_RUN = re.compile(r"([auxXlzb])(\d+)(?:-(\d+))?$")
# Kind, prefix, and the parts of the body: an alphabet and a length, or the least and the most; what
# is no such part stands for itself. Keys that are meant to be public, or for tests, are left out.
_TABLE = """
adobe-secret p8e- l32
aikido-key AIK_CI_ a20-44
aikido-key AIK_SECRET_ a64
apify-token apify_api_ a34-38
astra-token AstraCS: a20-90
buildkite-token bkua_ l40-53
buildkite-token bkaa_ u75
buildkite-token bkar_ u73
buildkite-token bkct_ u73
buildkite-token bkpat_ u54
canva-secret cnvca u51
cerebras-key csk- l48
clojars-token CLOJARS_ l60
cloudsmith-key csa_ x30 a6
cockroach-key CCDB1_ a22 _ a40
configcat-key configcat-sdk-1/ u22 / u22
crates-token cio a32
deno-token ddp_ a36
devcycle-key dvc_server_ a20-60
devin-key cog_ z52
devin-key apk_user_ b120-180
docker-swarm-key SWMKEY-1- b40-50
docker-swarm-token SWMTKN-1- l50-60 - l24-30
duffel-token duffel_live_ u43
easypost-key EZAK a54
elastic-key essu_ u60-200
elevenlabs-key sk_ x48
flutterwave-key FLWSECK- l32 -X
fly-token fo1_ u43
frameio-token fio-u- u64
grafana-key eyJrIjoi a70-400
groq-key gsk_ a52
infracost-key ico- a32
intra42-secret s-s4t2ud- x64
intra42-secret s-s4t2af- x64
ionic-token ion_ a42
lichess-token lip_ a20-60
mailersend-token mlsn. x64
mercury-token mercury_production_ l3-6 _ a40-50 _yrucrem
mergify-key mergify_application_key_ u40-200
mongodb-secret mdb_sa_sk_ u40
neon-key napi_ l64
netlify-token nfp_ a36
notion-token secret_ a43
nuget-key oy2 l43
nvidia-key nvapi- u60-70
onesignal-key os_v2_app_ z103
onesignal-key os_v2_org_ z103
openrouter-key sk-or-v1- x64
openshift-token sha256~ u43
paddle-key pdl_live_apikey_ l26 _ a22 _ a3
perplexity-key pplx- a48
pinterest-token pina_ u40-200
polar-token polar_oat_ u40-100
polar-token polar_pat_ u40-100
prefect-key pnu_ a36
pulumi-token pul- x40
ramp-secret ramp_sec_ a48
readme-key rdme_ l70
render-key rnd_ a28
replicate-token r8_ a37
rootly-key rootly_ x64
rubygems-key rubygems_ x48
runpod-key rpa_ a46
samsara-token samsara_api_ a26-32
scalingo-token tk-us- u48
sentry-token sntryu_ x64
shippo-token shippo_live_ X40
slack-token xoxc- l9-15 - l9-15 - l9-15 - x64
square-token EAAA u60
supabase-key sbp_ x40
supabase-key sb_secret_ u31
thunderstore-token tss_ a40-80
together-key tgp_v1_ u43
unkey-key unkey_ a20-32
upcloud-token ucat_ a24-32
valtown-token vtwn_ a20-80
wakatime-key waka_ l8 - l4 - l4 - l4 - l12
wandb-key wandb_v1_ a20-90
xai-key xai- a80
zuplo-key zpka_ l32 _ x8
"""


def prefixed() -> Iterator[tuple[str, str, str]]:
    """(kind, prefix, pattern) of each. Nothing of the body's alphabet stands before or behind."""
    for row in _TABLE.strip().split("\n"):
        kind, prefix, *parts = row.split(" ")
        body, last = "", "a"
        for part in parts:
            if run := _RUN.fullmatch(part):
                most = f",{run[3]}" if run[3] else ""
                body += f"{_ALPHABETS[run[1]]}{{{run[2]}{most}}}"
                last = run[1]
            else:
                body += re.escape(part)
        after = _ALPHABETS["u" if last == "u" else "a"]
        literal = re.escape(prefix)  # first, so that the search for it is quick
        yield kind, prefix, rf"{literal}(?<![A-Za-z0-9_]{literal}){body}(?!{after})"
