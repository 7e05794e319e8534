#!/usr/bin/env bash
# Brings a copy back into an empty place, with the service stopped: restore.sh <copy> <data folder | PostgreSQL connection> [<folder for the keys>]
set -euo pipefail
{ [ $# = 2 ] || [ $# = 3 ]; } && [ -f "$1" ] || { echo "usage: restore.sh <copy> <data folder | PostgreSQL connection string> [<folder for the keys>]" >&2; exit 2; }
copy=$1 to=$2 keys=${3:-}
umask 077

# Without its keys nobody's second factor opens any more: where they were kept in a folder, they come back with the database.
bundle=${copy%.*}.keys.tar
if [ -f "$bundle" ]; then
  [ -n "$keys" ] || { echo "$bundle has the keys of this copy: name the folder (ProcessEngine:KeysFolder) that they belong in" >&2; exit 1; }
  [ ! -e "$keys" ] || [ -z "$(ls -A "$keys")" ] || { echo "$keys is not empty: move it away first" >&2; exit 1; }
fi

case $copy in
  *.db)
    for file in processengine.db processengine.db-wal processengine.db-shm; do
      [ ! -e "$to/$file" ] || { echo "$to/$file is there already: stop the service and move it away first" >&2; exit 1; }
    done
    [ "$(sqlite3 "$copy" 'PRAGMA integrity_check')" = ok ] || { echo "$copy is damaged" >&2; exit 1; }
    mkdir -p "$to"
    cp "$copy" "$to/processengine.db.part"
    # The service must be able to write what root brings back.
    chown --reference="$to" "$to/processengine.db.part"
    mv "$to/processengine.db.part" "$to/processengine.db"
    ;;
  *.dump)
    tables=$(psql -XAtq -d "$to" -c "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')")
    [ "$tables" = 0 ] || { echo "the database is not empty: restore into a new one" >&2; exit 1; }
    pg_restore --exit-on-error --single-transaction --no-owner --dbname="$to" "$copy"
    # Marked as a copy: it sends nothing until an administrator releases it.
    [ "$(psql -XAtq -d "$to" -c "SELECT COUNT(*) FROM pg_tables WHERE schemaname = 'public' AND tablename = 'sending'")" = 0 ] || psql -XAtq -d "$to" -c "UPDATE sending SET copied = TRUE"
    ;;
  *) echo "a copy ends in .db or .dump" >&2; exit 2 ;;
esac
if [ -f "$bundle" ]; then
  mkdir -p "$keys"
  tar -C "$keys" -xf "$bundle"
  chown -R --reference="$keys" "$keys"
fi
echo "restored $copy"
