#!/usr/bin/env bash
# Makes what an office without a network installs: one archive a system, with the runtime, Elsa Studio, fonts and the files of this folder inside.
#   bash deploy/package.sh [folder]      default: artifacts/packages; PLATFORMS="linux-x64 win-x64"
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mkdir -p "${1:-artifacts/packages}" && cd "${1:-artifacts/packages}" && pwd)
command -v npm >/dev/null || { echo "npm is needed: the archive holds Elsa Studio" >&2; exit 1; }
version=$(git log -1 --format=%cd-%h --date=format:%Y%m%d 2>/dev/null || date +%Y%m%d)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for platform in ${PLATFORMS:-linux-x64 win-x64}; do
  name="processengine-$version-$platform"
  dotnet publish src/ProcessEngine.Service -c Release -r "$platform" --self-contained -o "$work/$name" --nologo -v quiet
  # Without it a machine that cannot reach npm would have a designer that says so: the archive is not made.
  [ -e "$work/$name/studio/_framework" ] || { echo "Elsa Studio is missing in $name" >&2; exit 1; }
  find "$work/$name" -name '*.pdb' -delete
  mkdir "$work/$name/deploy"
  cp -r deploy/README.md deploy/tls "$work/$name/deploy/"
  case $platform in
    win-*)
      cp deploy/install-service.ps1 "$work/$name/deploy/"
      (cd "$work" && rm -f "$out/$name.zip" && zip -qr "$out/$name.zip" "$name")
      ;;
    *)
      cp deploy/install.sh deploy/processengine.sh deploy/processengine.service "$work/$name/deploy/"
      tar -C "$work" --owner=0 --group=0 -czf "$out/$name.tar.gz" "$name"
      ;;
  esac
done
(cd "$out" && sha256sum processengine-"$version"-* > "processengine-$version.sha256" && cat "processengine-$version.sha256")
