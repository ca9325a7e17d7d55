#!/bin/sh
# Makes every password at the first start, and never again. It runs in a container of its own before
# all others, into a volume that each server mounts read-only.
set -eu
umask 027
cd "${1:-/secrets}"

password() {
	[ -s "$1" ] || od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$1"
}

password clickhouse_password
password interserver_password
password cluster_secret

# What WEARHOUSE_STORE is to be, from inside the cluster's network.
printf %s "clickhouse://wearhouse:$(cat clickhouse_password)@shard-1-a:8123/wearhouse?cluster=wearhouse" \
	>wearhouse_store

# Only the servers' group may read them.
chgrp -R "${SECRETS_GROUP:-101}" .
chmod -R u=rwX,g=rX,o= .
