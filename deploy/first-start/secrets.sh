#!/bin/sh
# Makes every password at the first start, and never again. It runs in a container of its own before
# all others, into a volume that each of them mounts read-only.
set -eu
umask 027
cd "${1:-/secrets}"

password() {
	[ -s "$1" ] || python3 -c 'import secrets; print(secrets.token_urlsafe(32), end="")' >"$1"
}

password postgres_password
password clickhouse_password
password grafana_password

# What Wearhouse reads: a file a setting.
mkdir -p timescale clickhouse
url="postgresql://wearhouse:$(cat postgres_password)@timescale:5432/wearhouse"
printf %s "$url" >timescale/wearhouse_store
printf %s "$url" >timescale/wearhouse_registry
printf %s "clickhouse://wearhouse:$(cat clickhouse_password)@clickhouse:8123/wearhouse" \
	>clickhouse/wearhouse_store

# Only the services' group may read them.
chgrp -R "${SECRETS_GROUP:-10100}" .
chmod -R u=rwX,g=rX,o= .
