#!/bin/sh
# Passwords out of their files and configuration into its place, then the image's own entry point.
set -eu
CLICKHOUSE_PASSWORD=$(cat /secrets/clickhouse_password)
INTERSERVER_PASSWORD=$(cat /secrets/interserver_password)
CLUSTER_SECRET=$(cat /secrets/cluster_secret)
# Users are those of users.xml; the entry point makes none.
CLICKHOUSE_SKIP_USER_SETUP=1
export CLICKHOUSE_PASSWORD INTERSERVER_PASSWORD CLUSTER_SECRET CLICKHOUSE_SKIP_USER_SETUP
cp /start/cluster.xml /etc/clickhouse-server/config.d/cluster.xml
cp /start/users.xml /etc/clickhouse-server/users.d/users.xml
exec /entrypoint.sh
