#!/bin/bash
# One database per service, owned by a role of the same name and open to no other: one for each variable
# <SERVICE>_DATABASE_PASSWORD. The image runs this when its data volume is new; for a service that is added
# later, and for a changed password, run it again:
#   docker compose up -d postgres && docker compose exec postgres bash /docker-entrypoint-initdb.d/databases.sh
set -euo pipefail

for variable in $(compgen -e | grep '_DATABASE_PASSWORD$'); do
  name=${variable%_DATABASE_PASSWORD}
  psql --no-psqlrc --quiet --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    -v ON_ERROR_STOP=1 -v name="${name,,}" -v variable="$variable" <<'SQL'
\getenv password :variable
SELECT format('CREATE ROLE %I LOGIN', :'name')
  WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'name') \gexec
ALTER ROLE :"name" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'name')
  WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
REVOKE ALL ON DATABASE :"name" FROM PUBLIC;
SQL
done
