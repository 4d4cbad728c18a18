#!/bin/bash
# Puts the passwords from the environment into a private copy of definitions.json, which must not hold any:
# each ${NAME} in it becomes the value of that variable, as JSON text. Then the image's own entrypoint goes on.
set -euo pipefail
umask 077

definitions=$(</etc/rabbitmq/definitions.json)
while [[ $definitions =~ \$\{([A-Z0-9_]+)\} ]]; do
  name=${BASH_REMATCH[1]}
  value=${!name:?is not set: run npm run setup}
  if [[ $value =~ [\"\\\$[:cntrl:]] ]]; then
    echo "$name must not contain quotes, backslashes, dollar signs or control characters" >&2
    exit 1
  fi
  definitions=${definitions//"\${$name}"/"$value"}
done
printf '%s\n' "$definitions" > /tmp/definitions.json

exec docker-entrypoint.sh "$@"
