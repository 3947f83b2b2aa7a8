"""``zhiqiao audit``: seal the trail, check it, prove one entry alone."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.markup import escape

from zhiqiao.cli.console import STDOUT, print_json, say
from zhiqiao.core.merkle import check_proof
from zhiqiao.core.models import AuditEntry
from zhiqiao.core.seal import kept_heads, note_heads_anew, prove, seal_everything, verify_here
from zhiqiao.core.verification import verify
from zhiqiao.kernel.errors import Invalid, NotFound


@click.group("audit")
def audit() -> None:
    """审计链:封存、核验、单条证明。 The audit trail: seal, verify, prove."""


@audit.command("verify")
@click.option("--heads", type=click.Path(path_type=Path), help="另存的区块头文件。 Heads noted elsewhere.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def verify_trail(context: click.Context, heads: Path | None, as_json: bool) -> None:
    """核验整条审计链;有问题时退出码为 1。 Check the whole trail; exit 1 when anything is wrong."""
    found = verify_here() if heads is None else verify(noted_heads(heads))
    if as_json:
        print_json(
            {
                "intact": found.intact, "blocks": found.blocks, "sealed": found.sealed, "unsealed": found.unsealed,
                "head": found.head, "problems": [{"code": code, **facts} for code, facts in found.problems],
            }
        )  # fmt: skip
    else:
        zh = "区块 {},已封存 {} 条,待封存 {} 条,链头 {}…"
        en = "{} blocks, {} entries sealed, {} not yet, head {}…"
        STDOUT.print(say(zh, en).format(found.blocks, found.sealed, found.unsealed, found.head[:16]))
        for code, facts in found.problems[:50]:
            STDOUT.print(f"  {code} {escape(str(facts))}")
        STDOUT.print(
            say("审计链完整", "the trail is intact") if found.intact else say("审计链有问题", "the trail is broken")
        )
    context.exit(0 if found.intact else 1)


def noted_heads(path: Path) -> list[tuple[int, str]]:
    """The heads that a file holds, which must have some."""
    try:
        found = list(kept_heads(path))
    except UnicodeDecodeError:
        found = []
    if not found:
        raise Invalid("heads_unreadable", file=str(path))
    return found


@audit.command("seal")
def seal() -> None:
    """封存未封存的记录,补记缺失的区块头。 Seal what is not sealed yet; note the heads that are missing."""
    STDOUT.print(say("封存", "sealed") + f": {seal_everything()}")
    if anew := note_heads_anew():
        zh = "有 {} 个区块没有记下区块头,现已补记;此前链尾是否被截断,已无从核对"
        en = "{} blocks had no noted head; noted now as they stand: whether any were cut off before cannot be told"
        STDOUT.print(say(zh, en).format(anew))


@audit.command("prove")
@click.argument("subject")
@click.option("--out", type=click.Path(path_type=Path), help="写入文件。 Write to a file.")
def prove_entry(subject: str, out: Path | None) -> None:
    """导出某条记录最近一次写入的证明。 The proof of the newest entry about a record (its public id)."""
    if not subject.strip():
        raise Invalid("subject_empty")
    entry = AuditEntry.objects.filter(subject_id=subject).order_by("-id").first()
    if entry is None:
        raise NotFound("audit_entry_not_found", subject=subject[:64])
    proof = prove(entry)
    text = json.dumps(proof, ensure_ascii=False, indent=1)
    if out is None:
        click.echo(text)
    else:
        out.write_text(text, encoding="utf-8")


@audit.command("check")
@click.argument("proof", type=click.Path(path_type=Path))
@click.pass_context
def check(context: click.Context, proof: Path) -> None:
    """不用数据库,核验一份证明。 Check a proof without the database."""
    if not proof.is_file():
        raise NotFound("file_missing", file=str(proof))
    try:
        right = check_proof(json.loads(proof.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError, AttributeError) as unreadable:
        raise Invalid("proof_unreadable", file=proof.name) from unreadable
    STDOUT.print(say("证明成立", "the proof holds") if right else say("证明不成立", "the proof does not hold"))
    context.exit(0 if right else 1)


COMMANDS = {"audit": audit}
