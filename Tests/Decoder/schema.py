"""JSON inside the vault: ENVELOPE.md, section 10."""
import json
import re
from datetime import datetime

from primitives import Failure

ROLES = "candidate live retiring dead".split()
VERDICTS = "unverified refused healthy degraded suspect miswired expired revoked unproven".split()
PROBINGS = "on paused offline passive off".split()
OUTCOMES = (
    "valid expired invalid wrong_kind insufficient_scope rate_limited quota_or_billing provider_down unknown".split())
EXPORTED_PROBES = "active passive off".split()
PROFILES = "explicit generic flaky".split()
USES = "read run inject openclaw git claude".split()
EVENTS = (
    "added rotated staged refused undone probed verdict read paused resumed consented moved removed endpoint-closed "
    "endpoint-opened still-works ended held deadline kept-ended "
    "needs-person recovered vault-made slot-added slot-removed rekey-begun rekeyed state-accepted no-anchor checkpoint imported "
    "exported withheld backed-up restored").split()
_ID = re.compile("[0-9a-f]{32}")


def _damaged(what: str) -> Failure:
    return Failure("damaged", what)


class Form:
    """One JSON object, its members taken by name and type."""

    def __init__(self, value: object, what: str):
        if not isinstance(value, dict):
            raise _damaged(f"{what} is no object")
        self.members, self.what = value, what

    def _get(self, name: str, kind: type, optional: bool):
        value = self.members.get(name)
        if value is None:
            if optional:
                return None
            raise _damaged(f"{self.what}.{name} is missing")
        if type(value) is not kind:
            raise _damaged(f"{self.what}.{name} has another type")
        return value

    def text(self, name: str, optional: bool = False) -> str | None:
        return self._get(name, str, optional)

    def word(self, name: str, words: list[str], optional: bool = False) -> str | None:
        value = self.text(name, optional)
        if value is not None and value not in words:
            raise _damaged(f"{self.what}.{name} is none of its words")
        return value

    def integer(self, name: str, optional: bool = False) -> int | None:
        value = self._get(name, int, optional)
        if value is not None and not -(2**63) <= value < 2**63:
            raise _damaged(f"{self.what}.{name} is too large")
        return value

    def flag(self, name: str) -> bool:
        return self._get(name, bool, False)

    def form(self, name: str, optional: bool = False) -> "Form | None":
        value = self.members.get(name)
        if value is None and optional:
            return None
        return Form(value, f"{self.what}.{name}")

    def forms(self, name: str, optional: bool = False) -> list["Form"]:
        return [Form(value, f"{self.what}.{name}") for value in self._get(name, list, optional) or []]

    def hosts(self, name: str) -> list[str] | None:
        hosts = self._get(name, list, True)
        if hosts is not None and not all(type(host) is str for host in hosts):
            raise _damaged(f"{self.what}.{name} holds no hosts")
        return hosts


def _refuse_constant(word: str) -> None:
    raise ValueError(word)


def _parse(data: bytes, what: str) -> Form:
    try:
        return Form(json.loads(data.decode(), parse_constant=_refuse_constant), what)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise _damaged(f"{what} is no JSON") from None


def description(data: bytes) -> dict:
    form = _parse(data, "description")
    return {
        "name": form.text("name"), "kind": form.text("kind"), "baseURL": form.text("baseURL", True),
        "hosts": form.hosts("hosts"), "account": form.text("account", True),
        "fingerprint": form.text("fingerprint"), "length": form.integer("length"), "pasted": form.integer("pasted"),
        "minted": form.integer("minted", True), "declaredExpiry": form.integer("declaredExpiry", True),
        "ownExpiry": form.integer("ownExpiry", True)}


def _version(form: Form) -> dict:
    return {
        "number": form.integer("number"), "role": form.word("role", ROLES), "storedAt": form.integer("storedAt"),
        "keptUntil": form.integer("keptUntil", True), "ended": form.integer("ended", True),
        "stillWorks": form.integer("stillWorks", True), "refusal": form.text("refusal", True),
        "grace": form.integer("graceMilliseconds", True), "item": form.text("item", True)}


def _standing(form: Form) -> None:
    verdict = form.form("verdict")
    name = verdict.word("name", VERDICTS)
    suspicion = verdict.form("suspicion", True)
    if name == "suspect":
        if suspicion is None:
            raise _damaged("a suspicion is missing")
        suspicion.integer("count")
        suspicion.integer("since")
    form.text("reason", True)
    form.integer("provenAt", True)
    form.integer("concludedAt")
    form.integer("failures")
    form.integer("deadSince", True)


def _probe(form: Form) -> None:
    form.integer("at")
    outcome = form.form("outcome")
    outcome.word("kind", OUTCOMES)
    outcome.text("reason")
    outcome.flag("provesLive")
    outcome.word("profile", PROFILES)
    outcome.text("requestID", True)
    outcome.integer("retryAfterMilliseconds", True)
    outcome.integer("observedExpiry", True)


def _consumer(form: Form) -> None:
    who = form.form("consumer")
    who.text("program")
    who.text("title")
    who.integer("user")
    who.word("use", USES)
    for name in ("first", "last", "count"):
        form.integer(name)


def row(data: bytes) -> list[dict]:
    """The versions of a row body; all of it is checked."""
    form = _parse(data, "row")
    versions = form.form("versions")
    every = [_version(each) for each in versions.forms("all")]
    last = versions.integer("last")
    roles = [version["role"] for version in every]
    if roles.count("candidate") > 1 or roles.count("live") != 1:
        raise _damaged("roles of versions")
    numbers = [version["number"] for version in every]
    if sorted(set(numbers)) != numbers or not all(1 <= number <= last for number in numbers):
        raise _damaged("numbers of versions")
    if any(version["item"] is not None and not _ID.fullmatch(version["item"]) for version in every):
        raise _damaged("item of a version")
    _standing(form.form("standing"))
    form.word("probing", PROBINGS)
    form.text("probingReason", True)
    form.word("probingBeforePause", PROBINGS, True)
    form.integer("observedExpiry", True)
    facts = form.form("facts", True)
    if facts is not None:
        for name in facts.members:
            facts.text(name)
    reminded = form.form("reminded", True)
    if reminded is not None:
        for name in ("end", "stepMilliseconds"):
            reminded.integer(name)
    spent = form.form("spent", True)
    if spent is not None:
        for name in ("since", "requests", "billed"):
            spent.integer(name)
    form.text("postponed", True)
    form.integer("withheld", True)
    for consumer in form.forms("consumers", True):
        _consumer(consumer)
    probe = form.form("lastProbe", True)
    if probe is not None:
        _probe(probe)
    due = form.form("due")
    due.integer("live", True)
    due.integer("candidate", True)
    for name in ("retiring", "reopening", "notice"):
        due.integer(name, True)
    due.integer("candidateFailures")
    return every


def event(data: bytes) -> str:
    form = _parse(data, "event")
    name = form.word("event", EVENTS)
    form.integer("version", True)
    form.text("detail")
    form.text("name", True)
    return name


def consent(data: bytes) -> None:
    _parse(data, "consent").integer("at")


def keyring_item(data: bytes) -> None:
    form = _parse(data, "item")
    if not _ID.fullmatch(form.text("credential")):
        raise _damaged("item.credential is no id")
    form.integer("version")
    form.flag("isDoomed")


def exported(data: bytes) -> dict:
    """A credential of an export."""
    form = _parse(data, "export")
    found = {name: form.text(name) for name in ("name", "kind", "value")}
    form.word("probe", EXPORTED_PROBES)
    form.text("base_url", True)
    form.hosts("hosts")
    form.text("account", True)
    for name, optional in (("minted", False), ("expires", True)):
        time = form.text(name, optional)
        try:
            if time is not None and datetime.fromisoformat(time).tzinfo is None:
                raise _damaged(f"export.{name} has no zone")
        except ValueError:
            raise _damaged(f"export.{name} is no time") from None
    if list(form.members)[-1] != "value" or re.search(rb"[\x00-\x1f\x7f]", data.partition(b'"value"')[2].strip()):
        raise _damaged("the value is not last, or not escaped")
    return found
