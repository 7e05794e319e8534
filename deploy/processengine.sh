#!/bin/sh
# The program with the settings and the user of the service: processengine backup, try-backup, restore, verify, record, settings, sign-in-link
folder=${PROCESSENGINE:-/opt/processengine}
exec systemd-run --quiet --pipe --wait --collect --uid=processengine --gid=processengine --working-directory="$folder" \
  --property=UMask=0077 --property=EnvironmentFile=-/etc/processengine.env \
  --setenv=ProcessEngine__DataFolder=/var/lib/processengine --setenv=ProcessEngine__Backup__Folder=/var/backups/processengine \
  "$folder/ProcessEngine.Service" "$@"
