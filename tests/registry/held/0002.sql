INSERT INTO studies (code, title, starts_on) VALUES ('S', 'Sleep', '2026-01-01');
INSERT INTO participants (study_id, code, timezone, enrolled_on)
VALUES (1, 'P-1', 'Asia/Kathmandu', '2026-02-01'), (1, 'P-2', 'Europe/Berlin', NULL);
INSERT INTO loads
    (study_id, path, format, started_at, finished_at, outcome, samples, episodes, quarantined, detail)
VALUES
    (1, 'folder', 'csv', '2026-03-01 10:00:00.000000', '2026-03-01 10:00:07.000000', 'done', 7, 1, 1, '');
-- The key is wh_held.
INSERT INTO keys (name, role, digest, created_at)
VALUES ('k', 'analyst', '78ff6100c2d2f88295a3bf8775ff54098655fa4abddbe91cfa517126e59e357d', '2026-03-01 09:00:00.000000');
INSERT INTO sessions (kind, name, role, digest, expires_at)
VALUES ('session', 'anna', 'manager', 'feed', '2026-03-02 09:00:00.000000');
INSERT INTO grants
    (participant_id, source, state, scopes, token, subject, timezone, granted_at, changed_at, detail)
VALUES
    (1, 'oura', 'active', 'daily heartrate', 'sealed', 'beef', 'Asia/Kathmandu',
     '2026-03-01 11:00:00.000000', '2026-03-01 11:00:00.000000', '');
INSERT INTO schedules (study_id, at, timezone, paused) VALUES (1, '01:00', 'Europe/Berlin', false);
INSERT INTO watermarks (participant_id, source, family, first_on, until_at)
VALUES (1, 'oura', 'heart', '2026-02-01', '2026-03-01 00:15:00.000000');
INSERT INTO syncs (study_id, cause, owner, started_at, finished_at, outcome, detail)
VALUES (1, 'schedule', 'host:1', '2026-03-01 01:00:00.000000', '2026-03-01 01:01:00.000000', 'done', '');
INSERT INTO attempts
    (sync_id, participant_id, source, family, first_on, last_on, timezone, started_at, finished_at,
     outcome, samples, episodes, written, withdrawn, quarantined, detail)
VALUES
    (1, 1, 'oura', 'heart', '2026-02-28', '2026-03-01', 'Asia/Kathmandu', '2026-03-01 01:00:01.000000',
     '2026-03-01 01:00:02.000000', 'done', 9, 0, 9, 0, 1, '');
INSERT INTO payloads
    (attempt_id, participant_id, source, family, start_at, end_at, digest, part, media, bytes, fetched_at)
VALUES
    (1, 1, 'oura', 'heart', '2026-02-27 18:15:00.000000', '2026-03-01 18:15:00.000000', 'cafe', 'page-1',
     'application/json', 812, '2026-03-01 01:00:01.000000');
INSERT INTO quarantine (load_id, attempt_id, file, position, person, reason, record, at)
VALUES
    (1, NULL, 'a.csv', 3, '', 'not a number', 'naïve, 心', '2026-03-01 10:00:05.000000'),
    (NULL, 1, 'oura/heart', 0, 'P-1', 'not a number', 'x', '2026-03-01 10:00:05.000000');
INSERT INTO locks (name, owner, expires_at) VALUES ('sync S', 'host:1', '2026-03-01 01:05:00.000000');
INSERT INTO devices (participant_id, source, device, kind, model) VALUES (1, 'oura', 'd1', 'ring', 'Gen 3');
INSERT INTO heartbeats (device_id, reported_at, synced_at, firmware, battery_percent)
VALUES (1, '2026-03-01 00:10:00.000000', '2026-03-01 00:10:00.000000', '2.1', 80);
