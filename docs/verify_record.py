#!/usr/bin/env python3
"""Verifies the record of ProcessEngine without ProcessEngine: python3 and its standard library, nothing else.

    verify_record.py RECORD [--anchors FILE]... [--key ID]...

RECORD    processengine.db (SQLite, a copy), or the lines that the command `record` writes (.jsonl), from either database.
--anchors anchors that were kept elsewhere, a line of JSON each: what they say must stand in the record.
--key     the id of a key whose signatures count; without it any key does, and the ids are told.

Each fault is a line, as the command `verify` writes it. Exit: 0 whole, 1 broken. Format and rules: docs/operations.md.
"""
import argparse, datetime, hashlib, json, sqlite3, sys
from itertools import groupby

ZEROS = "00" * 32
PREFIX = bytes.fromhex("3031300d060960864801650304020105000420")  # of SHA-256 in a signature by PKCS #1 v1.5


def rows(path):
    """The record as the command `record` writes it: the anchors, then case by case."""
    if path.endswith(".jsonl"):
        with open(path, encoding="utf-8") as lines:
            yield from (json.loads(line) for line in lines)
        return
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    hexed = lambda value: value.hex() if isinstance(value, bytes) else ""
    names = "number sealedAt entries digest trailLength trailHash previous hash key signature".split()
    for row in db.execute("SELECT number, sealed_at, entries, digest, trail_length, trail_hash, previous, hash, key, signature"
                          " FROM anchor ORDER BY number"):
        yield {"kind": "anchor", **{n: hexed(v) if isinstance(v, bytes) else v for n, v in zip(names, row)}}
    for (case,) in db.execute("SELECT instance_id FROM process_instance UNION SELECT instance_id FROM anchor_entry"
                              " UNION SELECT instance_id FROM audit_event ORDER BY 1"):
        for office, revision, head in db.execute(
                "SELECT office, revision, head_hash FROM process_instance WHERE instance_id = ?", (case,)):
            yield {"kind": "case", "case": case, "office": office, "revision": revision, "head": hexed(head)}
        for events, office, hash, anchor in db.execute(
                "SELECT events, office, hash, anchor FROM anchor_entry WHERE instance_id = ? ORDER BY events", (case,)):
            yield {"kind": "seal", "case": case, "events": events, "office": office, "hash": hexed(hash), "anchor": anchor}
        for sequence, type, at, actor, payload, hash in db.execute(
                "SELECT sequence, type, at, actor, payload, hash FROM audit_event WHERE instance_id = ? ORDER BY sequence", (case,)):
            yield {"kind": "event", "case": case, "sequence": sequence, "type": type, "at": at, "actor": actor,
                   "payload": payload, "hash": hexed(hash)}


def event_hash(previous, e):
    head = f"{e['case']}\n{e['sequence']}\n{e['type']}\n{e['at']}\n{e['actor'] or ''}\n"
    return hashlib.sha256(bytes.fromhex(previous) + head.encode() + e["payload"].encode()).hexdigest()


def fault_of(head, seals, events):
    """The first event that is not as it was written, and why; None when all are. Reads all of them."""
    previous, seen, met, broken, unlike, redacted = ZEROS, 0, 0, None, [], {}
    for e in events:
        whole = not broken and event_hash(previous, e) == e["hash"]
        if e["type"] == "ContentRedacted" and (whole or broken):  # what stands in events before it since somebody ordered it
            redacted.update({r["sequence"]: r["payloadHash"] for r in json.loads(e["payload"])["events"] if broken or r["sequence"] < e["sequence"]})
        if broken:
            continue
        if head is None:
            broken = (1, "removed")
        elif e["sequence"] < seen + 1:
            broken = (e["sequence"], "added")
        elif e["sequence"] > seen + 1:
            broken = (seen + 1, "missing")
        elif not whole and len(e["hash"]) != len(ZEROS):
            broken = (seen + 1, "changed")
        else:
            if not whole:
                unlike.append((e["sequence"], hashlib.sha256(e["payload"].encode()).hexdigest()))
            if e["sequence"] > head["revision"]:
                broken = (e["sequence"], "added")
                continue
            if met < len(seals) and seals[met]["events"] == e["sequence"] and seals[met]["hash"] != e["hash"]:
                broken = (seals[met - 1]["events"] + 1 if met else 1, "rewritten")
                continue
            met += met < len(seals) and seals[met]["events"] == e["sequence"]
            previous, seen = e["hash"], seen + 1
    for sequence, now in unlike:
        if redacted.get(sequence) != now:
            return sequence, "changed"
    if broken:
        return broken
    if head is None:
        return (1, "removed") if seals else None
    if seen < head["revision"] or met < len(seals):
        return seen + 1, "cut-off"
    return None if previous == head["head"] else (head["revision"], "changed")


def signed_text(a):
    at = a["sealedAt"]
    if not at.endswith("Z"):  # in a file of an anchor: Bangkok time
        at = datetime.datetime.fromisoformat(at).astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    lines = ["processengine-anchor-1", a["number"], at, a["entries"], a["digest"], a["trailLength"], a["trailHash"], a["previous"], a["key"]]
    return "".join(f"{line}\n" for line in lines).encode()


def is_signed(a):
    modulus, digest = int(a["key"], 16), hashlib.sha256(signed_text(a)).digest()
    size = len(a["key"]) // 2
    padded = b"\x00\x01" + b"\xff" * (size - 3 - len(PREFIX) - 32) + b"\x00" + PREFIX + digest
    return a["hash"] == digest.hex() and pow(int(a["signature"], 16), 65537, modulus) == int.from_bytes(padded, "big")


def key_id(a):
    return hashlib.sha256(a["key"].encode()).hexdigest()[:32]


def main():
    asked = argparse.ArgumentParser(usage=__doc__)
    asked.add_argument("record")
    asked.add_argument("--anchors", action="append", default=[])
    asked.add_argument("--key", action="append", default=[])
    asked = asked.parse_args()
    anchors, digests, counts, faults, cases = {}, {}, {}, [], 0
    for case, group in groupby(rows(asked.record), lambda row: row.get("case")):
        if case is None:
            anchors = {a["number"]: a for a in group}
            continue
        head, seals = None, []
        def events():
            nonlocal head
            for row in group:
                if row["kind"] == "event":
                    yield row
                elif row["kind"] == "case":
                    head = row
                else:
                    seals.append(row)
                    line = f"{case}\n{row['office']}\n{row['events']}\n{row['hash']}\n".encode()
                    digests.setdefault(row["anchor"], hashlib.sha256()).update(line)
                    counts[row["anchor"]] = counts.get(row["anchor"], 0) + 1
        rest = events()
        first = next(rest, None)  # what the case says of itself, and its seals, come before its events
        broken = fault_of(head, seals, ([first] if first else []) and (e for part in ([first], rest) for e in part))
        cases += 1
        if broken:
            office = head["office"] if head else seals[-1]["office"] if seals else None
            faults.append(f"{broken[1]}{f' office {office}' if office else ''} case {case} event {broken[0]}")
    previous = ZEROS
    for number in range(1, max([0, *anchors, *digests]) + 1):
        a = anchors.get(number)
        digest = digests.get(number, hashlib.sha256()).hexdigest()
        if a is None:
            faults.append(f"anchor-missing anchor {number}")
        elif (a["entries"], a["digest"]) != (counts.get(number, 0), digest) or (previous and a["previous"] != previous):
            faults.append(f"anchor-changed anchor {number}")
        elif not is_signed(a):
            faults.append(f"anchor-signature anchor {number}")
        elif asked.key and key_id(a) not in asked.key:
            faults.append(f"anchor-key anchor {number}")
        previous = a and a["hash"]
    for a in (json.loads(line) for path in asked.anchors for line in open(path, encoding="utf-8") if line.strip()):
        kept, why = anchors.get(a["number"]), "missing" if a["number"] not in anchors else "changed"
        if (kept is None or kept["hash"] != a["hash"] or not is_signed(a)) and not any(f.endswith(f" anchor {a['number']}") for f in faults):
            faults.append(f"anchor-{why} anchor {a['number']}")
    print("\n".join([*faults, f"{cases} cases, {len(faults)} faults"]))
    print("signed by " + ", ".join(sorted({key_id(a) for a in anchors.values()})), file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
