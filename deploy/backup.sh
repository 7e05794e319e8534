#!/usr/bin/env bash
# A copy of the database while the service runs: backup.sh <data folder | PostgreSQL connection> <folder for copies> [<folder of the keys>]
# The keys that seal cookies and second factors are in the database, unless ProcessEngine:KeysFolder names a folder: then name it here, too.
set -euo pipefail
[ $# = 2 ] || [ $# = 3 ] || { echo "usage: backup.sh <data folder | PostgreSQL connection string> <folder for copies> [<folder of the keys>]" >&2; exit 2; }
from=$1 to=$2 keys=${3:-}
[ -z "$keys" ] || [ -d "$keys" ] || { echo "no folder $keys" >&2; exit 1; }
umask 077
mkdir -p "$to"
name="$to/processengine-$(date -u +%Y%m%dT%H%M%SZ)"
# Under another name until it is whole: a copy that was cut off must not look like one.
part="$name.part"
trap 'rm -f "$part" "$part-wal" "$part-shm" "$name.keys.part"' EXIT

# First the keys: whatever the database of a moment later has was sealed with these, or with a key that was made in between (one a quarter of a year).
if [ -n "$keys" ]; then
  tar -C "$keys" -cf "$name.keys.part" .
  mv "$name.keys.part" "$name.keys.tar"
  echo "$name.keys.tar"
fi

if [ -d "$from" ]; then
  command -v sqlite3 >/dev/null || { echo "sqlite3 is needed (Debian: apt-get install sqlite3)" >&2; exit 1; }
  [ -f "$from/processengine.db" ] || { echo "no processengine.db in $from" >&2; exit 1; }
  sqlite3 "$from/processengine.db" ".timeout 10000" ".backup '$part'"
  # Marked as a copy: whatever runs on it sends nothing until an administrator releases it (databases before version 23 know no such mark).
  [ "$(sqlite3 "$part" "SELECT COUNT(*) FROM sqlite_master WHERE name = 'sending'")" = 0 ] || sqlite3 "$part" "UPDATE sending SET copied = 1"
  [ "$(sqlite3 "$part" 'PRAGMA integrity_check')" = ok ] || { echo "the copy is damaged" >&2; exit 1; }
  file="$name.db"
else
  pg_dump --format=custom --file="$part" "$from"
  pg_restore --list "$part" >/dev/null
  file="$name.dump"
fi
mv "$part" "$file"

# The administrator's page says when the last copy was made. Not noted is not a failed copy (databases before version 54 have no such table).
if [ -d "$from" ]; then
  sqlite3 "$from/processengine.db" ".timeout 10000" "BEGIN; DELETE FROM backup_made; INSERT INTO backup_made VALUES (strftime('%Y-%m-%dT%H:%M:%f', 'now') || '000Z'); COMMIT" 2>/dev/null || true
else
  psql --quiet --no-psqlrc --dbname="$from" --command="BEGIN; DELETE FROM backup_made; INSERT INTO backup_made VALUES (now()); COMMIT" 2>/dev/null || true
fi
echo "$file"
