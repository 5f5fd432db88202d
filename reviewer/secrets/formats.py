"""Credentials that are recognised by their own form: the formats that issuers publish.

A format is tried only where its hint occurs, so that a long text costs one search per format.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from reviewer.secrets.genuine import is_genuine
from reviewer.secrets.prefixes import prefixed

_URL = r"[A-Za-z0-9_-]"  # the alphabet of URL-safe base64


@dataclass(frozen=True, slots=True)
class Secret:
    """A credential at `text[start:end]`. `kind` is one of KINDS."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Format:
    kind: str
    hints: tuple[str, ...]  # one must occur
    any_case: bool  # they are in lower case
    pattern: re.Pattern[str]  # group 1 is the secret, where there is one


def _format(kind: str, hint: str, pattern: str) -> _Format:
    """`hint`: texts of which one must occur, with `|` between them; in any case if they are in
    lower case."""
    return _Format(kind, tuple(hint.split("|")), hint.islower(), re.compile(pattern))


_HEX = "[0-9a-f]"
_FORMATS = (
    _format(
        "aws-access-key",
        "AKIA|ASIA|ABIA|ACCA",
        r"(?<![A-Z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}(?![A-Z0-9])",
    ),
    _format(
        "aws-secret-key",
        "access_key|accesskey|secret_key|secretkey",
        r"(?i:aws_?secret_?access_?key|aws_?secret_?key|secret_?access_?key)[\"']?\s{0,4}[:=]\s{0,4}[\"']?"
        r"([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])",
    ),
    _format(
        "aws-session-token",
        "session_token|sessiontoken|security_token|securitytoken",
        r"(?i:aws_?(?:session|security)_?token|session_?token)\\{0,3}[\"']?\s{0,4}[:=]\s{0,4}\\{0,3}[\"']?"
        r"([A-Za-z0-9/+]{100,2000}={0,2})",
    ),
    _format("aws-bedrock-key", "ABSK", r"\bABSK[A-Za-z0-9+/]{100,300}={0,2}"),
    _format(
        "aws-bedrock-key",
        "bedrock-api-key-",
        r"\bbedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t[A-Za-z0-9+/=]{40,4000}",
    ),
    _format(
        "github-token",
        "ghp_|gho_|ghu_|ghs_|ghr_",
        r"\bgh[pousr]_[A-Za-z0-9]{36,251}(?![A-Za-z0-9])",
    ),
    _format(
        "github-token",
        "github_pat_",
        r"\bgithub_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}(?![A-Za-z0-9])",
    ),
    _format(
        "gitlab-token",
        "glpat-|gldt-|glptt-|glrt|glcbt-|glft-|glffct-|glsoat-|glagent-|gloas-|glimt-|glwt-",
        rf"\bgl(?:pat|dt|ptt|rtr?|cbt|ft|ffct|soat|agent|oas|imt|wt)-(?=\S{{0,20}}\d){_URL}{{20,300}}"
        r"(?:\.[0-9a-z]{2}(?:\.[0-9a-z]{9}|[0-9a-z]{7}))?",
    ),
    _format("gitlab-token", "GR1348941", rf"\bGR1348941{_URL}{{20}}(?!{_URL})"),
    _format("slack-token", "xox", r"\bxox[abeoprs]-(?:[A-Za-z0-9]{1,20}-){1,6}[A-Za-z0-9]{10,}"),
    _format("slack-token", "xoxe", r"\bxoxe(?:\.xox[bp])?-\d-[A-Za-z0-9]{100,250}"),
    _format("slack-token", "xapp-", r"\bxapp-\d-[A-Z0-9]{8,20}-\d{8,20}-[a-z0-9]{40,}"),
    _format(
        "slack-webhook",
        "hooks.slack.com",
        r"(?:https?://)?hooks\.slack\.com/(?:services/T\w{6,14}/B\w{6,14}|workflows/T\w{6,14}/A\w{6,14}/\d{10,20}"
        r"|triggers/T\w{6,14}/\d{10,20})/[A-Za-z0-9]{20,}",
    ),
    _format("stripe-key", "_live_|_prod_", r"\b(?:sk|rk)_(?:live|prod)_[A-Za-z0-9]{20,}"),
    _format("stripe-key", "whsec_", r"\bwhsec_[A-Za-z0-9+/]{32,}"),
    _format("google-key", "AIza", rf"\bAIza{_URL}{{35}}(?!{_URL})"),
    _format("google-key", "AQ.Ab8RN6", rf"\bAQ\.Ab8RN6{_URL}{{40,60}}(?!{_URL})"),
    _format("google-oauth-secret", "GOCSPX-", rf"\bGOCSPX-{_URL}{{28}}(?!{_URL})"),
    _format("google-oauth-token", "ya29.", rf"\bya29\.{_URL}{{40,400}}"),
    _format("anthropic-key", "sk-ant-", rf"\bsk-ant-(?:api|admin|oat)\d\d-{_URL}{{80,}}"),
    _format("openai-key", "sk-", rf"\bsk-(?:proj|svcacct|admin)-{_URL}{{40,}}"),
    _format(
        "openai-key", "T3BlbkFJ", r"\bsk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}(?![A-Za-z0-9])"
    ),
    _format("huggingface-token", "hf_", r"\bhf_[A-Za-z]{34}(?![A-Za-z0-9])"),
    _format("huggingface-token", "api_org_", r"\bapi_org_[A-Za-z]{34}(?![A-Za-z0-9])"),
    _format("langsmith-key", "lsv2_", r"\blsv2_(?:pt|sk)_[0-9a-f]{32}_[0-9a-f]{10}(?![0-9a-f])"),
    _format("pinecone-key", "pcsk_", r"\bpcsk_[A-Za-z0-9]{5,6}_[A-Za-z0-9]{63}(?![A-Za-z0-9])"),
    _format("databricks-token", "dapi", rf"\bdapi{_HEX}{{32}}(?:-\d)?(?![A-Za-z0-9])"),
    _format("newrelic-key", "NRAK-", r"\bNRAK-[A-Z0-9]{27}(?![A-Z0-9])"),
    _format("newrelic-key", "NRII-", rf"\bNRII-{_URL}{{32}}(?!{_URL})"),
    _format("newrelic-key", "NRAL", rf"(?<![0-9a-z]){_HEX}{{32,36}}(?:FFFF)?NRAL(?![A-Za-z0-9])"),
    _format(
        "sentry-token", "sntrys_", r"\bsntrys_eyJ[A-Za-z0-9+/=]{20,400}_[A-Za-z0-9+/]{43}(?![\w])"
    ),
    _format("grafana-token", "glsa_", rf"\bglsa_[A-Za-z0-9]{{32}}_{_HEX}{{8}}(?![A-Za-z0-9])"),
    _format("grafana-token", "glc_", r"\bglc_eyJ[A-Za-z0-9+/]{30,400}={0,2}"),
    _format("pagerduty-key", "u+", r"(?<![A-Za-z0-9+])u\+[A-Za-z0-9_+-]{18}(?![A-Za-z0-9_+-])"),
    _format("pagerduty-key", "pdus+", r"\bpdus\+[A-Za-z0-9_+-]{20,60}"),
    _format("postman-key", "PMAK-", rf"\bPMAK-{_HEX}{{24}}-{_HEX}{{34}}(?![0-9a-f])"),
    _format(
        "shopify-token",
        "shpat_|shpss_|shpca_|shppa_|shptka_|shpua_",
        r"\bshp(?:at|ss|ca|pa|tka|ua)_[0-9a-fA-F]{32}(?![0-9a-fA-F])",
    ),
    _format(
        "square-token", "sq0atp|sq0csp", rf"\bsq0(?:atp-{_URL}{{22}}|csp-{_URL}{{43}})(?!{_URL})"
    ),
    _format(
        "telegram-token", ":AA", rf"(?<![\w-])(?:bot)?(\d{{8,10}}:AA{_URL}{{32,33}})(?!{_URL})"
    ),
    _format(
        "discord-token",
        ".",
        rf"(?<![\w.-])[MNO]{_URL}{{23,27}}\.{_URL}{{6}}\.{_URL}{{27,38}}(?![\w.-])",
    ),
    _format(
        "discord-webhook",
        "/api/webhooks/",
        rf"https://(?:\w+\.)?discord(?:app)?\.com/api/webhooks/\d{{17,20}}/{_URL}{{60,80}}",
    ),
    _format("atlassian-token", "ATATT3|ATCTT3", r"\bAT(?:ATT|CTT)3[A-Za-z0-9_\-=]{100,250}"),
    _format("bitbucket-password", "ATBB", r"\bATBB[A-Za-z0-9]{28,36}(?![A-Za-z0-9])"),
    _format("linear-key", "lin_", r"\blin_(?:api|oauth|wh)_[A-Za-z0-9]{32,64}(?![A-Za-z0-9])"),
    _format("notion-token", "ntn_", r"\bntn_\d{9,12}[A-Za-z0-9]{33,37}(?![A-Za-z0-9])"),
    _format("figma-token", "figd_", rf"\bfigd_{_URL}{{38,44}}(?!{_URL})"),
    _format("vercel-token", "vcp_|vci_|vca_|vcr_|vck_", rf"\bvc[pciark]_{_URL}{{56}}(?!{_URL})"),
    _format(
        "cloudflare-token",
        "cfk_|cfut_|cfat_",
        rf"\bcf(?:k|ut|at)_[A-Za-z0-9]{{40}}{_HEX}{{8}}(?![A-Za-z0-9])",
    ),
    _format("cloudflare-token", "v1.0-", rf"\bv1\.0-{_HEX}{{24}}-{_HEX}{{146}}(?![0-9a-f])"),
    _format("fly-token", "fm1|fm2", r"\bfm[12][ar]?_[A-Za-z0-9+/]{60,}={0,2}"),
    _format("digitalocean-token", "_v1_", r"\bdo[opr]_v1_[a-f0-9]{64}(?![a-f0-9])"),
    _format(
        "doppler-token",
        "dp.",
        r"(?<![\w.])dp\.(?:pt|ct|sa|said|scim|audit|st(?:\.[a-z0-9_-]{2,35})?)\.[A-Za-z0-9]{40,44}(?![A-Za-z0-9])",
    ),
    _format("vault-token", "hvs.|hvb.|hvr.", rf"\bhv[sbr]\.{_URL}{{24,300}}"),
    _format(
        "terraform-token", ".atlasv1.", rf"\b[A-Za-z0-9]{{14}}\.atlasv1\.{_URL}{{60,70}}(?!{_URL})"
    ),
    _format("mapbox-token", "sk.eyJ", rf"\bsk\.eyJ{_URL}{{60,120}}\.{_URL}{{20,24}}(?!{_URL})"),
    _format("npm-token", "npm_", r"\bnpm_[A-Za-z0-9]{36}(?![A-Za-z0-9])"),
    _format("pypi-token", "pypi-AgE", rf"\bpypi-AgE{_URL}{{80,}}"),
    _format("docker-token", "dckr_", rf"\bdckr_[po]at_{_URL}{{27,32}}(?!{_URL})"),
    _format("jfrog-token", "AKCp", r"\bAKCp[A-Za-z0-9]{69}(?![A-Za-z0-9])"),
    _format("jfrog-token", "cmVmdGtu", r"\bcmVmdGtu[A-Za-z0-9]{56}(?![A-Za-z0-9])"),
    _format("sonar-token", "sqp_|sqa_|squ_", rf"\bsq[pau]_{_HEX}{{40}}(?![0-9a-f])"),
    _format("sendgrid-key", "SG.", rf"\bSG\.{_URL}{{22}}\.{_URL}{{43}}(?!{_URL})"),
    _format("mailgun-key", "key-", rf"(?<![\w-])key-{_HEX}{{32}}(?![0-9a-f])"),
    _format(
        "mailchimp-key",
        "-us1|-us2|-us3|-us4|-us5|-us6|-us7|-us8|-us9",
        rf"(?<![0-9a-z]){_HEX}{{32}}-us\d{{1,2}}(?!\w)",
    ),
    _format("brevo-key", "xkeysib-", rf"\bxkeysib-{_HEX}{{64}}-[A-Za-z0-9]{{16}}(?!\w)"),
    _format("heroku-key", "HRKU-", rf"\bHRKU-{_URL}{{58,62}}(?!{_URL})"),
    _format("airtable-token", "pat", rf"\bpat[A-Za-z0-9]{{14}}\.{_HEX}{{64}}(?![0-9a-f])"),
    _format("planetscale-token", "pscale_", r"\bpscale_(?:tkn|pw|oauth)_[\w.=-]{32,64}"),
    _format("posthog-key", "phx_", rf"\bphx_{_URL}{{40,50}}(?!{_URL})"),
    _format("tailscale-key", "tskey-", r"\btskey-[a-z]{3,10}-[A-Za-z0-9]{8,20}-[A-Za-z0-9]{20,50}"),
    _format("dynatrace-token", "dt0", r"\bdt0[a-zA-Z]\d\d\.[A-Z0-9]{24}\.[A-Z0-9]{64}(?!\w)"),
    _format("onepassword-token", "ops_eyJ", rf"\bops_eyJ{_URL}{{100,}}={{0,2}}"),
    _format(
        "hubspot-token",
        "pat-na|pat-eu|pat-ap",
        r"\bpat-(?:na|eu|ap)\d-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?!\w)",
    ),
    _format(
        "sourcegraph-token", "sgp_", rf"\bsgp_(?:{_HEX}{{16}}_|local_)?{_HEX}{{40}}(?![0-9a-f])"
    ),
    _format("circleci-token", "CCIPAT_", rf"\bCCIPAT_[A-Za-z0-9]{{22}}_{_HEX}{{40}}(?!\w)"),
    _format(
        "age-key", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}"
    ),
    _format("azure-storage-key", "AccountKey=", r"AccountKey=([A-Za-z0-9+/]{86}==)"),
    _format("azure-storage-key", "SharedAccessKey=", r"SharedAccessKey=([A-Za-z0-9+/]{40,48}=)"),
    _format(
        "azure-client-secret", "Q~", r"(?<![\w.~-])[A-Za-z0-9_.~]{3}\dQ~[\w.~-]{31,34}(?![\w.~-])"
    ),
    _format(
        "azure-sas",
        "sig=",
        r"[?&](?:s[vretp]|spr|srt|ss|skn|sr)=[^\s\"'`<>]{1,400}?[?&]sig=([A-Za-z0-9%+/_-]{40,100}={0,2})",
    ),
    _format("azure-sas", "sig=", r"[?&\s]sig=([A-Za-z0-9%+/_-]{40,100}={0,2})&s[evkr]n?="),
    _format("facebook-token", "EAAM|EAAC", r"\bEAA[MC][A-Za-z0-9]{100,400}(?![A-Za-z0-9])"),
    _format("octopus-key", "API-", r"\bAPI-[A-Z0-9]{26}(?![A-Z0-9])"),
    _format("maxmind-key", "_mmk", r"\b[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk(?!\w)"),
    _format("jwt", "eyJ", rf"(?<!{_URL})eyJ{_URL}{{10,}}\.eyJ{_URL}{{10,}}\.{_URL}{{20,}}"),
    _format(
        "teams-webhook",
        ".webhook.office.com/",
        rf"https://[\w-]{{1,80}}\.webhook\.office\.com/webhookb2/[\w-]{{36}}@[\w-]{{36}}/IncomingWebhook/"
        rf"{_HEX}{{32}}/[\w-]{{36}}",
    ),
    _format(
        "harness-key", "pat.|sat.", rf"\b[ps]at\.{_URL}{{22}}\.{_HEX}{{24}}\.[A-Za-z0-9]{{20}}\b"
    ),
    _format(
        "basic-auth-url",
        "://",
        r"(?<=[a-z0-9])://[^\s/:@\"'`<>{}$%]{0,64}:([^\s/:@\"'`<>{}$]{3,128})@([\w.-]{1,253}|[{$%])",
    ),
    *(_Format(kind, (prefix,), False, re.compile(body)) for kind, prefix, body in prefixed()),
)
KINDS = tuple(dict.fromkeys(known.kind for known in _FORMATS))


def by_format(text: str, lowered: str) -> Iterator[Secret]:
    for known in _FORMATS:
        where = lowered if known.any_case else text
        for hint in known.hints:  # a plain loop: this runs for every format and every line
            if hint in where:
                break
        else:
            continue
        for match in known.pattern.finditer(text):
            if is_genuine(known.kind, match):
                yield Secret(known.kind, *match.span(1 if match.re.groups else 0))
