import type { Import, QuarantinedRecord, StoreLevel } from '@/api/client'

export const IMPORTS: Import[] = [
  {
    id: 2,
    path: '/data/fitabase/heartrate_seconds_merged.csv.gz',
    format: 'fitabase',
    started_at: '2026-03-02T08:00:00Z',
    finished_at: '2026-03-02T08:00:04Z',
    outcome: 'done',
    samples: 620_632,
    episodes: 0,
    quarantined: 2,
    detail: '',
  },
  {
    id: 1,
    path: '/data/takeout.zip',
    format: 'takeout',
    started_at: '2026-03-01T08:00:00Z',
    finished_at: '2026-03-01T08:00:01Z',
    outcome: 'failed',
    samples: 0,
    episodes: 0,
    quarantined: 0,
    detail: 'The archive is not a zip file.',
  },
]

export const QUARANTINE: QuarantinedRecord[] = [
  {
    id: 1,
    file: 'heartrate_seconds_merged.csv.gz',
    position: 1204,
    person: '2022484408',
    reason: 'heart_rate outside 20 to 250 /min',
    record: '2022484408,4/12/2016 7:21:00 AM,0',
    at: '2026-03-02T08:00:02Z',
    participant: null,
    study: null,
    source: null,
  },
]

export const STORE: StoreLevel[] = (['raw', '1m', '1h', '1d'] as const).map((level, i) => ({
  level,
  metric: 'heart_rate',
  rows: 1_000_000 / 10 ** i,
  bytes: 900_000 / 10 ** i,
  bytes_per_sample: i === 0 ? 0.9 : null,
  refreshed_at: '2026-03-02T08:00:04Z',
  stale: i === 3 ? 2 : 0,
}))
