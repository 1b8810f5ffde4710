#!/bin/sh
# Run once by the postgis image on an empty volume: the application's login, which owns nothing and bypasses nothing.
set -eu
psql --set=ON_ERROR_STOP=1 --set=password="$APP_PASSWORD" --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
CREATE ROLE bezpeka_app LOGIN PASSWORD :'password';
SQL
