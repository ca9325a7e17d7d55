-- name: fleet_new_schema_version
CREATE TABLE IF NOT EXISTS fleet_schema_version
(
    version    integer     PRIMARY KEY,
    applied_at timestamptz NOT NULL DEFAULT now()
)

-- name: fleet_schema_versions
SELECT version FROM fleet_schema_version

-- name: fleet_add_schema_version
INSERT INTO fleet_schema_version (version) VALUES ({version})

-- name: fleet_months
SELECT min(captured_at), max(captured_at) FROM judged WHERE reason = ''

-- name: fleet_make_months
CALL curated.make_months({first}, {last})

-- name: fleet_forget
DELETE FROM {table} WHERE project = {project} AND starts_with({column}, {prefix})
