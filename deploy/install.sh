#!/usr/bin/env bash
# Runs the service by systemd from /opt/processengine: in an unpacked archive the program beside this folder, in a clone what it publishes.
# Run it again for a new version.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "run it as root" >&2; exit 1; }

id processengine >/dev/null 2>&1 || useradd --system --home-dir /var/lib/processengine --shell /usr/sbin/nologin processengine
# Laid beside the running version, which is replaced in one step.
rm -rf /opt/processengine.new
if [ -x ProcessEngine.Service ]; then
  cp -r . /opt/processengine.new
  chown -R root:root /opt/processengine.new
else
  command -v dotnet >/dev/null || { echo "the .NET 10 SDK is needed, or an archive made by deploy/package.sh" >&2; exit 1; }
  dotnet publish src/ProcessEngine.Service -c Release -o /opt/processengine.new --nologo -v quiet
  cp -r deploy /opt/processengine.new/deploy
fi
install -m 644 deploy/processengine.service /etc/systemd/system/processengine.service
install -m 755 deploy/processengine.sh /usr/local/bin/processengine
install -d -o processengine -g processengine -m 700 /var/backups/processengine

systemctl daemon-reload
# The way back, made by the new program beside the old one.
if [ -e /opt/processengine ]; then
  PROCESSENGINE=/opt/processengine.new processengine backup || { echo "no copy could be made: the version before it goes on" >&2; exit 1; }
fi
systemctl stop processengine 2>/dev/null || true
rm -rf /opt/processengine.old
[ ! -e /opt/processengine ] || mv /opt/processengine /opt/processengine.old
mv /opt/processengine.new /opt/processengine
# It comes back once the service answers: the unit waits for its word (Type=notify).
if systemctl enable --now processengine && /opt/processengine/ProcessEngine.Service alive http://127.0.0.1:5000; then
  echo "ready on http://127.0.0.1:5000"
  exit 0
fi
journalctl -u processengine -n 30 --no-pager
echo "it did not become ready; the version before it is in /opt/processengine.old" >&2
exit 1
