INSERT INTO studies (code, title, starts_on) VALUES ('S', 'Sleep', '2026-01-01');
INSERT INTO participants (study_id, code, timezone, enrolled_on)
VALUES (1, 'P-1', 'Asia/Kathmandu', '2026-02-01'), (1, 'P-2', 'Europe/Berlin', NULL);
INSERT INTO loads
    (study_id, path, format, started_at, finished_at, outcome, samples, episodes, quarantined, detail)
VALUES
    (1, 'folder', 'csv', '2026-03-01 10:00:00.000000', '2026-03-01 10:00:07.000000', 'done', 7, 1, 2, '');
INSERT INTO quarantine (load_id, file, position, person, reason, record, at)
VALUES
    (1, 'a.csv', 3, '', 'not a number', 'naïve, 心', '2026-03-01 10:00:05.000000'),
    (1, 'a.csv', 4, '', 'not a number', 'x', '2026-03-01 10:00:05.000000');
-- The key is wh_held.
INSERT INTO keys (name, role, digest, created_at)
VALUES ('k', 'analyst', '78ff6100c2d2f88295a3bf8775ff54098655fa4abddbe91cfa517126e59e357d', '2026-03-01 09:00:00.000000');
INSERT INTO sessions (kind, name, role, digest, expires_at)
VALUES ('session', 'anna', 'manager', 'feed', '2026-03-02 09:00:00.000000');
