-- Events by their id, and by when they were captured, so that one that is corrected is found.

CREATE INDEX ON staging.events (project, id) WHERE id <> '';

CREATE INDEX ON staging.events USING brin (captured_at);
