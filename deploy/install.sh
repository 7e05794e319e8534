#!/usr/bin/env bash
# Publishes this clone to /opt/processengine and runs it by systemd. Run it again for a new version.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "run it as root" >&2; exit 1; }
command -v dotnet >/dev/null || { echo "the .NET 10 SDK is needed" >&2; exit 1; }

id processengine >/dev/null 2>&1 || useradd --system --home-dir /var/lib/processengine --shell /usr/sbin/nologin processengine
# Published beside the running version, which is replaced in one step.
rm -rf /opt/processengine.new
dotnet publish src/ProcessEngine.Service -c Release -o /opt/processengine.new --nologo -v quiet
cp -r deploy /opt/processengine.new/deploy
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
systemctl enable --now processengine
for _ in $(seq 60); do
  curl -fs http://127.0.0.1:5000/health/ready >/dev/null && { echo "ready on http://127.0.0.1:5000"; exit 0; }
  sleep 0.5
done
journalctl -u processengine -n 30 --no-pager
echo "it did not become ready; the version before it is in /opt/processengine.old" >&2
exit 1
