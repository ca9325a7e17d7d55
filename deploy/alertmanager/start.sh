#!/bin/sh
# Fills the configuration in from the environment, then starts Alertmanager with it.
set -eu
here=$(dirname "$0")
target=${ALERT_CONFIG:-/tmp/alertmanager.yml}

: "${ALERT_TO:?write to whom alerts go, as ALERT_TO=engineers@lab.example}"
: "${ALERT_SMTP_HOST:?write the mail server, as ALERT_SMTP_HOST=mail.lab.example:587}"
: "${ALERT_FROM:=wearhouse@localhost}"
: "${ALERT_SMTP_USER:=}"
: "${ALERT_SMTP_PASSWORD_FILE:=}"
: "${ALERT_SMTP_TLS:=true}"
: "${ALERT_GROUP_WAIT:=30s}"

script=
for name in ALERT_TO ALERT_SMTP_HOST ALERT_FROM ALERT_SMTP_USER ALERT_SMTP_PASSWORD_FILE \
	ALERT_SMTP_TLS ALERT_GROUP_WAIT; do
	eval "value=\$$name"
	case $value in
	*[!A-Za-z0-9@.:/_+,\ -]*)
		echo "$name holds a character that does not belong there." >&2
		exit 2
		;;
	esac
	script="$script;s|\${$name}|$value|g"
done
# A line that would be empty is left out: without a user there is no signing in.
sed -e "${script#;}" -e '/smtp_auth_[a-z_]*: ""$/d' "$here/alertmanager.yml" >"$target"

exec "${ALERTMANAGER:-alertmanager}" --config.file="$target" "$@"
