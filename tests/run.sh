#!/usr/bin/env bash
# The test command: installs or names what is missing, builds once, runs every test, ends with the slowest and "N passed, N failed".
set -u
cd "$(dirname "$0")/.." || exit 1

command -v dotnet >/dev/null || { echo "The .NET 10 SDK is needed: install it and put dotnet on the PATH."; echo "0 passed, 1 failed"; exit 1; }

missing=()
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || [ -n "${PG_BIN:-}" ] || missing+=(postgresql)
command -v "${CHROMIUM_BIN:-chromium}" >/dev/null || missing+=(chromium)
# The build fetches Elsa Studio with it, once.
command -v npm >/dev/null || missing+=(npm)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing ${missing[*]} …"
    { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "${missing[@]}"; } >/dev/null 2>&1 \
      || { echo "Could not install: ${missing[*]}"; echo "0 passed, 1 failed"; exit 1; }
  else
    echo "Missing: ${missing[*]}. Install them (Debian: apt-get install ${missing[*]}) and run this again."
    echo "0 passed, 1 failed"
    exit 1
  fi
fi

# Many short-lived programs: what the compiler would learn about them pays only in long-lived ones.
export DOTNET_TieredPGO=0
# And what is called thirty times in a program of ten seconds is not worth compiling again: a fifth of a service's CPU there.
export DOTNET_TC_CallCountThreshold=300
status=0
# As it is shipped. The analyzers and the rules of style are part of the build; blanks and the order of usings are not.
dotnet build ProcessEngine.sln -c Release --nologo -v quiet || { echo "0 passed, 1 failed"; exit 1; }
dotnet format ProcessEngine.sln --verify-no-changes --no-restore --diagnostics IMPORTS || status=1

# Databases and browsers of the tests live in memory where there is room: they outlive processes that are killed, and no power fails.
memory=/dev/shm
scratch=
if [ "$(df --output=avail -k "$memory" 2>/dev/null | tail -n 1)" -gt 4000000 ] 2>/dev/null \
  && [ "$(awk '/^MemAvailable/ { print $2 }' /proc/meminfo)" -gt 8000000 ]; then
  scratch=$(mktemp -d "$memory/processengine-tests.XXXXXX")
  # PostgreSQL runs as somebody else where root runs the tests.
  chmod 711 "$scratch"
  trap 'rm -rf "$scratch"' EXIT
fi

results=artifacts/trx
rm -rf "$results"
mkdir -p "$results"
# Side by side: one waits for clocks and browsers while another computes. Each is shown when it ends.
# A test from which nothing is heard for five minutes is named and ends its project: a run never hangs.
run() {
  TMPDIR=${scratch:-${TMPDIR:-/tmp}} dotnet test "tests/$1/bin/Release/net10.0/$1.dll" --nologo \
    --blame-hang-timeout 5m --blame-hang-dump-type none \
    --logger "trx;LogFileName=$1.trx" --results-directory "$results" >"$results/$1.txt" 2>&1
  local ended=$?
  cat "$results/$1.txt"
  return $ended
}
running=()
for project in ProcessEngine.EndToEnd.Tests ProcessEngine.Service.Tests ProcessEngine.Core.Tests; do
  run "$project" &
  running+=($!)
done
for one in "${running[@]}"; do
  wait "$one" || status=1
done

ls "$results"/*.trx >/dev/null 2>&1 || status=1
[ $status = 0 ] || echo "A step above failed."
awk -v broken="$status" -f tests/summary.awk "$results"/*.trx /dev/null
exit $status
