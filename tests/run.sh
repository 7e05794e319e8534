#!/usr/bin/env bash
# The test command: installs or names what is missing, builds once, runs every test, ends with "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 1

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: install it and put dotnet on the PATH."; echo "0 passed, 1 failed"; exit 1; }

missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || [ -n "${PG_BIN:-}" ] || missing+=(postgresql)
ldconfig -p 2>/dev/null | grep -q 'libsqlite3.so.0' || missing+=(libsqlite3-0)
command -v "${CHROMIUM_BIN:-chromium}" >/dev/null || missing+=(chromium)
# The build fetches Elsa Studio with it, once.
command -v npm >/dev/null || missing+=(npm)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${missing[*]} …"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"; } >/dev/null 2>&1 \
      || { echo "Could not install: ${missing[*]}"; echo "0 passed, 1 failed"; exit 1; }
  else
    echo "Missing: ${missing[*]}. Install them (Debian: apt-get install ${missing[*]}) and run this again."; echo "0 passed, 1 failed"; exit 1
  fi
fi

status=0
dotnet build ProcessEngine.sln --nologo -v quiet || { echo "0 passed, 1 failed"; exit 1; }
dotnet format ProcessEngine.sln --verify-no-changes --no-restore || status=1

rm -rf artifacts/trx
dotnet test ProcessEngine.sln --no-build --nologo --logger trx --results-directory artifacts/trx || status=1
[ $status = 0 ] || echo "A step above failed."
cat artifacts/trx/*.trx 2>/dev/null | awk -v broken="$status" '
  function num(s, k,  r) { if (match(s, " " k "=\"[0-9]+\"")) { r = substr(s, RSTART, RLENGTH); gsub(/[^0-9]/, "", r); return r + 0 } return 0 }
  match($0, /<Counters [^>]*>/) { c = substr($0, RSTART, RLENGTH)
    t += num(c, "total"); p += num(c, "passed"); f += num(c, "failed") + num(c, "error") + num(c, "timeout") + num(c, "aborted") }
  END { if (t == 0 || (broken && f == 0)) f++; s = t - p - f; printf "%d passed, %d failed%s\n", p, f, (s > 0 ? ", " s " skipped" : "") }'
ls artifacts/trx/*.trx >/dev/null 2>&1 || status=1
exit $status
